import type { World } from '../core/world.ts'
import { createUserAgent } from '../agent/create-user-agent.ts'
import { type Media, openMedia } from '../agent/media.ts'
import type { Recorder, UserAgentEvent, UserAgentOptions } from '../agent/user-agent.ts'
import type { Ticker } from '../net/ticker.ts'
import { openUdp } from '../net/udp.ts'
import type { Contract } from '../profile/contract.ts'
import type { PortRange } from '../profile/profile.ts'
import type { Scope } from '../scenario/reference.ts'
import { retryFields } from '../session/challenge.ts'
import type { FieldDraft, Response } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { showHost } from '../sip/uri.ts'
import { answerByTheBook } from './book.ts'
import { type PlayedCall, agreement, createCall, hear } from './call.ts'
import { answerBody, offerBody } from './describe.ts'
import { type Account, type Registrar, type Registration, createRegistration } from './phone-registration.ts'
import { postamble } from './postamble.ts'

export type PhoneOptions = {
  /** The first dials; all of them ring. */
  readonly accounts: readonly Account[]
  readonly registrar: Registrar
  readonly contract: Contract
  readonly world: World
  readonly ticker: Ticker
  readonly timers: UserAgentOptions['timers']
  /** IP literal. */
  readonly bind: string
  readonly advertise: string | undefined
  readonly rtpPorts: PortRange | undefined
  readonly loopbackOnly: boolean
  /** How long a registrar, or the end of a call, is waited for. */
  readonly patienceMs: number
  readonly record: { readonly signalling: Recorder; readonly media: Recorder }
}

/** A telephone behind the PBX: it rings, picks up by itself, and sends back what it hears. */
export type Phone = {
  /** Why it could not be registered; nothing where it is. */
  readonly register: () => Promise<string | undefined>
  /** Each gives the reason where it could not. */
  readonly dial: (number: string, onRefused?: (why: string) => void) => Promise<string | undefined>
  readonly hangUp: () => string | undefined
  /** Picks up what rings, before it does so by itself. */
  readonly pickUp: () => void
  /** Whether that has come to pass, waited for no longer than that. */
  readonly until: (what: PhoneEvent, withinMs: number) => Promise<boolean>
  readonly hold: (on: boolean) => string | undefined
  readonly press: (digits: string) => string | undefined
  /** Hangs up, takes its registrations away and closes, once. Gives the calls that did not end. */
  readonly close: () => Promise<readonly string[]>
}

/** What it meets with: it rings, a call of it is up, the other side has hung up. */
export type PhoneEvent = 'rings' | 'is-up' | 'is-released'

/** One call of it; `tried`: its INVITE went out with credentials already. */
type Leg = {
  readonly played: PlayedCall
  readonly role: 'uac' | 'uas'
  up: boolean
  tried: boolean
  onRefused?: ((why: string) => void) | undefined
}

/** How long it rings before it is picked up, in T1. */
const ringTime = 1
const sdp = 'application/sdp'

/** `*` may stand in a URI as it is, `#` may not (RFC 3261 §25.1). */
const inUri = (number: string): string => number.replaceAll('#', '%23')

