import type { Party } from '../core/finding.ts'
import { type Loaded, type Path, type YamlFile, checkShape, faultAt, refused } from '../profile/document.ts'
import { isKnownPath } from '../sip/view.ts'
import { type Expectation, type Pattern, type Step, onlyCall } from './ladder.ts'
import { parsePattern } from './pattern.ts'
import { phoneActOf, phoneCall, phoneSteps } from './phone-steps.ts'
import { laterWords, modifiers, parties } from './schema.ts'

type Arrow = { readonly from: Party; readonly to: Party; readonly both: boolean }

/** All arrows between two different parties, by their text. */
const arrows: ReadonlyMap<string, Arrow> = new Map(
  parties.flatMap((from) =>
    parties
      .filter((to) => to !== from)
      .flatMap((to): [string, Arrow][] => [
        [`${from} -> ${to}`, { from, to, both: false }],
        [`${from} <-> ${to}`, { from, to, both: true }],
      ]),
  ),
)

/** Intervals: a tone that is sent and listened for, time in which we do nothing, and digits that are pressed. */
const verbs: readonly unknown[] = ['audio', 'pause', 'dtmf']
const laterVerbs: readonly unknown[] = ['fax', 'dns', 'tls', 'http']
const verbAllowed = `an interval (${verbs.join(', ')})`

const headAllowed = 'exactly one head: an arrow as in `pbx -> trunk`, `any of`, `unordered` or `never`'

/** Where a step stands: every fault of it is placed by that. */
type Site = {
  readonly yaml: YamlFile
  readonly path: Path
  readonly number: number
  readonly head: string
  readonly value: unknown
}

type Words = Readonly<Record<string, unknown>>

const isWords = (value: unknown): value is Words => typeof value === 'object' && value !== null && !Array.isArray(value)

const isHead = (key: string): boolean => arrows.has(key) || ['any of', 'unordered', 'never'].includes(key)

const headOf = (yaml: YamlFile, path: Path, words: Words): Loaded<string> => {
  const keys = Object.keys(words)
  const later = keys.filter((key) => laterWords.includes(key))
  if (later.length > 0)
    return refused(
      ...later.map((key) => faultAt(yaml, [...path, key], `no ${key}: a reserved word, not yet spoken`, 'key')),
    )
  const [head, second] = keys.filter(isHead)
  if (second !== undefined)
    return refused(faultAt(yaml, [...path, second], `${headAllowed}; this step has two: a dash is missing?`, 'key'))
  if (head !== undefined) return { ok: true, value: head }
  const arrow = keys.find((key) => key.includes('->'))
  if (arrow === undefined) return refused(faultAt(yaml, path, headAllowed))
  return refused(faultAt(yaml, [...path, arrow], `an arrow between two of ${parties.join(', ')}`, 'key'))
}

const base = ({ yaml, path, number, head, value }: Site) => ({
  head: `${head}: ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`,
  place: { file: yaml.file, ...yaml.place([...path, head], 'key') },
  number,
})

const patternOf = ({ yaml, path, head, value }: Site): Loaded<Pattern> => {
  const parsed = parsePattern(value)
  return 'pattern' in parsed
    ? { ok: true, value: parsed.pattern }
    : refused(faultAt(yaml, [...path, head], parsed.allowed))
}

const expectationsOf = (
  { yaml, path }: Site,
  expect: Readonly<Record<string, string | number | string[]>>,
): Loaded<readonly Expectation[]> => {
  const at = (field: string): Path => [...path, 'expect', field]
  const unknown = Object.keys(expect).filter((field) => !isKnownPath(field))
  if (unknown.length > 0)
    return refused(
      ...unknown.map((field) =>
        faultAt(yaml, at(field), 'a field path as in Request-URI.user, To.user or Call-ID', 'key'),
      ),
    )
  const value = Object.entries(expect).map(([field, wanted]): Expectation => {
    const named = { path: field, place: { file: yaml.file, ...yaml.place(at(field), 'key') } }
    if (wanted === 'present' || wanted === 'absent') return { ...named, is: wanted }
    return Array.isArray(wanted)
      ? { ...named, is: 'one-of', of: wanted }
      : { ...named, is: 'equal', to: String(wanted) }
  })
  return { ok: true, value }
}

const readMessage = (site: Site, words: Words, { from, to }: Arrow): Loaded<Step> => {
  const pattern = patternOf(site)
  if (!pattern.ok) return pattern
  const read = checkShape(site.yaml, modifiers.message, site.path, words)
  if (!read.ok) return read
  const { expect: wanted, within, after, without, call = onlyCall, ...rest } = read.value
  const expect = expectationsOf(site, wanted)
  if (!expect.ok) return expect
  return {
    ok: true,
    value: {
      kind: 'message',
      ...base(site),
      from,
      to,
      pattern: pattern.value,
      expect: expect.value,
      ...rest,
      call,
      without: without === undefined ? [] : [without],
      at: 'transaction',
      ...(within === undefined ? {} : { withinMs: within }),
      ...(after === undefined ? {} : { afterMs: after }),
    },
  }
}

/** A digit and the pause behind it, and how long a thumb or a machine that is slow is waited for. */
const digitMs = 200
const patienceMs = 4000

