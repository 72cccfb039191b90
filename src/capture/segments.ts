import { type Draft, type Endpoint, type StreamPlace, showEndpoint } from '../core/frame.ts'
import type { Segment } from './ip.ts'

type Ends = StreamPlace['ends']

/** Apart enough that no two connections of the same ends look like one that sends again. */
const connectionSpan = 2 ** 24

/** Which connection of a trace the ends of a segment belong to, from 1. One that has ended is another the next time. */
export const createConnectionNumbers = () => {
  const known = new Map<string, number>()
  let count = 0
  return (source: Endpoint, destination: Endpoint, ends: Ends): number => {
    const key = [showEndpoint(source), showEndpoint(destination)].sort().join(' ')
    const number = known.get(key) ?? (count += 1)
    if (ends === undefined) known.set(key, number)
    else known.delete(key)
    return number
  }
}

/** Where the bytes that a party of ours sent and received stand in their streams, as a capture file wants it. */
export const createSegments = () => {
  const numberOf = createConnectionNumbers()
  const next = new Map<string, number>()
  return ({
    source,
    destination,
    bytes,
    stream,
  }: Draft): { readonly connection: number; readonly segment: Segment } => {
    const { ends } = stream ?? {}
    const connection = numberOf(source, destination, ends)
    const first = (connection * connectionSpan + 1) >>> 0
    const [there, back] = [showEndpoint(source), showEndpoint(destination)].map((from) => `${connection} ${from}`)
    const sequence = next.get(`${there}`) ?? first
    const acknowledgement = next.get(`${back}`) ?? first
    next.set(`${there}`, (sequence + bytes.length) >>> 0)
    return { connection, segment: { sequence, acknowledgement, ...(ends === undefined ? {} : { ends }) } }
  }
}
