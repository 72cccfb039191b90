import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Transport } from '../../src/core/frame.ts'
import { createUserAgent } from '../../src/agent/create-user-agent.ts'
import { openMedia } from '../../src/agent/media.ts'
import type { UserAgent, UserAgentEvent } from '../../src/agent/user-agent.ts'
import type { EmbeddedOptions } from '../../src/embedded/party.ts'
import { type SeamSpec, seamsOf } from '../../src/embedded/seam.ts'
import { systemClock } from '../../src/net/clock.ts'
import { systemToken } from '../../src/net/entropy.ts'
import { createTicker } from '../../src/net/ticker.ts'
import { openSipSocket } from '../../src/net/sip-socket.ts'
import { loadProfile } from '../../src/profile/load.ts'
import { readBase } from '../../src/run/catalogue.ts'
import { embeddedContract } from '../../src/run/contract.ts'
import { serializeSdp } from '../../src/sdp/description.ts'
import { makeOffer } from '../../src/sdp/offer-answer.ts'
import { timersOf } from '../../src/session/timers.ts'

export const bind = '127.0.0.1'
export const credentials = { username: 'key', password: 'secret' }
export const world = { clock: systemClock(), token: systemToken }
export const ticker = createTicker(world.clock)
export const timers = timersOf(100)

export const contractOf = (id: string) => {
  const file = join(import.meta.dirname, '../../profiles', `${id}.yaml`)
  const profile = loadProfile(id, readFileSync(file, 'utf8'), readBase)
  if (!profile.ok) throw new Error(`profile ${id} does not load`)
  return embeddedContract(profile.value, bind, credentials.username)
}

/** Closed when its test has ended. */
export const kept = <T extends { close: () => Promise<void> }>(thing: T): T => {
  onTestFinished(() => thing.close())
  return thing
}

type EventOf<T extends UserAgentEvent['type']> = Extract<UserAgentEvent, { type: T }>

/** A user agent that a test drives by hand: what it is told waits in a queue until the test asks. */
export type Peer = {
  readonly ua: UserAgent
  readonly local: { readonly address: string; readonly port: number }
  /** The oldest event not taken yet; it must be of that type, save that a 100 comes only where a server is slow. */
  readonly next: <T extends UserAgentEvent['type']>(type: T) => Promise<EventOf<T>>
  readonly close: () => Promise<void>
}

const isOf = <T extends UserAgentEvent['type']>(event: UserAgentEvent, type: T): event is EventOf<T> =>
  event.type === type

const isTrying = (event: UserAgentEvent): boolean => event.type === 'response' && event.received.message.status === 100

export const openPeer = async (transport: Transport = 'udp'): Promise<Peer> => {
  const socket = await openSipSocket(transport, { address: bind, loopbackOnly: true })
  const events: UserAgentEvent[] = []
  let wake = (): void => undefined
  const ua = await createUserAgent({
    world,
    sockets: [socket],
    timers,
    allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'REGISTER'],
    onEvent: (event) => {
      events.push(event)
      wake()
    },
  })
  const next: Peer['next'] = async (type) => {
    while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const event = events.shift()
    if (event !== undefined && type !== 'response' && isTrying(event)) return next(type)
    if (event === undefined || !isOf(event, type))
      throw new Error(`expected ${type}, got ${JSON.stringify(event?.type)}`)
    return event
  }
  return { ua, local: socket.local, next, close: ua.close }
}

export const optionsFor = (id: string, peer: Peer, spec?: SeamSpec, transport: Transport = 'udp'): EmbeddedOptions => ({
  contract: contractOf(id),
  world,
  ticker,
  timers,
  credentials,
  bind,
  transport,
  peer: () => peer.local,
  seams: seamsOf(spec),
})

/** An RTP port that plays a tone and tells when a packet comes in. */
export const openEar = async () => {
  let hear: (packet: Uint8Array) => void = () => undefined
  const media = await openMedia({
    address: bind,
    world,
    ticker,
    record: (draft) => {
      if (draft.tap === 'received') hear(draft.bytes)
      return { ...draft, number: 0, timeMs: 0 }
    },
  })
  const heard = (): Promise<Uint8Array> => new Promise((resolve) => (hear = resolve))
  return { media, heard }
}

/** A range with one pair of RTP ports, which is taken until it is closed. */
export const takePorts = async () => {
  const { media } = await openEar()
  return { ports: { first: media.local.port, last: media.local.port + 1 }, close: media.close }
}

export const offer = (
  port: number,
  codecs: readonly string[] = ['PCMA'],
  direction: 'sendrecv' | 'sendonly' = 'sendrecv',
) => ({
  body: serializeSdp(
    makeOffer({ address: bind, port, codecs, ptimeMs: 20, direction, sessionId: 1, sessionVersion: 1, dtmf: true }),
  ),
  contentType: 'application/sdp',
})

/** The next response that says more than 100, which a server sends only where it is slow (RFC 3261 §17.2.1). */
export const nextResponse = async (peer: Peer) => {
  for (;;) {
    const event = await peer.next('response')
    if (event.received.message.status > 100) return event
  }
}

/** The next final response; provisional ones on the way, repeated ones too, go to `onProvisional`. */
export const finalResponse = async (
  peer: Peer,
  onProvisional: (event: EventOf<'response'>) => void = () => undefined,
) => {
  for (;;) {
    const event = await nextResponse(peer)
    if (event.received.message.status >= 200) return event
    onProvisional(event)
  }
}
