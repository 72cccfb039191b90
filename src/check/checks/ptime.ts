import { otherSide } from '../../core/finding.ts'
import type { Seen, Stream } from '../../observation/trace.ts'
import { ptimeOf } from '../../sdp/description.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { audioIn } from '../codecs.ts'

/** Fewer packets than this have no packet time to speak of. */
const fewest = 5

type Asked = { readonly seen: Seen; readonly ms: number }

const askedOf = (stream: Stream): readonly Asked[] =>
  (stream.call?.described ?? [])
    .filter(({ sender }) => sender === otherSide(stream.sender))
    .flatMap((seen) => {
      const audio = audioIn(seen)
      const ms = audio && ptimeOf(audio)
      return ms === undefined ? [] : [{ seen, ms }]
    })

const judgementOf = (stream: Stream): readonly Judgement[] => {
  const asked = askedOf(stream)
  const count = stream.ptimeMs === undefined ? undefined : stream.ptimes.get(stream.ptimeMs)
  if (asked.length === 0 || stream.ptimeMs === undefined || count === undefined || count.packets < fewest) return []
  return [
    {
      subject: stream.name,
      call: stream.call?.name,
      side: stream.sender,
      verdict: asked.some(({ ms }) => ms === stream.ptimeMs) ? 'pass' : 'fail',
      expected: `packets of ${[...new Set(asked.map(({ ms }) => ms))].join(' or ')} ms`,
      actual: `${stream.ptimeMs} ms in ${count.packets} packets`,
      frames: [...asked.map(({ seen }) => seen.frame), count.firstFrame],
    },
  ]
}

export default defineCheck({
  id: 'ptime',
  title: 'Packets have the packet time that the receiver asks for',
  subject: 'stream',
  strength: 'SHOULD',
  cite: '3264 §6.1',
  requirement: 'Where the receiver asks for a packet time, the packets have it.',
  advice: 'Set the packet time of the codec to what the other side asks for, mostly 20 ms.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => trace.streams.flatMap(judgementOf),
})
