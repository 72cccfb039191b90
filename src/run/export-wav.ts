import { join } from 'node:path'
import type { Frame } from '../core/frame.ts'
import { type Result, fault, ok } from '../core/result.ts'
import type { Stream } from '../observation/trace.ts'
import { type G711, decode } from '../rtp/g711.ts'
import { createRtpHeader, readRtpHeader } from '../rtp/header.ts'
import { wavHeader, wavHeaderBytes } from '../rtp/wav.ts'
import { openCapture, readCaptureFrom } from './capture-file.ts'
import { type ExportRequest, type Named, chosenCalls, namedFiles } from './exporting.ts'
import { codecOf } from './inspection.ts'
import { type Slice, sliceOf } from './slice.ts'
import { type RandomFile, openRandom } from './store.ts'
import type { WholeCall } from './whole-call.ts'

const sampleRate = 8000
const channels = 2
const frameBytes = 2 * channels
/** Four hours: what is later is not written. */
const mostSamples = 4 * 3600 * sampleRate
/** A clock that runs away from the arrival of its packets by more began anew. */
const farthestMs = 1000

/** Where the samples of a stream go, from the timestamp of its packets. */
type Placing = { anchorMs: number; anchorTimestamp: number }

type Track = {
  readonly name: string
  readonly slice: Slice
  readonly file: RandomFile
  /** Of the first packet of any stream. */
  startMs: number | undefined
  readonly placings: Map<Stream, Placing>
  samples: number
}

const g711Of = (stream: Stream, payloadType: number): G711 | undefined => {
  const codec = codecOf(stream.call, payloadType).toUpperCase()
  return codec === 'PCMU' || codec === 'PCMA' ? codec : undefined
}

const placeOf = (track: Track, stream: Stream, timestamp: number, timeMs: number): number => {
  const placing = track.placings.get(stream) ?? { anchorMs: timeMs, anchorTimestamp: timestamp }
  track.placings.set(stream, placing)
  const byClock = placing.anchorMs + ((timestamp - placing.anchorTimestamp) | 0) / (sampleRate / 1000)
  if (Math.abs(byClock - timeMs) <= farthestMs) return byClock
  placing.anchorMs = timeMs
  placing.anchorTimestamp = timestamp
  return timeMs
}

/** Writes samples into one of both channels, the other one staying as it is. */
const put = ({ file }: Track, first: number, samples: Int16Array, channel: 0 | 1): void => {
  const at = wavHeaderBytes + first * frameBytes
  const bytes = file.read(at, samples.length * frameBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const [index, sample] of samples.entries()) view.setInt16(index * frameBytes + 2 * channel, sample, true)
  file.write(at, bytes)
}

const createHear = () => {
  const header = createRtpHeader()
  return (track: Track, frame: Frame): void => {
    const stream = track.slice.streamOf(frame)
    if (
      stream === undefined ||
      stream.encrypted ||
      frame.cut !== undefined ||
      readRtpHeader(frame.bytes, header) !== undefined
    )
      return
    const codec = g711Of(stream, header.payloadType)
    if (codec === undefined) return
    const samples = decode(codec, header.bytes.subarray(header.payloadAt, header.payloadEnd))
    track.startMs ??= frame.timeMs
    const fromMs = placeOf(track, stream, header.timestamp, frame.timeMs) - track.startMs
    const first = Math.round((fromMs * sampleRate) / 1000)
    if (first < 0 || first + samples.length > mostSamples) return
    put(track, first, samples, stream.sender === 'pbx' ? 0 : 1)
    track.samples = Math.max(track.samples, first + samples.length)
  }
}

const trackOf = ({ call, name }: Named, folder: string): Track => ({
  name,
  slice: sliceOf(call),
  file: openRandom(join(folder, name)),
  startMs: undefined,
  placings: new Map(),
  samples: 0,
})

const isHeard = ({ streams }: WholeCall): boolean =>
  streams.some(
    (stream) => !stream.encrypted && [...stream.payloadTypes.keys()].some((type) => g711Of(stream, type) !== undefined),
  )

/** The audio of each call: on the left what the PBX sent, on the right the trunk, as they arrived. */
export const exportWav = async ({ path, folder, inspected }: ExportRequest): Promise<Result<readonly string[]>> => {
  const calls = chosenCalls(inspected.calls)
  if (!calls.ok) return calls
  const heard = calls.value.filter(isHeard)
  if (heard.length === 0)
    return fault('export.wav', 'none', 'no call of it has audio in PCMU or PCMA, the codecs that are decoded')
  const source = await openCapture(path)
  if (!source.ok) return source
  const tracks = namedFiles(heard, 'wav').map((named) => trackOf(named, folder))
  const hear = createHear()
  const read = await readCaptureFrom(source.value, {
    give: (frame) => {
      for (const track of tracks) hear(track, frame)
    },
  })
  for (const { file, samples } of tracks) {
    file.write(0, wavHeader(channels, sampleRate, samples * frameBytes))
    file.close()
  }
  return read.ok ? ok(tracks.map(({ name }) => name)) : read
}
