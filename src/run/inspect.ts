import { type Result, fault, ok } from '../core/result.ts'
import type { CaptureSummary } from '../capture/reader.ts'
import type { Check } from '../check/check.ts'
import { createObserver } from '../observation/observe.ts'
import type { RolesOption, Trace } from '../observation/trace.ts'
import type { Profile } from '../profile/profile.ts'
import { type CaptureSource, openCapture, readCaptureFrom, withHead } from './capture-file.ts'
import { type InspectedFile, inspectionOf } from './inspection.ts'
import { inspectOwn, isOwnCapture } from './own-capture.ts'
import { judgeStrangers, profileOfTrace } from './stranger.ts'
import { strangersResult } from './strangers-result.ts'
import { isMeant, wholeCalls } from './whole-call.ts'

export type InspectOptions = {
  readonly checks: readonly Check[]
  readonly profiles: readonly Profile[]
  readonly version: string
  /** Id of one of the profiles, where it was named. */
  readonly profile: string | undefined
  /** Part of a Call-ID or of a number: only such calls. */
  readonly call: string | undefined
  /** CIDR blocks of each side; those of the profile come beside them. */
  readonly trunkAddresses: readonly string[]
  readonly pbxAddresses: readonly string[]
}

/** Larger than a section header of ours ever is. */
const mostHead = 1 << 20

const mostOwnBytes = 2 ** 31 - 1

const wholeOf = async ({ chunks }: CaptureSource): Promise<Result<Uint8Array>> => {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > mostOwnBytes) return fault('file.too-large', 'none', `it has more than ${mostOwnBytes} bytes`)
    parts.push(chunk.slice())
  }
  return ok(Buffer.concat(parts))
}

const notesOf = (
  { cut, secrets }: CaptureSummary,
  isGuess: boolean,
  profile: Profile | undefined,
): readonly string[] => [
  ...(profile === undefined ? ['no profile was named and nothing points to one: judged by the RFCs alone'] : []),
  ...(isGuess ? [`judged by ${profile?.id ?? ''}, because addresses, hosts or realms of the capture point to it`] : []),
  ...(cut === undefined ? [] : [`the capture is cut off: ${cut}`]),
  ...(secrets.length > 0
    ? [`it holds ${secrets.length} block(s) of secrets to decrypt TLS with, which are not used`]
    : []),
]

/** Frames that the fold took no message and no stream from, by reason. */
const passedOver = ({ counted }: Trace): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries({
      'neither sip nor rtp': counted.other,
      encrypted: counted.encrypted,
      'sip message cut': counted.cut,
      'beyond what is kept': counted.beyond,
    }).filter(([, count]) => count > 0),
  )

/** By itself, so that what the fold needed for reading is not kept. */
const readTrace = async (source: CaptureSource, roles: RolesOption) => {
  const observer = createObserver({ roles })
  let lastMs = 0
  const summary = await readCaptureFrom(source, {
    give: (frame) => {
      lastMs = Math.max(lastMs, frame.timeMs)
      observer.observe(frame)
    },
  })
  return summary.ok ? ok({ trace: observer.finish(), summary: summary.value, lastMs }) : summary
}

const inspectStrangers = async (
  file: string,
  source: CaptureSource,
  options: InspectOptions,
): Promise<Result<InspectedFile>> => {
  const named = options.profiles.find(({ id }) => id === options.profile)
  // An address of any provider is a trunk's: so the fold need not wait for the guess which one it is.
  const documented = (named === undefined ? options.profiles : [named]).flatMap(
    ({ signalling }) => signalling.addresses ?? [],
  )
  const { pbxAddresses } = options
  const trunkAddresses = [...options.trunkAddresses, ...documented]
  const read = await readTrace(source, { trunkAddresses, pbxAddresses })
  if (!read.ok) return read
  const { trace, summary, lastMs } = read.value
  const profile = named ?? profileOfTrace(trace, options.profiles)
  const isGuess = named === undefined && profile !== undefined
  const part = judgeStrangers(trace, profile, options.checks)
  const all = wholeCalls(part)
  const { call: filter } = options
  const calls = filter === undefined ? all : all.filter((call) => isMeant(call, filter))
  if (filter !== undefined && calls.length === 0)
    return fault(
      'inspect.no-call',
      'none',
      `none of its ${all.length} calls has ${JSON.stringify(filter)} in Call-ID, From or To`,
    )
  const { packets, skipped, startUs } = summary
  const result = strangersResult({
    version: options.version,
    file,
    profile: profile?.id ?? 'rfc',
    startedAt: new Date(Math.round(startUs / 1000)).toISOString(),
    durationMs: lastMs,
    part,
    calls,
    isFiltered: filter !== undefined,
    notes: notesOf(summary, isGuess, profile),
  })
  const inspection = inspectionOf({
    file,
    profile: profile?.id ?? null,
    guessed: isGuess,
    packets,
    skipped: { ...skipped, ...passedOver(part.trace) },
    startedAtUs: startUs,
    parts: [part],
    calls,
    isFiltered: filter !== undefined,
    result,
  })
  return ok({ isOwn: false, result, inspection, calls })
}

/** Judges a capture: `path` is a file, or `-` for standard input. `file` is its name in reports. */
export const inspectCapture = async (
  file: string,
  path: string,
  options: InspectOptions,
): Promise<Result<InspectedFile>> => {
  const opened = await openCapture(path)
  if (!opened.ok) return opened
  const { head, all } = await withHead(
    opened.value.chunks,
    (bytes) => bytes.length >= mostHead || isOwnCapture(bytes) !== undefined,
  )
  const source = { ...opened.value, chunks: all }
  if (isOwnCapture(head) !== true) return inspectStrangers(file, source, options)
  const bytes = await wholeOf(source)
  return bytes.ok ? inspectOwn(file, bytes.value, options.checks, options) : bytes
}
