import { openMedia } from '../agent/media.ts'
import type { Leg } from './phone-leg.ts'

export type MediaWanted = Omit<Parameters<typeof openMedia>[0], 'packetBend' | 'onError'>

/** The calls of a phone, each with the media that is opened for it. */
export type Legs = {
  /** Those that have not ended yet, though they may be `over`. */
  readonly all: () => readonly Leg[]
  readonly of: (call: string) => Leg | undefined
  readonly isClosed: () => boolean
  /** Takes up a call, and opens its media: why there is none. The leg is `over` where it ended meanwhile. */
  readonly open: (leg: Leg) => Promise<string | undefined>
  readonly end: (leg: Leg) => void
  /** Ends them all; resolves when no media is open. */
  readonly close: () => Promise<void>
}

export const createLegs = (wanted: MediaWanted): Legs => {
  const legs = new Set<Leg>()
  let closed = false
  /** Media that is being opened or closed. */
  const working = new Set<Promise<unknown>>()
  const track = <T>(work: Promise<T>): Promise<T> => {
    const done = work.finally(() => working.delete(done))
    working.add(done)
    return done
  }

  const end: Legs['end'] = (leg) => {
    leg.phase = 'over'
    leg.ringer?.()
    leg.waiting?.()
    leg.pickUp = undefined
    legs.delete(leg)
    const { media } = leg.played
    if (media !== undefined) void track(media.close())
  }

  const give = async (leg: Leg): Promise<string | undefined> => {
    try {
      const media = await openMedia(wanted)
      if (leg.phase === 'over') await media.close()
      else leg.played.media = media
      return undefined
    } catch (error) {
      end(leg)
      return error instanceof Error ? error.message : String(error)
    }
  }

  return {
    all: () => [...legs],
    of: (call) => [...legs].find(({ played }) => played.ua === call),
    isClosed: () => closed,
    open: (leg) => {
      if (closed) {
        end(leg)
        return Promise.resolve('it is closed')
      }
      legs.add(leg)
      return track(give(leg))
    },
    end,
    close: async () => {
      closed = true
      for (const leg of legs) end(leg)
      while (working.size > 0) await Promise.all(working)
    },
  }
}
