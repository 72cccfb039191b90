import { normalizeAddress } from '../../core/address.ts'
import { type Side, otherSide } from '../../core/finding.ts'
import { explain } from '../../core/result.ts'
import { displayText } from '../../sip/text.ts'
import type { Malformed, Trace } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'

/** What goes beyond our own bounds, and no rule forbids; and what `content-length` tells. */
const others: readonly string[] = [
  'message.too-large',
  'message.too-many-fields',
  'header.too-long',
  'stream.no-message',
]

const mostFrames = 20

const whoOf = (hop: number, side: Side, address: string): string => `${hop} ${side} ${normalizeAddress(address)}`

/** Who takes part: strangers that send bytes to our port are nobody's fault. */
const partiesOf = ({ messages }: Trace): ReadonlySet<string> =>
  new Set(
    messages.flatMap(({ hop, sender, source, destination }) => [
      whoOf(hop, sender, source.address),
      whoOf(hop, otherSide(sender), destination.address),
    ]),
  )

const judgementOf = ({ messages }: Trace, side: Side, broken: readonly Malformed[]): readonly Judgement[] => {
  const own = broken.filter(({ sender }) => sender === side)
  const read = messages.filter(({ sender }) => sender === side)
  const [first] = own
  if (first === undefined && read.length === 0) return []
  const common = { subject: 'run', call: undefined, side, expected: 'SIP that can be read' }
  if (first === undefined)
    return [{ ...common, verdict: 'pass', actual: `so in ${read.length} messages`, frames: framesOf(read) }]
  const count = own.length === 1 ? '' : `, the first of ${own.length}`
  return [
    {
      ...common,
      verdict: 'fail',
      actual: `${explain({ ...first.fault, saw: displayText(first.fault.saw) })}${count}`,
      frames: framesOf(own),
    },
  ]
}

const framesOf = (seen: readonly { readonly frame: number }[]): readonly number[] =>
  seen.slice(0, mostFrames).map(({ frame }) => frame)

export default defineCheck({
  id: 'sip-readable',
  title: 'What looks like SIP can be read',
  subject: 'run',
  strength: 'MUST',
  cite: '3261 §7, §25.1',
  requirement: 'Each message keeps the grammar of SIP, and a connection does not end within one.',
  advice:
    'Look at the bytes with `trunkproof message`: it names the rule and the place. Receivers drop such a message.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => {
    const parties = partiesOf(trace)
    const broken = trace.malformed.filter(
      ({ hop, sender, source, fault }) =>
        !others.includes(fault.rule) && parties.has(whoOf(hop, sender, source.address)),
    )
    return (['pbx', 'trunk'] as const).flatMap((side) => judgementOf(trace, side, broken))
  },
})
