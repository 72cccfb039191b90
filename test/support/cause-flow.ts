import type { Side } from '../../src/core/finding.ts'
import { type Endpoint, showEndpoint as show } from '../../src/core/frame.ts'
import { serializeRtp } from '../../src/rtp/packet.ts'
import type { Packet } from './pcap.ts'

export const otherOf = (side: Side): Side => (side === 'pbx' ? 'trunk' : 'pbx')

/** Where the two sides of a flow are: addresses for documentation (RFC 5737), which count as public. */
export type Places = {
  readonly signalling: Readonly<Record<Side, Endpoint>>
  readonly media: Readonly<Record<Side, Endpoint>>
}

export const publicPlaces: Places = {
  signalling: {
    pbx: { address: '203.0.113.10', port: 5060 },
    trunk: { address: '198.51.100.20', port: 5060 },
  },
  media: {
    pbx: { address: '203.0.113.10', port: 30_000 },
    trunk: { address: '198.51.100.30', port: 20_000 },
  },
}

/** The packets of a capture as they are written down. */
export type Tape = {
  readonly packets: Packet[]
  readonly pass: (ms: number) => void
  readonly send: (source: Endpoint, destination: Endpoint, bytes: Uint8Array, layer?: Packet['layer']) => void
  /** At another time than now, as where two streams cross. */
  readonly sendAt: (timeMs: number, source: Endpoint, destination: Endpoint, bytes: Uint8Array) => void
  readonly now: () => number
  /** The next RTP sequence number of each side. */
  readonly sequences: Record<Side, number>
}

export const createTape = (): Tape => {
  const packets: Packet[] = []
  let nowMs = 0
  return {
    packets,
    pass: (ms) => (nowMs += ms),
    send: (source, destination, bytes, layer = 'datagram') =>
      void packets.push({ timeMs: nowMs, source, destination, bytes, layer }),
    sendAt: (timeMs, source, destination, bytes) =>
      void packets.push({ timeMs, source, destination, bytes, layer: 'datagram' }),
    now: () => nowMs,
    sequences: { pbx: 1000, trunk: 65_500 },
  }
}

/** In the order of time; what was sent at one time stays as it was written. */
export const inTime = ({ packets }: Tape): readonly Packet[] => packets.toSorted((a, b) => a.timeMs - b.timeMs)

export type Describe = {
  readonly address?: string
  readonly port?: number
  readonly formats?: readonly string[]
  readonly rtpmaps?: readonly string[]
  readonly direction?: string
  readonly more?: readonly string[]
  readonly protocol?: string
  /** Lines of further media. */
  readonly media?: readonly string[]
}

export const sdpOf = (media: Endpoint, of: Describe = {}): string => {
  const address = of.address ?? media.address
  const where = `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`
  const formats = (of.formats ?? ['0', '101']).join(' ')
  return [
    'v=0',
    `o=- 1 1 ${where}`,
    's=-',
    `c=${where}`,
    't=0 0',
    `m=audio ${of.port ?? media.port} ${of.protocol ?? 'RTP/AVP'} ${formats}`,
    ...(of.rtpmaps ?? ['0 PCMU/8000', '101 telephone-event/8000']).map((map) => `a=rtpmap:${map}`),
    ...(of.more ?? ['a=ptime:20']),
    `a=${of.direction ?? 'sendrecv'}`,
    ...(of.media ?? []),
  ]
    .map((line) => `${line}\r\n`)
    .join('')
}

/** What differs from the plain message. */
export type Say = {
  readonly fields?: readonly string[]
  readonly sdp?: string
  readonly type?: string
  readonly uri?: string
  readonly to?: string
  readonly from?: string
  /** Of the Via, in place of `host:port` and of `;rport`. */
  readonly sentBy?: string
  readonly rport?: boolean
  readonly via?: string
  /** `host:port` of the Contact. */
  readonly contact?: string
  /** Behind it. */
  readonly contactParams?: string
  readonly length?: number
  readonly source?: Endpoint
  readonly destination?: Endpoint
  readonly tagless?: boolean
}

export type Sent = {
  readonly side: Side
  readonly method: string
  readonly seq: number
  readonly via: string
  readonly uri: string
  readonly to: string
  readonly bytes: Uint8Array
  readonly source: Endpoint
  readonly destination: Endpoint
}

const host = 'sip.example.com'
export const numbers = { pbx: '+12025550142', trunk: '+442079460123' } as const

