import type { Fault } from '../core/result.ts'

/** One line as it stood on the wire, in latin1: one character is one byte. */
export type Line = {
  /** The letter before `=`; empty for a blank line. */
  readonly type: string
  readonly value: string
  /** From 1. */
  readonly number: number
  /** Byte offset of the line in the description. */
  readonly at: number
  readonly ending: '\r\n' | '\n' | ''
}

/** `a=name` or `a=name:value` (RFC 8866 §5.13). */
export type Attribute = { readonly name: string; readonly value?: string; readonly line: number }

/** `o=` (RFC 8866 §5.2). The numbers are of any length, so they stay text. */
export type Origin = {
  readonly username: string
  readonly sessionId: string
  readonly sessionVersion: string
  readonly networkType: string
  readonly addressType: string
  readonly address: string
}

/** `c=` (RFC 8866 §5.7); `address` without the TTL and count of a multicast address. */
export type Connection = { readonly networkType: string; readonly addressType: string; readonly address: string }

/** An `m=` line and all that follows it up to the next. */
export type MediaDescription = {
  /** `audio`, `video`, ... */
  readonly kind: string
  readonly port: number
  readonly portCount?: number
  /** `RTP/AVP`, ... */
  readonly protocol: string
  /** As written; payload types where the protocol is RTP. */
  readonly formats: readonly string[]
  readonly connections: readonly Connection[]
  readonly attributes: readonly Attribute[]
  readonly lines: readonly Line[]
}

/** A session description that loses nothing of the wire: its lines are the truth, the rest is read from them. */
export type SessionDescription = {
  readonly origin: Origin
  readonly connection?: Connection
  readonly attributes: readonly Attribute[]
  readonly media: readonly MediaDescription[]
  /** Lines before the first `m=`. */
  readonly lines: readonly Line[]
  /** Breaches of the grammar that leave the meaning clear. */
  readonly deviations: readonly Fault[]
}

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

const isDirection = (name: string): name is Direction =>
  name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive'

/** Values of all attributes of that name, in order; an attribute without a value gives an empty text. */
export const attributeValues = (attributes: readonly Attribute[], name: string): readonly string[] =>
  attributes.filter((attribute) => attribute.name === name).map((attribute) => attribute.value ?? '')

/** Where the media is to be sent: the media description's own `c=`, else the session's (RFC 8866 §5.7). */
export const connectionOf = (sdp: SessionDescription, media: MediaDescription): Connection | undefined =>
  media.connections[0] ?? sdp.connection

/** Direction attribute of the media, else of the session, else sendrecv (RFC 8866 §6.7). */
export const directionOf = (sdp: SessionDescription, media: MediaDescription): Direction => {
  for (const { name } of [...media.attributes, ...sdp.attributes]) if (isDirection(name)) return name
  return 'sendrecv'
}

/** Milliseconds of audio in a packet that the sender of the description asks for (RFC 8866 §6.4). */
export const ptimeOf = (media: MediaDescription): number | undefined => {
  const value = attributeValues(media.attributes, 'ptime')[0] ?? ''
  if (!/^[0-9]{1,6}(\.[0-9]{1,6})?$/.test(value)) return undefined
  return Number(value) > 0 ? Number(value) : undefined
}

/** The description as bytes: exactly those that it was parsed from. */
export const serializeSdp = (sdp: SessionDescription): Uint8Array => {
  const lines = [...sdp.lines, ...sdp.media.flatMap((media) => media.lines)]
  const text = lines.map(({ type, value, ending }) => (type === '' ? ending : `${type}=${value}${ending}`)).join('')
  return new Uint8Array(Buffer.from(text, 'latin1'))
}
