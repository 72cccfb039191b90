import { isRtcp } from './rtcp.ts'

/** What a receiver says of one source (RFC 3550 §6.4.1). */
export type ReportBlock = {
  readonly ssrc: number
  /** Since the report before, from 0 to 1. */
  readonly fractionLost: number
  /** Since the beginning; may be negative. */
  readonly lost: number
  /** In units of the source's clock rate. */
  readonly jitter: number
}

export type Report = { readonly sender: number; readonly isSender: boolean; readonly blocks: readonly ReportBlock[] }

const [senderReport, receiverReport] = [200, 201]
const blockLength = 24

const blockAt = (view: DataView, at: number): ReportBlock => ({
  ssrc: view.getUint32(at),
  fractionLost: view.getUint8(at + 4) / 256,
  lost: (view.getInt32(at + 4) << 8) >> 8,
  jitter: view.getUint32(at + 12),
})

const reportAt = (view: DataView, at: number, end: number): Report => {
  const isSender = view.getUint8(at + 1) === senderReport
  const first = at + (isSender ? 28 : 8)
  const stated = view.getUint8(at) & 0x1f
  const count = Math.max(0, Math.min(stated, Math.floor((end - first) / blockLength)))
  const blocks = Array.from({ length: count }, (_, index) => blockAt(view, first + index * blockLength))
  return { sender: view.getUint32(at + 4), isSender, blocks }
}

/** Sender and receiver reports of a compound packet (RFC 3550 §6.1); what cannot be read ends the list. */
export const reportsIn = (bytes: Uint8Array): readonly Report[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const reports: Report[] = []
  let at = 0
  while (at + 8 <= bytes.length && isRtcp(bytes.subarray(at))) {
    const end = Math.min(bytes.length, at + (view.getUint16(at + 2) + 1) * 4)
    const type = view.getUint8(at + 1)
    if ((type === senderReport || type === receiverReport) && end - at >= 8) reports.push(reportAt(view, at, end))
    at = end
  }
  return reports
}
