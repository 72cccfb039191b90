import { afterEach, describe, expect, test } from 'vitest'
import { openUdp } from '../../src/net/udp.ts'
import { decode } from '../../src/rtp/g711.ts'
import { createPitch, heardBy, listen } from '../../src/rtp/pitch.ts'
import { loopbacks } from '../support/loopback.ts'
import { closeOpened, live, numbersOf, open, openByHand, opened, packetOf, playing, sentBy } from './media-tape.ts'

afterEach(closeOpened)

describe('what is sent', () => {
  test('sequence and timestamp go on by one packet each, around their ends (RFC 3550 §5.1)', async () => {
    const { media, tape, hand } = await openByHand()
    media.play(playing(media))
    hand.advance(60)
    expect(sentBy(tape).map(numbersOf)).toEqual([
      [0xfffe, 0xffffff60, true],
      [0xffff, 0, false],
      [0, 160, false],
      [1, 320, false],
    ])
    expect(new Set(sentBy(tape).map(({ ssrc }) => ssrc))).toEqual(new Set([0x1234]))
  })

  test('each frame has its cause, and comes from the port that receives', async () => {
    const { media, tape, hand } = await openByHand()
    media.play(playing(media))
    hand.advance(0)
    expect(tape.of('sent')).toMatchObject([
      { layer: 'datagram', source: media.local, destination: media.local, cause: 'step 7' },
    ])
  })

  for (const [codec, payloadType, ptimeMs, idle, length] of [
    ['PCMU', 0, 20, 0xff, 160],
    ['PCMA', 8, 30, 0xd5, 240],
    ['PCMA', 120, 10, 0xd5, 80],
  ] as const)
    test(`silence in ${codec}, ${ptimeMs} ms: ${length} idle octets of payload type ${payloadType}`, async () => {
      const { media, tape, hand } = await openByHand()
      media.play(playing(media, { codec, payloadType, ptimeMs }))
      hand.advance(ptimeMs * 2)
      const packets = sentBy(tape)
      expect(packets).toHaveLength(3)
      for (const packet of packets)
        expect(packet).toMatchObject({ payloadType, payload: new Uint8Array(length).fill(idle) })
    })

  test('a tone is heard as that tone', async () => {
    const { media, tape, hand } = await openByHand()
    media.play(playing(media, { codec: 'PCMA', payloadType: 8, source: { kind: 'tone', hz: 1000 } }))
    hand.advance(400)
    const pitch = createPitch(8000)
    for (const packet of sentBy(tape)) listen(pitch, decode('PCMA', packet.payload))
    expect(heardBy(pitch)).toMatchObject({ toneHz: 1000, silentMs: 0 })
  })

  test('playing anew goes over to another remote, codec and sound with the same SSRC and numbers', async () => {
    const { media, tape, hand } = await openByHand()
    const other = await open({ world: live() })
    media.play(playing(media))
    hand.advance(20)
    media.play(playing(media, { remote: other.media.local, codec: 'PCMA', payloadType: 8, cause: 'step 9' }))
    hand.advance(20)
    expect(sentBy(tape).map(numbersOf)).toEqual([
      [0xfffe, 0xffffff60, true],
      [0xffff, 0, false],
      [0, 160, false],
    ])
    expect(sentBy(tape)[2]).toMatchObject({ ssrc: 0x1234, payloadType: 8 })
    expect(tape.of('sent')[2]).toMatchObject({ destination: other.media.local, cause: 'step 9' })
    await other.tape.until('received', 1)
    expect(other.tape.of('received')[0]).toMatchObject({ source: media.local, destination: other.media.local })
  })

  test('another packet time begins a pace of its own', async () => {
    const { media, tape, hand } = await openByHand()
    media.play(playing(media))
    hand.advance(10)
    media.play(playing(media, { ptimeMs: 30 }))
    hand.advance(60)
    expect(sentBy(tape).map(({ payload }) => payload.length)).toEqual([160, 240, 240, 240])
  })

  test('after a pause a talkspurt begins: marker, and a timestamp of the clock that went on (RFC 3551 §4.1)', async () => {
    const { media, tape, hand } = await openByHand()
    media.play(playing(media))
    hand.advance(20)
    media.stop()
    hand.advance(1000)
    expect(tape.of('sent')).toHaveLength(2)
    media.play(playing(media))
    hand.advance(0)
    expect(sentBy(tape).map(numbersOf).at(-1)).toEqual([0, (0xffffff60 + 1020 * 8) % 2 ** 32, true])
  })

  test('a bend gives none, one or more of each packet, and only those are on record', async () => {
    let n = 0
    const { media, tape, hand } = await openByHand({
      packetBend: (packet) => [[], [packet], [packet, packet]][n++ % 3] ?? [],
    })
    media.play(playing(media))
    hand.advance(100)
    expect(sentBy(tape).map(({ sequence }) => sequence)).toEqual([0xffff, 0, 0, 2, 3, 3])
  })

  test('digits take the place of the audio: one timestamp each, the marker first, the end three times (RFC 4733 §2.5.1)', async () => {
    const { media, tape, hand } = await openByHand()
    media.play(playing(media))
    hand.advance(40)
    const pressed = media.press({ digits: '#', remote: media.local, payloadType: 101, ptimeMs: 20, cause: 'step 8' })
    hand.advance(200)
    await pressed
    const event = sentBy(tape).filter(({ payloadType }) => payloadType === 101)
    expect(event.map(({ marker, timestamp }) => [marker, timestamp])).toEqual(
      event.map((_, n) => [n === 0, event[0]?.timestamp]),
    )
    expect(event.map(({ payload }) => Buffer.from(payload).toString('hex'))).toEqual([
      '0b0a00a0',
      '0b0a0140',
      '0b0a01e0',
      '0b0a0280',
      '0b8a0320',
      '0b8a0320',
      '0b8a0320',
    ])
    const sequences = sentBy(tape).map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.map((_, n) => (0xfffe + n) & 0xffff))
    const during = sentBy(tape).slice(
      sentBy(tape).findIndex(({ marker, payloadType }) => marker && payloadType === 101),
    )
    expect(during.slice(0, 7).every(({ payloadType }) => payloadType === 101)).toBe(true)
  })

  test('digits that are pressed one after the other have timestamps of their own, where nothing is played', async () => {
    const { media, tape, hand } = await openByHand()
    void media.press({ digits: '11', remote: media.local, payloadType: 101, ptimeMs: 20, cause: 'step 8' })
    hand.advance(400)
    const starts = sentBy(tape).filter(({ marker }) => marker)
    expect(starts.map(({ timestamp }) => (timestamp - (starts[0]?.timestamp ?? 0)) >>> 0)).toEqual([0, 1600])
    media.stop()
    expect(hand.armed()).toBe(0)
  })

  test('nothing is armed before, and nothing after: no timer keeps a run alive', async () => {
    const { media, tape, hand } = await openByHand()
    expect(hand.armed()).toBe(0)
    media.play(playing(media))
    expect(hand.armed()).toBe(1)
    await media.close()
    expect(hand.armed()).toBe(0)
    hand.advance(1000)
    expect(tape.of('sent')).toEqual([])
  })

  test('a remote that the system refuses is an error that is told', async () => {
    const errors: Error[] = []
    const { media, hand } = await openByHand({ onError: (error) => errors.push(error) })
    media.play(playing(media, { remote: { address: '127.0.0.1', port: 0 } }))
    hand.advance(0)
    expect(errors).toHaveLength(1)
  })
})

