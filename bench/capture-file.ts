import { closeSync, openSync, writeSync } from 'node:fs'

/**
 * A classic pcap of calls between two hosts, as large as wanted: Ethernet, IPv4, UDP; six SIP messages and two G.711 streams a
 * call, 20 ms apart. Deterministic. Frames of the calls interleave, as on a real trunk.
 */
export type CaptureShape = {
  /** Calls at the same time, in each round. */
  readonly calls: number
  /** Packets of each stream in a round. */
  readonly packets: number
  /** Rounds of new calls, one after the other. */
  readonly rounds: number
}

const header = (): Buffer => {
  const bytes = Buffer.alloc(24)
  bytes.writeUInt32LE(0xa1b2c3d4, 0)
  bytes.writeUInt16LE(2, 4)
  bytes.writeUInt16LE(4, 6)
  bytes.writeUInt32LE(65_535, 16)
  bytes.writeUInt32LE(1, 20)
  return bytes
}

type Way = {
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly source: number
  readonly destination: number
}

const packet = (timeUs: number, way: Way, payload: Buffer): Buffer => {
  const size = 14 + 20 + 8 + payload.length
  const bytes = Buffer.alloc(16 + size)
  bytes.writeUInt32LE(Math.floor(timeUs / 1e6), 0)
  bytes.writeUInt32LE(timeUs % 1e6, 4)
  bytes.writeUInt32LE(size, 8)
  bytes.writeUInt32LE(size, 12)
  bytes.writeUInt16BE(0x0800, 16 + 12)
  const ip = 16 + 14
  bytes[ip] = 0x45
  bytes.writeUInt16BE(20 + 8 + payload.length, ip + 2)
  bytes[ip + 8] = 64
  bytes[ip + 9] = 17
  bytes.set(way.from, ip + 12)
  bytes.set(way.to, ip + 16)
  bytes.writeUInt16BE(way.source, ip + 20)
  bytes.writeUInt16BE(way.destination, ip + 22)
  bytes.writeUInt16BE(8 + payload.length, ip + 24)
  payload.copy(bytes, ip + 28)
  return bytes
}

const pbx = [10, 0, 0, 5]
const trunk = [203, 0, 113, 9]

const sdp = (host: string, port: number): string =>
  `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n`

const message = (
  startLine: string,
  id: string,
  branch: string,
  cseq: string,
  isTagged: boolean,
  body: string,
): Buffer =>
  Buffer.from(
    [
      startLine,
      `Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK${branch};rport`,
      'Max-Forwards: 70',
      `From: <sip:+46733478561@trunk.example.net>;tag=f${id}`,
      `To: <sip:+12025550100@trunk.example.net>${isTagged ? `;tag=t${id}` : ''}`,
      `Call-ID: ${id}@10.0.0.5`,
      `CSeq: ${cseq}`,
      'Contact: <sip:trunk@10.0.0.5:5060>',
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  )

const rtp = Buffer.alloc(172, 0xd5)

const media = (sequence: number, ssrc: number): Buffer => {
  const bytes = Buffer.from(rtp)
  bytes[0] = 0x80
  bytes[1] = 8
  bytes.writeUInt16BE(sequence & 0xffff, 2)
  bytes.writeUInt32BE((sequence * 160) >>> 0, 4)
  bytes.writeUInt32BE(ssrc, 8)
  return bytes
}

/** Writes the file; gives its size in bytes and its number of packets. */
export const writeCalls = (
  path: string,
  { calls, packets, rounds }: CaptureShape,
): { readonly bytes: number; readonly packets: number } => {
  const handle = openSync(path, 'w')
  let bytes = 0
  let count = 0
  let waiting: Buffer[] = [header()]
  const flush = (): void => {
    const block = Buffer.concat(waiting)
    bytes += block.length
    writeSync(handle, block)
    waiting = []
  }
  const add = (timeUs: number, way: Way, payload: Buffer): void => {
    count += 1
    waiting.push(packet(timeUs, way, payload))
    if (waiting.length >= 4096) flush()
  }
  const out: Way = { from: pbx, to: trunk, source: 5060, destination: 5060 }
  const back: Way = { from: trunk, to: pbx, source: 5060, destination: 5060 }
  const roundUs = (packets + 20) * 20_000
  for (let round = 0; round < rounds; round += 1) {
    const baseUs = 1_700_000_000_000_000 + round * roundUs
    const each = (offsetUs: number, write: (call: number, id: string, timeUs: number) => void): void => {
      for (let call = 0; call < calls; call += 1) write(call, `${round}-${call}`, baseUs + offsetUs + call * 7)
    }
    const port = (call: number, base: number): number => base + call * 2
    const uri = 'sip:+12025550100@trunk.example.net'
    each(0, (call, id, at) =>
      add(
        at,
        out,
        message(`INVITE ${uri} SIP/2.0`, id, `i${id}`, '1 INVITE', false, sdp('10.0.0.5', port(call, 20_000))),
      ),
    )
    each(20_000, (_, id, at) => add(at, back, message('SIP/2.0 180 Ringing', id, `i${id}`, '1 INVITE', true, '')))
    each(40_000, (call, id, at) =>
      add(at, back, message('SIP/2.0 200 OK', id, `i${id}`, '1 INVITE', true, sdp('203.0.113.9', port(call, 40_000)))),
    )
    each(60_000, (_, id, at) => add(at, out, message(`ACK ${uri} SIP/2.0`, id, `a${id}`, '1 ACK', true, '')))
    for (let n = 0; n < packets; n += 1)
      each(80_000 + n * 20_000, (call, _, at) => {
        const [a, b] = [port(call, 20_000), port(call, 40_000)]
        const ssrc = round * 100_000 + call * 2
        add(at, { from: pbx, to: trunk, source: a, destination: b }, media(n, ssrc + 1))
        add(at + 3, { from: trunk, to: pbx, source: b, destination: a }, media(n, ssrc + 2))
      })
    const endUs = 100_000 + packets * 20_000
    each(endUs, (_, id, at) => add(at, out, message(`BYE ${uri} SIP/2.0`, id, `b${id}`, '2 BYE', true, '')))
    each(endUs + 20_000, (_, id, at) => add(at, back, message('SIP/2.0 200 OK', id, `b${id}`, '2 BYE', true, '')))
  }
  flush()
  closeSync(handle)
  return { bytes, packets: count }
}
