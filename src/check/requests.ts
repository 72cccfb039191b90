import type { Side } from '../core/finding.ts'
import { viasOf } from '../sip/fields/via.ts'
import type { Message, Request } from '../sip/message.ts'
import { param } from '../sip/uri.ts'
import type { Call, Seen, Trace, Transaction } from '../observation/trace.ts'

/** The requests of a call together: one habit of a stack is one finding. */
export type RequestGroup = {
  readonly subject: string
  readonly call: Call | undefined
  readonly transactions: readonly Transaction[]
}

export const requestGroups = (trace: Trace): readonly RequestGroup[] => [
  ...trace.calls.map((call) => ({ subject: call.name, call, transactions: call.transactions })),
  ...trace.transactions
    .filter(({ call }) => call === undefined)
    .map((transaction) => ({ subject: transaction.name, call: undefined, transactions: [transaction] })),
]

/** What that side asked for, ACKs included, in order of time. */
export const requestsOf = ({ transactions }: RequestGroup, side: Side): readonly Seen<Request>[] =>
  transactions
    .flatMap(({ request, acks }) => [request, ...acks])
    .filter(({ sender }) => sender === side)
    .sort((a, b) => a.frame - b.frame)

/** The branch of the topmost Via, in lower case as values compare (RFC 3261 §7.3.1); `undefined` where there is none. */
export const branchOf = (message: Message): string | undefined => {
  const vias = viasOf(message)
  const branch = vias.ok && vias.value[0] !== undefined ? param(vias.value[0].params, 'branch') : undefined
  return typeof branch === 'string' ? branch.toLowerCase() : undefined
}
