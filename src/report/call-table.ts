import { visible } from '../core/visible.ts'
import type { CallLine, StreamLine } from './inspection.ts'

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`)

const quality = (streams: readonly StreamLine[]): string => {
  const packets = streams.reduce((sum, stream) => sum + stream.packets, 0)
  const lost = streams.reduce((sum, stream) => sum + Math.max(0, stream.lost), 0)
  if (packets === 0) return 'no media'
  const jitter = Math.max(...streams.map(({ meanJitterMs }) => meanJitterMs))
  const count = `${streams.length} stream${streams.length === 1 ? '' : 's'}`
  return `${count}, ${((100 * lost) / (packets + lost)).toFixed(1)} % lost, jitter ${jitter.toFixed(1)} ms`
}

const endOf = (call: CallLine): string => {
  if (call.state === 'answered') return call.endedBy === null ? 'ended' : `ended by the ${call.endedBy}`
  return call.status === null ? call.state : `${call.state} ${call.status}`
}

/** `1`, or `1+2` of a call that crosses two hops: as findings count its calls. */
export const callNumberOf = (names: readonly string[]): string =>
  names.map((name) => name.slice(name.indexOf(' ') + 1)).join('+')

export const callNumber = ({ names }: CallLine): string => callNumberOf(names)

const header = ['call', 'from', 'to', 'start', 'ring', 'talk', 'end', 'codecs', 'quality']

const cells = (call: CallLine): readonly string[] => [
  callNumber(call),
  visible(call.from) || '-',
  visible(call.to) || '-',
  call.startedAt.slice(11, 23),
  seconds(call.ringMs),
  call.state === 'answered' || call.state === 'ongoing' ? seconds(call.durationMs) : '-',
  endOf(call),
  call.codecs.map(visible).join(' ') || '-',
  quality(call.streams),
]

/** The calls of a capture, one a line, in columns as wide as their widest text. */
export const callTable = (calls: readonly CallLine[]): readonly string[] => {
  const rows = [header, ...calls.map(cells)]
  const widths = header.map((_, column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0))
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
