import type { Side } from '../core/finding.ts'
import { type Step, type Stimulus, onlyCall } from './ladder.ts'

/** What the SUT must be moved to do, so that it takes this step of its own accord; `undefined` where it needs no moving. */
export const stimulusOf = (step: Step): Stimulus | undefined => {
  if (step.kind !== 'message' || step.pattern.kind !== 'request' || step.stimulus === 'none') return undefined
  const { method, how } = step.pattern
  if (method === 'INVITE' && how === 'new') return 'dial'
  if (method === 'INVITE' && how === 'within')
    return step.with.direction === 'sendonly' || step.with.direction === 'inactive' ? 'hold' : 'resume'
  // Of several calls, one: those that a ladder names are several.
  if (method === 'BYE' || method === 'CANCEL') return step.call === onlyCall ? 'hang-up' : 'hang-up-one'
  return method === 'OPTIONS' ? 'options' : undefined
}

/** The same of any step, of those that the SUT takes: an interval is of its sender alone. */
export const moveFor = (step: Step, sut: Side): Stimulus | undefined => {
  if (step.kind === 'verb') return step.verb === 'dtmf' && step.between[0] === sut ? 'press' : undefined
  return step.kind === 'message' && step.from === sut && !step.optional ? stimulusOf(step) : undefined
}
