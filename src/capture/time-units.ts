/** Microseconds since 1970 of a timestamp in two halves. */
export type ToMicroseconds = (high: number, low: number) => number

const seconds32 = 2 ** 32

/**
 * `if_tsresol` (draft-ietf-opsawg-pcapng §4.2): a power of ten, or of two where the highest bit is set; and `if_tsoffset`.
 * 64 bits of it are no number of JavaScript, so that all but microseconds and nanoseconds, which is what programs write, take their time.
 */
export const createUnits = (resolution: number, offsetS: number): ToMicroseconds => {
  const offsetUs = offsetS * 1e6
  if (resolution === 6) return (high, low) => bounded(high * seconds32 + low + offsetUs)
  // 2^32 ns are 4294967 µs and 296 ns.
  if (resolution === 9)
    return (high, low) => bounded(high * 4_294_967 + Math.floor((high * 296 + low) / 1000) + offsetUs)
  const exponent = BigInt(resolution & 0x7f)
  const perSecond = resolution >= 0x80 ? 2n ** exponent : 10n ** exponent
  return (high, low) => {
    const ticks = (BigInt(high) << 32n) | BigInt(low)
    return bounded(Number((ticks * 1_000_000n) / perSecond) + offsetUs)
  }
}

/** A file can claim any time; what is no exact number would make differences of times none. */
const bounded = (us: number): number => (Number.isSafeInteger(us) ? us : 0)
