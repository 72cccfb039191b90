import { skipBlank, skipSpace } from './chars.ts'
import { commaParts } from './commas.ts'
import type { Field } from './message.ts'

/** Where character `index` of a field's unfolded value stands in the message; a fold is one character (RFC 3261 §7.3.1). */
export const placeInValue = (message: string, field: Field, index: number): number => {
  let at = skipBlank(message, message.indexOf(':', field.at) + 1)
  for (let done = 0; done < Math.min(index, field.value.length); done += 1) {
    const end = skipBlank(message, at)
    const isFold = end > at && message.slice(at, end).includes('\n')
    at = isFold ? end : at + 1
  }
  return at
}

export type Part = { readonly text: string; readonly at: number }

/** Elements of a comma list, with where each begins in the value. */
export const partsWithPlaces = (value: string): readonly Part[] => {
  let from = 0
  return commaParts(value).map((text) => {
    const at = skipSpace(value, from)
    from = skipSpace(value, at + text.length) + 1
    return { text, at }
  })
}
