import type { Endpoint } from '../core/frame.ts'
import type { Disarm, World } from '../core/world.ts'
import type { Ticker } from '../net/ticker.ts'
import { openPortPair } from '../net/port-pair.ts'
import { encode } from '../rtp/g711.ts'
import type { G711 } from '../rtp/g711.ts'
import { parseRtp, serializeRtp } from '../rtp/packet.ts'
import type { RtpPacket } from '../rtp/packet.ts'
import { isRtcp } from '../rtp/rtcp.ts'
import { type KeyTick, keyTicks } from '../rtp/telephone-event.ts'
import { toneSamples } from '../rtp/tone.ts'
import type { Recorder } from './user-agent.ts'

export type MediaOptions = {
  /** IP literal to bind. */
  readonly address: string
  readonly ports?: { readonly first: number; readonly last: number }
  readonly world: World
  readonly ticker: Ticker
  readonly record?: Recorder
  /** A bend of each packet on its way to the wire: it gives none, one or more. */
  readonly packetBend?: (packet: Uint8Array) => readonly Uint8Array[]
  readonly loopbackOnly?: boolean
  /** The system would not send or receive, as `ENETUNREACH`. */
  readonly onError?: (error: Error) => void
}

export type Source =
  | { readonly kind: 'tone'; readonly hz: number }
  | { readonly kind: 'silence' }
  /** Each packet of our payload type goes back as it came in. */
  | { readonly kind: 'echo' }
  /** Each packet of our payload type that another port hears goes on; `events`: and those of the payload type that it has there. */
  | { readonly kind: 'relay'; readonly from: Media; readonly events?: () => number | undefined }

export type Playing = {
  readonly remote: Endpoint
  readonly payloadType: number
  readonly codec: G711
  readonly ptimeMs: number
  readonly source: Source
  /** Payload type under which a relay hands on telephone-events. */
  readonly events?: number
  /** Why we send: goes to the recorder. */
  readonly cause: string
}

/** Digits as telephone-events, which take the place of the audio while they last (RFC 4733 §2.5.1). */
export type Pressing = Pick<Playing, 'remote' | 'payloadType' | 'ptimeMs' | 'cause'> & { readonly digits: string }

export type Media = {
  readonly local: Endpoint
  /** Sends from `local` (symmetric RTP) until `stop`; again: goes over to the new ways, with the same SSRC. */
  readonly play: (playing: Playing) => void
  /** One digit after the other, beside what is played, until `stop`; resolves when the last has gone. */
  readonly press: (pressing: Pressing) => Promise<void>
  readonly stop: () => void
  /** Hands on the RTP packets that come in, until it is disarmed. */
  readonly listen: (hear: (packet: RtpPacket) => void) => Disarm
  /** RTP packets received so far. */
  readonly heard: () => number
  readonly close: () => Promise<void>
}

const clockRate = 8000

/** The sender's own numbers (RFC 3550 §5.1): random at the start, so that nobody can guess them. */
type Numbering = { sequence: number; timestamp: number; readonly ssrc: number }

const samplesOf = ({ source }: Playing, count: number, fromSample: number): Int16Array =>
  source.kind === 'tone' ? toneSamples(source.hz, clockRate, count, fromSample) : new Int16Array(count)

