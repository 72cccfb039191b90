import type { Inspection } from './inspection.ts'

const indented = (value: unknown, by: string): string => JSON.stringify(value, null, 2).replaceAll('\n', `\n${by}`)

/** An array, one item a piece: a capture of many calls makes a document of many megabytes. */
const pieces = function* (items: readonly unknown[], by: string): Generator<string> {
  if (items.length === 0) {
    yield '[]'
    return
  }
  yield '['
  for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n${by}  ${indented(item, `${by}  `)}`
  yield `\n${by}]`
}

const one = function* (inspection: Inspection, by: string): Generator<string> {
  yield '{'
  for (const [index, [key, value]] of Object.entries(inspection).entries()) {
    yield `${index === 0 ? '' : ','}\n${by}  ${JSON.stringify(key)}: `
    if (Array.isArray(value)) yield* pieces(value, `${by}  `)
    else yield indented(value, `${by}  `)
  }
  yield `\n${by}}`
}

/** What `inspect --json` prints: an object for one capture, an array for several; as `JSON.stringify(…, null, 2)` has it. */
export const inspectionJson = function* (inspections: readonly Inspection[]): Generator<string> {
  const [only] = inspections
  if (only !== undefined && inspections.length === 1) yield* one(only, '')
  else {
    yield '['
    for (const [index, inspection] of inspections.entries()) {
      yield `${index === 0 ? '' : ','}\n  `
      yield* one(inspection, '  ')
    }
    yield '\n]'
  }
  yield '\n'
}
