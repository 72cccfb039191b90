/** An IP literal (IPv4 dotted, IPv6 without brackets, RFC 5952 form) and a port. */
export type Endpoint = { readonly address: string; readonly port: number }

/** What carries signalling. */
export type Transport = 'udp' | 'tcp'

/**
 * Where a message is to go. `over`: the far end of a connection that carries it for as long as that lives, as a response
 * goes back on the one that its request came by (RFC 3261 §18.2.2).
 */
export type Destination = Endpoint & { readonly over?: Endpoint }

/** `sent` and `received`: by the party that we play; `observed`: read from a file by neither. */
export type Tap = 'sent' | 'received' | 'observed'

export type Layer = 'datagram' | 'tcp' | 'tls' | 'icmp' | 'dns'

/** Where the bytes of a frame of layer `tcp` stand. */
export type StreamPlace = {
  /** Connections of a trace count from 1; each has two directions. */
  readonly connection: number
  /** Bytes of this direction are missing right before these, or the tap came in the middle. */
  readonly gap: boolean
  /** How the direction ends behind these bytes; after a reset the other one too. */
  readonly ends?: 'fin' | 'reset'
}

/** A frame before it is numbered and timed; which connection of the trace it belongs to is told by its ends. */
export type Draft = Omit<Frame, 'number' | 'timeMs' | 'stream'> & { readonly stream?: Omit<StreamPlace, 'connection'> }

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
  /** Payload of the layer: the UDP payload, bytes of a TCP stream, the ICMP message from its type octet on. */
  readonly bytes: Uint8Array
  /** Set where several packets carried the bytes (fragments, segments out of order): their numbers; the last is `number`. */
  readonly parts?: readonly number[]
  /** Of a frame of layer `tcp`, which may be without bytes where a direction ends. */
  readonly stream?: StreamPlace
  /** How many bytes of the datagram the capture does not hold: its snap length cut them off. */
  readonly cut?: number
  /** Set where nothing crossed a wire and we wrote the frame to show a fact: why. */
  readonly made?: string
}

export const sameEndpoint = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export const showEndpoint = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
