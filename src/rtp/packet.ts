import { fault, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'

/** An RTP packet (RFC 3550 §5.1). */
export type RtpPacket = {
  readonly marker: boolean
  readonly payloadType: number
  /** 16 bits. */
  readonly sequence: number
  /** 32 bits, in units of the codec's clock rate. */
  readonly timestamp: number
  readonly ssrc: number
  readonly csrcs: readonly number[]
  /** Header extension (RFC 3550 §5.3.1): its profile word and the octets that follow. */
  readonly extension?: { readonly profile: number; readonly data: Uint8Array }
  /** Without padding. */
  readonly payload: Uint8Array
  /** Octets of padding behind the payload, the count octet included; 0 for none. */
  readonly paddingLength: number
}

const headerLength = 12

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 16)).toString('hex')

/** Reads an RTP packet by the validity checks of RFC 3550 A.1. RTCP is not told apart here: see `isRtcp`. */
export const parseRtp = (bytes: Uint8Array): Result<RtpPacket> => {
  if (bytes.length < headerLength) return fault('rtp.short', '3550 §5.1', hex(bytes), bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = view.getUint8(0)
  if (first >> 6 !== 2) return fault('rtp.version', '3550 §5.1', hex(bytes))
  const csrcCount = first & 0x0f
  let at = headerLength + csrcCount * 4
  if (at > bytes.length) return fault('rtp.csrc', '3550 §5.1', hex(bytes), headerLength)
  const csrcs = Array.from({ length: csrcCount }, (_, index) => view.getUint32(headerLength + index * 4))
  let extension: RtpPacket['extension']
  if ((first & 0x10) !== 0) {
    const dataAt = at + 4
    const dataEnd = dataAt <= bytes.length ? dataAt + view.getUint16(at + 2) * 4 : Infinity
    if (dataEnd > bytes.length) return fault('rtp.extension', '3550 §5.3.1', hex(bytes), at)
    extension = { profile: view.getUint16(at), data: bytes.subarray(dataAt, dataEnd) }
    at = dataEnd
  }
  const paddingLength = (first & 0x20) === 0 ? 0 : view.getUint8(bytes.length - 1)
  if ((first & 0x20) !== 0 && (paddingLength === 0 || at + paddingLength > bytes.length))
    return fault('rtp.padding', '3550 §5.1', hex(bytes), bytes.length - 1)
  const second = view.getUint8(1)
  return ok({
    marker: second >> 7 === 1,
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    csrcs,
    ...(extension === undefined ? {} : { extension }),
    payload: bytes.subarray(at, bytes.length - paddingLength),
    paddingLength,
  })
}

/** The bytes of a packet. Sequence and timestamp wrap (RFC 3550 §5.1); what fits in no header is our own mistake. */
export const serializeRtp = (packet: RtpPacket): Uint8Array => {
  const { csrcs, extension, payload, paddingLength } = packet
  if (csrcs.length > 15 || packet.payloadType > 127 || paddingLength > 255)
    throw new RangeError('more than an RTP header holds')
  const extensionLength = extension === undefined ? 0 : 4 + extension.data.length
  if (extensionLength % 4 !== 0) throw new RangeError('a header extension is of whole words')
  const payloadAt = headerLength + csrcs.length * 4 + extensionLength
  const bytes = new Uint8Array(payloadAt + payload.length + paddingLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x80 | (paddingLength > 0 ? 0x20 : 0) | (extension === undefined ? 0 : 0x10) | csrcs.length)
  view.setUint8(1, (packet.marker ? 0x80 : 0) | packet.payloadType)
  view.setUint16(2, packet.sequence)
  view.setUint32(4, packet.timestamp)
  view.setUint32(8, packet.ssrc)
  for (const [index, csrc] of csrcs.entries()) view.setUint32(headerLength + index * 4, csrc)
  if (extension !== undefined) {
    view.setUint16(headerLength + csrcs.length * 4, extension.profile)
    view.setUint16(headerLength + csrcs.length * 4 + 2, extension.data.length / 4)
    bytes.set(extension.data, headerLength + csrcs.length * 4 + 4)
  }
  bytes.set(payload, payloadAt)
  if (paddingLength > 0) bytes[bytes.length - 1] = paddingLength
  return bytes
}
