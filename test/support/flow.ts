import { type Side, otherSide } from '../../src/core/finding.ts'
import type { Endpoint, Frame } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import type { Trace } from '../../src/observation/trace.ts'
import { type G711, encode } from '../../src/rtp/g711.ts'
import { serializeRtp } from '../../src/rtp/packet.ts'
import { toneSamples } from '../../src/rtp/tone.ts'
import type { FieldDraft, Message } from '../../src/sip/message.ts'
import { buildResponse, rebuild } from '../../src/sip/serialize.ts'
import { sdpBytes } from './sdp.ts'

/** Where the two sides of these flows are: documented addresses of the profile, and one for documentation. */
export const signalling = {
  pbx: { address: '203.0.113.10', port: 5060 },
  trunk: { address: '18.184.175.4', port: 5060 },
} as const satisfies Record<Side, Endpoint>
export const media = {
  pbx: { address: '203.0.113.10', port: 30000 },
  trunk: { address: '206.146.136.128', port: 20000 },
} as const satisfies Record<Side, Endpoint>

export const host = 'euc1.vp.sip.sinch.com'
const ssrcs = { pbx: 0x11111111, trunk: 0x22222222 } as const

/** Frames as they are written down, in order. */
export type Script = {
  readonly frames: Frame[]
  readonly say: (sender: Side, message: Message, way?: { source?: Endpoint; destination?: Endpoint }) => number
  readonly send: (sender: Side, bytes: Uint8Array, way?: { source?: Endpoint; destination?: Endpoint }) => number
  readonly pass: (ms: number) => void
  readonly now: () => number
  /** The next RTP sequence number of each side. */
  readonly sequences: Record<Side, number>
}

export const createScript = (sut: Side): Script => {
  const frames: Frame[] = []
  let nowMs = 0
  const send: Script['send'] = (sender, bytes, way = {}) => {
    frames.push({
      number: frames.length + 1,
      timeMs: nowMs,
      tap: sender === sut ? 'received' : 'sent',
      layer: 'datagram',
      source: way.source ?? signalling[sender],
      destination: way.destination ?? signalling[otherSide(sender)],
      bytes,
    })
    return frames.length
  }
  return {
    frames,
    send,
    say: (sender, message, way) => {
      nowMs += 10
      return send(sender, message.wire, way)
    },
    pass: (ms) => {
      nowMs += ms
    },
    now: () => nowMs,
    sequences: { pbx: 65_530, trunk: 100 },
  }
}

export const fold = (frames: readonly Frame[], sut: Side): Trace => {
  const observer = createObserver({ played: otherSide(sut) })
  for (const frame of frames) observer.observe(frame)
  return observer.finish()
}

export type Description = {
  readonly formats?: readonly string[]
  readonly rtpmaps?: readonly string[]
  readonly direction?: string
  readonly ptime?: number
  readonly address?: string
  readonly port?: number
}

/** A session description of one side. */
export const describe = (side: Side, of: Description = {}): Uint8Array =>
  sdpBytes(
    [
      'v=0',
      `o=- 1 1 IN IP4 ${of.address ?? media[side].address}`,
      's=-',
      `c=IN IP4 ${of.address ?? media[side].address}`,
      't=0 0',
      `m=audio ${of.port ?? media[side].port} RTP/AVP ${(of.formats ?? ['0', '101']).join(' ')}`,
      ...(of.rtpmaps ?? ['0 PCMU/8000', '101 telephone-event/8000']).map((map) => `a=rtpmap:${map}`),
      ...(of.ptime === undefined ? ['a=ptime:20'] : of.ptime === 0 ? [] : [`a=ptime:${of.ptime}`]),
      `a=${of.direction ?? 'sendrecv'}`,
    ].join('\n'),
  )

export type Talk = {
  readonly hz?: number
  readonly silent?: boolean
  readonly payloadType?: number
  readonly codec?: G711
  readonly ptimeMs?: number
  readonly source?: Endpoint
  readonly destination?: Endpoint
  /** Of so many packets, each nth is not sent. */
  readonly loses?: number
}

/** Both sides send for that long; a side that is not named keeps silent. */
export const talk = (script: Script, forMs: number, sides: Partial<Record<Side, Talk>>): void => {
  const stepMs = 10
  const start = script.now()
  const counts = { pbx: 0, trunk: 0 }
  for (let ms = 0; ms < forMs; ms += stepMs) {
    for (const side of ['pbx', 'trunk'] as const) {
      const of = sides[side]
      const ptimeMs = of?.ptimeMs ?? 20
      if (of === undefined || ms % ptimeMs !== 0) continue
      const samples = ptimeMs * 8
      const count = counts[side]++
      const sequence = script.sequences[side]++ & 0xffff
      if (of.loses !== undefined && count % of.loses === of.loses - 1) continue
      const sound =
        of.silent === true ? new Int16Array(samples) : toneSamples(of.hz ?? 1000, 8000, samples, count * samples)
      const packet = serializeRtp({
        marker: count === 0,
        payloadType: of.payloadType ?? 0,
        sequence,
        timestamp: start * 8 + count * samples,
        ssrc: ssrcs[side],
        csrcs: [],
        payload: encode(of.codec ?? 'PCMU', sound),
        paddingLength: 0,
      })
      script.send(side, packet, {
        source: of.source ?? media[side],
        destination: of.destination ?? media[otherSide(side)],
      })
    }
    script.pass(stepMs)
  }
}

export type Bend = (message: Message) => Message | undefined

/** The field of that name replaced; added before all others where there was none. */
export const setField =
  (name: string, value: string): Bend =>
  (message) => {
    const has = message.fields.some((field) => field.name === name)
    const fields = message.fields.map((field): FieldDraft => [field.rawName, field.name === name ? value : field.value])
    return rebuild(message, { fields: has ? fields : [[name, value], ...fields] })
  }

export const lacking =
  (name: string): Bend =>
  (message) =>
    rebuild(message, { fields: message.fields.filter((field) => field.name !== name) })

export const addField =
  (name: string, value: string): Bend =>
  (message) =>
    rebuild(message, { fields: [[name, value], ...message.fields] })

export const setUri =
  (requestUri: string): Bend =>
  (message) =>
    rebuild(message, { requestUri })

export const setBody =
  (body: Uint8Array): Bend =>
  (message) =>
    rebuild(message, { body })

export const lost: Bend = () => undefined

/** A response of another status, without a description. */
export const setStatus =
  (status: number, reason: string): Bend =>
  (message) =>
    buildResponse({
      status,
      reason,
      fields: message.fields.flatMap(({ rawName, value, name }): FieldDraft[] =>
        name === 'Content-Length' || name === 'Content-Type' ? [] : [[rawName, value]],
      ),
    })
