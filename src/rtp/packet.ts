import { fault, ok } from '../core/result.ts'
import type { Failed, Result } from '../core/result.ts'
import { type RtpHeader, type RtpProblem, createRtpHeader, readRtpHeader, rtpHeaderLength } from './header.ts'

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

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 16)).toString('hex')

const refuse = (problem: RtpProblem, bytes: Uint8Array, { extensionAt }: RtpHeader): Failed => {
  const at = {
    short: bytes.length,
    version: 0,
    csrc: rtpHeaderLength,
    extension: extensionAt,
    padding: bytes.length - 1,
  }
  return fault(`rtp.${problem}`, problem === 'extension' ? '3550 §5.3.1' : '3550 §5.1', hex(bytes), at[problem])
}

/** Reads an RTP packet by the validity checks of RFC 3550 A.1. RTCP is not told apart here: see `isRtcp`. */
export const parseRtp = (bytes: Uint8Array): Result<RtpPacket> => {
  const header = createRtpHeader()
  const problem = readRtpHeader(bytes, header)
  if (problem !== undefined) return refuse(problem, bytes, header)
  const { marker, payloadType, sequence, timestamp, ssrc, csrcCount, extensionAt, payloadAt, payloadEnd } = header
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const csrcs = Array.from({ length: csrcCount }, (_, index) => view.getUint32(rtpHeaderLength + index * 4))
  const extension =
    extensionAt === 0
      ? {}
      : { extension: { profile: view.getUint16(extensionAt), data: bytes.subarray(extensionAt + 4, payloadAt) } }
  return ok({
    marker,
    payloadType,
    sequence,
    timestamp,
    ssrc,
    csrcs,
    ...extension,
    payload: bytes.subarray(payloadAt, payloadEnd),
    paddingLength: bytes.length - payloadEnd,
  })
}

/** The bytes of a packet. Sequence and timestamp wrap (RFC 3550 §5.1); what fits in no header is our own mistake. */
export const serializeRtp = (packet: RtpPacket): Uint8Array => {
  const { csrcs, extension, payload, paddingLength } = packet
  if (csrcs.length > 15 || packet.payloadType > 127 || paddingLength > 255)
    throw new RangeError('more than an RTP header holds')
  const extensionLength = extension === undefined ? 0 : 4 + extension.data.length
  if (extensionLength % 4 !== 0) throw new RangeError('a header extension is of whole words')
  const payloadAt = rtpHeaderLength + csrcs.length * 4 + extensionLength
  const bytes = new Uint8Array(payloadAt + payload.length + paddingLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x80 | (paddingLength > 0 ? 0x20 : 0) | (extension === undefined ? 0 : 0x10) | csrcs.length)
  view.setUint8(1, (packet.marker ? 0x80 : 0) | packet.payloadType)
  view.setUint16(2, packet.sequence)
  view.setUint32(4, packet.timestamp)
  view.setUint32(8, packet.ssrc)
  for (const [index, csrc] of csrcs.entries()) view.setUint32(rtpHeaderLength + index * 4, csrc)
  if (extension !== undefined) {
    view.setUint16(rtpHeaderLength + csrcs.length * 4, extension.profile)
    view.setUint16(rtpHeaderLength + csrcs.length * 4 + 2, extension.data.length / 4)
    bytes.set(extension.data, rtpHeaderLength + csrcs.length * 4 + 4)
  }
  bytes.set(payload, payloadAt)
  if (paddingLength > 0) bytes[bytes.length - 1] = paddingLength
  return bytes
}
