import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { schemaLine, schemas, written } from './generate.ts'

const root = new URL('../../', import.meta.url).pathname
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const names = ['profile', 'ladder', 'trunkproof'] as const

/** zod forgets `additionalProperties` where `oneOf` stands beside it: exactly one head is for editors to demand. */
const withoutHeads = (key: string, value: unknown): unknown => (key === 'oneOf' ? undefined : value)

/** The schema as it is shipped, read by a reader of JSON Schema. */
const readerOf = (name: (typeof names)[number]): z.ZodType =>
  z.fromJSONSchema(JSON.parse(read(`schemas/${name}.json`), withoutHeads) as z.core.JSONSchema.JSONSchema)

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => `${folder}/${path}`)
    .sort()

test.each(names)('schemas/%s.json is what the code says (else: npm run schemas)', (name) => {
  expect(read(`schemas/${name}.json`)).toBe(written(schemas()[name]))
})

describe.each([
  ['profiles', 'profile'],
  ['scenarios', 'ladder'],
] as const)('%s', (folder, name) => {
  const reader = readerOf(name)
  test.each(filesOf(folder))('%s names its schema (else: npm run schemas), and is right by it', (file) => {
    const text = read(file)
    expect(text.split('\n', 1)[0]).toBe(schemaLine(file, name))
    expect(reader.safeParse(parse(text)).error?.issues ?? []).toEqual([])
  })
})

test('a right trunkproof.yaml is right by its schema, a secret in it is not', () => {
  const reader = readerOf('trunkproof')
  const config = (password: unknown) => ({
    profile: 'sinch/eu',
    pbx: 'sip:10.0.0.5',
    numbers: { callee: '+12345678900' },
    credentials: { username: { env: 'TRUNK_USER' }, password },
    stimulus: { dial: { command: ['asterisk', '-rx', 'x'] } },
  })
  expect(reader.safeParse(config({ env: 'TRUNK_PASS' })).success).toBe(true)
  expect(reader.safeParse(config('zanzibar')).success).toBe(false)
})

test.each([
  ['an unknown word', { ladder: [{ 'pbx -> trunk': 'INVITE', wiht: {} }] }],
  ['words of two kinds of step', { ladder: [{ 'pbx <-> trunk': 'audio', for: '2s', expect: {} }] }],
  ['a time without a unit', { ladder: [{ 'trunk -> pbx': 200, within: '30' }] }],
  ['no step', { ladder: [] }],
])('a ladder with %s is wrong by its schema', (_, part) => {
  const whole = { id: 'a/b', title: 'T', purpose: 'P', tests: ['pbx'] }
  const reader = readerOf('ladder')
  expect(reader.safeParse({ ...whole, ladder: [{ 'trunk -> pbx': 200, within: '30s' }] }).success).toBe(true)
  expect(reader.safeParse({ ...whole, ...part }).success).toBe(false)
})
