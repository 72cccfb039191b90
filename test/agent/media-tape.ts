import type { Draft, Frame } from '../../src/core/frame.ts'
import type { World } from '../../src/core/world.ts'
import { openMedia } from '../../src/agent/media.ts'
import type { Media, MediaOptions, Playing } from '../../src/agent/media.ts'
import { systemClock } from '../../src/net/clock.ts'
import { systemToken } from '../../src/net/entropy.ts'
import { createTicker } from '../../src/net/ticker.ts'
import { parseRtp } from '../../src/rtp/packet.ts'
import type { RtpPacket } from '../../src/rtp/packet.ts'
import { createHandClock } from '../support/hand-clock.ts'
import type { HandClock } from '../support/hand-clock.ts'

export const opened: { close: () => Promise<void> }[] = []
/** Closes what a test has opened. */
export const closeOpened = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()))
}

type Taken = Draft & { readonly cause: string | undefined }

/** A recorder that keeps all, and tells when there is enough. */
const createTape = () => {
  const taken: Taken[] = []
  const waiting = new Set<{ readonly enough: () => boolean; readonly resolve: () => void }>()
  const of = (tap: Frame['tap']): readonly Taken[] => taken.filter((frame) => frame.tap === tap)
  return {
    of,
    record: (draft: Draft, cause?: string): Pick<Frame, 'number' | 'timeMs'> => {
      taken.push({ ...draft, cause })
      for (const waiter of waiting) if (waiter.enough()) waiter.resolve()
      return { number: taken.length, timeMs: 0 }
    },
    /** Until so many frames were taken at that tap. */
    until: (tap: Frame['tap'], count: number): Promise<void> =>
      new Promise((resolve) => {
        const enough = (): boolean => of(tap).length >= count
        if (enough()) resolve()
        else waiting.add({ enough, resolve })
      }),
  }
}
type Tape = ReturnType<typeof createTape>

export const packetOf = ({ bytes }: { readonly bytes: Uint8Array }): RtpPacket => {
  const parsed = parseRtp(bytes)
  if (!parsed.ok) throw new Error(parsed.fault.rule)
  return parsed.value
}
export const sentBy = (tape: Tape): readonly RtpPacket[] => tape.of('sent').map(packetOf)

export const live = (): World => ({ clock: systemClock(), token: systemToken })

type Setup = Partial<MediaOptions> & { readonly world: World }
export const open = async (set: Setup): Promise<{ media: Media; tape: Tape }> => {
  const tape = createTape()
  const media = await openMedia({
    address: '127.0.0.1',
    ticker: createTicker(set.world.clock),
    record: tape.record,
    loopbackOnly: true,
    ...set,
  })
  opened.push(media)
  return { media, tape }
}

/** Media on a clock moved by hand, with numbers that are known: sequence 0xfffe, timestamp 0xffffff60, SSRC 0x1234. */
export const openByHand = async (
  set: Partial<MediaOptions> = {},
): Promise<{ media: Media; tape: Tape; hand: HandClock }> => {
  const hand = createHandClock()
  const given = ['0000', 'fffe', 'ffffff60', '00001234']
  const token = (): string => given.shift() ?? '0'
  return { ...(await open({ world: { clock: hand.clock, token }, ...set })), hand }
}

export const playing = (media: Media, change: Partial<Playing> = {}): Playing => ({
  remote: media.local,
  payloadType: 0,
  codec: 'PCMU',
  ptimeMs: 20,
  source: { kind: 'silence' },
  cause: 'step 7',
  ...change,
})

export const numbersOf = ({ sequence, timestamp, marker }: RtpPacket): readonly [number, number, boolean] => [
  sequence,
  timestamp,
  marker,
]
