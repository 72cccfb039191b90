import { describe, expect, test } from 'vitest'
import { serializeRtp } from '../../src/rtp/packet.ts'
import type { RtpPacket } from '../../src/rtp/packet.ts'
import { at, audioAt, createWiretap, sip } from '../support/tapped.ts'

const [pbx, trunk] = [at('192.0.2.1'), at('198.51.100.2')]
const [ear, mouth] = [at('192.0.2.1', 30_000), at('198.51.100.3', 20_000)]

const rtp = (sequence: number, of: Partial<RtpPacket> = {}): Uint8Array =>
  serializeRtp({
    marker: false,
    payloadType: 0,
    sequence: sequence & 0xffff,
    timestamp: (sequence * 160) >>> 0,
    ssrc: 7,
    csrcs: [],
    payload: new Uint8Array(160),
    paddingLength: 0,
    ...of,
  })

/** A call that is set up with what each side describes; the trunk answers. */
const call = (offer = audioAt(ear), answer = audioAt(mouth)) => {
  const tap = createWiretap()
  const invite = 'INVITE sip:bob@example.net SIP/2.0'
  tap.add({ source: pbx, destination: trunk, bytes: sip(invite, { body: offer }) })
  const to = '<sip:bob@example.net>;tag=b'
  const ok = sip('SIP/2.0 200 OK', { cseq: '1 INVITE', to, body: answer })
  tap.add({ source: trunk, destination: pbx, bytes: ok })
  const send = (bytes: Uint8Array, source = mouth, destination = ear) => tap.add({ source, destination, bytes })
  /** Packets 20 ms apart. */
  const stream = (count: number, from = 0, of: Partial<RtpPacket> = {}, source = mouth, destination = ear) => {
    for (let n = from; n < from + count; n++) {
      send(rtp(n, of), source, destination)
      tap.pass(20)
    }
  }
  return { ...tap, send, stream }
}

describe('a stream of a capture belongs to a call', () => {
  test('by the description of its receiver, whoever sends it', () => {
    const { stream, fold } = call()
    stream(2, 0, {}, at('203.0.113.77', 4000))
    expect(fold().streams).toMatchObject([
      { bound: 'announced', sender: 'trunk', packets: 2, call: { name: 'call 1' } },
    ])
  })
  test('by the description of its sender, where it goes elsewhere than was announced (RFC 4961)', () => {
    const { stream, fold } = call()
    stream(2, 0, {}, mouth, at('203.0.113.77', 4000))
    expect(fold().streams).toMatchObject([{ bound: 'symmetric', sender: 'trunk' }])
  })
  test('also where the description comes behind its packets', () => {
    const tap = createWiretap()
    tap.add({ source: mouth, destination: ear, bytes: rtp(1) })
    tap.add({ source: pbx, destination: trunk, bytes: sip('INVITE sip:b@example.net SIP/2.0', { body: audioAt(ear) }) })
    expect(tap.fold().streams).toMatchObject([{ bound: 'announced', packets: 1 }])
  })
  test('also after a re-INVITE has moved it', () => {
    const { add, stream, fold } = call()
    const moved = at('192.0.2.1', 31_000)
    const to = '<sip:bob@example.net>;tag=b'
    const words = { to, cseq: '2 INVITE', branch: '2', body: audioAt(moved) }
    add({ source: pbx, destination: trunk, bytes: sip('INVITE sip:bob@198.51.100.2 SIP/2.0', words) })
    stream(3, 0, {}, mouth, moved)
    expect(fold().streams).toMatchObject([{ bound: 'announced', destination: moved, packets: 3 }])
  })
  test('by nothing but its shape, where no description names it: three packets in a row', () => {
    const { stream, fold } = call()
    const [a, b] = [at('203.0.113.7', 4000), at('203.0.113.8', 4002)]
    stream(2, 0, {}, a, b)
    stream(3, 0, { ssrc: 9 }, b, a)
    expect(fold().streams).toMatchObject([{ bound: undefined, call: undefined, ssrc: 9, packets: 3 }])
  })
  test('never by datagrams that only begin like RTP', () => {
    const { send, fold } = call()
    for (let n = 0; n < 500; n++) {
      const bytes = Uint8Array.from({ length: 40 }, (_, i) => ((n * 7919 + i * 104_729) >>> 3) & 0xff)
      bytes[0] = 0x80
      send(bytes, at('203.0.113.7', 4000), at('203.0.113.8', 4002))
    }
    expect(fold().streams).toEqual([])
  })
  test('under each SSRC by itself, and one SSRC under each way', () => {
    const { stream, fold } = call()
    stream(3)
    stream(3, 0, { ssrc: 8 })
    for (let port = 0; port < 20; port++) stream(3, 0, {}, at('203.0.113.7', 4000 + port), at('203.0.113.8', 5000))
    stream(1, 3, {}, at('203.0.113.7', 4000), at('203.0.113.8', 5000))
    const { streams } = fold()
    expect(streams.map(({ packets }) => packets)).toEqual([3, 3, 4, ...Array.from({ length: 19 }, () => 3)])
  })
  test('is there from its first packet to its last, but for pauses', () => {
    const { stream, pass, fold } = call()
    stream(10)
    pass(5000)
    stream(10, 10)
    const [heard] = fold().streams
    expect(heard?.stretches.map(({ fromMs, toMs, packets }) => [fromMs, toMs, packets])).toEqual([
      [0, 180, 10],
      [5200, 5380, 10],
    ])
  })
})

