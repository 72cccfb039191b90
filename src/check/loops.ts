import type { Transaction } from '../observation/trace.ts'
import { fieldAt } from '../sip/view.ts'
import type { Evidence } from './check.ts'
import { initialInvites } from './exchange.ts'

/** A call of ours to a number that is routed back to us, and the call as which it came. */
export type LoopedCall = { readonly out: Transaction; readonly back: Transaction; readonly number: string }

/** `+12025550150` and `12025550150` are one number. */
export const digitsOf = (number: string): string => number.replaceAll('+', '')

/** User part of a field without the parameters of a telephone-subscriber (RFC 3966 §3). */
export const numberIn = (transaction: Transaction, place: 'Request-URI' | 'To' | 'From'): string | undefined =>
  fieldAt(transaction.request.message(), `${place}.user`)?.split(';')[0]

/** A network may write its own digits before a number, hardly other ones at its end. */
const isNearly = (seen: string | undefined, number: string): boolean =>
  seen !== undefined && digitsOf(seen).endsWith(digitsOf(number).slice(-7))

/** Matched by number and time: the last INVITE of ours to the number, and the first of the trunk's behind it. */
export const loopsOf = ({ trace, contract, observed }: Evidence): readonly LoopedCall[] => {
  const number = contract.numbers.loop
  if (number === undefined || observed === true) return []
  const invites = initialInvites(trace)
  const to = (client: Transaction['client']) =>
    invites.filter(
      (one) =>
        one.client === client &&
        (isNearly(numberIn(one, 'Request-URI'), number) || isNearly(numberIn(one, 'To'), number)),
    )
  const out = to('pbx').at(-1)
  const back = out && to('trunk').find(({ request }) => request.timeMs >= out.request.timeMs)
  return out === undefined || back === undefined ? [] : [{ out, back, number }]
}
