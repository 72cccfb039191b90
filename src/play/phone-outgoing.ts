import type { World } from '../core/world.ts'
import type { UserAgent, UserAgentEvent } from '../agent/user-agent.ts'
import { followChallenges } from '../session/challenge.ts'
import type { FieldDraft, Response } from '../sip/message.ts'
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
  /** Calls whose BYE is under way. */
  readonly ending: Set<string>
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

  const dial: Outgoing['dial'] = async (number, onRefused) => {
    if (dialler === undefined) return 'the phone has no extension'
    const leg = createLeg('uac', world, onRefused)
    const why = await legs.open(leg)
    if (why !== undefined) return `the phone has no port for its media: ${why}`
    if (leg.phase === 'over') return 'the phone hung up before it had dialled'
    const uri = `sip:${inUri(number)}@${registrar.domain}`
    leg.follow = followChallenges(dialler.credentials, world.token)
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
    if (leg?.played.ua === undefined) return 'the phone has no call to hold'
    const body = describe.offer(leg, on ? 'sendonly' : 'sendrecv')
    if (body === undefined) return 'the phone has nothing to offer'
    const sent = ua.within(leg.played.ua, 'INVITE', { cause: 'phone: hold', ...body })
    leg.follow = dialler && followChallenges(dialler.credentials, world.token)
    leg.played.inviteTx = sent?.tx
    return sent === undefined ? 'the phone has no dialog' : undefined
  }

  /** What a challenge to its INVITE asks for; nothing where that went already, or cannot be had, or nobody wants the call any more. */
  const credentials = (leg: Leg, tx: string, response: Response): readonly FieldDraft[] | undefined => {
    const request = ua.lastSent(tx)
    if ((response.status !== 401 && response.status !== 407) || leg.phase === 'over' || request?.kind !== 'request')
      return undefined
    const fields = leg.follow?.(response, request)
    return fields?.ok === true ? fields.value : undefined
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
    if (leg === undefined || method !== 'INVITE') return
    if (message.status < 300) hear(leg.played, message)
    if (message.status < 200) return
    if (message.status < 300) {
      answered(leg, call)
      return
    }
    const fields = credentials(leg, tx, message)
    if (fields !== undefined) leg.played.inviteTx = ua.again(tx, { cause: 'phone: credentials', fields }).tx
    else if (leg.phase !== 'up') {
      legs.end(leg)
      leg.onRefused?.(displayText(`${message.status} ${message.reason}`.trim()))
    }
  }

  return { dial, hangUp, hold, onResponse }
}