/** A phone on a port of its own. */
export const openPhone = async (options: PhoneOptions): Promise<Phone> => {
  const { accounts, registrar, contract, world, ticker, record, advertise, timers, patienceMs } = options
  const legs = new Map<string, Leg>()
  const opened = new Set<Media>()
  const [dialler] = accounts
  /** Calls whose BYE is under way: they have ended for the phone. */
  const ending = new Set<string>()
  let closing = false
  /** Something did not come to pass in time: what follows from it will not, either. */
  let isLost = false
  const met = new Set<PhoneEvent>()
  const waiting = new Set<() => void>()
  /** Each picks up one call that rings. */
  const ringing = new Set<() => void>()

  const note = (what: PhoneEvent): void => {
    met.add(what)
    for (const look of waiting) look()
  }

  const until: Phone['until'] = (what, withinMs) =>
    new Promise((resolve) => {
      const end = (): void => {
        disarm()
        waiting.delete(look)
        isLost ||= !met.has(what)
        resolve(met.has(what))
      }
      const look = (): void => {
        if (closing || isLost || met.has(what)) end()
      }
      const disarm = world.clock.after(withinMs, end)
      waiting.add(look)
      look()
    })

  const scope: Scope = {
    profile: contract.profile,
    numbers: contract.numbers,
    matrix: {},
    kept: {},
    edges: [],
    peer: '',
  }

  const newLeg = async (role: Leg['role']): Promise<Leg> => {
    const played = createCall('phone', Number.parseInt(world.token(28), 16))
    const media = await openMedia({
      address: options.bind,
      world,
      ticker,
      record: record.media,
      loopbackOnly: options.loopbackOnly,
      ...(options.rtpPorts === undefined ? {} : { ports: options.rtpPorts }),
    })
    opened.add(media)
    played.media = media
    return { played, role, up: false, tried: false }
  }

  const end = (call: string): void => {
    legs.get(call)?.played.media?.stop()
    legs.delete(call)
  }

  /** Sends back what comes in, as far as both descriptions let it. */
  const sound = ({ played }: Leg): void => {
    const agreed = agreement(played)
    const sends = agreed?.direction === 'sendrecv' || agreed?.direction === 'sendonly'
    const { encoding } = agreed?.codec ?? {}
    if (agreed === undefined || !sends || (encoding !== 'PCMU' && encoding !== 'PCMA')) {
      played.media?.stop()
      return
    }
    const { codec, ptimeMs, remote } = agreed
    const cause = 'phone: audio'
    played.media?.play({
      remote,
      payloadType: codec.payloadType,
      codec: encoding,
      ptimeMs,
      source: { kind: 'echo' },
      cause,
    })
  }

  const dial: Phone['dial'] = async (number, onRefused) => {
    if (dialler === undefined) return 'the phone has no extension'
    const leg = await newLeg('uac')
    leg.onRefused = onRefused
    const body = offerBody(leg.played, {}, contract, scope, advertise)
    if (!body.ok) return body.fault.saw
    const uri = `sip:${inUri(number)}@${registrar.domain}`
    const { call, tx } = ua.request({
      cause: 'phone: dial',
      method: 'INVITE',
      requestUri: uri,
      from: `sip:${dialler.user}@${registrar.domain}`,
      to: uri,
      destination: registrar.endpoint,
      ...(body.value === undefined ? {} : { body: body.value, contentType: sdp }),
    })
    leg.played.ua = call
    leg.played.inviteTx = tx
    legs.set(call, leg)
    return undefined
  }

  const hangUp: Phone['hangUp'] = () => {
    if (legs.size === 0) return 'the phone has no call to hang up'
    for (const [call, leg] of legs) {
      if (leg.up) {
        ua.within(call, 'BYE', { cause: 'phone: hang-up' })
        ending.add(call)
        end(call)
      } else if (leg.role === 'uac' && leg.played.inviteTx !== undefined)
        ua.cancel(leg.played.inviteTx, { cause: 'phone: hang-up' })
      else for (const tx of ua.pending(call)) ua.respond(tx, 486, { cause: 'phone: hang-up' })
    }
    return undefined
  }

  const hold: Phone['hold'] = (on) => {
    const [call, leg] = [...legs].find(([, { up }]) => up) ?? []
    if (call === undefined || leg === undefined) return 'the phone has no call to hold'
    const body = offerBody(leg.played, { direction: on ? 'sendonly' : 'sendrecv' }, contract, scope, advertise)
    if (!body.ok || body.value === undefined) return 'the phone has nothing to offer'
    const sent = ua.within(call, 'INVITE', { cause: 'phone: hold', body: body.value, contentType: sdp })
    leg.tried = false
    leg.played.inviteTx = sent?.tx
    return sent === undefined ? 'the phone has no dialog' : undefined
  }

  const press: Phone['press'] = (digits) => {
    const leg = [...legs.values()].find(({ up }) => up)
    const agreed = leg && agreement(leg.played)
    if (agreed?.dtmf === undefined) return 'the phone has no call in which telephone-event is agreed on'
    const { dtmf, remote, ptimeMs } = agreed
    void leg?.played.media?.press({ digits, remote, payloadType: dtmf.payloadType, ptimeMs, cause: 'phone: press' })
    return undefined
  }

  const ring = async (tx: string, call: string, message: Parameters<typeof answerBody>[1]): Promise<void> => {
    if (closing) {
      ua.respond(tx, 480, { cause: 'phone: 480' })
      return
    }
    const leg = await newLeg('uas')
    leg.played.ua = call
    legs.set(call, leg)
    ua.respond(tx, 180, { cause: 'phone: 180' })
    const answer = (): void => {
      ringing.delete(answer)
      if (legs.get(call) === leg && !leg.up) accept(tx, leg, message)
    }
    ringing.add(answer)
    world.clock.after(ringTime * timers.t1Ms, answer)
    note('rings')
  }

  const pickUp: Phone['pickUp'] = () => {
    for (const answer of ringing) answer()
  }

  const accept = (tx: string, leg: Leg, message: Parameters<typeof answerBody>[1]): void => {
    const body = answerBody(leg.played, message, {}, contract, scope, advertise)
    if (!body.ok) {
      ua.respond(tx, 488, { cause: 'phone: 488' })
      return
    }
    leg.up = true
    ua.respond(tx, 200, {
      cause: 'phone: 200',
      ...(body.value === undefined ? {} : { body: body.value, contentType: sdp }),
    })
    sound(leg)
    note('is-up')
  }

  const onRequest = ({ tx, call, received, inDialog }: Extract<UserAgentEvent, { type: 'request' }>): void => {
    const { message } = received
    const leg = legs.get(call)
    if (message.method === 'INVITE' && !inDialog) void ring(tx, call, message)
    else if (message.method === 'INVITE' && leg !== undefined) accept(tx, leg, message)
    else answerByTheBook(ua, { tx, call, message }, undefined, 'phone', leg?.played)
    if (message.method !== 'BYE') return
    end(call)
    note('is-released')
  }

  /** Its INVITE once more with what the challenge asks for; nothing where that was tried, or cannot be (RFC 3261 §22.2). */
  const credentials = (leg: Leg, tx: string, response: Response): readonly FieldDraft[] | undefined => {
    const request = ua.lastSent(tx)
    if (leg.tried || request?.kind !== 'request' || dialler === undefined) return undefined
    leg.tried = true
    const fields = retryFields(response, request, dialler.credentials, { cnonce: world.token(64), nc: 1 })
    return fields.ok ? fields.value : undefined
  }

  const onResponse = ({ tx, call, method, received }: Extract<UserAgentEvent, { type: 'response' }>): void => {
    const leg = legs.get(call)
    const { message } = received
    if (leg === undefined || method !== 'INVITE') return
    if (message.status < 300) hear(leg.played, message)
    if (message.status < 200) return
    if (message.status < 300) {
      leg.up = true
      sound(leg)
      note('is-up')
      return
    }
    const isChallenge = message.status === 401 || message.status === 407
    const fields = isChallenge ? credentials(leg, tx, message) : undefined
    if (fields !== undefined) leg.played.inviteTx = ua.again(tx, { cause: 'phone: credentials', fields }).tx
    else if (!leg.up) {
      end(call)
      leg.onRefused?.(displayText(`${message.status} ${message.reason}`.trim()))
    }
  }

  /** A re-INVITE that is cancelled leaves the call as it was (RFC 3261 §14.1). */
  const isReinviteOver = (event: { readonly type: string; readonly call: string }): boolean =>
    event.type === 'cancelled' && legs.get(event.call)?.up === true

  const onEvent = (event: UserAgentEvent): void => {
    for (const registration of registrations) registration.onEvent(event)
    if (event.type === 'request') onRequest(event)
    else if (event.type === 'response') onResponse(event)
    else if (event.type === 'ack') {
      const leg = legs.get(event.call)
      if (leg === undefined || event.received.message.body.length === 0) return
      hear(leg.played, event.received.message)
      sound(leg)
    } else if (event.type !== 'malformed' && !isReinviteOver(event)) {
      end(event.call)
      if (event.type === 'cancelled') note('is-released')
    }
  }

  const socket = await openUdp({ address: options.bind, loopbackOnly: options.loopbackOnly })
  const ua = await createUserAgent({
    world,
    sockets: [socket],
    timers,
    record: record.signalling,
    onEvent,
    userAgent: 'trunkproof phone',
    allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'NOTIFY'],
    ...(dialler === undefined ? {} : { contactUser: dialler.user }),
    ...(advertise === undefined ? {} : { advertise }),
  })
  const place = `${showHost(advertise ?? socket.local.address)}:${socket.local.port}`
  const registrations: readonly Registration[] = accounts.map((account) =>
    createRegistration({ ua, world, account, registrar, contact: `sip:${account.user}@${place}`, patienceMs }),
  )

  const shut = async (): Promise<readonly string[]> => {
    closing = true
    for (const look of waiting) look()
    const calls = new Map([...legs].map(([call, { played }]) => [call, played]))
    const left = await postamble(ua, { calls, clock: world.clock, patienceMs, ending })
    for (const registration of registrations) await registration.remove()
    await ua.close()
    await Promise.all([...opened].map((media) => media.close()))
    return left
  }
  let shutting: Promise<readonly string[]> | undefined

  return {
    register: async () => {
      for (const [index, registration] of registrations.entries()) {
        const why = await registration.register()
        if (why !== undefined) return `the phone ${accounts[index]?.user ?? ''} is not registered: ${why}`
      }
      return undefined
    },
    dial,
    hangUp,
    pickUp,
    until,
    hold,
    press,
    close: () => (shutting ??= shut()),
  }
}
