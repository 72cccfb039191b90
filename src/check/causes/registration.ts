import type { Registration, Trace, Transaction } from '../../observation/trace.ts'
import { finalOf, serverOf, showStatus } from '../exchange.ts'
import { displayText } from '../../sip/text.ts'
import { failureOf, framesOf } from './attempts.ts'
import { type Scene, type Shown, seconds } from './scene.ts'

const isAccepted = (transaction: Transaction): boolean => (finalOf(transaction)?.response.status ?? 999) < 300

/** The REGISTERs of it, by its frames. */
export const registersOf = ({ frames }: Registration, trace: Trace): readonly Transaction[] =>
  trace.transactions.filter(({ method, request }) => method === 'REGISTER' && frames.includes(request.frame))

/** Those behind the last that was accepted. */
export const lastTries = (registration: Registration, trace: Trace): readonly Transaction[] => {
  const all = registersOf(registration, trace)
  return all.slice(all.findLastIndex(isAccepted) + 1)
}

export const registrationFailing = ({ call, attempts, trace }: Scene): Shown | undefined => {
  const failure = call === undefined ? failureOf(attempts, trace) : undefined
  if (failure === undefined) return undefined
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

/** Granted, and let run out. */
export const notRefreshed = ({ registration, trace }: Scene): Shown | undefined => {
  if (registration?.state !== 'expired') return undefined
  const { aor, expiresS, refreshedMs, frames, sender } = registration
  const granted = expiresS === undefined ? 'its time' : `the ${seconds(expiresS * 1000)} that were granted`
  const last = refreshedMs.at(-1)
  const later = trace.messages.find(({ timeMs }) => last !== undefined && timeMs > last + (expiresS ?? 0) * 1000)
  return {
    atFault: sender,
    frames: [...frames, ...(later === undefined ? [] : [later.frame])],
    why: `${displayText(aor)} was not registered again within ${granted}`,
  }
}
