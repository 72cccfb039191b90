import { healthyMedia } from './healthy-media.ts'
import { healthySetUps } from './healthy-set-ups.ts'
import { healthyTransactions } from './healthy-transactions.ts'

/** Calls with nothing wrong, however odd. */
export const healthyCaptures = [...healthyMedia, ...healthySetUps, ...healthyTransactions]
