import { isSipUri, parseUri } from '../sip/uri.ts'
import type { FieldDraft, Request, Response } from '../sip/message.ts'
import { type Endpoint, showEndpoint } from '../core/frame.ts'
import { inCidr, scopeOf } from '../core/address.ts'
import { createUserAgent } from '../agent/create-user-agent.ts'
import type { SendOptions, UserAgentEvent, UserAgentOptions } from '../agent/user-agent.ts'
import { type SipSocket, openSipSocket } from '../net/sip-socket.ts'
import { serializeSdp } from '../sdp/description.ts'
import { capabilityFields } from '../session/capabilities.ts'
import type { ShapedInvite } from '../profile/shape.ts'
import {
  type Leg,
  answerTo,
  closeLeg,
  createLeg,
  hearAnswer,
  offerOf,
  openLegMedia,
  pressDigits,
  sound,
} from './leg.ts'
import type { EmbeddedOptions } from './party.ts'
import type { PartyPolicy } from './policy.ts'
import { screened } from './screen.ts'

const cause = 'embedded'
const sdp = 'application/sdp'
const allow = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']

export type Incoming = {
  readonly tx: string
  readonly call: string
  readonly request: Request
  readonly source: Endpoint
}

export type LineOptions = {
  readonly party: EmbeddedOptions
  readonly policy: PartyPolicy
  readonly advertise?: string
  /** Where it listens, if not where the party's media is. */
  readonly address?: string
  /** Requests that it leaves without any answer. */
  readonly ignores?: NonNullable<UserAgentOptions['ignores']>
  /** An INVITE outside of any dialog. */
  readonly onInvite: (incoming: Incoming) => void
  /** Our INVITE was refused: fields with which it goes again, `undefined` to give up. */
  readonly onRefused?: (leg: Leg, response: Response) => readonly FieldDraft[] | undefined
  readonly onRinging?: (leg: Leg) => void
  readonly onAnswered?: (leg: Leg) => void
  /** A call has ended, or was refused with that status. */
  readonly onOver?: (leg: Leg, status?: number) => void
  /** A REGISTER, where there is a registrar. */
  readonly onRegister?: (incoming: Incoming) => void
}

/** What both embedded parties do alike: calls, media, what comes within a dialog, and what moves them from outside. */
export type Line = {
  readonly local: Endpoint
  readonly refuse: (tx: string, status: number, fields?: readonly FieldDraft[]) => void
  /** Takes up a call that is to be answered; 488 and `undefined` where no codec is shared (RFC 3261 §13.3.1.3). */
  readonly take: (incoming: Incoming) => Promise<{ readonly leg: Leg; readonly answer: Uint8Array } | undefined>
  readonly after: (leg: Leg, delayMs: number, act: () => void) => void
  readonly ring: (leg: Leg, status: 180 | 183, body?: Uint8Array) => void
  readonly accept: (leg: Leg, body: Uint8Array) => void
  /** Nothing where no port is free for its media, or the line was closed meanwhile. */
  readonly dial: (invite: ShapedInvite, codecs: readonly string[]) => Promise<Leg | undefined>
  /** Refuses a call that is not answered yet with that status, 480 where it is left out. */
  readonly hangUp: (leg: Leg, status?: number) => void
  readonly hold: (leg: Leg, on: boolean) => void
  readonly press: (leg: Leg, digits: string) => void
  /** Asks the other side for a sign of life (RFC 3261 §11). */
  readonly ping: (requestUri: string) => void
  readonly legs: () => readonly Leg[]
  readonly callIdOf: (leg: Leg) => string | undefined
  readonly close: () => Promise<void>
}

const ours = (body?: Uint8Array): SendOptions => (body === undefined ? { cause } : { cause, body, contentType: sdp })

/** Loopback targets are taken as they stand; any other is behind something that we do not play, so its packets lead back. */
const looseContact = (uri: string, source: Endpoint): Endpoint => {
  const parsed = parseUri(uri)
  if (!parsed.ok || !isSipUri(parsed.value)) return source
  const { host: address, port = 5060 } = parsed.value
  return scopeOf(address) === 'loopback' ? { address, port } : source
}

/** Only a response says which connection it goes over (RFC 3261 §18.2.2). */
const respondingOn = (socket: SipSocket, policy: PartyPolicy): SipSocket => {
  if (socket.transport === 'udp' || policy.respondsOn === 'same') return socket
  return { ...socket, send: (bytes, { address, port }, leaving) => socket.send(bytes, { address, port }, leaving) }
}

