import { linkTypes } from './link.ts'
import { i32, mix } from '../core/octets.ts'
import type { Packet } from './packet.ts'

/** A host that forwards a packet, or a tap on all its interfaces, shows it again at once; SIP sends again after 500 ms. */
const windowUs = 10_000
/** Linux cooked captures of version 1 do not say which interface: what passes a bridge is there twice, at once, as the same bytes. */
const cookedUs = 1000
/** A power of two; what fell out of the table is no longer recognised. */
const slots = 8192

/** Addresses, ports, and what tells one packet from the next: a checksum, or a sequence number and a timestamp. */
const mostHashed = 64

/**
 * Recognises an IP packet that the tap saw twice: the same identification, length and first bytes on another interface, with other MAC addresses, in another
 * tunnel or with a smaller TTL. The same bytes in the same place are two packets: someone on the way, or the sender, sent twice.
 */
export type Duplicates = {
  /** `seed` is what of the header does not change on the way; `data[at..end)` are addresses and payload. */
  readonly isRepeat: (seed: number, data: Uint8Array, at: number, end: number) => boolean
}

export const createDuplicates = (packet: Packet): Duplicates => {
  const first = new Int32Array(slots)
  const second = new Int32Array(slots)
  const paths = new Int32Array(slots)
  const times = new Float64Array(slots).fill(-Infinity)
  return {
    isRepeat: (seed, data, at, end) => {
      let a = mix(seed, end - at)
      let b = a ^ 0x5bd1e995
      const stop = Math.min(end, at + mostHashed)
      for (let word = at; word + 4 <= stop; word += 4) {
        const bits = i32(data, word)
        a = Math.imul(a ^ bits, 0x01000193) // FNV-1a, by words
        b = Math.imul((b << 5) + (b >>> 27) + bits, 0x9e3779b1)
      }
      for (let rest = stop - ((stop - at) & 3); rest < stop; rest += 1) {
        a = Math.imul(a ^ (data[rest] ?? 0), 0x01000193)
        b = Math.imul(b + (data[rest] ?? 0), 0x9e3779b1)
      }
      const slot = mix(a, b) & (slots - 1)
      const passedUs = Math.abs(packet.timeUs - (times[slot] ?? 0))
      const isSame = first[slot] === a && second[slot] === b && passedUs <= windowUs
      const isAnyPlace = packet.linkType === linkTypes.linuxCooked && passedUs <= cookedUs
      if (isSame && (isAnyPlace || paths[slot] !== packet.path)) return true
      first[slot] = a
      second[slot] = b
      paths[slot] = packet.path
      times[slot] = packet.timeUs
      return false
    },
  }
}