/** One Call-ID between the two sides: the shapes of RFC 3665 §3. */
export const createDialog = (
  tape: Tape,
  callId: string,
  caller: Side,
  places: Places = publicPlaces,
  layer: Packet['layer'] = 'datagram',
) => {
  const { signalling } = places
  let branches = 0
  const seqs = { pbx: 0, trunk: 100 }
  const ends = {
    caller: `<sip:${numbers[caller]}@${host}>;tag=a73kszlfl`,
    callee: `<sip:${numbers[otherOf(caller)]}@${host}>`,
  }
  const tagged = `${ends.callee};tag=314159`

  const put = (lines: readonly string[], say: Say, side: Side): Sent['bytes'] => {
    const body = say.sdp ?? ''
    const text = [
      ...lines,
      ...(say.fields ?? []),
      ...(body === '' ? [] : [`Content-Type: ${say.type ?? 'application/sdp'}`]),
      `Content-Length: ${say.length ?? Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n')
    const bytes = new Uint8Array(Buffer.from(text))
    tape.pass(10)
    tape.send(say.source ?? signalling[side], say.destination ?? signalling[otherOf(side)], bytes, layer)
    return bytes
  }

  const request = (side: Side, method: string, say: Say = {}, of?: Sent): Sent => {
    if (method !== 'ACK') seqs[side] += 1
    branches += of === undefined ? 1 : 0
    const seq = of === undefined || method === 'ACK' ? (of?.seq ?? seqs[side]) : seqs[side]
    const rport = say.rport === false ? '' : ';rport'
    const via =
      say.via ??
      `SIP/2.0/${layer === 'tcp' ? 'TCP' : 'UDP'} ${say.sentBy ?? show(signalling[side])};branch=z9hG4bK${callId}${side}${branches}${rport}`
    const isFirst = say.tagless ?? (method === 'INVITE' && seq <= 2)
    const uri = say.uri ?? (isFirst ? ends.callee.slice(1, -1) : `sip:${show(signalling[otherOf(side)])}`)
    const remote = isFirst ? ends.callee : tagged
    const [from, to] = side === caller ? [ends.caller, remote] : [tagged, ends.caller]
    const bytes = put(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: ${via}`,
        'Max-Forwards: 70',
        `From: ${say.from ?? from}`,
        `To: ${say.to ?? to}`,
        `Call-ID: ${callId}`,
        `CSeq: ${seq} ${method}`,
        `Contact: <sip:${numbers[side]}@${say.contact ?? show(signalling[side])}>${say.contactParams ?? ''}`,
      ],
      say,
      side,
    )
    const way = { source: say.source ?? signalling[side], destination: say.destination ?? signalling[otherOf(side)] }
    return { side, method, seq, via, uri, to: say.to ?? to, bytes, ...way }
  }

  const respond = (to: Sent, status: string, say: Say = {}): Sent => {
    const side = otherOf(to.side)
    const from = to.side === caller ? ends.caller : tagged
    const remote = to.to.includes(';tag=') ? to.to : `${to.to};tag=314159`
    const destination = say.destination ?? to.source
    const bytes = put(
      [
        `SIP/2.0 ${status}`,
        `Via: ${say.via ?? to.via}`,
        `From: ${from}`,
        `To: ${say.to ?? remote}`,
        `Call-ID: ${callId}`,
        `CSeq: ${to.seq} ${to.method}`,
        ...(status.startsWith('1') || status.startsWith('2')
          ? [`Contact: <sip:${numbers[side]}@${say.contact ?? show(signalling[side])}>${say.contactParams ?? ''}`]
          : []),
      ],
      { ...say, destination, source: say.source ?? to.destination },
      side,
    )
    return { ...to, side, bytes, source: say.source ?? to.destination, destination }
  }

  /** Copies of a message, at the distances of timer A, E or G (RFC 3261 §17). */
  const again = (sent: Sent, afterMs: readonly number[]): void => {
    for (const ms of afterMs) {
      tape.pass(ms)
      tape.send(sent.source, sent.destination, sent.bytes)
    }
  }
  return { request, respond, again, caller }
}

export type Dialog = ReturnType<typeof createDialog>

/** RFC 3261 §17.1.1.2 with T1 = 500 ms. */
export const retries = [500, 1000, 2000, 4000, 8000, 16_000] as const

export type Talk = {
  readonly payloadType?: number
  readonly ptimeMs?: number
  readonly source?: Endpoint
  readonly destination?: Endpoint
  readonly fromMs?: number
  readonly untilMs?: number
  /** Of so many packets, one is not sent. */
  readonly loses?: number
  /** Milliseconds that the packet of that number comes late. */
  readonly delay?: (count: number) => number
  readonly ssrc?: number
}

const ssrcs = { pbx: 0x1a2b3c4d, trunk: 0x5e6f7081 } as const
const silence = new Uint8Array(4).fill(0xff)

/** Both sides talk for that long: RTP whose payload is cut short, which nothing here listens to. */
export const talk = (
  tape: Tape,
  forMs: number,
  sides: Partial<Record<Side, Talk>> = { pbx: {}, trunk: {} },
  { media }: Places = publicPlaces,
): void => {
  const startMs = tape.now()
  for (const side of ['pbx', 'trunk'] as const) {
    const of = sides[side]
    if (of === undefined) continue
    const ptimeMs = of.ptimeMs ?? 20
    // Packet times of both sides never fall on the same moment.
    const offsetMs = side === 'pbx' ? 5 : 11
    for (let ms = of.fromMs ?? 0, count = 0; ms < (of.untilMs ?? forMs); ms += ptimeMs, count++) {
      const sequence = tape.sequences[side]++ & 0xffff
      if (of.loses !== undefined && count % of.loses === of.loses - 1) continue
      const bytes = serializeRtp({
        marker: count === 0,
        payloadType: of.payloadType ?? 0,
        sequence,
        timestamp: Math.round(startMs + ms) * 8,
        ssrc: of.ssrc ?? ssrcs[side],
        csrcs: [],
        payload: silence,
        paddingLength: 0,
      })
      const atMs = startMs + offsetMs + ms + (of.delay?.(count) ?? 0)
      tape.sendAt(atMs, of.source ?? media[side], of.destination ?? media[otherOf(side)], bytes)
    }
  }
  tape.pass(forMs)
}
