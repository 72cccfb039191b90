import { join } from 'node:path'
import { z } from 'zod'
import { packageFolder } from './catalogue.ts'
import { readText } from './store.ts'

/** A documented statement, in our words: what the ids in profiles and findings stand for. */
export type Requirement = {
  readonly id: string
  readonly document: string
  readonly statement: string
  /** How it is measured without a verdict, or why the check that looks at it proves too little. */
  readonly reported?: string
  /** Why no run of ours can show it, where that is so. */
  readonly notTestable?: string
}

const schema = z.array(
  z.strictObject({
    id: z.string(),
    document: z.string(),
    statement: z.string(),
    reported: z.string().exactOptional(),
    notTestable: z.string().exactOptional(),
  }),
)

/** `docs/requirements.json`. */
export const readRequirements = (): readonly Requirement[] => {
  const text = readText(join(packageFolder, 'docs/requirements.json'))
  if (!text.ok) throw new Error(`docs/requirements.json: ${text.fault.saw}`)
  return schema.parse(JSON.parse(text.value))
}
