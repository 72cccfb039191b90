import type { FieldDraft } from '../sip/message.ts'
import type { Profile } from './profile.ts'

export type CustomHeaders = NonNullable<Profile['customHeaders']>

export const isCustom = (name: string, { prefix }: CustomHeaders): boolean =>
  name.toLowerCase().startsWith(prefix.toLowerCase())

/** Octets of a header field as it is written, its line break included. */
export const octetsOf = ([name, value]: FieldDraft): number => name.length + ': '.length + value.length + '\r\n'.length

const sizes = { half: 0.5, full: 1 } as const
export type Filling = keyof typeof sizes
export const isFilling = (text: string): text is Filling => Object.hasOwn(sizes, text)

/**
 * One more custom header field beside others, so that the longest name and all fields together are as long as documented, or
 * half of it. In the strictest reading: the prefix counts in the name, and names and line breaks count in the total.
 */
export const filledUp = (limits: CustomHeaders, beside: readonly FieldDraft[], filling: Filling): FieldDraft => {
  const { prefix, maxNameLength, maxTotalBytes } = limits
  const share = sizes[filling]
  const name = `${prefix}Trunkproof`.padEnd(Math.floor(maxNameLength * share), '-Long')
  const taken = beside.filter(([other]) => isCustom(other, limits)).reduce((sum, field) => sum + octetsOf(field), 0)
  return [name, 'x'.repeat(Math.max(1, Math.floor(maxTotalBytes * share) - taken - octetsOf([name, ''])))]
}
