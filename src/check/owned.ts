import type { Contract } from '../profile/contract.ts'

/** The digits of a number, whatever its form: that is for another check. */
export const digitsOf = (number: string): string => number.replaceAll('+', '')

/** Numbers that may be the caller ID of a call out; none where nothing is known of them, or any will do. */
export const ownedBy = ({ profile, numbers }: Contract): readonly string[] =>
  profile.numbers.callerId === 'any' ? [] : [numbers.callerId, numbers.did].filter((number) => number !== undefined)

export const isOwned = (user: string | undefined, contract: Contract): boolean =>
  user !== undefined && ownedBy(contract).some((number) => digitsOf(number) === digitsOf(user))
