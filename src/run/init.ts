import { join, relative } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { ok } from '../core/result.ts'
import { withoutPassword } from '../core/visible.ts'
import { shortened } from '../profile/document.ts'
import { packageFolder, readProfiles } from './catalogue.ts'
import { configName } from './own-file.ts'
import { type Checked, refuse } from './refusal.ts'
import { readText, writeFileWhole } from './store.ts'

/** What `trunkproof.yaml` is made of; a word that is missing stands in it as a comment. */
export type InitAnswers = {
  readonly profile?: string
  readonly pbx?: string
  readonly trunk?: string
  readonly callerId?: string
  readonly callee?: string
  readonly did?: string
}

type Name = keyof InitAnswers

const defaultProfile = 'sinch/eu'

const quoted = (value: string): string => JSON.stringify(value)

/** An answer as an error says it back. */
const shown = (answer: string): string => quoted(shortened(withoutPassword(answer)))

const numberNames = ['callerId', 'callee', 'did'] as const

/** One key as it stands in the file. */
const entry = (name: Name, value: string): string => {
  if (numberNames.some((one) => one === name)) return `numbers: { ${name}: ${quoted(value)} }`
  return `${name}: ${quoted(value)}`
}

const profileIds = (): readonly string[] => {
  const profiles = readProfiles()
  return profiles.ok ? profiles.value.map(({ id }) => id) : []
}

/** What is wrong with an answer, in the words of the schema. */
const faultOf = (name: Name, value: string): string | undefined => {
  const known = name === 'profile' ? profileIds() : []
  if (known.length > 0 && !known.includes(value)) return `one of ${known.join(', ')}`
  const loaded = loadConfig(configName, `${entry(name, value)}\n`)
  return loaded.ok ? undefined : loaded.faults.map(({ allowed }) => allowed).join('; ')
}

const questions: readonly (readonly [Name, string])[] = [
  ['pbx', 'PBX under test, as in sip:10.0.0.5 (Enter: none)'],
  ['trunk', 'Trunk under test, as in sip:trunk.example.com (Enter: none)'],
  ['callerId', 'Number of yours that calls go out with, as in +12025550100 (Enter: later)'],
  ['callee', 'Number that may be called, as in +12025550101 (Enter: later)'],
  ['did', 'Number of yours that is called from outside, as in +12025550102 (Enter: later)'],
]

const names: readonly Name[] = ['profile', ...questions.map(([name]) => name)]

export type Ask = (question: string) => Promise<string>

const askOne = async (ask: Ask, name: Name, question: string): Promise<string> => {
  for (let wrong = ''; ;) {
    const answer = (await ask(`${wrong}${question}: `)).trim()
    const fault = answer === '' ? undefined : faultOf(name, answer)
    if (fault === undefined) return answer
    wrong = `${shown(answer)} is not ${fault}\n`
  }
}

/** A few questions; an empty answer leaves the word out. Of PBX and trunk one is under test. */
export const askInit = async (ask: Ask): Promise<InitAnswers> => {
  const answers: Partial<Record<Name, string>> = {}
  const profile = await askOne(ask, 'profile', `Provider: ${profileIds().join(', ')} (Enter: ${defaultProfile})`)
  answers.profile = profile === '' ? defaultProfile : profile
  for (const [name, question] of questions) {
    if (name === 'trunk' && answers.pbx !== undefined) continue
    const answer = await askOne(ask, name, question)
    if (answer !== '') answers[name] = answer
  }
  return answers
}

const line = (name: Name, value: string | undefined, example: string, indent = ''): string =>
  value === undefined ? `# ${indent}${name}: ${quoted(example)}` : `${indent}${name}: ${quoted(value)}`

const fileText = (answers: InitAnswers, schema: string): string => {
  const { profile = defaultProfile, pbx, trunk, callerId, callee, did } = answers
  const anyNumber = [callerId, callee, did].some((number) => number !== undefined)
  return [
    `# yaml-language-server: $schema=${schema}`,
    '# What trunkproof knows of your side. Check it with: trunkproof validate trunkproof.yaml',
    line('profile', profile, defaultProfile),
    '',
    '# The system under test, by its next hop: one of the two.',
    line('pbx', pbx, 'sip:10.0.0.5'),
    line('trunk', trunk, 'sip:trunk.example.com'),
    '',
    '# The only numbers that are ever called or named.',
    anyNumber ? 'numbers:' : '# numbers:',
    line('callerId', callerId, '+12025550100', '  '),
    line('callee', callee, '+12025550101', '  '),
    line('did', did, '+12025550102', '  '),
    '',
    '# Secrets never stand here: they come from the environment or a file.',
    '# credentials: { username: { env: TRUNK_USER }, password: { env: TRUNK_PASS } }',
    '',
    '# How the system under test is moved to dial: a command as a list, or a prompt to a person.',
    '# stimulus: { dial: { prompt: "dial ${to}" } }',
    '',
    '# Calls cost money: so many and so long at most in one run.',
    'limits: { calls: 50, seconds: 600 }',
    '',
  ].join('\n')
}

/** Writes `trunkproof.yaml`, which is right by its schema; never over one that is there. */
export const writeInit = (answers: InitAnswers, cwd: string, force: boolean): Checked<string> => {
  if (answers.pbx !== undefined && answers.trunk !== undefined)
    return refuse('both a PBX and a trunk are given', 'one of them: the side under test')
  const wrong = names.flatMap((name) => {
    const value = answers[name]
    const fault = value === undefined ? undefined : faultOf(name, value)
    return fault === undefined ? [] : [`${name} ${shown(value ?? '')} is not ${fault}`]
  })
  if (wrong.length > 0) return refuse(wrong.join('; '), 'trunkproof init --help')
  const path = join(cwd, configName)
  const there = readText(path)
  if (!force && (there.ok || there.fault.rule !== 'file.missing'))
    return refuse(`${configName} is there already`, 'trunkproof init --force to write it anew')
  const schema = relative(cwd, join(packageFolder, 'schemas', 'trunkproof.json')).replaceAll('\\', '/')
  try {
    writeFileWhole(path, fileText(answers, schema))
  } catch (error) {
    return refuse(
      `${configName} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'another folder',
    )
  }
  return ok(configName)
}
