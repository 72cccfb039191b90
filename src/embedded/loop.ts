import type { FieldDraft, Request } from '../sip/message.ts'
import { fieldAt } from '../sip/view.ts'
import { calledNumber } from './admission.ts'
import { type Leg, codecOf, relayOf } from './leg.ts'
import type { Incoming, LineOptions } from './line.ts'
import { type Originator, originate } from './originate.ts'
import type { EmbeddedOptions } from './party.ts'
import type { TrunkPolicy } from './policy.ts'

type Pair = { readonly caller: Leg; readonly called: Leg; readonly answer: Uint8Array }

export type Loop = Required<Pick<LineOptions, 'onRinging' | 'onAnswered' | 'onOver'>> & {
  readonly open: (incoming: Incoming) => Promise<void>
}

/** Private header fields go through: none of the rest is the caller's to say on another leg. */
const passedOn = ({ fields }: Request): readonly FieldDraft[] =>
  fields.filter(({ name }) => name.toLowerCase().startsWith('x-')).map(({ rawName, value }) => [rawName, value])

/** Calls to a number that is routed back to where they come from: two calls, and what the one side says goes to the other. */
export const createLoop = (originator: () => Originator, options: EmbeddedOptions, policy: TrunkPolicy): Loop => {
  const pairs = new Map<Leg, Pair>()

  const open: Loop['open'] = async (incoming) => {
    const { line } = originator()
    const { request } = incoming
    const { caller: from, called: to, fields, audio, digits } = policy.loops
    const taken = await line.take(incoming)
    if (taken === undefined) return
    const { leg: caller, answer } = taken
    const codec = codecOf(caller)
    const called = await originate(
      originator(),
      options,
      {
        to: to ?? calledNumber(request),
        from: from ?? fieldAt(request, 'From.user') ?? '',
        codecs: codec === undefined ? [] : [codec],
      },
      fields === 'kept' ? passedOn(request) : [],
    )
    if (called?.media === undefined) {
      line.hangUp(caller, 503)
      return
    }
    if (caller.phase === 'over' || caller.media === undefined) {
      line.hangUp(called)
      return
    }
    caller.source = audio === 'both' ? relayOf(called, called.media, 'kept') : { kind: 'silence' }
    called.source = relayOf(caller, caller.media, digits)
    const pair = { caller, called, answer }
    pairs.set(caller, pair)
    pairs.set(called, pair)
  }

  const onOver: Loop['onOver'] = (leg, status) => {
    const pair = pairs.get(leg)
    if (pair === undefined) return
    pairs.delete(pair.caller)
    pairs.delete(pair.called)
    originator().line.hangUp(leg === pair.caller ? pair.called : pair.caller, status)
  }

  return {
    open,
    onRinging: (leg) => {
      const pair = pairs.get(leg)
      if (pair?.called === leg) originator().line.ring(pair.caller, 180)
    },
    onAnswered: (leg) => {
      const pair = pairs.get(leg)
      if (pair?.called === leg) originator().line.accept(pair.caller, pair.answer)
    },
    onOver,
  }
}
