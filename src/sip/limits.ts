/** Bounds on what a stranger makes us read and keep. */
export const limits = {
  /** RFC 3261 §18.1.1: what an IPv4 or IPv6 datagram can hold at most. */
  messageBytes: 65_535,
  fields: 256,
  /** One line of the head, without its CRLF. */
  lineBytes: 16_384,
  /** Parameters of one value; headers of one URI. */
  params: 64,
} as const
