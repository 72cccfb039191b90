import type { Endpoint, Frame } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import type { RolesOption, Trace } from '../../src/observation/trace.ts'

/** Frames of a capture in which we took no part, as they are written down. */
export type Wiretap = {
  readonly frames: Frame[]
  readonly pass: (ms: number) => void
  readonly add: (frame: Pick<Frame, 'source' | 'destination' | 'bytes'> & Partial<Frame>) => number
  readonly fold: (roles?: Partial<RolesOption>) => Trace
}

export const createWiretap = (): Wiretap => {
  const frames: Frame[] = []
  let nowMs = 0
  const add: Wiretap['add'] = (frame) => {
    frames.push({ number: frames.length + 1, timeMs: nowMs, tap: 'observed', layer: 'datagram', ...frame })
    return frames.length
  }
  const fold: Wiretap['fold'] = (roles = {}) => {
    const observer = createObserver({ roles: { trunkAddresses: [], pbxAddresses: [], ...roles } })
    for (const frame of frames) observer.observe(frame)
    return observer.finish()
  }
  return { frames, add, fold, pass: (ms) => (nowMs += ms) }
}

export const at = (address: string, port = 5060): Endpoint => ({ address, port })

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

export type Words = {
  readonly callId?: string
  readonly cseq?: string
  readonly branch?: string
  readonly from?: string
  readonly to?: string
  readonly fields?: readonly string[]
  readonly type?: string
  readonly body?: string
}

/** A message with that start-line, in the shape of RFC 3261 §7. */
export const sip = (startLine: string, words: Words = {}): Uint8Array => {
  const { callId = 'a1@example.com', body = '' } = words
  return bytesOf(
    [
      startLine,
      `Via: SIP/2.0/UDP client.example.com;branch=z9hG4bK${words.branch ?? '1'}`,
      `From: ${words.from ?? '<sip:alice@example.com>;tag=9fxced76sl'}`,
      `To: ${words.to ?? '<sip:bob@example.net>'}`,
      `Call-ID: ${callId}`,
      `CSeq: ${words.cseq ?? `1 ${startLine.split(' ')[0] ?? ''}`}`,
      ...(words.fields ?? []),
      ...(body === '' ? [] : [`Content-Type: ${words.type ?? 'application/sdp'}`]),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}

/** A session description of one audio stream. */
export const audioAt = (
  { address, port }: Endpoint,
  formats = '0 101',
  lines: readonly string[] = ['a=rtpmap:101 telephone-event/8000'],
  protocol = 'RTP/AVP',
): string =>
  ['v=0', `o=- 1 1 IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0', `m=audio ${port} ${protocol} ${formats}`]
    .concat(lines)
    .map((line) => `${line}\r\n`)
    .join('')
