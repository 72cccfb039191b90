import { type Failed, type Result, fault, ok } from '../core/result.ts'

const cite = 'none'

/** Names of all `${…}` of a template, in order. Fails where one is not closed. */
export const namesIn = (template: string): Result<readonly string[]> => {
  const names: string[] = []
  const filled = fill(template, (name) => {
    names.push(name)
    return ok('')
  })
  return filled.ok ? ok(names) : filled
}

/** Replaces each `${name}` by what `lookUp` gives; everything else is literal. One pass: what is put in is not read again. */
export const fill = (template: string, lookUp: (name: string) => Result<string>): Result<string> => {
  let filled = ''
  let at = 0
  for (;;) {
    const open = template.indexOf('${', at)
    if (open < 0) return ok(filled + template.slice(at))
    const close = template.indexOf('}', open)
    if (close < 0) return fault('template.syntax', cite, `${template.slice(open)}: a closing } is missing`, open)
    const value = lookUp(template.slice(open + 2, close))
    if (!value.ok) return value
    filled += template.slice(at, open) + value.value
    at = close + 1
  }
}

export const unknownName = (name: string, known: readonly string[]): Failed =>
  fault('template.name', cite, `\${${name}} is not known; known: ${known.join(', ')}`)
