import type { Message, Request, Response } from '../../src/sip/message.ts'
import type { Effect, Step } from '../../src/transaction/machine.ts'
import { requestFrom, responseFrom } from '../support/messages.ts'

/** Defaults of RFC 3261 table 4. */
export const timers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 }

const named = (message: Message): string => (message.kind === 'request' ? message.method : String(message.status))

/** One line an effect: `send request`, `send request again`, `arm A 500`, `disarm A`, `deliver 180`, `terminated`. */
export const show = (effect: Effect): string => {
  switch (effect.type) {
    case 'send':
      return `send ${effect.what}${effect.copy ? ' again' : ''}`
    case 'deliver':
      return `deliver ${named(effect.message)}`
    case 'arm':
      return `arm ${effect.timer} ${effect.afterMs}`
    case 'disarm':
      return `disarm ${effect.timer}`
    default:
      return effect.type
  }
}

/** Phase and effects of each event in turn, the start first. */
export const walk = <State extends { readonly phase: string }, Event>(
  [start, effects]: Step<State>,
  step: (state: State, event: Event) => Step<State>,
  events: readonly Event[],
): { readonly state: State; readonly rows: readonly string[] } => {
  let state = start
  const line = (done: readonly Effect[]): string => [state.phase, ...done.map(show)].join(' | ')
  const rows = [line(effects)]
  for (const event of events) {
    const [next, done] = step(state, event)
    state = next
    rows.push(line(done))
  }
  return { state, rows }
}

/** Timers that are armed and neither fired nor disarmed after the events: a machine that is over must leave none. */
export const leftArmed = <State, Event>(
  [start, effects]: Step<State>,
  step: (state: State, event: Event) => Step<State>,
  events: readonly (Event & { readonly type: string })[],
): readonly string[] => {
  const armed = new Set<string>()
  const note = (done: readonly Effect[]): void => {
    for (const effect of done) {
      if (effect.type === 'arm') armed.add(effect.timer)
      if (effect.type === 'disarm') armed.delete(effect.timer)
    }
  }
  note(effects)
  let state = start
  for (const event of events) {
    // A timer that is not armed does not fire.
    const { timer } = event as { readonly timer?: string }
    if (timer !== undefined && !armed.delete(timer)) continue
    const [next, done] = step(state, event)
    state = next
    note(done)
  }
  return [...armed]
}

/** The INVITE of RFC 3261 §17.1.1.3. */
export const invite = requestFrom(
  'INVITE sip:bob@biloxi.com SIP/2.0',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff',
  'To: Bob <sip:bob@biloxi.com>',
  'From: Alice <sip:alice@atlanta.com>;tag=88sja8x',
  'Max-Forwards: 70',
  'Call-ID: 987asjd97y7atg',
  'CSeq: 986759 INVITE',
)

const same = ['From: Alice <sip:alice@atlanta.com>;tag=88sja8x', 'Call-ID: 987asjd97y7atg']

/** A request of the same transaction or of another one to the same peer. */
export const requestOf = (method: string): Request =>
  requestFrom(
    `${method} sip:bob@biloxi.com SIP/2.0`,
    'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff',
    'To: Bob <sip:bob@biloxi.com>',
    ...same,
    `CSeq: 986759 ${method}`,
  )

export const responseOf = (status: number, method = 'INVITE', toTag = '99sa0xk'): Response =>
  responseFrom(
    `SIP/2.0 ${status} Whatever`,
    'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff',
    `To: Bob <sip:bob@biloxi.com>;tag=${toTag}`,
    ...same,
    `CSeq: 986759 ${method}`,
  )
