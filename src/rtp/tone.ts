/** Peak of our tones: about -13 dBov, as loud as speech. */
const peak = 10_000

/** `count` samples of a sine from sample number `fromSample` on, so that packets join without a click. */
export const toneSamples = (hz: number, clockRate: number, count: number, fromSample: number): Int16Array =>
  Int16Array.from({ length: count }, (_, i) => {
    const turns = ((fromSample + i) * hz) / clockRate
    return Math.round(peak * Math.sin(2 * Math.PI * (turns - Math.floor(turns))))
  })