describe('silence suppression inflates nothing', () => {
  test('180 s of comfort noise, a packet each now and then, are no gap, no loss and no jitter (RFC 3389)', () => {
    const { stream, send, pass, fold } = call(audioAt(ear, '0 13', []), audioAt(mouth, '0 13', []))
    stream(50)
    for (let n = 0; n < 36; n++) {
      send(rtp(50 + n, { payloadType: 13, timestamp: (50 + n * 250) * 160, payload: new Uint8Array(1) }))
      pass(5000)
    }
    stream(1, 86, { marker: true, timestamp: (50 + 36 * 250) * 160 })
    const [heard] = fold().streams
    expect(heard).toMatchObject({ lost: 0, gaps: [], gapsMs: 0, reordered: 0 })
    expect(heard?.maxJitterMs).toBeLessThan(0.001)
  })
  test('silence without a packet, ended by a marker, is no gap (RFC 3551 §4.1)', () => {
    const { stream, pass, fold } = call()
    stream(50)
    pass(30_000)
    stream(1, 50, { marker: true, timestamp: (50 + 1500) * 160 })
    expect(fold().streams).toMatchObject([{ lost: 0, gaps: [], jitterMs: 0 }])
  })
  test('a clock that is set anew behind a pause is no jitter', () => {
    const { stream, pass, fold } = call()
    stream(50)
    pass(30_000)
    stream(1, 50, { marker: true, timestamp: 12_345 })
    expect(fold().streams).toMatchObject([{ lost: 0, gaps: [], maxJitterMs: 0 }])
  })
  test('a digit is no gap and no jitter, and its repeated end is counted as RFC 3550 A.3 does', () => {
    const { stream, send, pass, fold } = call()
    stream(50)
    for (let n = 0; n < 8; n++) {
      const payload = Uint8Array.of(5, n === 7 ? 0x8a : 10, 0, n * 160)
      send(rtp(50 + n, { payloadType: 101, marker: n === 0, timestamp: 8000, payload }))
      if (n === 7) for (let copy = 0; copy < 2; copy++) send(rtp(57, { payloadType: 101, timestamp: 8000, payload }))
      pass(20)
    }
    stream(50, 58)
    expect(fold().streams).toMatchObject([{ lost: -2, gaps: [], maxJitterMs: 0, reordered: 0 }])
  })
})

