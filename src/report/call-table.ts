import { visible } from '../core/visible.ts'
import type { CallLine, CauseLine, Inspection, StreamLine } from './inspection.ts'
import { type Paint, noPaint } from './paint.ts'

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`)

const quality = (streams: readonly StreamLine[]): string => {
  const packets = streams.reduce((sum, stream) => sum + stream.packets, 0)
  const lost = streams.reduce((sum, stream) => sum + Math.max(0, stream.lost), 0)
  if (packets === 0) return 'no media'
  const jitter = Math.max(...streams.map(({ meanJitterMs }) => meanJitterMs))
  return `${streams.length} streams, ${((100 * lost) / (packets + lost)).toFixed(1)} % lost, jitter ${jitter.toFixed(1)} ms`
}

const endedBy = (call: CallLine): string => {
  if (call.state === 'answered') return call.endedBy === null ? 'ended' : `ended by the ${call.endedBy}`
  return call.status === null ? call.state : `${call.state} ${call.status}`
}

const header = ['#', 'from', 'to', 'start', 'ring', 'talk', 'end', 'codecs', 'quality']

const cells = (call: CallLine, index: number): readonly string[] => [
  String(index + 1),
  visible(call.from),
  visible(call.to),
  call.startedAt.slice(11, 23),
  seconds(call.ringMs),
  call.state === 'answered' || call.state === 'ongoing' ? seconds(call.durationMs) : '-',
  endedBy(call),
  call.codecs.map(visible).join(' ') || '-',
  quality(call.streams),
]

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const party = (atFault: CauseLine['atFault']): string =>
  atFault === 'undecided' ? 'cannot be told from here' : atFault === 'network' ? 'the network' : `the ${atFault}`

const causeText = (cause: CauseLine, paint: Paint): readonly string[] => [
  `  ${paint.bold(cause.id)}: ${cause.symptom}: ${visible(cause.why)}`,
  `    at fault    ${party(cause.atFault)}`,
  `    seen in     frames ${cause.frames.slice(0, 12).join(', ') || '-'}`,
  `    to do       ${cause.advice}`,
]

/** The calls of a capture, one a line, and what broke them. */
export const renderCalls = (inspection: Inspection, paint: Paint = noPaint): string => {
  const { calls, registrations, skipped, notes } = inspection
  const left = Object.entries(skipped).filter(([, count]) => count > 0)
  const profile =
    inspection.profile === null ? 'the RFCs alone' : `${inspection.profile}${inspection.guessed ? ' (a guess)' : ''}`
  const lines = [
    `${inspection.file}: ${inspection.packets} packets, ${inspection.sipMessages} SIP messages, ${inspection.streams.length} streams; judged by ${profile}`,
    ...notes.map((note) => `  ${visible(note)}`),
    ...(left.length === 0 ? [] : [`  not read: ${left.map(([reason, count]) => `${count} ${reason}`).join(', ')}`]),
    '',
    ...(calls.length === 0 ? ['no calls'] : table([header, ...calls.map(cells)])),
    ...calls.flatMap((call, index) =>
      call.causes.length === 0
        ? []
        : ['', `call ${index + 1}: what broke it`, ...call.causes.flatMap((cause) => causeText(cause, paint))],
    ),
    ...registrations.flatMap((registration) => [
      '',
      `registration of ${visible(registration.aor)} at ${visible(registration.registrar)}: ${registration.state}`,
      ...registration.causes.flatMap((cause) => causeText(cause, paint)),
    ]),
    '',
  ]
  return lines.join('\n')
}
