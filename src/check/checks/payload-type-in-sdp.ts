import { otherSide } from '../../core/finding.ts'
import type { Call, Seen, Stream } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { audioIn } from '../codecs.ts'

type Listed = { readonly seen: Seen; readonly payloadTypes: readonly number[] }

/** What the receiver has said in this call of what it takes. */
const listedBy = (call: Call, receiver: Stream['sender']): readonly Listed[] =>
  call.described
    .filter(({ sender }) => sender === receiver)
    .flatMap((seen) => {
      const audio = audioIn(seen)
      return audio === undefined || audio.port === 0 ? [] : [{ seen, payloadTypes: audio.formats.map(Number) }]
    })

const judgementOf = (stream: Stream): readonly Judgement[] => {
  const listed = stream.call === undefined ? [] : listedBy(stream.call, otherSide(stream.sender))
  if (stream.call === undefined || listed.length === 0) return []
  const allowed = [...new Set(listed.flatMap(({ payloadTypes }) => payloadTypes))].sort((a, b) => a - b)
  const foreign = [...stream.payloadTypes].filter(([payloadType]) => !allowed.includes(payloadType))
  const told = foreign.length === 0 ? [...stream.payloadTypes] : foreign
  return [
    {
      subject: stream.name,
      call: stream.call.name,
      side: stream.sender,
      verdict: foreign.length === 0 ? 'pass' : 'fail',
      expected: `payload types of the receiver's description: ${allowed.join(', ')}`,
      actual: told.map(([payloadType, { packets }]) => `${payloadType} in ${packets} packets`).join(', '),
      frames: [...listed.map(({ seen }) => seen.frame), ...told.map(([, { firstFrame }]) => firstFrame)],
    },
  ]
}

export default defineCheck({
  id: 'payload-type-in-sdp',
  title: 'Packets carry payload types of the receiver’s description',
  subject: 'stream',
  strength: 'MUST',
  cite: '3264 §5.1, §6.1',
  requirement:
    'The payload types that are sent are those that the receiver lists; comfort noise too is sent only where it is listed.',
  advice:
    'Let the sender use the payload types of the other side’s description, and switch off silence suppression where it is not negotiated.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => trace.streams.flatMap(judgementOf),
})