for (const { address, absent } of loopbacks)
  describe.skipIf(absent)(`over ${address}`, () => {
    test('an echo brings our own tone back, packet for packet, in numbers of its own', async () => {
      const world = live()
      const [near, far] = [await open({ world, address }), await open({ world, address })]
      far.media.play(playing(near.media, { remote: near.media.local, source: { kind: 'echo' }, cause: 'echo' }))
      near.media.play(playing(far.media, { remote: far.media.local, source: { kind: 'tone', hz: 440 } }))
      await near.tape.until('received', 12)
      near.media.stop()
      const [sent, back] = [sentBy(near.tape), near.tape.of('received').map(packetOf)]
      for (const [i, packet] of back.entries()) expect(packet.payload).toEqual(sent[i]?.payload)
      expect(new Set(back.map(({ ssrc }) => ssrc)).size).toBe(1)
      expect(back[0]?.ssrc).not.toBe(sent[0]?.ssrc)
      expect(back.map(({ marker }) => marker)).toEqual(back.map((_, i) => i === 0))
      const steps = back.slice(1).map((packet, i) => {
        const before = back[i] ?? packet
        return [(packet.sequence - before.sequence) & 0xffff, (packet.timestamp - before.timestamp) >>> 0]
      })
      expect(steps).toEqual(steps.map(() => [1, 160]))
      expect(near.media.heard()).toBe(back.length)
      expect(near.tape.of('received')[0]?.source).toEqual(far.media.local)
    })
  })

describe('what is received', () => {
  test('is all on record, RTCP and nonsense too; only RTP is heard', async () => {
    const { media, tape } = await openByHand()
    const peer = await openUdp({ address: '127.0.0.1', loopbackOnly: true })
    opened.push(peer)
    const rtcp = Uint8Array.from(Buffer.from('80cc000305f79ffe50494e47504f4e47', 'hex'))
    peer.send(rtcp, media.local)
    peer.send(new Uint8Array([1, 2, 3]), media.local)
    peer.send(new Uint8Array([0x80, ...new Uint8Array(11)]), media.local)
    await tape.until('received', 3)
    expect(media.heard()).toBe(1)
    peer.send(rtcp, { ...media.local, port: media.local.port + 1 })
    await tape.until('received', 4)
    expect(tape.of('received').at(-1)).toMatchObject({
      source: peer.local,
      destination: { address: '127.0.0.1', port: media.local.port + 1 },
      bytes: rtcp,
    })
    expect(media.heard()).toBe(1)
  })
})

describe('the port', () => {
  test('is even, and the next one is ours too (RFC 3550 §11)', async () => {
    const { media } = await open({ world: live() })
    expect(media.local.port % 2).toBe(0)
    await expect(openUdp({ address: '127.0.0.1', port: media.local.port + 1 })).rejects.toThrow('EADDRINUSE')
  })

  test('lies within the range that was asked for', async () => {
    const ports = { first: 40_001, last: 49_999 }
    const { media } = await open({ world: live(), ports })
    expect(media.local.port).toBeGreaterThan(ports.first)
    expect(media.local.port).toBeLessThan(ports.last)
  })

  test('is free again after closing', async () => {
    const { media } = await open({ world: live() })
    await media.close()
    const again = await openUdp({ address: '127.0.0.1', port: media.local.port })
    await again.close()
  })
})
