import { u16, u32 } from '../core/octets.ts'

/** The header of an RTP packet (RFC 3550 §5.1), in one object that can be filled anew for each packet of many. */
export type RtpHeader = {
  marker: boolean
  payloadType: number
  /** 16 bits. */
  sequence: number
  /** 32 bits, in units of the codec's clock rate. */
  timestamp: number
  ssrc: number
  csrcCount: number
  /** Where the header extension begins; 0 for none. */
  extensionAt: number
  /** The payload, without padding, is `bytes[payloadAt..payloadEnd)`, as far as that was captured. */
  payloadAt: number
  payloadEnd: number
  bytes: Uint8Array
}

export const rtpHeaderLength = 12

export const createRtpHeader = (): RtpHeader => ({
  marker: false,
  payloadType: 0,
  sequence: 0,
  timestamp: 0,
  ssrc: 0,
  csrcCount: 0,
  extensionAt: 0,
  payloadAt: 0,
  payloadEnd: 0,
  bytes: new Uint8Array(0),
})

/** What is wrong with a packet by the validity checks of RFC 3550 A.1. */
export type RtpProblem = 'short' | 'version' | 'csrc' | 'extension' | 'padding'

/**
 * Fills the header from a packet; where there is a problem, it says nothing of it. Of the packet `cut` bytes may be missing at its
 * end. RTCP is not told apart here: see `isRtcp`.
 */
export const readRtpHeader = (bytes: Uint8Array, header: RtpHeader, cut = 0): RtpProblem | undefined => {
  const length = bytes.length + cut
  if (bytes.length < rtpHeaderLength) return 'short'
  const first = bytes[0] ?? 0
  if (first >> 6 !== 2) return 'version'
  let at = rtpHeaderLength + (first & 0x0f) * 4
  if (at > length) return 'csrc'
  const hasExtension = (first & 0x10) !== 0
  header.extensionAt = hasExtension ? at : 0
  if (hasExtension) {
    at = at + 4 > length ? Infinity : at + 4 + u16(bytes, at + 2) * 4
    if (at > length) return 'extension'
  }
  const isPadded = (first & 0x20) !== 0 && cut === 0
  const padding = isPadded ? (bytes[length - 1] ?? 0) : 0
  if (isPadded && (padding === 0 || at + padding > length)) return 'padding'
  const second = bytes[1] ?? 0
  header.marker = second >> 7 === 1
  header.payloadType = second & 0x7f
  header.sequence = u16(bytes, 2)
  header.timestamp = u32(bytes, 4)
  header.ssrc = u32(bytes, 8)
  header.csrcCount = first & 0x0f
  header.payloadAt = at
  header.payloadEnd = length - padding
  header.bytes = bytes
  return undefined
}
