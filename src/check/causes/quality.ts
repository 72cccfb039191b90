import { type Side, otherSide } from '../../core/finding.ts'
import type { Stream } from '../../observation/trace.ts'
import { attributeValues } from '../../sdp/description.ts'
import type { Scene, Shown } from './scene.ts'
import type { CallMedia, Wanted } from './media.ts'

/** From here on, people hear it (ITU-T G.113 puts G.711 without concealment lower still). */
const audibleLoss = 0.03
/** What a jitter buffer of 60 ms just evens out. */
const audibleJitterMs = 30
const audibleReordering = 0.01
/** Fewer packets than this may be the noise of any network. */
const fewest = 5
/** A mean of fewer packets says nothing. */
const fewestTimed = 50
/** Share of packets that the receiver did not list and cannot play. */
const audibleForeign = 0.1

const percent = (part: number): string => `${Math.round(part * 1000) / 10} %`

/** One stream of the call that is ill in some way. */
export type Ill = { readonly stream: Stream; readonly frames: readonly number[]; readonly what: string }

const each = (media: CallMedia): readonly Stream[] => [...media.from('pbx'), ...media.from('trunk')]

const inOrder = (streams: readonly Stream[], ill: (stream: Stream) => Ill | undefined): readonly Ill[] =>
  streams.flatMap((stream) => ill(stream) ?? [])

const ends = ({ firstFrame, lastFrame }: Stream): readonly number[] => [firstFrame, lastFrame]

export const lossy = (media: CallMedia): readonly Ill[] =>
  inOrder(each(media), (stream) => {
    const reported = stream.reported?.lost ?? 0
    const lost = Math.max(stream.lost, reported)
    const share = lost / (stream.packets + stream.lost)
    if (lost < fewest || share < audibleLoss) return undefined
    const by = reported > stream.lost ? ', as its receiver reports' : ''
    return {
      stream,
      frames: ends(stream),
      what: `${lost} of ${stream.packets + stream.lost} packets lost (${percent(share)})${by}`,
    }
  })

export const jittery = (media: CallMedia): readonly Ill[] =>
  inOrder(each(media), (stream) =>
    stream.packets < fewestTimed || stream.jitterMs < audibleJitterMs
      ? undefined
      : { stream, frames: ends(stream), what: `mean jitter of ${Math.round(stream.jitterMs)} ms` },
  )

export const reordered = (media: CallMedia): readonly Ill[] =>
  inOrder(each(media), (stream) => {
    const share = stream.reordered / stream.packets
    if (stream.reordered < fewest || share < audibleReordering) return undefined
    const what = `${stream.reordered} of ${stream.packets} packets overtaken on the way (${percent(share)})`
    return { stream, frames: ends(stream), what }
  })

const describedBy = ({ wanted }: CallMedia, side: Side): readonly Wanted[] => wanted.filter((one) => one.side === side)

export type Foreign = { readonly payloadType: number; readonly packets: number; readonly frame: number }

/** Payload types of a stream that its receiver never listed; comfort noise unasked-for is harmless. */
export const foreignTypes = (media: CallMedia, side: Side, stream: Stream): readonly Foreign[] => {
  const listed = describedBy(media, otherSide(side)).flatMap((one) => one.listed)
  if (listed.length === 0) return []
  return [...stream.payloadTypes].flatMap(([payloadType, { packets, firstFrame }]) =>
    payloadType === 13 || payloadType === 19 || listed.includes(String(payloadType))
      ? []
      : [{ payloadType, packets, frame: firstFrame }],
  )
}

/** Payload types that the sender itself calls telephone-event. */
export const ownEventTypes = (media: CallMedia, side: Side): readonly number[] =>
  describedBy(media, side).flatMap(({ formats }) =>
    formats
      .filter(({ encoding }) => encoding.toLowerCase() === 'telephone-event')
      .map(({ payloadType }) => payloadType),
  )

/** Streams of which a good part cannot be played, for the receiver does not know its payload type. */
export const unplayable = (media: CallMedia): readonly Ill[] =>
  (['pbx', 'trunk'] as const).flatMap((side) =>
    inOrder(media.from(side), (stream) => {
      const events = ownEventTypes(media, side)
      const foreign = foreignTypes(media, side, stream).filter(({ payloadType }) => !events.includes(payloadType))
      const packets = foreign.reduce((sum, one) => sum + one.packets, 0)
      if (packets < fewest || packets / stream.packets < audibleForeign) return undefined
      const types = foreign.map(({ payloadType }) => payloadType).join(', ')
      const frames = [
        ...describedBy(media, otherSide(side)).map(({ seen }) => seen.frame),
        ...foreign.map((f) => f.frame),
      ]
      return { stream, frames, what: `payload type ${types} in ${packets} of ${stream.packets} packets` }
    }),
  )

const numbersIn = (text: string | undefined): readonly number[] =>
  text !== undefined && /^[0-9]{1,4}$/.test(text) ? [Number(text)] : []

/** So many times as long as asked for, and buffers run dry between two packets. */
const tooLong = 2

/** Packets longer than the longest that the receiver takes (RFC 8866 §6.4: maxptime), or far longer than it asks for. */
export const overlong = (media: CallMedia): readonly Ill[] =>
  (['pbx', 'trunk'] as const).flatMap((side) =>
    inOrder(media.from(side), (stream) => {
      const { ptimeMs } = stream
      const limits = describedBy(media, otherSide(side)).flatMap(({ seen, audio: { attributes } }) => {
        const [longest] = attributeValues(attributes, 'maxptime').flatMap(numbersIn)
        const [asked] = attributeValues(attributes, 'ptime').flatMap(numbersIn)
        const words = longest === undefined ? `${asked ?? 0} ms is asked for` : `${longest} ms is the longest taken`
        const most = longest ?? (asked === undefined ? undefined : asked * tooLong - 1)
        return most === undefined ? [] : [{ seen, most, words }]
      })
      const [limit] = limits
      if (limit === undefined || ptimeMs === undefined || limits.some(({ most }) => ptimeMs <= most)) return undefined
      const frames = [...limits.map(({ seen }) => seen.frame), stream.firstFrame]
      return { stream, frames, what: `packets of ${ptimeMs} ms, where ${limit.words}` }
    }),
  )

/** What users hear of a stream that arrives. */
export const poorStreams = (media: CallMedia): readonly Ill[] =>
  [lossy, jittery, reordered, unplayable, overlong].flatMap((ill) => ill(media))

const told = (ills: readonly Ill[]): string => ills.map(({ stream, what }) => `${stream.name}: ${what}`).join('; ')

/** A row about streams of a quality: nobody but the network between can be named. */
export const shownOf =
  (ill: (media: CallMedia) => readonly Ill[]) =>
  ({ media }: Scene): Shown | undefined => {
    const ills = ill(media)
    if (ills.length === 0) return undefined
    return { atFault: 'network', frames: ills.flatMap(({ frames }) => frames), why: told(ills) }
  }

/** The same of what a sender does by itself. */
export const shownOfSender =
  (ill: (media: CallMedia) => readonly Ill[]) =>
  (scene: Scene): Shown | undefined => {
    const shown = shownOf(ill)(scene)
    const [first] = ill(scene.media)
    return shown && first && { ...shown, atFault: first.stream.sender }
  }
