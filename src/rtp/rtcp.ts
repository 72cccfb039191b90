/** Whether a datagram of an RTP port pair is RTCP: version 2 and packet type 192 to 223 (RFC 5761 §4). */
export const isRtcp = (bytes: Uint8Array): boolean => {
  const type = bytes[1] ?? 0
  return bytes.length >= 8 && type >= 192 && type <= 223 && (bytes[0] ?? 0) >> 6 === 2
}