describe('what a network does to a stream', () => {
  test('a burst of lost packets is loss, and a gap', () => {
    const { stream, pass, fold } = call()
    stream(50)
    pass(600)
    stream(50, 80)
    expect(fold().streams).toMatchObject([{ lost: 30, gaps: [{ fromMs: 980, toMs: 1600 }], gapsMs: 620 }])
  })
  test('a sender that stops and goes on in its numbers and its clock leaves a gap', () => {
    const { stream, pass, fold } = call()
    stream(50)
    pass(600)
    stream(50, 50)
    expect(fold().streams).toMatchObject([{ lost: 0, gapsMs: 620 }])
  })
  test('packets out of order are counted, and copies are not', () => {
    const { send, fold } = call()
    for (const sequence of [65_534, 65_535, 1, 0, 2, 2, 4, 3]) send(rtp(sequence + (sequence < 9 ? 65_536 : 0)))
    expect(fold().streams).toMatchObject([{ reordered: 2, packets: 8 }])
  })
  test('of more gaps than are kept the longest stay, and all are in the sum', () => {
    const { stream, pass, fold } = call()
    for (let n = 0; n < 40; n++) {
      stream(5, n * 5)
      pass(1000 + n)
    }
    const [heard] = fold().streams
    expect(heard?.gaps).toHaveLength(32)
    expect(heard?.gaps[0]?.toMs).toBeGreaterThan(heard?.gaps[1]?.toMs ?? 0)
    expect(heard?.gapsMs).toBe(Array.from({ length: 39 }, (_, n) => 1020 + n).reduce((a, b) => a + b, 0))
  })
})

describe('reports', () => {
  const report = (sender: number, ssrc: number, fraction: number, lost: number, jitter: number): Uint8Array => {
    const bytes = new Uint8Array(32)
    const view = new DataView(bytes.buffer)
    bytes.set([0x81, 201, 0, 7])
    view.setUint32(4, sender)
    view.setUint32(8, ssrc)
    view.setUint32(12, (fraction << 24) | lost)
    view.setUint32(20, jitter)
    return bytes
  }
  test('of the receiver go to the stream that it hears, by the ports above its own (RFC 3550 §6.4, §11)', () => {
    const { stream, send, fold } = call()
    stream(5)
    stream(5, 0, { ssrc: 7 }, ear, mouth)
    const [from, to] = [at(ear.address, 30_001), at(mouth.address, 20_001)]
    const first = send(report(7, 7, 64, 3, 80), from, to)
    send(report(7, 7, 32, 4, 160), from, to)
    const { streams, counted } = fold()
    expect(streams.map(({ sender, rtcp, reported }) => ({ sender, rtcp, reported }))).toEqual([
      {
        sender: 'trunk',
        rtcp: 0,
        reported: { reports: 2, firstFrame: first, maxFractionLost: 0.25, lost: 4, maxJitterMs: 20 },
      },
      { sender: 'pbx', rtcp: 2, reported: undefined },
    ])
    expect(counted).toMatchObject({ rtp: 10, rtcp: 2 })
  })
  test('of SRTCP are not read', () => {
    const secure = (place: typeof ear) => audioAt(place, '0', [], 'RTP/SAVP')
    const { stream, send, fold } = call(secure(ear), secure(mouth))
    stream(5)
    send(report(1, 7, 64, 3, 80), ear, mouth)
    expect(fold().streams).toMatchObject([{ encrypted: true, reported: undefined, audio: undefined }])
  })
})

