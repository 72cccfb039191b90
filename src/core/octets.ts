/** Numbers in bytes, in network byte order; what lies behind the end reads as 0, so that no length can make a reader throw. */
export const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

/** Signed, as all operators on 32 bits want it. */
export const i32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)

export const u32 = (bytes: Uint8Array, at: number): number => i32(bytes, at) >>> 0

const u16le = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)

export const u32le = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0

/** The numbers of a file that tells its own byte order. */
export type Order = { readonly u16: typeof u16; readonly u32: typeof u32 }
export const bigEndian: Order = { u16, u32 }
export const littleEndian: Order = { u16: u16le, u32: u32le }

/** One step of a hash over 32-bit words (the finisher of MurmurHash3). */
export const mix = (hash: number, word: number): number => {
  const h = Math.imul(hash ^ word, 0x85ebca6b)
  return Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
}
