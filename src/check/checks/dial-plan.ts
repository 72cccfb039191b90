import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { digitsOf } from '../owned.ts'
import { callNamed, mainCall } from '../outcomes.ts'

export default defineCheck({
  id: 'dial-plan',
  title: 'What is dialled reaches the provider as the dial plan says',
  subject: 'transaction',
  strength: 'MUST',
  cite: 'E.164',
  requirement: 'The number that a user dials at a phone is called at the provider in its international form.',
  advice:
    'Look at the rule of the outbound route that takes what was dialled: international prefix (00, 011) and national prefix give way to + and the country code.',
  judges: ['pbx'],
  needsRun: true,
  presupposes: [],
  judge: ({ trace, contract, outcomes }) => {
    const dialled = outcomes.find(({ facts }) => facts?.phone === 'dials')?.facts?.dialled
    const example = contract.phone?.dialPlan.find(({ dials }) => dials === dialled)
    const call = callNamed(trace, outcomes, mainCall)
    if (example === undefined || call === undefined) return []
    return initialInvites(trace)
      .filter((transaction) => transaction.call === call && transaction.client === 'pbx')
      .map((transaction) => {
        const number = fieldAt(transaction.request.message(), 'Request-URI.user')?.split(';')[0] ?? ''
        return {
          subject: transaction.name,
          call: call.name,
          side: 'pbx',
          verdict: digitsOf(number) === digitsOf(example.sends) ? 'pass' : 'fail',
          expected: `the dial plan says ${example.sends}`,
          actual: `dialled ${example.dials}, the provider got "${displayText(number)}"`,
          frames: [transaction.request.frame],
        }
      })
  },
})
