import type { StepOutcome } from '../core/outcome.ts'
import type { Call, Trace, Transaction } from '../observation/trace.ts'

/** A fact that the player noted of the step in which a frame was sent or taken. */
export const factOf = (
  outcomes: readonly StepOutcome[],
  frame: number,
  name: string,
): string | number | boolean | undefined => outcomes.find(({ frames }) => frames.includes(frame))?.facts?.[name]

/** The call of all steps that name none. */
export const mainCall = '1'

export const framesOf = ({
  request,
  requestCopies,
  responses,
  responseCopies,
  acks,
}: Transaction): readonly number[] => [
  request.frame,
  ...requestCopies,
  ...responses.map(({ frame }) => frame),
  ...responseCopies,
  ...acks.map(({ frame }) => frame),
]

/**
 * The call that the ladder knows by that name: the one whose messages its steps met or mistook. One segment of a stream may
 * carry messages of two calls, so that a frame alone does not tell: most of them do.
 */
export const callNamed = (trace: Trace, outcomes: readonly StepOutcome[], name: string): Call | undefined => {
  const frames = new Set(outcomes.filter(({ call }) => call === name).flatMap((outcome) => outcome.frames))
  const shared = ({ transactions }: Call): number =>
    new Set(transactions.flatMap(framesOf).filter((frame) => frames.has(frame))).size
  return trace.calls
    .map((call) => ({ call, frames: shared(call) }))
    .reduce<{ readonly call: Call; readonly frames: number } | undefined>(
      (best, one) => (one.frames > (best?.frames ?? 0) ? one : best),
      undefined,
    )?.call
}
