import type { Verb } from './verb.ts'
import { audio } from './verbs/audio.ts'
import { dtmf } from './verbs/dtmf.ts'
import { pause } from './verbs/pause.ts'

/** The verbs that ladders may use, by the word in the arrow line. */
export const verbs: Readonly<Record<string, Verb>> = { audio, dtmf, pause }