/** Opens an RTP port, and the next for RTCP; both record what comes in. Sends nothing until told to. */
export const openMedia = async (options: MediaOptions): Promise<Media> => {
  const { world, ticker, record, packetBend } = options
  const random = (bits: number): number => parseInt(world.token(bits), 16)
  const { rtp, rtcp } = await openPortPair({
    address: options.address,
    ...(options.ports === undefined ? {} : { ports: options.ports }),
    random: random(16),
    loopbackOnly: options.loopbackOnly === true,
  })
  const numbering: Numbering = { sequence: random(16), timestamp: random(32), ssrc: random(32) }
  const startedMs = world.clock.nowMs()
  const startedTimestamp = numbering.timestamp
  let playing: Playing | undefined
  let disarm: Disarm | undefined
  let talking = false
  let heard = 0
  const listeners = new Set<(packet: RtpPacket) => void>()
  /** Reports of digits that are due, and the timestamp of the event that they are of. */
  let keys: { readonly due: KeyTick[]; readonly stop: Disarm; readonly done: () => void; timestamp: number } | undefined
  let keyDown = false
  /** What to add to the timestamps of an incoming source to get ours, while we echo it. */
  let echoed: { readonly ssrc: number; readonly offset: number } | undefined

  type Way = Pick<Playing, 'remote' | 'payloadType' | 'cause'>
  const put = (way: Way, of: Pick<RtpPacket, 'marker' | 'timestamp' | 'payload'>): void => {
    const { sequence, ssrc } = numbering
    const packet = serializeRtp({ ...of, sequence, ssrc, payloadType: way.payloadType, csrcs: [], paddingLength: 0 })
    numbering.sequence = (sequence + 1) % 65536
    for (const bytes of packetBend?.(packet) ?? [packet]) {
      record?.({ tap: 'sent', layer: 'datagram', source: rtp.local, destination: way.remote, bytes }, way.cause)
      rtp.send(bytes, way.remote)
    }
  }

  const send = (now: Playing, payload: Uint8Array): void => {
    // RFC 3551 §4.1: the marker stands on the first packet of a talkspurt.
    if (!keyDown) put(now, { marker: !talking, timestamp: numbering.timestamp, payload })
    talking = true
    numbering.timestamp = (numbering.timestamp + payload.length) >>> 0
  }

  const tick = (): void => {
    if (playing === undefined) return
    const count = Math.round((playing.ptimeMs * clockRate) / 1000)
    const fromSample = (numbering.timestamp - startedTimestamp) >>> 0
    send(playing, encode(playing.codec, samplesOf(playing, count, fromSample)))
  }

  /** The timestamp that we give to what came in at that of a packet. */
  const ownTime = ({ ssrc, timestamp }: RtpPacket): number => {
    if (echoed?.ssrc !== ssrc) echoed = { ssrc, offset: (numbering.timestamp - timestamp) >>> 0 }
    return (timestamp + echoed.offset) >>> 0
  }

  const echo = (now: Playing, packet: RtpPacket): void => {
    if (packet.payloadType !== now.payloadType) return
    numbering.timestamp = ownTime(packet)
    send(now, packet.payload)
  }

  /** Reports of an event go on as they are, in our numbers (RFC 4733 §2.5.1.2: with the timestamp of its start). */
  const relay = (now: Playing, packet: RtpPacket): void => {
    const { source, events } = now
    if (source.kind !== 'relay' || packet.payloadType !== source.events?.()) echo(now, packet)
    else if (events !== undefined) {
      const { marker, payload } = packet
      put({ ...now, payloadType: events }, { marker, payload, timestamp: ownTime(packet) })
    }
  }

  const release = (): void => {
    keys?.stop()
    keys?.done()
    keys = undefined
    keyDown = false
  }

  const stop = (): void => {
    release()
    disarm?.()
    disarm = undefined
    playing = undefined
    echoed = undefined
    talking = false
  }

  /** The sampling clock went on while nothing was sent (RFC 3550 §5.1). */
  const catchUp = (): void => {
    const elapsed = Math.round(((world.clock.nowMs() - startedMs) * clockRate) / 1000)
    const timestamp = (startedTimestamp + elapsed) >>> 0
    if (((timestamp - numbering.timestamp) | 0) > 0) numbering.timestamp = timestamp
  }

  const play = (next: Playing): void => {
    const before = playing
    if (before === undefined) catchUp()
    playing = next
    if (next.source.kind === 'relay') {
      disarm?.()
      disarm = next.source.from.listen((packet) => {
        relay(next, packet)
      })
    } else if (next.source.kind === 'echo') {
      disarm?.()
      disarm = undefined
    } else if (disarm === undefined || before?.source.kind === 'relay' || before?.ptimeMs !== next.ptimeMs) {
      disarm?.()
      echoed = undefined
      disarm = ticker.every(next.ptimeMs, tick)
    }
  }

  const press: Media['press'] = (pressing) => {
    release()
    const report = (): void => {
      if (keys === undefined) return
      const due = keys.due.shift()
      keyDown = due !== undefined
      if (due === undefined) {
        if (keys.due.length === 0) release()
        return
      }
      if (due.begins) {
        if (playing?.source.kind !== 'tone' && playing?.source.kind !== 'silence') catchUp()
        keys.timestamp = numbering.timestamp
      }
      // RFC 4733 §2.5.1.2: all reports of an event have the timestamp of its start, and the first of them the marker.
      put(pressing, { marker: due.begins, timestamp: keys.timestamp, payload: due.payload })
    }
    const due = [...keyTicks(pressing.digits, pressing.ptimeMs, clockRate)]
    return new Promise((done) => {
      keys = { due, stop: ticker.every(pressing.ptimeMs, report), done, timestamp: 0 }
    })
  }

  rtp.onDatagram((bytes, source) => {
    record?.({ tap: 'received', layer: 'datagram', source, destination: rtp.local, bytes })
    const packet = isRtcp(bytes) ? undefined : parseRtp(bytes)
    if (packet?.ok !== true) return
    heard++
    for (const hear of listeners) hear(packet.value)
    if (playing?.source.kind === 'echo') echo(playing, packet.value)
  })
  rtcp.onDatagram(
    (bytes, source) => void record?.({ tap: 'received', layer: 'datagram', source, destination: rtcp.local, bytes }),
  )

  for (const socket of [rtp, rtcp]) socket.onError((error) => options.onError?.(error))

  return {
    local: rtp.local,
    play,
    press,
    stop,
    listen: (hear) => {
      listeners.add(hear)
      return () => {
        listeners.delete(hear)
      }
    },
    heard: () => heard,
    close: async () => {
      stop()
      await Promise.all([rtp.close(), rtcp.close()])
    },
  }
}
