import { fault, ok } from './result.ts'
import type { Result } from './result.ts'

/** What kind of address it is (RFC 6890 and the registries that follow it). */
export type Scope = 'public' | 'private' | 'loopback' | 'link-local' | 'unspecified' | 'multicast' | 'documentation'

/** A block of addresses: 4 or 16 octets and the number of leading bits that count. */
export type Cidr = { readonly octets: readonly number[]; readonly prefix: number }

const isDigits = (text: string): boolean => /^[0-9]{1,3}$/.test(text)

/** Four octets; no leading zeros, which some readers take for octal (RFC 6943 §3.1.1). */
const ipv4Octets = (text: string): readonly number[] | undefined => {
  const parts = text.length > 15 ? [] : text.split('.')
  if (parts.length !== 4) return undefined
  const octets: number[] = []
  for (const part of parts) {
    if (!isDigits(part) || (part.length > 1 && part.startsWith('0')) || Number(part) > 255) return undefined
    octets.push(Number(part))
  }
  return octets
}

const groupOctets = (text: string): number[] | undefined => {
  if (text === '') return []
  const octets: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const embedded = index === groups.length - 1 && group.includes('.') ? ipv4Octets(group) : undefined
    if (embedded) octets.push(...embedded)
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) octets.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 255)
    else return undefined
  }
  return octets
}

/** Sixteen octets (RFC 4291 §2.2). */
const ipv6Octets = (text: string): readonly number[] | undefined => {
  if (text.length > 45) return undefined
  const halves = text.split('::')
  const head = groupOctets(halves[0] ?? '')
  if (head === undefined || halves.length > 2) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  // An IPv4 tail belongs to the end of the address only.
  if ((halves[0] ?? '').includes('.')) return undefined
  const tail = groupOctets(halves[1] ?? '')
  if (tail === undefined || head.length + tail.length > 14) return undefined
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail]
}

/** Without the brackets that a URI puts around IPv6, and without a zone (RFC 4007 §11). */
const bare = (text: string): string => {
  const inner = text.startsWith('[') && text.endsWith(']') && text.includes(':') ? text.slice(1, -1) : text
  const zone = inner.indexOf('%')
  return zone > 0 && inner.includes(':') ? inner.slice(0, zone) : inner
}

const octetsOf = (text: string): readonly number[] | undefined => {
  const literal = bare(text)
  return literal.includes(':') ? ipv6Octets(literal) : ipv4Octets(literal)
}

/** Whether the text is an IPv4 or IPv6 address (IPv6 also in brackets), not a name. */
export const isIpLiteral = (text: string): boolean => octetsOf(text) !== undefined

const dotted = (octets: readonly number[]): string => octets.join('.')

const isMapped = (octets: readonly number[]): boolean =>
  octets.length === 16 &&
  octets.slice(0, 10).every((octet) => octet === 0) &&
  octets.slice(10, 12).every((octet) => octet === 255)

const longestZeroRun = (groups: readonly number[]): { readonly start: number; readonly length: number } => {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  return best
}

