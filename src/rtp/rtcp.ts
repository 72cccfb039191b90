/** Whether a datagram of an RTP port pair is RTCP: version 2 and packet type 192 to 223 (RFC 5761 §4). */
export const isRtcp = (bytes: Uint8Array): boolean => {
  const [first = 0, type = 0] = bytes
  return bytes.length >= 8 && first >> 6 === 2 && type >= 192 && type <= 223
}
