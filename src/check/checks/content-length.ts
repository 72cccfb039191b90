import type { Side } from '../../core/finding.ts'
import { fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import type { Malformed, Seen, Trace } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { type RequestGroup, requestGroups } from '../requests.ts'

/** What is wrong, and the frames that show it. */
type Wrong = { readonly what: string; readonly frames: readonly number[] }

/** All that a side said in a stream, in order of time. */
const saidBy = ({ transactions }: RequestGroup, side: Side): readonly Seen[] =>
  transactions
    .flatMap(({ request, acks, responses }): readonly Seen[] => [request, ...acks, ...responses])
    .filter(({ sender, transport }) => sender === side && transport !== 'udp')
    .sort((a, b) => a.frame - b.frame)

const startOf = (seen: Seen): string => {
  const message = seen.message()
  return displayText(message.kind === 'request' ? message.method : `${message.status} ${message.reason}`)
}

const lacksLength = (seen: Seen): Wrong | undefined =>
  fieldValue(seen.message(), 'Content-Length') === undefined
    ? { what: `no Content-Length in ${startOf(seen)}`, frames: [seen.frame] }
    : undefined

/** Bytes of a stream that are no message, by the message behind which they came. */
const leftBehind = ({ malformed, messages }: Trace): ReadonlyMap<Seen, Malformed> => {
  const found = new Map<Seen, Malformed>()
  const last = new Map<string, Seen>()
  let next = 0
  for (const stray of malformed.filter(({ fault }) => fault.rule === 'stream.no-message')) {
    for (let seen = messages[next]; seen !== undefined && seen.frame <= stray.frame; seen = messages[++next])
      if (seen.transport !== 'udp') last.set(`${seen.hop} ${seen.sender}`, seen)
    const said = last.get(`${stray.hop} ${stray.sender}`)
    if (said !== undefined && !found.has(said)) found.set(said, stray)
  }
  return found
}

const judgementOf = (group: RequestGroup, side: Side, strays: ReadonlyMap<Seen, Malformed>): readonly Judgement[] => {
  const said = saidBy(group, side)
  if (said.length === 0) return []
  const wrong = said
    .map((seen): Wrong | undefined => {
      const stray = strays.get(seen)
      if (stray === undefined) return lacksLength(seen)
      const length = fieldValue(seen.message(), 'Content-Length')
      const declared = length === undefined ? 'no Content-Length' : `Content-Length: ${displayText(length)}`
      return { what: `${declared} in ${startOf(seen)}, and ${stray.fault.saw}`, frames: [seen.frame, stray.frame] }
    })
    .find((one) => one !== undefined)
  return [
    {
      subject: group.subject,
      call: group.call?.name,
      side,
      verdict: wrong === undefined ? 'pass' : 'fail',
      expected: 'Content-Length in every message of the stream, as long as its body',
      actual: wrong?.what ?? `so in ${said.length} messages`,
      frames: wrong?.frames ?? said.map(({ frame }) => frame),
    },
  ]
}

export default defineCheck({
  id: 'content-length',
  title: 'Messages in a stream say how long they are',
  subject: 'call',
  strength: 'MUST',
  cite: '3261 §18.3, §20.14',
  requirement: 'Over TCP and TLS each message has a Content-Length, which is the number of bytes of its body.',
  advice:
    'Let the stack write Content-Length into each message: in a stream nothing else tells where the next message begins.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => {
    const strays = leftBehind(trace)
    return requestGroups(trace).flatMap((group) =>
      (['pbx', 'trunk'] as const).flatMap((side) => judgementOf(group, side, strays)),
    )
  },
})
