import type { Timers } from '../transaction/machine.ts'

/** RFC 3261 table 4, with T2 and T4 in the proportion to T1 that its defaults have: 500 ms, 4 s and 5 s. */
export const timersOf = (t1Ms: number): Timers => ({ t1Ms, t2Ms: 8 * t1Ms, t4Ms: 10 * t1Ms })
