/** An IP literal (IPv4 dotted, IPv6 without brackets, RFC 5952 form) and a port. */
export type Endpoint = { readonly address: string; readonly port: number }

/** `sent` and `received`: by the party that we play; `observed`: read from a file by neither. */
export type Tap = 'sent' | 'received' | 'observed'

export type Layer = 'datagram' | 'tcp' | 'tls' | 'icmp' | 'dns'

/** One thing that crossed a tap. Live and file produce the same. */
export type Frame = {
  /** From 1, in the order of the run's capture file: what Wireshark shows as `frame.number`. */
  readonly number: number
  /** Milliseconds since the start of the run, in whole microseconds (three decimals). */
  readonly timeMs: number
  readonly tap: Tap
  readonly layer: Layer
  readonly source: Endpoint
  readonly destination: Endpoint
  /** Payload of the layer: the UDP payload, the ICMP message from its type octet on. */
  readonly bytes: Uint8Array
  /** Set where nothing crossed a wire and we wrote the frame to show a fact: why. */
  readonly made?: string
}

export const sameEndpoint = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export const showEndpoint = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
