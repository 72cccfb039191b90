import type { Heard } from './intervals.ts'

/** Less than this is a click. */
export const audibleMs = 100
/** How far a tone that comes back may be off: codecs and clocks move it a little. */
export const toleranceHz = 20

export const heardMs = (heard: readonly Heard[]): number =>
  Math.round(heard.reduce((ms, { stretch, share }) => ms + (stretch.audio?.audibleMs ?? 0) * share, 0))

export const tonesOf = (heard: readonly Heard[]): readonly number[] => [
  ...new Set(heard.flatMap(({ stretch: { audio } }) => (audio?.toneHz === undefined ? [] : [audio.toneHz]))),
]
