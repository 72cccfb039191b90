import { type CustomHeaders, isCustom, octetsOf } from '../../profile/custom-headers.ts'
import type { Field } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'

type Said = Pick<Judgement, 'verdict' | 'actual'>

const longest = (fields: readonly Field[], size: (field: Field) => number): Field | undefined =>
  fields.reduce<Field | undefined>((most, field) => (most && size(most) >= size(field) ? most : field), undefined)

const nameSize = ({ rawName }: Field): number => rawName.length
const valueSize = ({ value }: Field): number => value.length

/**
 * Where a document says neither whether the prefix counts in a name, nor whether its octets are those of one value or of all
 * fields: what is too long in every reading fails, what is in some is only told.
 */
const said = (fields: readonly Field[], { prefix, maxNameLength, maxTotalBytes }: CustomHeaders): Said => {
  const name = longest(fields, nameSize)
  const value = longest(fields, valueSize)
  const total = fields.reduce((sum, field) => sum + octetsOf([field.rawName, field.value]), 0)
  if (name === undefined || value === undefined) return { verdict: 'pass', actual: 'none' }
  const named = `"${displayText(name.rawName)}" with ${nameSize(name)} characters`
  if (nameSize(name) > maxNameLength + prefix.length) return { verdict: 'fail', actual: named }
  if (valueSize(value) > maxTotalBytes)
    return { verdict: 'fail', actual: `${valueSize(value)} octets in ${displayText(value.rawName)}` }
  if (nameSize(name) > maxNameLength) return { verdict: 'info', actual: `${named}, ${prefix} included` }
  const all = `a name of ${nameSize(name)} characters, ${total} octets in all`
  return { verdict: total > maxTotalBytes ? 'info' : 'pass', actual: all }
}

const judgementsOf = (transaction: Transaction, limits: CustomHeaders): readonly Judgement[] => {
  const fields = transaction.request.message().fields.filter(({ name }) => isCustom(name, limits))
  if (fields.length === 0) return []
  const { prefix, maxNameLength, maxTotalBytes } = limits
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: transaction.client,
      expected: `names of at most ${maxNameLength} characters and ${maxTotalBytes} octets of ${prefix} fields`,
      frames: [transaction.request.frame],
      ...said(fields, limits),
    },
  ]
}

export default defineCheck({
  id: 'custom-header-limits',
  title: 'Custom header fields are within the documented limits',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §7.3.1',
  requirement: 'The names of custom header fields and what they hold are not longer than the provider documents.',
  advice: 'Shorten the names or the values of the custom header fields of the call.',
  judges: ['pbx', 'trunk'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, contract }) => {
    const limits = contract.profile.customHeaders
    return limits === undefined ? [] : initialInvites(trace).flatMap((transaction) => judgementsOf(transaction, limits))
  },
})
