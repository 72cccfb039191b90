import type { Pattern } from './ladder.ts'

/** Methods that ladders speak of today. */
const methods = ['INVITE', 'BYE', 'CANCEL', 'OPTIONS'] as const
/** Methods of the plan whose ladders are not here yet. */
const laterMethods = [
  'REGISTER',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'UPDATE',
  'PRACK',
  'INFO',
  'MESSAGE',
  'PUBLISH',
] as const

const patternAllowed =
  'a method (INVITE, INVITE again, re-INVITE, BYE, CANCEL, OPTIONS), a status, a list of statuses, or a status and what it answers as in 200 to BYE or 487 or 200 to INVITE'

/** A pattern, or why not: what is allowed, or which word has to wait. */
export type ParsedPattern = { readonly pattern: Pattern } | { readonly allowed: string }

const isStatus = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 699

const request = (text: string): ParsedPattern | undefined => {
  if (text === 'INVITE again') return { pattern: { kind: 'request', method: 'INVITE', how: 'again' } }
  if (text === 're-INVITE') return { pattern: { kind: 'request', method: 'INVITE', how: 'within' } }
  if (methods.some((method) => method === text)) {
    const how = text === 'BYE' || text === 'CANCEL' ? 'within' : 'new'
    return { pattern: { kind: 'request', method: text, how } }
  }
  if (text === 'ACK') return { allowed: 'no ACK: it is a duty that is implied; `without: ACK` takes it away' }
  if (laterMethods.some((method) => method === text)) return { allowed: `${patternAllowed}; ${text}: not yet` }
  return undefined
}

/** `200 to BYE`, `487 or 200 to INVITE`. */
const response = (text: string): ParsedPattern | undefined => {
  const words = text.split(' ')
  const [to, method] = words.slice(-2)
  const listed = words.slice(0, -2)
  const statuses = listed.filter((_, place) => place % 2 === 0)
  const isList = listed.length % 2 === 1 && listed.every((word, place) => place % 2 === 0 || word === 'or')
  if (to !== 'to' || !isList || !statuses.every((word) => /^\d{3}$/.test(word) && isStatus(Number(word))))
    return undefined
  if (!methods.some((known) => known === method) || method === undefined) return undefined
  return { pattern: { kind: 'response', statuses: statuses.map(Number), to: method } }
}

/** What stands right of an arrow or of `never`: `INVITE again`, `401`, `[401, 407]`, `200 to BYE`. */
export const parsePattern = (value: unknown): ParsedPattern => {
  if (isStatus(value)) return { pattern: { kind: 'response', statuses: [value] } }
  if (Array.isArray(value) && value.length > 0 && value.every(isStatus))
    return { pattern: { kind: 'response', statuses: value } }
  const parsed = typeof value === 'string' ? (request(value) ?? response(value)) : undefined
  return parsed ?? { allowed: patternAllowed }
}