/** Digits go one way; their time is the longest that they may take. */
const readDigits = (site: Site, words: Words, { from, to, both }: Arrow): Loaded<Step> => {
  if (both) return refused(faultAt(site.yaml, [...site.path, site.head], 'an arrow of one direction for dtmf', 'key'))
  const read = checkShape(site.yaml, modifiers.dtmf, site.path, words)
  if (!read.ok) return read
  const { digits, for: forMs = digits.length * digitMs + patienceMs, reaches, call = onlyCall } = read.value
  const interval = { verb: 'dtmf', forMs, digits, call, ...(reaches === undefined ? {} : { reaches }) }
  return {
    ok: true,
    value: { kind: 'verb', ...base(site), ...interval, between: [from, to], direction: 'forward' },
  }
}

const readVerb = (site: Site, words: Words, { from, to, both }: Arrow): Loaded<Step> => {
  const read = checkShape(site.yaml, modifiers.verb, site.path, words)
  if (!read.ok) return read
  const { for: forMs, hears, call = onlyCall } = read.value
  const interval = { verb: String(site.value), forMs, call, ...(hears === undefined ? {} : { hears }) }
  return {
    ok: true,
    value: { kind: 'verb', ...base(site), ...interval, between: [from, to], direction: both ? 'both' : 'forward' },
  }
}

const phoneAllowed = `a line of the phone: ${Object.keys(phoneSteps)
  .map((line) => `\`${line}\``)
  .join(', ')}`

const readPhone = (site: Site, words: Words, { from, to }: Arrow): Loaded<Step> => {
  const act = phoneActOf(`${site.head}: ${String(site.value)}`)
  if (act === undefined) return refused(faultAt(site.yaml, [...site.path, site.head], phoneAllowed))
  const read = checkShape(site.yaml, modifiers.phone, site.path, words)
  if (!read.ok) return read
  const { with: said, within: forMs } = read.value
  const interval = { verb: 'phone', phone: act, forMs, with: said, call: phoneCall }
  return { ok: true, value: { kind: 'verb', ...base(site), ...interval, between: [from, to], direction: 'forward' } }
}

const readArrow = (site: Site, words: Words, arrow: Arrow): Loaded<Step> => {
  const at = [...site.path, site.head]
  const ends = [arrow.from, arrow.to]
  if (ends.includes('phone') && ends.includes('pbx')) return readPhone(site, words, arrow)
  const stranger = ends.find((party) => party !== 'pbx' && party !== 'trunk')
  if (stranger !== undefined)
    return refused(
      faultAt(
        site.yaml,
        at,
        `an arrow between pbx and trunk, or pbx and phone; ${stranger} is reserved, not yet played`,
        'key',
      ),
    )
  if (site.value === 'dtmf') return readDigits(site, words, arrow)
  if (verbs.includes(site.value)) return readVerb(site, words, arrow)
  if (laterVerbs.includes(site.value))
    return refused(faultAt(site.yaml, at, `${verbAllowed}; the rest is not yet spoken`))
  return arrow.both ? refused(faultAt(site.yaml, at, verbAllowed)) : readMessage(site, words, arrow)
}

const readAnyOf = (site: Site, words: Words): Loaded<Step> => {
  const pattern = patternOf(site)
  if (!pattern.ok) return pattern
  if (pattern.value.kind !== 'response' || !Array.isArray(site.value))
    return refused(faultAt(site.yaml, [...site.path, site.head], 'a list of statuses as in [180, 183]'))
  const read = checkShape(site.yaml, modifiers['any-of'], site.path, words)
  if (!read.ok) return read
  const { within, call = onlyCall, ...rest } = read.value
  const { statuses } = pattern.value
  return {
    ok: true,
    value: {
      kind: 'any-of',
      ...base(site),
      statuses,
      ...rest,
      call,
      ...(within === undefined ? {} : { withinMs: within }),
    },
  }
}

const readNever = (site: Site, words: Words): Loaded<Step> => {
  const pattern = patternOf(site)
  if (!pattern.ok) return pattern
  const read = checkShape(site.yaml, modifiers.never, site.path, words)
  if (!read.ok) return read
  const { call = onlyCall, ...rest } = read.value
  return { ok: true, value: { kind: 'never', ...base(site), pattern: pattern.value, ...rest, call } }
}

/** One step of a ladder; `number` counts from 1 in its section. */
export const readStep = (yaml: YamlFile, path: Path, step: unknown, number: number): Loaded<Step> => {
  if (!isWords(step)) return refused(faultAt(yaml, path, `a map with ${headAllowed}`))
  const found = headOf(yaml, path, step)
  if (!found.ok) return found
  const head = found.value
  if (head === 'unordered') return refused(faultAt(yaml, [...path, head], 'no unordered within another', 'key'))
  const site: Site = { yaml, path, number, head, value: step[head] }
  const words = Object.fromEntries(Object.entries(step).filter(([key]) => key !== head))
  const arrow = arrows.get(head)
  if (arrow !== undefined) return readArrow(site, words, arrow)
  return head === 'never' ? readNever(site, words) : readAnyOf(site, words)
}
