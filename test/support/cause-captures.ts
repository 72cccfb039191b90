import type { CauseCapture } from './causes/flows.ts'
import { mediaCauses } from './causes/media.ts'
import { networkCauses } from './causes/network.ts'
import { setUpCauses } from './causes/set-up.ts'

/** A capture for each cause, some for several. */
export const causeCaptures: readonly CauseCapture[] = [...mediaCauses, ...setUpCauses, ...networkCauses]
