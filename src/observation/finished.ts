import { type Side, otherSide } from '../core/finding.ts'
import { lostOf } from '../rtp/reception.ts'
import type { Binding } from './announcements.ts'
import type { Hops } from './hops.ts'
import { audioOfAll } from './listening.ts'
import { mostFrequent } from './packet-times.ts'
import type { OpenStream } from './streams.ts'
import type { Stream } from './trace.ts'
import type { OpenCall } from './transactions.ts'

/** A stream as the trace hands it out, and as each further leg of its call has it. */
export type Finished = {
  readonly open: OpenStream
  readonly stream: Stream
  readonly byCall: ReadonlyMap<OpenCall, Stream>
}

/** Of no call: by whose address it is. */
const sideOf = ({ sender, source, destination }: OpenStream, hops: Hops): Side => {
  const origin = sender ?? hops.originAt(source.address) ?? hops.originAt(destination.address)?.other()
  return origin?.side() ?? 'pbx'
}

const streamOf = (open: OpenStream, name: string, sender: Side, binding: Binding | undefined): Stream => {
  const { listening, packetTimes, reception, arrivals } = open
  const stretches = listening.stretches()
  return {
    name,
    call: binding?.call,
    bound: binding?.bound,
    sender,
    ssrc: open.ssrc,
    source: open.source,
    destination: open.destination,
    firstFrame: open.firstFrame,
    lastFrame: open.lastFrame,
    firstMs: open.firstMs,
    lastMs: open.lastMs,
    packets: open.packets,
    lost: lostOf(reception),
    jitterMs: reception.meanJitterMs,
    maxJitterMs: open.maxJitterMs,
    reordered: arrivals.reordered,
    gaps: arrivals.gaps,
    gapsMs: arrivals.gapsMs,
    reported: open.reported,
    rtcp: open.rtcp,
    encrypted: binding?.encrypted === true,
    payloadTypes: open.payloadTypes,
    ptimeMs: mostFrequent(packetTimes.counts),
    ptimes: packetTimes.counts,
    audio: audioOfAll(stretches),
    stretches,
  }
}

/** The streams of a trace, named per direction by their first frames. */
export const finishedOf = (streams: readonly OpenStream[], hops: Hops): readonly Finished[] => {
  const counts = { pbx: 0, trunk: 0 }
  return streams.map((open) => {
    const [first, ...others] = open.bindings
    const sender = first?.sender.side() ?? sideOf(open, hops)
    counts[sender] += 1
    const name = `stream ${sender}>${otherSide(sender)} ${counts[sender]}`
    const stream = streamOf(open, name, sender, first)
    const legs = others.map((binding): [OpenCall, Stream] => [
      binding.call,
      { ...stream, call: binding.call, bound: binding.bound, sender: binding.sender.side() },
    ])
    return { open, stream, byCall: new Map([...(first === undefined ? [] : [[first.call, stream] as const]), ...legs]) }
  })
}
