import type { StepOutcome } from '../core/outcome.ts'
import type { PhoneAct, VerbStep } from '../scenario/ladder.ts'
import type { PhoneEvent } from './phone-events.ts'
import type { Phone } from './phone.ts'

/** What of the phone an act waits for. */
const awaits: Readonly<Partial<Record<PhoneAct, PhoneEvent>>> = {
  rings: 'rings',
  answers: 'is-up',
  'is-answered': 'is-up',
  'is-released': 'is-released',
}

export type ActedAtPhone = { readonly facts: NonNullable<StepOutcome['facts']> } | { readonly cannot: string }

/** Does at the phone what a step says, or waits for it. The facts are what was dialled, or whether it came. */
export const actAtPhone = async (
  step: VerbStep & { readonly phone: PhoneAct },
  phone: Phone,
  number: string | undefined,
  onRefused: (why: string) => void,
): Promise<ActedAtPhone> => {
  const act = step.phone
  if (act === 'dials') {
    if (number === undefined) return { cannot: 'the step does not say what is dialled' }
    const cannot = await phone.dial(number, onRefused)
    return cannot === undefined ? { facts: { phone: act, dialled: number } } : { cannot }
  }
  if (act === 'hangs-up') return { facts: { phone: act, came: phone.hangUp() === undefined } }
  if (act === 'answers') phone.pickUp()
  const event = awaits[act]
  return { facts: { phone: act, came: event !== undefined && (await phone.until(event, step.forMs)) } }
}
