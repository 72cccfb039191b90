import type { StepOutcome } from '../core/outcome.ts'
import type { Call, Trace, Transaction } from '../observation/trace.ts'

/** A fact that the player noted of the step in which a frame was sent or taken. */
export const factOf = (
  outcomes: readonly StepOutcome[],
  frame: number,
  name: string,
): string | number | boolean | undefined => outcomes.find(({ frames }) => frames.includes(frame))?.facts?.[name]

const framesOf = ({ request, requestCopies, responses, responseCopies, acks }: Transaction): readonly number[] => [
  request.frame,
  ...requestCopies,
  ...responses.map(({ frame }) => frame),
  ...responseCopies,
  ...acks.map(({ frame }) => frame),
]

/** The call that the ladder knows by that name: the one whose messages its steps met or mistook. */
export const callNamed = (trace: Trace, outcomes: readonly StepOutcome[], name: string): Call | undefined => {
  const frames = new Set(outcomes.filter(({ call }) => call === name).flatMap((outcome) => outcome.frames))
  return trace.calls.find(({ transactions }) => transactions.flatMap(framesOf).some((frame) => frames.has(frame)))
}
