import type { Ladder, PhoneAct, Step } from './ladder.ts'

/**
 * The phone's own leg of a call, apart from what PBX and trunk say to each other: neither holds back the other.
 * Its steps leave facts, as intervals do; what did not come at the phone is for a check to tell.
 */
export const phoneCall = 'phone'

/** What is done or awaited at the phone, by the arrow line. */
export const phoneSteps: Readonly<Record<string, PhoneAct>> = {
  'phone -> pbx: INVITE': 'dials',
  'pbx -> phone: INVITE': 'rings',
  'phone -> pbx: 200': 'answers',
  'pbx -> phone: 200': 'is-answered',
  'phone -> pbx: BYE': 'hangs-up',
  'pbx -> phone: BYE': 'is-released',
}

/** The act of an arrow line with what stands right of it. */
export const phoneActOf = (head: string): PhoneAct | undefined =>
  Object.entries(phoneSteps).find(([line]) => line === head)?.[1]

export const stepsOf = ({ setup, ladder, finally: last }: Ladder): readonly Step[] => [...setup, ...ladder, ...last]

/** Whether a ladder has three parties. */
export const isWithPhone = (ladder: Ladder): boolean =>
  stepsOf(ladder).some((step) => step.kind === 'verb' && step.phone !== undefined)
