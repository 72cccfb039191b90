import type { Seen, Transaction } from '../../observation/trace.ts'
import { finalOf, serverOf, showStatus } from '../exchange.ts'
import { parseAddressList } from '../../sip/fields/address.ts'
import { fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { param } from '../../sip/uri.ts'
import { framesOf } from './attempts.ts'
import { type Scene, type Shown, seconds } from './scene.ts'

const isAccepted = (transaction: Transaction): boolean => (finalOf(transaction)?.response.status ?? 999) < 300

/** Takes all bindings away (RFC 3261 §10.2.2): whatever comes of it, nobody waits for calls any more. */
const isRemoval = ({ request }: Transaction): boolean => {
  const message = request.message()
  const contacts = parseAddressList(fieldValue(message, 'Contact') ?? '')
  const own = contacts.ok ? contacts.value.map(({ params }) => param(params, 'expires')) : []
  const isExpired = (value: string | true | undefined): boolean => (value ?? fieldValue(message, 'Expires')) === '0'
  return own.length === 0 ? isExpired(undefined) : own.every(isExpired)
}

/** Of its REGISTERs, those behind the last that was accepted; none where they only ask to be forgotten. */
export const lastTries = (registers: readonly Transaction[]): readonly Transaction[] => {
  const last = registers.slice(registers.findLastIndex(isAccepted) + 1)
  return last.every(isRemoval) ? [] : last
}

export const registrationFailing = ({ registration, attempts, failure }: Scene): Shown | undefined => {
  if (registration === undefined || failure === undefined) return undefined
  const { transaction } = failure
  const answer = failure.kind === 'refused' ? failure.answer : undefined
  const came = answer === undefined ? 'is not answered' : `meets ${showStatus(answer.response)}`
  const tries = attempts.length === 1 ? '' : `, ${attempts.length} tries`
  return {
    atFault:
      answer === undefined ? 'undecided' : answer.response.status >= 500 ? serverOf(transaction) : transaction.client,
    frames: attempts.flatMap((one) => framesOf(one, finalOf(one))),
    why: `REGISTER ${came}${tries}`,
  }
}

/** Of messages in the order of time, the first that is later: a capture may have as many as registrations. */
const firstBehind = (messages: readonly Seen[], timeMs: number): Seen | undefined => {
  let [from, to] = [0, messages.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((messages[middle]?.timeMs ?? Infinity) > timeMs) to = middle
    else from = middle + 1
  }
  return messages[from]
}

/** Granted, and let run out. */
export const notRefreshed = ({ registration, trace }: Scene): Shown | undefined => {
  if (registration?.state !== 'expired') return undefined
  const { aor, expiresS, refreshedMs, frames, sender } = registration
  const granted = expiresS === undefined ? 'its time' : `the ${seconds(expiresS * 1000)} that were granted`
  const last = refreshedMs.at(-1)
  const later = last === undefined ? undefined : firstBehind(trace.messages, last + (expiresS ?? 0) * 1000)
  return {
    atFault: sender,
    frames: [...frames, ...(later === undefined ? [] : [later.frame])],
    why: `${displayText(aor)} was not registered again within ${granted}`,
  }
}
