import { type Party, type Side, otherSide } from '../core/finding.ts'
import type { Draft, Frame } from '../core/frame.ts'
import type { JournalLine } from '../core/journal.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Clock } from '../core/world.ts'
import type { Recorder } from '../agent/user-agent.ts'
import { createSegments } from '../capture/segments.ts'
import { frameBlock, interfaceBlock, interfaceStatistics, nameBlock, sectionHeader } from '../capture/write.ts'
import { createObserver } from '../observation/observe.ts'
import type { Trace } from '../observation/trace.ts'
import { latin1 } from '../sip/text.ts'
import type { LadderEnd, LadderMeta, RunHeader } from './header.ts'
import { createWireMask } from './wire-mask.ts'

/** A party that we play has two taps: one for SIP and ICMP, which goes to the journal too, and one for RTP and RTCP. */
export type Taps = { readonly signalling: Recorder; readonly media: Recorder }

export type LadderRecorder = Taps & {
  readonly index: number
  /**
   * Taps of the phone behind the PBX: an interface of its own in the capture. What crosses there is between PBX and phone,
   * and stays out of the trace, which is of the trunk.
   */
  readonly phone: () => Taps
  readonly trace: () => Trace
  /** More came than is kept: what is received from then on leaves no trace. */
  readonly flooded: AbortSignal
  /** A step's outcome as it stands now; a later line of the same step replaces it. */
  readonly outcome: (outcome: StepOutcome) => void
  readonly end: (end: LadderEnd) => void
}

export type RunRecorder = {
  readonly journal: (line: JournalLine) => void
  /** Calls `onSent` for each frame of signalling that we sent, with its cause. */
  readonly ladder: (meta: LadderMeta, onSent: (frame: number, cause?: string) => void) => LadderRecorder
  /** Names the addresses that were seen by the party that used them. */
  readonly close: () => void
}

/** About what a frame takes beside its bytes, so that empty ones are bounded too. */
const frameBytes = 100

/** More addresses than a trunk has. */
const mostNames = 1000

/** What one ladder run keeps of what is sent to it: an hour of a call in G.711, and far more than any ladder asks for. */
export const mostReceivedBytes = 64 * 1024 * 1024

export type RecorderOptions = {
  readonly clock: Clock
  readonly mostReceivedBytes: number
  readonly header: RunHeader
  readonly capture: (bytes: Uint8Array) => void
  readonly journalText: (line: string) => void
}

/** Numbers frames in the order of the capture file, so that a finding's frame is Wireshark's frame. */
export const createRunRecorder = ({ clock, header, capture, journalText, ...most }: RecorderOptions): RunRecorder => {
  let frames = 0
  let interfaces = 0
  const { startedAtUs, keptSecrets } = header

  const journal: RunRecorder['journal'] = (line) => {
    journalText(`${JSON.stringify(line)}\n`)
  }

  const users = new Map<string, Set<Party>>()
  const name = (address: string, party: Party): void => {
    const parties = users.get(address)
    if (parties !== undefined) parties.add(party)
    else if (users.size < mostNames) users.set(address, new Set([party]))
  }

  capture(sectionHeader({ application: `trunkproof ${header.version}`, comment: JSON.stringify(header), startedAtUs }))
  journal({ type: 'run', header })

  const ladder: RunRecorder['ladder'] = (meta, onSent) => {
    const index = interfaces++
    const observer = createObserver({ played: otherSide(meta.side) })
    const flood = new AbortController()
    let receivedBytes = 0
    /** Whether a frame is kept: all that we send, and of what comes as much as there is room for. */
    const hasRoom = ({ tap, bytes }: Draft): boolean => {
      if (tap === 'sent') return true
      receivedBytes += bytes.length + frameBytes
      if (receivedBytes > most.mostReceivedBytes) flood.abort()
      return !flood.signal.aborted
    }
    capture(interfaceBlock({ name: meta.id, description: JSON.stringify(meta) }))
    journal({ type: 'ladder', ladder: index, ...meta, timeMs: stamp(clock) })

    /** Named after the last frame that is in the capture. */
    const unkept = (): Pick<Frame, 'number' | 'timeMs'> => ({ number: frames, timeMs: stamp(clock) })

    const taps = (own: number, us: Party, sut: Side, observe: (frame: Frame) => void): Taps => {
      const placeOf = createSegments()
      const maskOf = createWireMask()

      const keep = ({ stream, ...draft }: Draft, written: Uint8Array): Frame => {
        frames += 1
        name(draft.source.address, draft.tap === 'sent' ? us : sut)
        name(draft.destination.address, draft.tap === 'sent' ? sut : us)
        const place = stream === undefined ? undefined : placeOf({ ...draft, stream })
        const frame: Frame = {
          ...draft,
          number: frames,
          timeMs: stamp(clock),
          ...(stream === undefined || place === undefined
            ? {}
            : { stream: { ...stream, connection: place.connection } }),
        }
        const block = { interface: own, frame: { ...frame, bytes: written }, startedAtUs, comments: [] }
        capture(frameBlock({ ...block, segment: place?.segment }))
        observe(frame)
        return frame
      }

      const signalling: Recorder = (draft, cause) => {
        if (!hasRoom(draft)) return unkept()
        const masked = maskOf(draft)
        const frame = keep(draft, keptSecrets ? draft.bytes : masked)
        const { bytes: _bytes, ...facts } = frame
        journal({
          type: 'frame',
          ladder: own,
          frame: facts,
          bytes: latin1(masked),
          ...(cause === undefined ? {} : { cause }),
        })
        if (frame.tap === 'sent') onSent(frame.number, cause)
        return frame
      }
      return { signalling, media: (draft) => (hasRoom(draft) ? keep(draft, draft.bytes) : unkept()) }
    }

    const phone = (): Taps => {
      const own = interfaces++
      capture(interfaceBlock({ name: `${meta.id} phone`, description: JSON.stringify({ ...meta, of: index }) }))
      journal({ type: 'phone', ladder: own, of: index, timeMs: stamp(clock) })
      return taps(own, 'phone', 'pbx', () => undefined)
    }

    return {
      index,
      ...taps(index, otherSide(meta.side), meta.side, observer.observe),
      phone,
      trace: observer.finish,
      flooded: flood.signal,
      outcome: (outcome) => {
        journal({ type: 'step', ladder: index, outcome })
      },
      end: (end) => {
        capture(
          interfaceStatistics({
            interface: index,
            timeUs: startedAtUs + Math.round(stamp(clock) * 1000),
            comment: JSON.stringify(end),
          }),
        )
        journal({ type: 'ladder-end', ladder: index, timeMs: stamp(clock), end })
      },
    }
  }

  const close = (): void => {
    const named = [...users].map(([address, parties]) => ({ address, names: [[...parties].sort().join('-and-')] }))
    if (named.length > 0) capture(nameBlock(named))
  }

  return { journal, ladder, close }
}

/** Whole microseconds: what a capture can hold, so that a file judges as the run did. */
const stamp = (clock: Clock): number => Math.round(clock.nowMs() * 1000) / 1000
