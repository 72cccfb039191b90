import type { DialExample } from '../profile/contract.ts'
import type { Stimulus } from '../scenario/ladder.ts'
import type { Phone } from './phone.ts'
import type { Stimuli, StimulusArguments } from './stimulus.ts'

/** What a phone behind the PBX can move it to do. */
export const phoneMoves: ReadonlySet<Stimulus> = new Set<Stimulus>([
  'dial',
  'hang-up',
  'hold',
  'resume',
  'answer',
  'press',
])

/** What a user dials so that a number is called; the number itself where no example tells. */
export const dialledFor = (number: string, dialPlan: readonly DialExample[]): string =>
  dialPlan.find(({ sends }) => sends === number)?.dials ?? number

/** The phone moves the PBX, where nothing else is configured for it. A number is dialled as the dial plan has it. */
export const phoneStimuli = (phone: Phone, dialPlan: readonly DialExample[], configured: Stimuli): Stimuli => {
  const move = (
    stimulus: Stimulus,
    { to, digits = '' }: StimulusArguments,
  ): Promise<string | undefined> | string | undefined => {
    switch (stimulus) {
      case 'dial':
        return phone.dial(dialledFor(to, dialPlan))
      case 'hang-up':
        return phone.hangUp()
      case 'hold':
      case 'resume':
        return phone.hold(stimulus === 'hold')
      case 'press':
        return phone.press(digits)
      case 'answer':
        return undefined // it picks up by itself
      case 'hang-up-one':
        return 'a phone has one call at a time'
      case 'options':
        return 'a phone cannot make a PBX send OPTIONS'
    }
  }
  return {
    available: new Set([...configured.available, ...phoneMoves]),
    fire: async (stimulus, args) => {
      if (configured.available.has(stimulus)) return configured.fire(stimulus, args)
      const reason = await move(stimulus, args)
      return reason === undefined ? undefined : { reason, by: 'sut' }
    },
  }
}
