import type { Request } from '../../sip/message.ts'
import { viasOf } from '../../sip/fields/via.ts'
import { param } from '../../sip/uri.ts'
import type { Seen } from '../../observation/trace.ts'
import { defineCheck } from '../check.ts'
import { requestGroups, requestsOf } from '../requests.ts'

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
    requestGroups(trace).flatMap((group) => {
      const sent = requestsOf(group, 'pbx').filter(({ transport }) => transport === 'udp')
      if (sent.length === 0) return []
      const without = sent.filter((seen) => !carriesRport(seen))
      return [
        {
          subject: group.subject,
          call: group.call?.name,
          side: 'pbx' as const,
          verdict: without.length === 0 ? ('pass' as const) : ('fail' as const),
          expected: 'rport in the top Via of every request',
          actual: without.length === 0 ? 'rport in each' : `none in ${without.length} of ${sent.length} requests`,
          frames: (without.length === 0 ? sent : without).map(({ frame }) => frame),
        },
      ]
    }),
})