/** A user agent on loopback with a free port. */
export const openLine = async (options: LineOptions): Promise<Line> => {
  const { party, policy } = options
  const { world, seams } = party
  const legs = new Map<string, Leg>()
  const closing = new Set<Promise<void>>()
  let closed = false

  const sessionId = (): number => Number.parseInt(world.token(48), 16)

  const end = (call: string, status?: number): void => {
    const leg = legs.get(call)
    legs.delete(call)
    if (leg === undefined) return
    const closed = closeLeg(leg).finally(() => closing.delete(closed))
    closing.add(closed)
    options.onOver?.(leg, status)
  }

  const after = (leg: Leg, delayMs: number, act: () => void): void => {
    const disarm = world.clock.after(delayMs, () => {
      leg.timers.delete(disarm)
      act()
    })
    leg.timers.add(disarm)
  }

  const refuse = (tx: string, status: number, fields: readonly FieldDraft[] = []): void => {
    ua.respond(tx, status, { cause, fields })
  }

  const take: Line['take'] = async ({ tx, call, request, source }) => {
    const { requestUri } = request
    const origin = source.address
    const leg = createLeg({ role: 'uas', sessionId: sessionId(), requestUri, origin, call, invite: tx })
    legs.set(call, leg)
    if (!(await openLegMedia(leg, party, policy))) {
      refuse(tx, 503)
      end(call)
    }
    if (leg.phase === 'over') return undefined
    const answer = answerTo(leg, policy, request.body)
    if (answer.ok) return { leg, answer: answer.value }
    refuse(tx, 488)
    end(call)
    return undefined
  }

  const ring = (leg: Leg, status: 180 | 183, body?: Uint8Array): void => {
    if (leg.phase !== 'setting-up') return
    ua.respond(leg.invite, status, ours(body))
  }

  const accept = (leg: Leg, body: Uint8Array): void => {
    if (leg.phase !== 'setting-up') return
    leg.phase = 'up'
    ua.respond(leg.invite, 200, ours(body))
    sound(leg)
  }

  const dial: Line['dial'] = async (invite, codecs) => {
    const leg = createLeg({ role: 'uac', sessionId: sessionId(), requestUri: invite.requestUri })
    if (!(await openLegMedia(leg, party, policy))) return undefined
    if (closed) {
      await closeLeg(leg)
      return undefined
    }
    const body = offerOf(leg, policy, codecs)
    const sent = ua.request({ ...invite, ...ours(body), method: 'INVITE', destination: party.peer() })
    leg.call = sent.call
    leg.invite = sent.tx
    legs.set(leg.call, leg)
    return leg
  }

  const again = (leg: Leg, fields: readonly FieldDraft[]): void => {
    if (leg.local === undefined) return
    leg.invite = ua.again(leg.invite, { ...ours(serializeSdp(leg.local)), fields }).tx
  }

  const hangUp = (leg: Leg, status = 480): void => {
    if (leg.phase === 'over') return
    if (leg.phase === 'up') {
      ua.within(leg.call, 'BYE', { cause })
      end(leg.call)
    } else if (leg.role === 'uac') {
      leg.phase = 'over'
      ua.cancel(leg.invite, { cause })
    } else {
      refuse(leg.invite, status)
      end(leg.call)
    }
  }

  /** RFC 3264 §8.4: a stream is put on hold with `sendonly`, and taken back with `sendrecv`. */
  const hold = (leg: Leg, on: boolean): void => {
    leg.toHold = on && leg.phase === 'setting-up'
    if (leg.phase !== 'up') return
    leg.direction = on ? 'sendonly' : 'sendrecv'
    ua.within(leg.call, 'INVITE', ours(offerOf(leg, policy, policy.codecs)))
    leg.media?.stop()
  }

  const press: Line['press'] = (leg, digits) => {
    leg.toPress = leg.phase === 'setting-up' ? digits : ''
    if (leg.phase !== 'up') return
    if (policy.digitsBy === 'rfc4733') pressDigits(leg, digits)
    else for (const digit of digits) tell(leg, digit)
  }

  /** What many phones send where no telephone-event is agreed on. */
  const tell = (leg: Leg, digit: string): void => {
    const body = Buffer.from(`Signal=${digit}\r\nDuration=100\r\n`)
    ua.within(leg.call, 'INFO', { cause, body, contentType: 'application/dtmf-relay' })
  }

  const ping = (requestUri: string): void => {
    const addresses = { from: `<sip:${showEndpoint(socket.local)}>`, to: `<${requestUri}>` }
    ua.request({ cause, method: 'OPTIONS', requestUri, ...addresses, destination: party.peer() })
  }

  const reanswer = (leg: Leg, { tx, request }: Pick<Incoming, 'tx' | 'request'>): void => {
    const { reoffers } = policy
    const answer = answerTo(leg, policy, request.body, reoffers === 'inactive' ? reoffers : policy.answers)
    if (typeof reoffers === 'number' || !answer.ok) {
      refuse(tx, typeof reoffers === 'number' ? reoffers : 488)
      return
    }
    ua.respond(tx, 200, ours(answer.value))
    sound(leg)
  }

  const onRequest = ({ tx, call, received, inDialog }: Extract<UserAgentEvent, { type: 'request' }>): void => {
    const { message: request, source } = received
    const leg = legs.get(call)
    const isElsewhere = leg?.origin !== undefined && leg.origin !== source.address
    if (inDialog && isElsewhere && policy.fromElsewhere !== 'served') refuse(tx, policy.fromElsewhere)
    else if (request.method === 'INVITE' && !inDialog) {
      const { channels, admits } = policy
      const isFull = channels !== undefined && legs.size >= channels.count
      const isForeign = admits?.some((block) => inCidr(source.address, block)) === false
      const status = isFull ? channels.status : isForeign ? 403 : screened(request, policy.refuses)
      if (status === undefined) options.onInvite({ tx, call, request, source })
      else refuse(tx, status)
    } else if (request.method === 'INVITE' && leg !== undefined) reanswer(leg, { tx, request })
    else if (request.method === 'OPTIONS') refuse(tx, 200, capabilityFields(allow))
    else if (request.method === 'BYE') {
      refuse(tx, 200)
      end(call)
    } else if (request.method === 'REGISTER') options.onRegister?.({ tx, call, request, source })
    else refuse(tx, 481)
  }

  const onResponse = ({ tx, call, method, received }: Extract<UserAgentEvent, { type: 'response' }>): void => {
    const leg = legs.get(call)
    const response = received.message
    if (leg === undefined || method !== 'INVITE') return
    if (response.status < 200) {
      if (response.status > 100) options.onRinging?.(leg)
      return
    }
    if (response.status < 300 && leg.phase === 'over') {
      ua.within(call, 'BYE', { cause }) // the answer crossed our CANCEL (RFC 3261 §9.1)
      end(call)
    } else if (response.status < 300) {
      leg.phase = 'up'
      hearAnswer(leg, response.body)
      if (leg.direction === 'sendrecv') sound(leg)
      if (leg.toHold) after(leg, 0, () => hold(leg, true)) // behind the ACK
      if (leg.toPress !== '') after(leg, 0, () => press(leg, leg.toPress))
      options.onAnswered?.(leg)
    } else if (tx === leg.invite) {
      const fields = leg.phase === 'over' ? undefined : options.onRefused?.(leg, response)
      if (fields === undefined) end(call, response.status)
      else again(leg, fields)
    }
  }

  const onEvent = (event: UserAgentEvent): void => {
    switch (event.type) {
      case 'request':
        onRequest(event)
        return
      case 'response':
        onResponse(event)
        return
      case 'ack': {
        const leg = legs.get(event.call)
        if (leg === undefined || event.received.message.body.length === 0) return
        hearAnswer(leg, event.received.message.body)
        sound(leg)
        return
      }
      case 'ack-missing':
        ua.within(event.call, 'BYE', { cause }) // RFC 3261 §13.3.1.4
        end(event.call)
        return
      case 'cancelled':
        // A re-INVITE that is cancelled leaves the call as it was (RFC 3261 §14.1).
        if (legs.get(event.call)?.invite === event.tx) end(event.call)
        return
      case 'timeout':
      case 'unreachable':
        end(event.call)
        return
      case 'malformed':
    }
  }

  const socket = await openSipSocket(party.transport, { address: options.address ?? party.bind, loopbackOnly: true })
  const ua = await createUserAgent({
    world,
    sockets: [respondingOn(socket, policy)],
    timers: party.timers,
    onEvent,
    looseContact,
    allow: options.onRegister === undefined ? allow : [...allow, 'REGISTER'],
    ...(seams.outgoing === undefined ? {} : { outgoing: seams.outgoing }),
    ...(options.ignores === undefined ? {} : { ignores: options.ignores }),
    ...(options.advertise === undefined ? {} : { advertise: options.advertise }),
  })

  const close = async (): Promise<void> => {
    closed = true
    for (const call of [...legs.keys()]) end(call)
    await Promise.all([...closing, ua.close()])
  }

  return {
    local: socket.local,
    refuse,
    take,
    after,
    ring,
    accept,
    dial,
    hangUp,
    hold,
    press,
    ping,
    legs: () => [...legs.values()],
    callIdOf: ({ call }) => ua.call(call)?.callId,
    close,
  }
}
