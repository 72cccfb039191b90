/** Digits by their event codes, 0 to 15 (RFC 4733 §3.2). */
export const digitNames = '0123456789*#ABCD'

/** What is due in one packet time while digits are pressed: a report of an event, or nothing between two of them. */
export type KeyTick = { readonly begins: boolean; readonly payload: Uint8Array } | undefined

/** RFC 4733 §2.3, figure 1. `duration` in timestamp units, `volume` in dBm0 without its sign. */
const reportOf = (code: number, ended: boolean, volume: number, duration: number): Uint8Array =>
  Uint8Array.of(code, (ended ? 0x80 : 0) | volume, duration >> 8, duration & 0xff)

/** Twice the shortest that a receiver must take (ITU-T Q.24), and as long a pause. */
const pressMs = 100
const pauseMs = 100
const volume = 10
/** §2.5.1.4: the last report goes out three times. */
const lastReports = 3

/** The reports of digits that are pressed one after the other, one for each packet time; what is no digit is left out. */
export const keyTicks = (digits: string, ptimeMs: number, clockRate: number): readonly KeyTick[] => {
  const ticks = Math.ceil(pressMs / ptimeMs)
  const samples = (ptimeMs * clockRate) / 1000
  const pause = Math.max(1, Math.ceil(pauseMs / ptimeMs) - lastReports + 1)
  return Array.from(digits).flatMap((digit): readonly KeyTick[] => {
    const code = digitNames.indexOf(digit)
    if (code < 0) return []
    const growing = Array.from({ length: ticks - 1 }, (_, tick) => ({
      begins: tick === 0,
      payload: reportOf(code, false, volume, (tick + 1) * samples),
    }))
    const last = Array.from({ length: lastReports }, (_, report) => ({
      begins: ticks === 1 && report === 0,
      payload: reportOf(code, true, volume, ticks * samples),
    }))
    return [...growing, ...last, ...Array.from({ length: pause }, () => undefined)]
  })
}
