import { LineCounter, type Document, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { withoutPassword } from '../core/visible.ts'

/** What is wrong in a file that the user gave us: where, what stands there, and what is allowed. */
export type LoadFault = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `signalling.ports.udp`, empty for the whole file. */
  readonly path: string
  readonly found: string
  readonly allowed: string
}
export type Loaded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly LoadFault[] }

export type Path = readonly (string | number)[]

/** A YAML file as plain data that still knows where each value stands. */
export type YamlFile = {
  readonly file: string
  readonly data: unknown
  /** Line and column (from 1) of the value at a path, or of its key; of the nearest one around it where it is missing. */
  readonly place: (path: Path, part?: 'key' | 'value') => { readonly line: number; readonly column: number }
}

/** `profiles/x.yaml:12:5: signalling.ports.udp: found "abc", allowed: a whole number from 1 to 65535`. */
export const showLoadFault = ({ file, line, column, path, found, allowed }: LoadFault): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}found ${found}, allowed: ${allowed}`

const maxCharacters = 256 * 1024
const maxLineLength = 1000
const maxDepth = 50

/** The YAML parser is recursive and can exhaust the stack of the process, so that depth is bounded before it reads. */
const tooDeep = (text: string): boolean => {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > maxDepth) return true
  }
  return text.split('\n').some((line) => line.length > maxLineLength)
}

/** Long input is not said back whole. */
export const shortened = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}...` : value)

const showFound = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (value === null) return 'an empty value'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string') return JSON.stringify(shortened(withoutPassword(value)))
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'a map'
}

const showPath = (path: Path): string =>
  path.reduce<string>((shown, part) => {
    if (typeof part === 'number') return `${shown}[${part}]`
    return shown === '' ? part : `${shown}.${part}`
  }, '')

const wholeFile = (file: string, found: string, allowed: string): LoadFault => ({
  file,
  line: 1,
  column: 1,
  path: '',
  found,
  allowed,
})

/** Byte offset of the value at a path; where it is missing, of the nearest one around it. */
const offsetOf = (document: Document, path: Path, part: 'key' | 'value'): number => {
  let node: unknown = document.contents
  let offset = isMap(node) || isSeq(node) || isScalar(node) ? (node.range?.[0] ?? 0) : 0
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined || !isScalar(pair.key)) return offset
      node = pair.value
      offset = pair.key.range?.[0] ?? offset
      if (last && part === 'key') return offset
    } else if (isSeq(node)) node = node.items[Number(step)]
    else return offset
    if (isMap(node) || isSeq(node) || isScalar(node)) offset = node.range?.[0] ?? offset
  }
  return offset
}

/** Reads YAML 1.2. No anchors, no tags, no second document, bounded in size and depth. Never throws. */
export const readYaml = (file: string, text: string): Loaded<YamlFile> => {
  const refused = (found: string, allowed: string) =>
    ({ ok: false, faults: [wholeFile(file, found, allowed)] }) as const
  if (text.length > maxCharacters) return refused(`${text.length} characters`, `at most ${maxCharacters}`)
  if (tooDeep(text))
    return refused(
      'very deep nesting or a very long line',
      `${maxDepth} brackets deep, ${maxLineLength} characters a line`,
    )

  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const faults = [...document.errors, ...document.warnings].map((error): LoadFault => {
    const place = { file, ...at(error.pos[0]), path: '' }
    if (error.code === 'DUPLICATE_KEY')
      return {
        ...place,
        found: 'the same key twice',
        allowed: 'each key once (in a list of steps: a dash is missing?)',
      }
    return { ...place, found: shortened(error.message.split('\n')[0] ?? ''), allowed: 'YAML 1.2' }
  })
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key)) faults.push(wholeFile(file, 'a key that is a list or a map', 'a text as key'))
    },
    Node: (_, node) => {
      if (isAlias(node) || node.anchor !== undefined || node.tag !== undefined)
        faults.push({
          file,
          ...at(node.range?.[0] ?? 0),
          path: '',
          found: 'an anchor, alias or tag',
          allowed: 'plain values',
        })
    },
  })
  if (faults.length > 0) return { ok: false, faults }
  if (document.contents === null) return refused('nothing', 'a YAML map')
  const data: unknown = document.toJS()
  return { ok: true, value: { file, data, place: (path, part = 'value') => at(offsetOf(document, path, part)) } }
}

const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined
    return Object.getOwnPropertyDescriptor(value, part)?.value
  }, data)

export const refused = (
  ...faults: readonly LoadFault[]
): { readonly ok: false; readonly faults: readonly LoadFault[] } => ({
  ok: false,
  faults,
})

/** A fault of the value (or the key) at a path. */
export const faultAt = (yaml: YamlFile, path: Path, allowed: string, part: 'key' | 'value' = 'value'): LoadFault => ({
  file: yaml.file,
  ...yaml.place(path, part),
  path: showPath(part === 'key' ? path.slice(0, -1) : path),
  found:
    part === 'key' ? `the key ${JSON.stringify(shortened(String(path.at(-1))))}` : showFound(valueAt(yaml.data, path)),
  allowed,
})

/** Holds a value of the file, the whole where no path is given, to a schema; every issue becomes a fault with its place. */
export const checkShape = <T>(
  yaml: YamlFile,
  schema: z.ZodType<T>,
  base: Path = [],
  value = valueAt(yaml.data, base),
): Loaded<T> => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data }
  const faults = parsed.error.issues.flatMap((issue): readonly LoadFault[] => {
    const path = [...base, ...issue.path.filter((part) => typeof part !== 'symbol')]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => faultAt(yaml, [...path, key], issue.message, 'key'))
    if (issue.code === 'invalid_key') return [faultAt(yaml, path, issue.issues[0]?.message ?? issue.message, 'key')]
    return [faultAt(yaml, path, issue.message)]
  })
  return { ok: false, faults }
}
