import type { Request } from '../../sip/message.ts'
import { viasOf } from '../../sip/fields/via.ts'
import { param } from '../../sip/uri.ts'
import type { Seen, Trace } from '../../observation/trace.ts'
import { defineCheck } from '../check.ts'

type Group = {
  readonly subject: string
  readonly call: string | undefined
  readonly requests: readonly Seen<Request>[]
}

/** The requests of a call together: one setting of a PBX is one finding. */
const groupsOf = (trace: Trace): readonly Group[] => [
  ...trace.calls.map(({ name, transactions }) => ({
    subject: name,
    call: name,
    requests: transactions.flatMap(({ request, acks }) => [request, ...acks]),
  })),
  ...trace.transactions
    .filter(({ call }) => call === undefined)
    .map(({ name, request }) => ({ subject: name, call: undefined, requests: [request] })),
]

const carriesRport = (seen: Seen<Request>): boolean => {
  const vias = viasOf(seen.message())
  const [top] = vias.ok ? vias.value : []
  return top !== undefined && param(top.params, 'rport') !== undefined
}

export default defineCheck({
  id: 'via-rport',
  title: 'Requests over UDP ask for the response at their source port',
  subject: 'call',
  strength: 'SHOULD',
  cite: '3581 §3',
  requirement: 'A client behind a NAT puts rport into the top Via of each request over UDP.',
  advice: 'Switch on rport (symmetric response routing) for this trunk.',
  judges: ['pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    groupsOf(trace).flatMap(({ subject, call, requests }) => {
      const sent = requests.filter(({ sender, transport }) => sender === 'pbx' && transport === 'udp')
      if (sent.length === 0) return []
      const without = sent.filter((seen) => !carriesRport(seen))
      return [
        {
          subject,
          call,
          side: 'pbx' as const,
          verdict: without.length === 0 ? ('pass' as const) : ('fail' as const),
          expected: 'rport in the top Via of every request',
          actual: without.length === 0 ? 'rport in each' : `none in ${without.length} of ${sent.length} requests`,
          frames: (without.length === 0 ? sent : without).map(({ frame }) => frame),
        },
      ]
    }),
})
