import type { Message } from '../sip/message.ts'
import type { Trace } from '../observation/trace.ts'
import type { Judgement } from './check.ts'
import { answersTo, serverOf, showStatus } from './exchange.ts'

/** What responses must give back of their request (RFC 3261 §8.2.6.2). */
export type Echo<Lost extends string> = {
  /** What a response has otherwise; nothing where it gives all of it back. */
  readonly lost: (request: Message, response: Message) => Lost | undefined
  /** What is to be given back: that which was lost, else all of it. */
  readonly expected: (request: Message, lost: Lost | undefined) => string
  readonly returned: (response: Message, lost: Lost) => string
}

/** One judgement for each transaction that is answered: all responses give back what they must, or the first that does not. */
export const echoJudgements = <Lost extends string>(
  { transactions }: Pick<Trace, 'transactions'>,
  { lost, expected, returned }: Echo<Lost>,
): readonly Judgement[] =>
  transactions
    .filter(({ responses }) => responses.length > 0)
    .map((transaction) => {
      const request = transaction.request.message()
      const answers = answersTo(transaction)
      const spoilt = answers.find(({ response }) => lost(request, response) !== undefined)
      const what = spoilt && lost(request, spoilt.response)
      const judged = spoilt === undefined ? answers : [spoilt]
      return {
        subject: transaction.name,
        call: transaction.call?.name,
        side: serverOf(transaction),
        verdict: what === undefined ? 'pass' : 'fail',
        expected: expected(request, what),
        actual:
          spoilt === undefined || what === undefined
            ? `the same in ${answers.map(({ response }) => showStatus(response)).join(', ')}`
            : `${returned(spoilt.response, what)} in ${showStatus(spoilt.response)}`,
        frames: [transaction.request.frame, ...judged.map(({ seen }) => seen.frame)],
      }
    })
