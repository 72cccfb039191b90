import { u16 } from '../core/octets.ts'

/** An octet of a payload to overwrite. */
export type Patch = { readonly at: number; readonly octet: number }

/** RFC 1624 §3, eqn. 3: a checksum after one of its words has changed. */
const updated = (checksum: number, before: number, after: number): number => {
  let sum = (~checksum & 0xffff) + (~before & 0xffff) + after
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

const setU16 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >> 8
  bytes[at + 1] = value & 0xff
}

/** Where the checksum of a TCP segment stands whose payload begins at `payloadAt`: by its data offset and source port. */
const tcpChecksumAt = (packet: Uint8Array, payloadAt: number, sourcePort: number): number | undefined => {
  for (let length = 20; length <= 60 && length <= payloadAt; length += 4) {
    const header = payloadAt - length
    if (((packet[header + 12] ?? 0) >> 4) * 4 === length && u16(packet, header) === sourcePort) return header + 16
  }
  return undefined
}

export type Payload = { readonly at: number; readonly layer: 'datagram' | 'tcp'; readonly sourcePort: number }

/** Overwrites octets of a UDP or TCP payload within its packet, and keeps the checksum right that covers it. */
export const patchPayload = (packet: Uint8Array, payload: Payload, patches: readonly Patch[]): void => {
  const { at, layer, sourcePort } = payload
  const checksumAt = layer === 'datagram' ? at - 2 : tcpChecksumAt(packet, at, sourcePort)
  // A UDP checksum of 0 is none (RFC 768).
  const isChecked = checksumAt !== undefined && !(layer === 'datagram' && u16(packet, checksumAt) === 0)
  for (const { at: offset, octet } of patches) {
    const place = at + offset
    const word = at + (offset & ~1)
    // Of an odd payload, the last octet is padded with zero.
    const wordOf = (): number => ((packet[word] ?? 0) << 8) | (word + 1 < packet.length ? (packet[word + 1] ?? 0) : 0)
    const before = wordOf()
    packet[place] = octet
    if (isChecked) setU16(packet, checksumAt, updated(u16(packet, checksumAt), before, wordOf()))
  }
}