describe('digits of a capture', () => {
  const press = (
    { send, pass }: ReturnType<typeof call>,
    from: number,
    code: number,
    timestamp: number,
    end = 5,
  ): void => {
    for (let n = 0; n <= end; n++) {
      const payload = Uint8Array.of(code, n === 5 ? 0x8a : 10, 0, Math.min(255, n * 40))
      for (let copy = 0; copy < (n === 5 ? 3 : 1); copy++)
        send(rtp(from + n, { payloadType: 101, marker: n === 0, timestamp, payload }))
      pass(20)
    }
  }
  test('are told once for all packets of an event (RFC 4733 §2.5.1)', () => {
    const tap = call()
    press(tap, 0, 1, 0)
    press(tap, 6, 1, 4000)
    press(tap, 12, 11, 8000)
    const { digits } = tap.fold()
    expect(digits.map(({ digit, by, durationMs, sender }) => [digit, by, durationMs, sender])).toEqual([
      ['1', 'rfc4733', 25, 'trunk'],
      ['1', 'rfc4733', 25, 'trunk'],
      ['#', 'rfc4733', 25, 'trunk'],
    ])
    expect(digits[0]?.call?.name).toBe('call 1')
  })
  test('last as long as the clock of their payload type says', () => {
    const formats = ['a=rtpmap:101 telephone-event/16000']
    const tap = call(audioAt(ear, '0 101', formats), audioAt(mouth, '0 101', formats))
    press(tap, 0, 9, 0)
    expect(tap.fold().digits).toMatchObject([{ digit: '9', durationMs: 12.5 }])
  })
  test('are told where the last packets of an event are lost', () => {
    const tap = call()
    press(tap, 0, 3, 0, 2)
    expect(tap.fold().digits).toMatchObject([{ digit: '3', frames: [3, 5] }])
  })
  test('of a sender that numbers each anew leave no loss behind', () => {
    const tap = call()
    press(tap, 100, 1, 0)
    tap.pass(500)
    press(tap, 900, 2, 9000)
    expect(tap.fold().streams).toMatchObject([{ packets: 16, lost: -4, gaps: [] }])
  })
  test('whose end is missing leave what was lost', () => {
    const tap = call()
    press(tap, 100, 1, 0, 2)
    tap.pass(500)
    press(tap, 900, 2, 9000)
    expect(tap.fold().streams[0]?.lost).toBeGreaterThan(700)
  })
  test('come in INFO, too: dtmf-relay and dtmf', () => {
    const { add, fold } = call()
    const to = '<sip:bob@example.net>;tag=b'
    const info = (seq: number, type: string, body: string) =>
      sip('INFO sip:bob@198.51.100.2 SIP/2.0', { cseq: `${seq} INFO`, branch: `i${seq}`, to, type, body })
    const relay = info(2, 'application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n')
    add({ source: pbx, destination: trunk, bytes: relay })
    add({ source: pbx, destination: trunk, bytes: relay })
    add({ source: pbx, destination: trunk, bytes: info(3, 'application/dtmf-relay', 'Signal= 11\r\n') })
    add({ source: pbx, destination: trunk, bytes: info(4, 'application/dtmf', '*') })
    add({ source: pbx, destination: trunk, bytes: info(5, 'application/dtmf-relay', 'Signal=55\r\n') })
    expect(fold().digits.map(({ digit, durationMs, by, sender }) => [digit, durationMs, by, sender])).toEqual([
      ['5', 160, 'info', 'pbx'],
      ['#', 0, 'info', 'pbx'],
      ['*', 0, 'info', 'pbx'],
    ])
  })
})

describe('what waits or is strange is bounded', () => {
  test('streams: those beyond are counted', () => {
    const { send, fold } = call()
    for (let ssrc = 0; ssrc < 50_100; ssrc++) send(rtp(0, { ssrc }))
    const { streams, counted } = fold()
    expect(streams).toHaveLength(50_000)
    expect(counted).toMatchObject({ rtp: 50_000, beyond: 100 })
  })
  test('datagrams that may yet become streams: the oldest are forgotten', () => {
    const { send, fold } = call()
    const [a, b] = [at('203.0.113.7', 4000), at('203.0.113.8', 4002)]
    for (let round = 0; round < 3; round++) for (let n = 0; n < 5000; n++) send(rtp(round, { ssrc: n }), a, b)
    expect(fold().streams).toEqual([])
  })
})
