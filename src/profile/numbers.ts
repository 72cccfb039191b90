import type { NumberFormat } from './profile.ts'

/** ITU-T E.164: at most 15 digits with the country code, which never begins with 0. Fewer than 7 is no subscriber number. */
const digits = /^[1-9]\d{6,14}$/

const bare = (number: string): string => (number.startsWith('+') ? number.slice(1) : number)

/** Whether the user part of a URI has that form. */
export const isOfFormat = (format: NumberFormat, user: string): boolean => {
  const plus = user.startsWith('+')
  if (!digits.test(bare(user))) return false
  return format === 'e164' || plus === (format === 'e164-plus')
}

/** An E.164 number, with or without `+`, in that form; `e164` leaves it as it is, and what is no such number stays as well. */
export const writeAs = (format: NumberFormat, number: string): string => {
  if (format === 'e164' || !isOfFormat('e164', number)) return number
  return format === 'e164-plus' ? `+${bare(number)}` : bare(number)
}

const digitsOf = (number: string): string => number.replaceAll(/[^0-9]/g, '')

/** The shortest subscriber number (see above). */
const subscriberDigits = 7

/** Whether a number that was seen ends like that one: a network may have changed what stands before the subscriber's digits. */
export const isSameSubscriber = (seen: string, number: string): boolean => {
  const digits = digitsOf(number)
  return digits.length < subscriberDigits ? seen === number : digitsOf(seen).endsWith(digits.slice(-subscriberDigits))
}
