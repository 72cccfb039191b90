import { normalizeAddress } from '../../core/address.ts'
import { type Endpoint, sameEndpoint, showEndpoint } from '../../core/frame.ts'
import { viasOf } from '../../sip/fields/via.ts'
import { param } from '../../sip/uri.ts'
import type { Seen, Trace, Transaction } from '../../observation/trace.ts'
import { defineCheck } from '../check.ts'
import { serverOf } from '../exchange.ts'

const sameHost = (a: string, b: string): boolean => normalizeAddress(a) === normalizeAddress(b)

const isBetween = (seen: Seen, a: Endpoint, b: Endpoint): boolean =>
  (sameEndpoint(seen.source, a) && sameEndpoint(seen.destination, b)) ||
  (sameEndpoint(seen.source, b) && sameEndpoint(seen.destination, a))

const way = ({ transport, source, destination }: Seen): string =>
  `over ${transport.toUpperCase()} from ${showEndpoint(source)} to ${showEndpoint(destination)}`

/**
 * RFC 3581 §4: where rport asks for it, a response goes from where the request came to, back to where it came from. Else the
 * port is the one of the sent-by; that of the request reaches who sent it all the same.
 */
const isBackByDatagram = (request: Seen, response: Seen): boolean => {
  const vias = viasOf(request.message())
  const top = vias.ok ? vias.value[0] : undefined
  if (top === undefined || param(top.params, 'maddr') !== undefined) return true
  const { source, destination } = request
  if (!sameHost(response.destination.address, source.address)) return false
  const { port } = response.destination
  if (param(top.params, 'rport') === undefined) return port === source.port || port === (top.port ?? 5060)
  return port === source.port && sameEndpoint(response.source, destination)
}

/**
 * What is wrong with the way of a response. On a stream it is the connection of the request for as long as that is open: what
 * crossed it later shows that it was. Where nothing shows it, any other will do.
 */
const strayOf = (request: Seen, response: Seen, later: readonly Seen[]): string | undefined => {
  if (request.transport !== response.transport)
    return `${way(response)}, and the request came over ${request.transport.toUpperCase()}`
  const { source, destination } = request
  if (request.transport !== 'udp') {
    if (isBetween(response, source, destination)) return undefined
    const wasOpen = later.some((seen) => seen.frame > response.frame && isBetween(seen, source, destination))
    return wasOpen ? `${way(response)}, and the connection of the request was open` : undefined
  }
  return isBackByDatagram(request, response) ? undefined : way(response)
}

const laterOnStreams = ({ messages }: Trace): readonly Seen[] => messages.filter(({ transport }) => transport !== 'udp')

const expectedOf = ({ transport, source, destination }: Transaction['request']): string =>
  `over ${transport.toUpperCase()} from ${showEndpoint(destination)} to ${showEndpoint(source)}`

export default defineCheck({
  id: 'response-path',
  title: 'Responses come back the way of their request',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §18.2.2, 3581 §4',
  requirement:
    'A response goes by the transport of its request: in a stream by the same connection while that is open, over UDP with rport between the same two ports.',
  advice:
    'Let the stack answer on the connection, or from the port, that the request came to: any other way a firewall or NAT drops.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) => {
    const streams = laterOnStreams(trace)
    return trace.transactions
      .filter(({ responses }) => responses.length > 0)
      .map((transaction) => {
        const { request, responses } = transaction
        const strays = responses.map((seen) => ({ seen, what: strayOf(request, seen, streams) }))
        const stray = strays.find(({ what }) => what !== undefined)
        return {
          subject: transaction.name,
          call: transaction.call?.name,
          side: serverOf(transaction),
          verdict: stray === undefined ? ('pass' as const) : ('fail' as const),
          expected: expectedOf(request),
          actual: stray?.what ?? `so in ${responses.length} responses`,
          frames: [request.frame, ...(stray === undefined ? responses.map(({ frame }) => frame) : [stray.seen.frame])],
        }
      })
  },
})
