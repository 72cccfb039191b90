import { type G711, decode } from '../rtp/g711.ts'
import type { RtpHeader } from '../rtp/header.ts'
import { type Pitch, createPitch, heardBy, listen } from '../rtp/pitch.ts'
import type { Audio, Stretch } from './trace.ts'

/** Follows how a stream sounds, in bounded memory: short windows, joined while they sound the same. */
export type Listening = {
  readonly hear: (frame: number, timeMs: number, codec: G711 | undefined, packet: RtpHeader) => void
  readonly stretches: () => readonly Stretch[]
}

/** Four blocks of the pitch detector: long enough to name a tone, short enough to see it change. */
const windowMs = 400
/** A pause after which the same sound is another stretch. */
const pauseMs = 1000
const maxStretches = 256
/** All of our codecs that can be heard. */
const clockRate = 8000

type Window = { firstFrame: number; lastFrame: number; fromMs: number; toMs: number; packets: number; pitch?: Pitch }

const stretchOf = ({ pitch, firstFrame, lastFrame, fromMs, toMs, packets }: Window): Stretch => ({
  firstFrame,
  lastFrame,
  fromMs,
  toMs,
  packets,
  audio: pitch === undefined ? undefined : heardBy(pitch),
})

const soundsLike = (a: Audio | undefined, b: Audio | undefined): boolean =>
  a?.toneHz === b?.toneHz && (a === undefined) === (b === undefined) && (a?.audibleMs === 0) === (b?.audibleMs === 0)

const sum = (a: Audio | undefined, b: Audio | undefined): Audio | undefined =>
  a && b ? { audibleMs: a.audibleMs + b.audibleMs, silentMs: a.silentMs + b.silentMs, toneHz: a.toneHz } : (a ?? b)

const joined = (a: Stretch, b: Stretch): Stretch => ({
  firstFrame: a.firstFrame,
  lastFrame: b.lastFrame,
  fromMs: a.fromMs,
  toMs: b.toMs,
  packets: a.packets + b.packets,
  audio: sum(a.audio, b.audio),
})

const add = (stretches: Stretch[], next: Stretch): void => {
  const last = stretches.at(-1)
  const continues = last !== undefined && next.fromMs - last.toMs < pauseMs && soundsLike(last.audio, next.audio)
  if (last !== undefined && (continues || stretches.length >= maxStretches))
    stretches[stretches.length - 1] = joined(last, next)
  else stretches.push(next)
}

export const createListening = (): Listening => {
  const stretches: Stretch[] = []
  let window: Window | undefined
  const hear: Listening['hear'] = (frame, timeMs, codec, packet) => {
    if (window !== undefined && (timeMs - window.fromMs >= windowMs || timeMs - window.toMs >= pauseMs)) {
      add(stretches, stretchOf(window))
      window = undefined
    }
    window ??= { firstFrame: frame, lastFrame: frame, fromMs: timeMs, toMs: timeMs, packets: 0 }
    window.lastFrame = frame
    window.toMs = timeMs
    window.packets += 1
    if (codec === undefined) return
    window.pitch ??= createPitch(clockRate)
    listen(window.pitch, decode(codec, packet.bytes.subarray(packet.payloadAt, packet.payloadEnd)))
  }
  const all: Listening['stretches'] = () => {
    const ended = [...stretches]
    if (window !== undefined) add(ended, stretchOf(window))
    return ended
  }
  return { hear, stretches: all }
}

/** Follows only when a stream sends: one stretch from pause to pause, whatever it sounds like. */
export const createAttendance = (): Listening => {
  const stretches: { -readonly [K in keyof Stretch]: Stretch[K] }[] = []
  const hear: Listening['hear'] = (frame, timeMs) => {
    const last = stretches.at(-1)
    if (last === undefined || (timeMs - last.toMs >= pauseMs && stretches.length < maxStretches)) {
      const one = { firstFrame: frame, lastFrame: frame, fromMs: timeMs, toMs: timeMs, packets: 1, audio: undefined }
      stretches.push(one)
      return
    }
    last.lastFrame = frame
    last.toMs = timeMs
    last.packets += 1
  }
  return { hear, stretches: () => stretches }
}

/** What was heard in all stretches together: a tone is named where it holds more than half of what is audible. */
export const audioOfAll = (stretches: readonly Stretch[]): Audio | undefined => {
  const heard = stretches.flatMap(({ audio }) => (audio === undefined ? [] : [audio]))
  if (heard.length === 0) return undefined
  const audibleMs = heard.reduce((ms, audio) => ms + audio.audibleMs, 0)
  const byTone = new Map<number | undefined, number>()
  for (const { toneHz, audibleMs: ms } of heard) byTone.set(toneHz, (byTone.get(toneHz) ?? 0) + ms)
  const dominant = [...byTone].find(([toneHz, ms]) => toneHz !== undefined && ms > audibleMs / 2)
  return { audibleMs, silentMs: heard.reduce((ms, audio) => ms + audio.silentMs, 0), toneHz: dominant?.[0] }
}
