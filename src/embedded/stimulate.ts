import type { Leg } from './leg.ts'
import type { Line } from './line.ts'
import type { EmbeddedParty, StimulusArguments } from './party.ts'

type Moves = {
  readonly dial: (args: StimulusArguments) => unknown
  /** Picks up a call that rings; parties that answer by themselves need none. */
  readonly answer?: (leg: Leg) => void
  /** Request-URI of a sign of life that it asks for. */
  readonly target: () => string
}

/** What moves a party from outside: dialling is its own, the rest goes to the calls that are up. */
export const byStimulus =
  (line: Line, moves: Moves): EmbeddedParty['stimulate'] =>
  (stimulus, args) => {
    switch (stimulus) {
      case 'dial':
        moves.dial(args)
        return
      case 'hang-up':
        for (const leg of line.legs()) line.hangUp(leg)
        return
      case 'hang-up-one':
        for (const leg of line.legs()) if (line.callIdOf(leg) === args.callId) line.hangUp(leg)
        return
      case 'hold':
      case 'resume':
        for (const leg of line.legs()) line.hold(leg, stimulus === 'hold')
        return
      case 'answer':
        for (const leg of line.legs()) moves.answer?.(leg)
        return
      case 'press':
        for (const leg of line.legs()) line.press(leg, args.digits ?? '')
        return
      case 'options':
        line.ping(moves.target())
    }
  }
