import { type Side, otherSide } from '../core/finding.ts'
import { type Message, fieldValue } from '../sip/message.ts'
import { fieldAt } from '../sip/view.ts'
import { formatsOf } from '../sdp/codecs.ts'
import { audioOf } from './descriptions.ts'
import type { Call, Seen, Transaction } from './trace.ts'

/** What a table of calls tells of one. Times on the clock of the trace. */
export type CallFacts = {
  /** User, or the whole URI where it has none. */
  readonly from: string
  readonly to: string
  /** `failed`: refused by a server error or a global one; `unanswered`: without a final response. */
  readonly state: 'answered' | 'refused' | 'cancelled' | 'unanswered' | 'ongoing' | 'failed'
  /** The last final response to an INVITE that asked for the call. */
  readonly status: number | undefined
  readonly startedMs: number
  readonly ringMs: number | undefined
  readonly answeredMs: number | undefined
  readonly endedMs: number | undefined
  readonly endedBy: Side | undefined
  /** Of speech, as answered; before that, as offered. */
  readonly codecs: readonly string[]
}

type Answered = { readonly seen: Seen; readonly status: number }

const partyIn = (message: Message | undefined, name: 'From' | 'To'): string =>
  message === undefined
    ? ''
    : (fieldAt(message, `${name}.user`) ?? fieldAt(message, `${name}.uri`) ?? fieldValue(message, name) ?? '')

const responsesTo = (transactions: readonly Transaction[]): readonly Answered[] =>
  transactions.flatMap(({ responses }) => responses.map((seen) => ({ seen, status: seen.message().status })))

/** A challenge is no end of a call that was asked for again. */
const isLastWord = ({ status }: Answered): boolean => status >= 200

const helpers = ['telephone-event', 'cn', 'red']

const codecsIn = (seen: Seen | undefined): readonly string[] => {
  const sdp = seen?.description()
  const audio = sdp && audioOf(sdp)
  if (audio === undefined || audio.port === 0) return []
  const names = formatsOf(audio).map(({ encoding }) => encoding)
  return [...new Set(names.filter((name) => !helpers.includes(name.toLowerCase())))]
}

const codecsOf = ({ negotiations }: Call): readonly string[] => {
  const answers = negotiations.flatMap(({ answer, early }) => answer ?? early ?? [])
  const agreed = [...new Set(answers.flatMap(codecsIn))]
  return agreed.length > 0 ? agreed : [...new Set(negotiations.flatMap(({ offer }) => codecsIn(offer)))]
}

const stateOf = (call: Call, answered: boolean, ended: boolean, status: number | undefined): CallFacts['state'] => {
  if (answered) return ended ? 'answered' : 'ongoing'
  const isCancelled = call.transactions.some(({ method }) => method === 'CANCEL')
  if (isCancelled && (status === undefined || status === 487)) return 'cancelled'
  if (status === undefined) return 'unanswered'
  return status >= 500 ? 'failed' : 'refused'
}

/** From, to, state and times of a call, by its messages alone. */
export const factsOf = (call: Call): CallFacts => {
  const asking = call.transactions.filter(({ method, inDialog }) => method === 'INVITE' && !inDialog)
  const first = asking[0]?.request
  const responses = responsesTo(asking)
  const accepted = responses.find(({ status }) => status >= 200 && status < 300)
  const final = accepted ?? responses.findLast(isLastWord)
  const ringing = responses.find(({ status }) => status > 100 && status < 200)
  const bye = call.transactions.find(({ method }) => method === 'BYE')
  const cancel = call.transactions.find(({ method }) => method === 'CANCEL')
  const answered = accepted !== undefined
  const state = stateOf(call, answered, bye !== undefined, final?.status)
  const refusal = answered ? undefined : final?.seen
  const ending = bye?.request ?? (answered ? undefined : cancel?.request) ?? refusal
  const startedMs = first?.timeMs ?? call.transactions[0]?.request.timeMs ?? 0
  return {
    from: partyIn(first?.message(), 'From'),
    to: partyIn(first?.message(), 'To'),
    state,
    status: final?.status,
    startedMs,
    ringMs: ringing?.seen.timeMs,
    answeredMs: accepted?.seen.timeMs,
    endedMs: ending?.timeMs,
    endedBy: ending === undefined ? undefined : ending === refusal ? otherSide(call.caller) : ending.sender,
    codecs: codecsOf(call),
  }
}
