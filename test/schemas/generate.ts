import { z } from 'zod'
import { configSchema } from '../../src/config/schema.ts'
import { profileSchema } from '../../src/profile/schema.ts'
import { ladderSchema, modifiers, parties } from '../../src/scenario/schema.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** What a file holds before it is read, in the dialect that editors know best. */
const schemaOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' })

const arrows = (arrow: '->' | '<->'): readonly string[] =>
  parties.flatMap((from) => parties.filter((to) => to !== from).map((to) => `${from} ${arrow} ${to}`))

/** A step that has exactly one of these heads, and the words that go with its kind. */
const stepOf = (heads: readonly string[], value: Schema, words: z.ZodType): Schema => {
  const { properties, required = [] } = schemaOf(words)
  return {
    type: 'object',
    properties: { ...Object.fromEntries(heads.map((head) => [head, value])), ...properties },
    required,
    oneOf: heads.map((head) => ({ required: [head] })),
    additionalProperties: false,
  }
}

const pattern: Schema = { type: ['string', 'integer'] }
const patterns: Schema = { anyOf: [pattern, { type: 'array', items: pattern, minItems: 1 }] }

const step: Schema = {
  anyOf: [
    stepOf(arrows('->'), patterns, modifiers.message),
    stepOf([...arrows('<->'), ...arrows('->')], { enum: ['audio', 'pause'] }, modifiers.verb),
    stepOf(['any of'], { type: 'array', items: pattern, minItems: 1 }, modifiers['any-of']),
    stepOf(['never'], patterns, modifiers.never),
  ],
}

const ladder = (): Schema => {
  const schema = schemaOf(ladderSchema)
  const steps = { type: 'array', items: { $ref: '#/definitions/step' }, maxItems: 100 } as const
  return {
    ...schema,
    properties: { ...schema.properties, setup: steps, ladder: { ...steps, minItems: 1 }, finally: steps },
    definitions: { step },
  }
}

/** JSON Schemas of the files that people write, by the name of their file in `schemas/`. */
export const schemas = (): Readonly<Record<'profile' | 'ladder' | 'trunkproof', Schema>> => ({
  profile: { title: 'A profile of trunkproof', ...schemaOf(profileSchema) },
  ladder: { title: 'A ladder of trunkproof', ...ladder() },
  trunkproof: { title: 'trunkproof.yaml', ...schemaOf(configSchema) },
})

export const written = (schema: Schema): string => `${JSON.stringify(schema, null, 2)}\n`

/** The first line of a file that names its schema, for editors. */
export const schemaLine = (file: string, name: 'profile' | 'ladder'): string =>
  `# yaml-language-server: $schema=${'../'.repeat(file.split('/').length - 1)}schemas/${name}.json`
