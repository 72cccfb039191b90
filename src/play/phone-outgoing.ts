import type { World } from '../core/world.ts'
import type { UserAgent, UserAgentEvent } from '../agent/user-agent.ts'
import { type FollowChallenge, followChallenges } from '../session/challenge.ts'
import { challengesOf } from '../sip/fields/challenge.ts'
import type { Response } from '../sip/message.ts'
import { mostGlares, waitAfterGlare } from '../session/glare.ts'
import { displayText } from '../sip/text.ts'
import { hear } from './call.ts'
import type { PhoneEvents } from './phone-events.ts'
import { type Describe, type Leg, createLeg, sound } from './phone-leg.ts'
import type { Legs } from './phone-legs.ts'
import type { Account, Registrar } from './phone-registration.ts'

export type OutgoingOptions = {
  readonly ua: UserAgent
  readonly legs: Legs
  readonly events: PhoneEvents
  readonly describe: Describe
  readonly world: World
  readonly dialler: Account | undefined
  readonly registrar: Registrar
  /** Realms that the account of the phone is known to be of; none where its registrar asks for no credentials. */
  readonly realms: () => ReadonlySet<string>
  /** Calls whose BYE is under way. */
  readonly ending: Set<string>
  readonly t1Ms: number
}

export type Outgoing = {
  readonly dial: (number: string, onRefused?: (why: string) => void) => Promise<string | undefined>
  readonly hangUp: () => string | undefined
  readonly hold: (on: boolean) => string | undefined
  readonly onResponse: (event: Extract<UserAgentEvent, { type: 'response' }>) => void
}

/** `*` may stand in a URI as it is, `#` may not (RFC 3261 §25.1). */
const inUri = (number: string): string => number.replaceAll('#', '%23')

/** What a phone sends of its own accord, and what is answered to it. */
export const createOutgoing = (options: OutgoingOptions): Outgoing => {
  const { ua, legs, events, describe, world, dialler, registrar, ending } = options
  /** Of requests that were challenged, by the transaction that they went in last. */
  const following = new Map<string, FollowChallenge>()

  const dial: Outgoing['dial'] = async (number, onRefused) => {
    if (dialler === undefined) return 'the phone has no extension'
    const leg = createLeg('uac', world, onRefused)
    const why = await legs.open(leg)
    if (why !== undefined) return `the phone has no port for its media: ${why}`
    if (leg.phase === 'over') return 'the phone hung up before it had dialled'
    const uri = `sip:${inUri(number)}@${registrar.domain}`
    const { call, tx } = ua.request({
      cause: 'phone: dial',
      method: 'INVITE',
      requestUri: uri,
      from: `sip:${dialler.user}@${registrar.domain}`,
      to: uri,
      destination: registrar.endpoint,
      ...describe.offer(leg),
    })
    leg.played.ua = call
    leg.played.inviteTx = tx
    return undefined
  }

  const bye = (leg: Leg, call: string): void => {
    ua.within(call, 'BYE', { cause: 'phone: hang-up' })
    ending.add(call)
    legs.end(leg)
  }

  const hangUpLeg = (leg: Leg): void => {
    const { ua: call, inviteTx } = leg.played
    if (call !== undefined && leg.phase === 'up') bye(leg, call)
    else if (leg.role === 'uac' && inviteTx !== undefined) {
      leg.phase = 'over'
      ua.cancel(inviteTx, { cause: 'phone: hang-up' })
    } else {
      legs.end(leg)
      for (const tx of call === undefined ? [] : ua.pending(call)) ua.respond(tx, 486, { cause: 'phone: hang-up' })
    }
  }

  const hangUp: Outgoing['hangUp'] = () => {
    const live = legs.all().filter(({ phase }) => phase !== 'over')
    for (const leg of live) hangUpLeg(leg)
    return live.length === 0 ? 'the phone has no call to hang up' : undefined
  }

  const hold: Outgoing['hold'] = (on) => {
    const leg = legs.all().find(({ phase }) => phase === 'up')
    if (leg === undefined) return 'the phone has no call to hold'
    leg.offered = on ? 'sendonly' : 'sendrecv'
    leg.glares = 0
    return reoffer(leg)
  }

  const reoffer = (leg: Leg): string | undefined => {
    leg.waiting?.()
    if (leg.played.ua === undefined) return 'the phone has no call to hold'
    const body = describe.offer(leg, leg.offered)
    if (body === undefined) return 'the phone has nothing to offer'
    const sent = ua.within(leg.played.ua, 'INVITE', { cause: 'phone: hold', ...body })
    leg.played.inviteTx = sent?.tx
    return sent === undefined ? 'the phone has no dialog' : undefined
  }

  /** A PBX may hand down the challenge of its trunk: the account of the phone is not for that. */
  const isKnown = (response: Response): boolean => {
    const known = options.realms()
    return known.size === 0 || challengesOf(response).some(({ challenge }) => known.has(challenge.realm))
  }

  /**
   * A request once more with what its challenge asks for: the new transaction. Nothing where its credentials were refused, or
   * there are none for it (RFC 3261 §22.1).
   */
  const again = (tx: string, response: Response): string | undefined => {
    const follow = following.get(tx) ?? (dialler && followChallenges(dialler.credentials, world.token))
    following.delete(tx)
    const request = ua.lastSent(tx)
    if ((response.status !== 401 && response.status !== 407) || request?.kind !== 'request' || !isKnown(response))
      return undefined
    const fields = follow?.(response, request)
    if (follow === undefined || fields?.ok !== true) return undefined
    const sent = ua.again(tx, { cause: 'phone: credentials', fields: fields.value })
    following.set(sent.tx, follow)
    return sent.tx
  }

  /** Its re-INVITE met one of the PBX (RFC 3261 §14.1). */
  const crossed = (leg: Leg): void => {
    leg.glares += 1
    if (leg.glares > mostGlares) return
    const waitMs = waitAfterGlare(leg.role === 'uac', options.t1Ms, world.token)
    leg.waiting = world.clock.after(waitMs, () => void reoffer(leg))
  }

  const answered = (leg: Leg, call: string): void => {
    if (leg.phase === 'over') {
      bye(leg, call) // the answer crossed its CANCEL (RFC 3261 §9.1)
      return
    }
    leg.phase = 'up'
    sound(leg)
    events.note('is-up')
  }

  const onResponse: Outgoing['onResponse'] = ({ tx, call, method, received }) => {
    const leg = legs.of(call)
    const { message } = received
    if (method === 'BYE' && message.status >= 200) again(tx, message)
    if (leg === undefined || method !== 'INVITE') return
    if (message.status < 300) hear(leg.played, message)
    if (message.status < 200) return
    if (message.status < 300) {
      answered(leg, call)
      return
    }
    const retried = leg.phase === 'over' ? undefined : again(tx, message)
    if (retried !== undefined) leg.played.inviteTx = retried
    else if (leg.phase === 'up' && message.status === 491) crossed(leg)
    else if (leg.phase !== 'up') {
      legs.end(leg)
      leg.onRefused?.(displayText(`${message.status} ${message.reason}`.trim()))
    }
  }

  return { dial, hangUp, hold, onResponse }
}