/** The canonical text of an address (RFC 5952), without brackets or zone; a text that is no address comes back as it is. */
export const normalizeAddress = (text: string): string => {
  const octets = octetsOf(text)
  if (octets === undefined) return text
  if (octets.length === 4) return dotted(octets)
  if (isMapped(octets)) return `::ffff:${dotted(octets.slice(12))}`
  const groups = Array.from({ length: 8 }, (_, i) => (octets[2 * i] ?? 0) * 256 + (octets[2 * i + 1] ?? 0))
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  const zeros = longestZeroRun(groups)
  // RFC 5952 §4.2.2: `::` never stands for one group alone.
  if (zeros.length < 2) return hex(groups)
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`
}

/** `192.0.2.0/24`, `2001:db8::/32`, or an address alone for the block of just that one (RFC 4632 §3.1). */
export const parseCidr = (text: string): Result<Cidr> => {
  const slash = text.indexOf('/')
  const octets = octetsOf(slash < 0 ? text : text.slice(0, slash))
  if (octets === undefined) return fault('cidr.address', '4632 §3.1', text)
  if (slash < 0) return ok({ octets, prefix: octets.length * 8 })
  const length = text.slice(slash + 1)
  if (!isDigits(length) || Number(length) > octets.length * 8) return fault('cidr.prefix', '4632 §3.1', text, slash + 1)
  return ok({ octets, prefix: Number(length) })
}

const isWithin = (octets: readonly number[], block: Cidr): boolean => {
  if (octets.length !== block.octets.length) return false
  return octets.every((octet, index) => {
    const bits = Math.min(8, Math.max(0, block.prefix - index * 8))
    const mask = (0xff00 >> bits) & 0xff
    return (octet & mask) === ((block.octets[index] ?? 0) & mask)
  })
}

/** The first and the last address of an IPv4 block, once where it is one; none of another family. */
export const endsOfBlock = (cidr: string): readonly string[] => {
  const block = parseCidr(cidr)
  if (!block.ok || block.value.octets.length !== 4) return []
  const { octets, prefix } = block.value
  const rest = octets.map((_, index) => 0xff >> Math.min(8, Math.max(0, prefix - index * 8)))
  const first = dotted(octets.map((octet, index) => octet & ~(rest[index] ?? 0)))
  const last = dotted(octets.map((octet, index) => octet | (rest[index] ?? 0)))
  return first === last ? [first] : [first, last]
}

/** Whether an address lies in a block; false where either is not well-formed or the families differ. */
export const inCidr = (address: string, cidr: string): boolean => {
  const octets = octetsOf(address)
  const block = parseCidr(cidr)
  return octets !== undefined && block.ok && isWithin(octets, block.value)
}

/** IANA special-purpose registries (RFC 6890); reserved and benchmark blocks count as private: nothing reaches them. */
const specialBlocks = (
  [
    ['0.0.0.0/8', 'unspecified'], // RFC 1122 §3.2.1.3
    ['10.0.0.0/8', 'private'], // RFC 1918
    ['100.64.0.0/10', 'private'], // RFC 6598
    ['127.0.0.0/8', 'loopback'], // RFC 1122 §3.2.1.3
    ['169.254.0.0/16', 'link-local'], // RFC 3927
    ['172.16.0.0/12', 'private'], // RFC 1918
    ['192.0.0.0/24', 'private'], // RFC 6890 §2.1
    ['192.0.2.0/24', 'documentation'], // RFC 5737
    ['192.168.0.0/16', 'private'], // RFC 1918
    ['198.18.0.0/15', 'private'], // RFC 2544
    ['198.51.100.0/24', 'documentation'], // RFC 5737
    ['203.0.113.0/24', 'documentation'], // RFC 5737
    ['224.0.0.0/4', 'multicast'], // RFC 5771
    ['240.0.0.0/4', 'private'], // RFC 1112 §4
    ['::/128', 'unspecified'], // RFC 4291 §2.5.2
    ['::1/128', 'loopback'], // RFC 4291 §2.5.3
    ['64:ff9b:1::/48', 'private'], // RFC 8215
    ['100::/64', 'private'], // RFC 6666
    ['2001:2::/48', 'private'], // RFC 5180
    ['2001:db8::/32', 'documentation'], // RFC 3849
    ['3fff::/20', 'documentation'], // RFC 9637
    ['fc00::/7', 'private'], // RFC 4193
    ['fe80::/10', 'link-local'], // RFC 4291 §2.5.6
    ['fec0::/10', 'private'], // RFC 3879
    ['ff00::/8', 'multicast'], // RFC 4291 §2.7
  ] as const satisfies readonly (readonly [string, Scope])[]
).flatMap(([text, scope]) => {
  const block = parseCidr(text)
  return block.ok ? [{ block: block.value, scope }] : []
})

/** The scope of an IPv4 or IPv6 address; `unspecified` for a text that is no address. */
export const scopeOf = (address: string): Scope => {
  const octets = octetsOf(address)
  if (octets === undefined) return 'unspecified'
  const judged = isMapped(octets) ? octets.slice(12) : octets
  return specialBlocks.find(({ block }) => isWithin(judged, block))?.scope ?? 'public'
}
