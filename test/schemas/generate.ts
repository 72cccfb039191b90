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
    stepOf(arrows('->'), { const: 'dtmf' }, modifiers.dtmf),
    stepOf(['any of'], { type: 'array', items: pattern, minItems: 1 }, modifiers['any-of']),
    stepOf(['never'], patterns, modifiers.never),
    {
      type: 'object',
      properties: { unordered: { type: 'array', items: { $ref: '#/definitions/step' }, minItems: 2 } },
      required: ['unordered'],
      additionalProperties: false,
    },
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

/** A part of a file: maps merge with those of the file that it extends, so that none of their words must stand here. */
const partOf = ({ required: _required, ...schema }: Schema): Schema => ({
  ...schema,
  ...(schema.properties === undefined
    ? {}
    : {
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, value]) => [
            name,
            typeof value === 'object' ? partOf(value) : value,
          ]),
        ),
      }),
})

/** A whole profile, one that extends another, or the base of others, which is no trunk by itself. */
const profile = (): Schema => {
  const { $schema, ...whole } = schemaOf(profileSchema)
  const part = partOf(whole)
  const marked = (name: string, value: Schema, required: string[]): Schema => ({
    ...part,
    properties: { [name]: value, ...part.properties },
    required,
  })
  return {
    ...($schema === undefined ? {} : { $schema }),
    anyOf: [whole, marked('extends', { type: 'string' }, ['id', 'extends']), marked('base', { const: true }, ['base'])],
  }
}

/** JSON Schemas of the files that people write, by the name of their file in `schemas/`. */
export const schemas = (): Readonly<Record<'profile' | 'ladder' | 'trunkproof', Schema>> => ({
  profile: { title: 'A profile of trunkproof', ...profile() },
  ladder: { title: 'A ladder of trunkproof', ...ladder() },
  trunkproof: { title: 'trunkproof.yaml', ...schemaOf(configSchema) },
})

export const written = (schema: Schema): string => `${JSON.stringify(schema, null, 2)}\n`

/** The first line of a file that names its schema, for editors. */
export const schemaLine = (file: string, name: 'profile' | 'ladder'): string =>
  `# yaml-language-server: $schema=${'../'.repeat(file.split('/').length - 1)}schemas/${name}.json`
