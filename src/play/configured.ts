import { stimulusNames } from '../config/schema.ts'
import type { Clock } from '../core/world.ts'
import type { Stimulus } from '../scenario/ladder.ts'
import { runCommand } from './command.ts'
import { type HttpStimulus, callHttp } from './http.ts'
import { withoutSecrets } from './secrets.ts'
import type { Stimuli, StimulusArguments } from './stimulus.ts'

/** How `trunkproof.yaml` says that the SUT is moved. */
export type Means =
  | { readonly command: readonly string[] }
  | { readonly http: HttpStimulus }
  /** What a person is asked to do, who then says that it is done. */
  | { readonly prompt: string }

/** Asks the operator and waits; `false` where nobody is there to answer. */
export type Ask = (question: string, signal: AbortSignal) => Promise<boolean>

const prompted = async (
  text: string,
  { from, to, callId, digits = '' }: StimulusArguments,
  ask: Ask | undefined,
  signal: AbortSignal,
) => {
  const question = text
    .replaceAll('${to}', () => to)
    .replaceAll('${from}', () => from)
    .replaceAll('${callId}', () => callId)
    .replaceAll('${digits}', () => digits)
  return (await ask?.(question, signal)) === true ? undefined : `nobody answered the prompt ${JSON.stringify(question)}`
}

export type ConfiguredOptions = {
  /** Nothing where nobody can be asked. */
  readonly ask: Ask | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What no reason may show. */
  readonly secrets: readonly string[]
}

const isPrompt = (means: Means | undefined): boolean => means !== undefined && 'prompt' in means

/** Of a reason, in characters. */
const longestReason = 300

/** Stimuli by what `trunkproof.yaml` gives for each. */
export const configuredStimuli = (
  means: Readonly<Partial<Record<Stimulus, Means>>>,
  { ask, clock, signal, secrets }: ConfiguredOptions,
): Stimuli => {
  const use = (one: Means, args: StimulusArguments): Promise<string | undefined> => {
    if ('http' in one) return callHttp(one.http, args, signal)
    return 'prompt' in one ? prompted(one.prompt, args, ask, signal) : runCommand(one.command, args, clock, signal)
  }
  const known = stimulusNames.filter((name) => means[name] !== undefined)
  const unasked = known.filter((name) => ask === undefined && isPrompt(means[name]))
  return {
    available: new Set(known.filter((name) => !unasked.includes(name))),
    unasked: new Set(unasked),
    fire: async (stimulus, args) => {
      const one = means[stimulus]
      const reason = one === undefined ? `nothing is configured for the stimulus ${stimulus}` : await use(one, args)
      if (reason === undefined) return undefined
      return { reason: withoutSecrets(reason, secrets).slice(0, longestReason), by: 'means' }
    },
  }
}
