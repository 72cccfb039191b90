import { defineCheck } from '../check.ts'
import { answersTo, serverOf, showStatus } from '../exchange.ts'
import { tagIn } from '../../sip/tags.ts'

export default defineCheck({
  id: 'to-tag',
  title: 'Responses have a To tag',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.2.6.2',
  requirement: 'The To of each response but 100 has a tag.',
  advice:
    'Update the SIP stack that answers: without its tag in To, forked calls and their dialogs cannot be told apart.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    trace.transactions.flatMap((transaction) => {
      const answers = answersTo(transaction).filter(({ response }) => response.status > 100)
      if (answers.length === 0) return []
      const bare = answers.filter(({ response }) => tagIn(response, 'To') === undefined)
      const told = bare.length === 0 ? answers : bare
      const statuses = told.map(({ response }) => showStatus(response)).join(', ')
      return [
        {
          subject: transaction.name,
          call: transaction.call?.name,
          side: serverOf(transaction),
          verdict: bare.length === 0 ? ('pass' as const) : ('fail' as const),
          expected: 'a tag in To of every response but 100',
          actual: bare.length === 0 ? `a tag in ${statuses}` : `none in ${statuses}`,
          frames: told.map(({ seen }) => seen.frame),
        },
      ]
    }),
})
