import { z } from 'zod'

/**
 * Building blocks of all file schemas. Each says what is allowed in the words of the person who writes the file, so that
 * a refusal can print it as it stands.
 */
export const text = (allowed: string, maxLength = 500) =>
  z.string(allowed).min(1, allowed).max(maxLength, `${allowed}, at most ${maxLength} characters`)

export const wholeNumber = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`
  return z.number(allowed).int(allowed).min(min, allowed).max(max, allowed)
}

export const oneOf = <const T extends readonly (string | number)[]>(values: T) =>
  z.literal([...values] as T[number][], `one of: ${values.join(', ')}`)

export const yesOrNo = z.boolean('true or false')

export const listOf = <T extends z.ZodType>(item: T, allowed: string, min = 1) =>
  z.array(item, allowed).min(min, allowed).max(500, `${allowed}, at most 500`)

/** A map with exactly these keys; any other is refused with the list of those that are known. */
export const mapOf = <T extends z.ZodRawShape>(shape: T) => {
  const known = `one of: ${Object.keys(shape).join(', ')}`
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? known : `a map with ${known}`) })
}

export const dictionaryOf = <K extends z.ZodType<string, string>, V extends z.ZodType>(
  key: K,
  value: V,
  allowed: string,
) => z.record(key, value, { error: ({ code }) => (code === 'invalid_type' ? `a map of ${allowed}` : undefined) })

/** A text of one simple character class, so that matching is linear. */
export const word = (pattern: RegExp, allowed: string) => z.string(allowed).max(200, allowed).regex(pattern, allowed)

const isCidr = (value: string): boolean => {
  const [address = '', bits, rest] = value.split('/')
  if (bits === undefined || rest !== undefined || !/^\d{1,3}$/.test(bits)) return false
  return z.ipv4().safeParse(address).success
    ? Number(bits) <= 32
    : z.ipv6().safeParse(address).success && Number(bits) <= 128
}
const cidrAllowed = 'an address block as in 192.0.2.0/24'
export const cidr = z.string(cidrAllowed).refine(isCidr, cidrAllowed)

const hostAllowed = 'a host name as in sip.example.com'
export const hostName = word(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/, hostAllowed)

const rangeAllowed = 'a port range as in 10000-60000'
/** `10000-60000` to its first and last port. */
export const portRange = z.string(rangeAllowed).transform((value, context) => {
  const [first = NaN, last = NaN, rest] = value.split('-').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : NaN))
  if (rest === undefined && first >= 1 && first <= last && last <= 65535) return { first, last }
  context.issues.push({ code: 'custom', message: rangeAllowed, input: value })
  return z.NEVER
})

/** An id of a folder's file: `group/name`, or a single word. */
export const fileId = word(/^[a-z0-9]+(?:[/-][a-z0-9]+)*$/, 'an id of lower-case words as in sinch/eu')
export const checkId = word(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'the id of a check as in auth-realm')

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/** A day of the calendar; a month of 13 or a 30th of February is none. */
const isDay = (value: string): boolean => {
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}
export const day = (allowed: string) =>
  word(dayPattern, allowed).refine((value) => !dayPattern.test(value) || isDay(value), allowed)
