import { afterEach, describe, expect, test } from 'vitest'
import { openUdp } from '../../src/net/udp.ts'
import type { RtpPacket } from '../../src/rtp/packet.ts'
import { closeOpened, live, numbersOf, open, openByHand, opened, packetOf, playing, sentBy } from './media-tape.ts'

afterEach(closeOpened)

describe('a relay', () => {
  test('hands on what another port hears, and only while it plays', async () => {
    const [{ media: from }, { media, tape }, peer] = await Promise.all([
      open({ world: live() }),
      open({ world: live() }),
      open({ world: live() }),
    ])
    const speak = (): void => {
      peer.media.play(playing(from, { source: { kind: 'tone', hz: 700 } }))
    }
    media.play(playing(peer.media, { source: { kind: 'relay', from } }))
    speak()
    await tape.until('sent', 3)
    peer.media.stop()
    const said = sentBy(peer.tape).map(({ payload }) => payload)
    expect(
      sentBy(tape)
        .slice(0, 3)
        .map(({ payload }) => payload),
    ).toEqual(said.slice(0, 3))
    expect(new Set(sentBy(tape).map(({ ssrc }) => ssrc))).not.toContain(sentBy(peer.tape)[0]?.ssrc)
    media.stop()
    const before = sentBy(tape).length
    const heardBefore = from.heard()
    speak()
    await peer.tape.until('sent', said.length + 3)
    await expect.poll(() => from.heard()).toBeGreaterThan(heardBefore)
    expect(sentBy(tape)).toHaveLength(before)
  })
})

describe('a relay of digits', () => {
  /** What goes out while a peer presses a digit at `from`, which knows events as 101. */
  const relayed = async (events: number | undefined) => {
    const [{ media: from }, { media, tape }, peer] = await Promise.all([
      open({ world: live() }),
      open({ world: live() }),
      open({ world: live() }),
    ])
    const source = { kind: 'relay', from, events: () => 101 } as const
    media.play(playing(peer.media, { source, ...(events === undefined ? {} : { events }) }))
    peer.media.play(playing(from, { source: { kind: 'tone', hz: 700 } }))
    await tape.until('sent', 2)
    await peer.media.press({ digits: '5', remote: from.local, payloadType: 101, ptimeMs: 20, cause: 'step 8' })
    const heard = sentBy(peer.tape).length
    peer.media.stop()
    await expect.poll(() => from.heard()).toBe(heard)
    return { said: sentBy(peer.tape), out: sentBy(tape) }
  }

  test('hands each report on in its own payload type and numbers, with the times between (RFC 4733 §2.5.1.2)', async () => {
    const { said, out } = await relayed(96)
    const shape = (packets: readonly RtpPacket[]) =>
      packets.map(({ marker, payload, timestamp }, index) => [
        index > 0 && marker,
        Buffer.from(payload).toString('hex'),
        (timestamp - (packets[0]?.timestamp ?? 0)) >>> 0,
      ])
    expect(shape(out)).toEqual(shape(said))
    expect(out.map(({ payloadType }) => payloadType)).toEqual(
      said.map(({ payloadType }) => (payloadType === 101 ? 96 : payloadType)),
    )
    expect(out.filter(({ payloadType }) => payloadType === 96)).toHaveLength(7)
    const sequences = out.map(({ sequence }) => sequence)
    expect(sequences).toEqual(sequences.map((_, n) => ((sequences[0] ?? 0) + n) & 0xffff))
  })

  test('keeps them to itself where the other side did not agree on any', async () => {
    const { said, out } = await relayed(undefined)
    expect(out.map(({ payload }) => payload)).toEqual(
      said.filter(({ payloadType }) => payloadType !== 101).map(({ payload }) => payload),
    )
  })
})

describe('an echo', () => {
  /** Sends RTP to `media` from outside, waits for what comes back. */
  const against = async (payloadTypes: readonly number[], ssrcs: readonly number[], count: number) => {
    const { media, tape } = await openByHand()
    const peer = await openUdp({ address: '127.0.0.1', loopbackOnly: true })
    opened.push(peer)
    const back: RtpPacket[] = []
    const done = new Promise<void>((resolve) => {
      peer.onDatagram((bytes) => {
        back.push(packetOf({ bytes }))
        if (back.length === count) resolve()
      })
    })
    media.play(playing(media, { remote: peer.local, source: { kind: 'echo' } }))
    for (const [i, payloadType] of payloadTypes.entries()) {
      const packet = new Uint8Array(12 + 160)
      const view = new DataView(packet.buffer)
      view.setUint16(0, 0x8000 | payloadType)
      view.setUint16(2, i)
      view.setUint32(4, 1000 + 160 * i)
      view.setUint32(8, ssrcs[i] ?? 1)
      peer.send(packet, media.local)
    }
    await done
    return { back, media, tape }
  }

  test('sends back voice alone: digits and comfort noise are no sound of our codec', async () => {
    const { back } = await against([101, 13, 0, 0], [], 2)
    expect(back.map(({ payloadType }) => payloadType)).toEqual([0, 0])
  })

  test('keeps the gaps in time of what it heard', async () => {
    const { back } = await against([0, 101, 0], [], 2)
    expect(((back[1]?.timestamp ?? 0) - (back[0]?.timestamp ?? 0)) >>> 0).toBe(320)
  })

  test('goes on in its own time when the source changes', async () => {
    const { back } = await against([0, 0], [1, 2], 2)
    expect(back.map(numbersOf)).toEqual([
      [0xfffe, 0xffffff60, true],
      [0xffff, 0, false],
    ])
  })
})
