import type { Step, Stimulus } from './ladder.ts'

/** What the SUT must be moved to do, so that it takes this step of its own accord; `undefined` where it needs no moving. */
export const stimulusOf = (step: Step): Stimulus | undefined => {
  if (step.kind !== 'message' || step.pattern.kind !== 'request' || step.stimulus === 'none') return undefined
  const { method, how } = step.pattern
  if (method === 'INVITE' && how === 'new') return 'dial'
  if (method === 'INVITE' && how === 'within')
    return step.with.direction === 'sendonly' || step.with.direction === 'inactive' ? 'hold' : 'resume'
  if (method === 'BYE' || method === 'CANCEL') return 'hang-up'
  return method === 'OPTIONS' ? 'options' : undefined
}
