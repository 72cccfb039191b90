import type { Frame, Layer } from '../core/frame.ts'
import { parseCSeq } from '../sip/fields/cseq.ts'
import { viasOf } from '../sip/fields/via.ts'
import { type Message, type Request, type Response, fieldValue } from '../sip/message.ts'
import type { Side } from '../core/finding.ts'
import type { Parsed } from './parsed.ts'
import { param } from '../sip/uri.ts'
import { tagIn } from '../sip/tags.ts'
import type { Origin } from './hops.ts'
import type { Seen } from './trace.ts'

/** A message as the fold keeps it: its list of copies still grows, and which side its sender is may yet turn out. */
export type Kept<M extends Message = Message> = Omit<Seen<M>, 'sender'> & {
  readonly copies: number[]
  readonly origin: Origin
  sender: Side
}

const transportOf = (layer: Layer): Seen['transport'] => (layer === 'tcp' || layer === 'tls' ? layer : 'udp')

const isRequest = (message: Message): message is Request => message.kind === 'request'
const isResponse = (message: Message): message is Response => message.kind === 'response'

/** On their own, so that what they close over is no more than this. */
const readers = <M extends Message>(
  wire: Uint8Array,
  parsed: Parsed,
  isOfKind: (m: Message) => m is M,
): Pick<Seen<M>, 'message' | 'description'> => ({
  message: () => {
    const again = parsed(wire).message
    if (!isOfKind(again)) throw new Error('a request that was a response before, or the other way round')
    return again
  },
  description: () => parsed(wire).description(),
})

const keep = <M extends Message>(
  frame: Frame,
  origin: Origin,
  wire: Uint8Array,
  parsed: Parsed,
  isOfKind: (m: Message) => m is M,
): Kept<M> => ({
  frame: frame.number,
  parts: frame.parts,
  copies: [],
  timeMs: frame.timeMs,
  // The frame, and all that it holds, may be used again.
  source: { ...frame.source },
  destination: { ...frame.destination },
  transport: transportOf(frame.layer),
  hop: origin.hop,
  origin,
  sender: origin.side(),
  wire,
  ...readers(wire, parsed, isOfKind),
})

type Keep<M extends Message> = (frame: Frame, origin: Origin, wire: Uint8Array, parsed: Parsed) => Kept<M>

export const keepRequest: Keep<Request> = (frame, origin, wire, parsed) => keep(frame, origin, wire, parsed, isRequest)
export const keepResponse: Keep<Response> = (frame, origin, wire, parsed) =>
  keep(frame, origin, wire, parsed, isResponse)

/** What tells to which transaction and dialog a message belongs (RFC 3261 §17.1.3, §12). */
export type Envelope = {
  readonly callId: string
  readonly seq: number
  readonly method: string
  /** Empty where there is no top Via or it has no branch. */
  readonly branch: string
  readonly fromTag: string | undefined
  readonly toTag: string | undefined
}

/** `undefined` where the message names no call or no place in it. */
export const envelopeOf = (message: Message): Envelope | undefined => {
  const callId = fieldValue(message, 'Call-ID')
  const cseq = parseCSeq(fieldValue(message, 'CSeq') ?? '')
  if (callId === undefined || !cseq.ok) return undefined
  const vias = viasOf(message)
  const branch = vias.ok && vias.value[0] ? param(vias.value[0].params, 'branch') : undefined
  return {
    callId,
    seq: cseq.value.seq,
    method: cseq.value.method,
    branch: typeof branch === 'string' ? branch : '',
    fromTag: tagIn(message, 'From'),
    toTag: tagIn(message, 'To'),
  }
}
