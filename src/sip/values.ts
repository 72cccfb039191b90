import { type Result, fault, ok, shifted } from '../core/result.ts'
import { endOfQuoted, isDigits, isToken, skipSpace, trimmed } from './chars.ts'
import { parseNameAddr } from './fields/address.ts'
import { parseAuthParams } from './fields/auth-params.ts'
import { parseAuthorization } from './fields/authorization.ts'
import { parseChallenge } from './fields/challenge.ts'
import { parseCSeq } from './fields/cseq.ts'
import { parseVia } from './fields/via.ts'
import { parseParams } from './params.ts'
import { partsWithPlaces } from './places.ts'
import { parseUri } from './uri.ts'

/** Reads one value of a field and says what is wrong, at its place in the value. */
type Reader = (value: string) => Result<unknown>

/** A reader of one element, for a list of them; empty elements are nothing in most lists (RFC 3261 §7.3.1). */
const listOf =
  (read: Reader, emptyToo: boolean): Reader =>
  (value) => {
    for (const { text, at } of partsWithPlaces(value)) {
      if (text === '' && !emptyToo) continue
      const element = read(text)
      if (!element.ok) return shifted(element, at)
    }
    return ok(value)
  }

const address: Reader = (value) => {
  const parsed = parseNameAddr(value)
  if (!parsed.ok) return parsed
  const from = skipSpace(value, 0)
  const open = value.indexOf('<', value[from] === '"' ? endOfQuoted(value, from) : from)
  const uri = parseUri(parsed.value.uri)
  return uri.ok ? uri : shifted(uri, open < 0 ? from : open + 1)
}

/** A Contact of `*` is all of them (§10.2.2). */
const contacts: Reader = (value) => (value === '*' ? ok(value) : listOf(address, true)(value))

/** Credentials of a scheme that nobody knows are well-formed all the same (RFC 4475 §3.3.7). */
const credentials: Reader = (value) => {
  const parsed = parseAuthParams(value)
  return parsed.ok && parsed.value.scheme.toLowerCase() === 'digest' ? parseAuthorization(value) : parsed
}

const numberUpTo =
  (rule: string, cite: string, largest: number): Reader =>
  (value) =>
    isDigits(value) && Number(value) <= largest ? ok(value) : fault(rule, cite, value)

/** Something, and parameters behind it. */
const withParams =
  (read: Reader): Reader =>
  (value) => {
    const semicolon = value.indexOf(';')
    const end = semicolon < 0 ? value.length : semicolon
    const head = read(trimmed(value.slice(0, end)))
    return head.ok ? parseParams(value.slice(end), end) : head
  }

const token =
  (rule: string, cite: string): Reader =>
  (value) =>
    isToken(value) ? ok(value) : fault(rule, cite, value)

const mediaType: Reader = (value) => {
  const parts = value.split('/').map(trimmed)
  return parts.length === 2 && parts.every(isToken) ? ok(value) : fault('content-type.syntax', '3261 §20.15', value)
}

const seconds = 2 ** 32 - 1

/** `18000;duration=3600` or `120 (I'm in a meeting)`. */
const retryAfter: Reader = (value) => {
  const end = value.search(/[ \t(;]/)
  return numberUpTo('retry-after.syntax', '3261 §20.33', seconds)(end < 0 ? value : value.slice(0, end))
}

/** `307 isi.edu "Session parameter 'foo' not understood"`. */
const warning: Reader = (value) =>
  /^[1-9][0-9]{2} [^\s"]+ "/.test(value) && endOfQuoted(value, value.indexOf('"')) === value.length
    ? ok(value)
    : fault('warning.syntax', '3261 §20.43', value)

const datePattern =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/

const date: Reader = (value) => (datePattern.test(value) ? ok(value) : fault('date.syntax', '3261 §20.17', value))

/** `word [ "@" word ]`: visible characters, one `@` at most. */
const callId: Reader = (value) =>
  /^[^\s@,;]+(@[^\s@,;]+)?$/.test(value) ? ok(value) : fault('call-id.syntax', '3261 §20.8', value)

/** `776656 1 INVITE`. */
const rack: Reader = (value) => {
  const [sequence = ''] = value.split(/[ \t]/, 1)
  return isDigits(sequence) && parseCSeq(value.slice(sequence.length)).ok
    ? ok(value)
    : fault('rack.syntax', '3262 §7.2', value)
}

const tokens = (name: string, cite: string) =>
  [name, listOf(token(`${name.toLowerCase()}.syntax`, cite), false)] as const

const addresses = ['Route', 'Record-Route', 'Path', 'Service-Route', 'P-Asserted-Identity', 'P-Preferred-Identity']
const oneAddress = ['From', 'To', 'Reply-To', 'Refer-To', 'Referred-By', 'P-Called-Party-ID']

/** How the value of each field that we know is read, by its canonical name. */
export const valueReaders: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...oneAddress.map((name) => [name, address] as const),
  ...[...addresses, 'Diversion', 'History-Info', 'Remote-Party-ID'].map(
    (name) => [name, listOf(address, true)] as const,
  ),
  ['Contact', contacts],
  ['Via', listOf(parseVia, true)],
  ['CSeq', parseCSeq],
  ['Call-ID', callId],
  ['WWW-Authenticate', parseChallenge],
  ['Proxy-Authenticate', parseChallenge],
  ['Authorization', credentials],
  ['Proxy-Authorization', credentials],
  ['Max-Forwards', numberUpTo('max-forwards.syntax', '3261 §20.22', 255)],
  ['Expires', numberUpTo('expires.syntax', '3261 §20.19', seconds)],
  ['Min-Expires', numberUpTo('min-expires.syntax', '3261 §20.23', seconds)],
  ['Session-Expires', withParams(numberUpTo('session-expires.syntax', '4028 §4', seconds))],
  ['Min-SE', withParams(numberUpTo('min-se.syntax', '4028 §5', seconds))],
  ['RSeq', numberUpTo('rseq.syntax', '3262 §7.1', 2 ** 32 - 1)],
  ['RAck', rack],
  ['Content-Type', withParams(mediaType)],
  ['Retry-After', retryAfter],
  ['Warning', listOf(warning, true)],
  ['Date', date],
  ['Reason', listOf(withParams(token('reason.syntax', '3326 §2')), true)],
  tokens('Allow', '3261 §20.5'),
  tokens('Supported', '3261 §20.37'),
  tokens('Unsupported', '3261 §20.40'),
  tokens('Require', '3261 §20.32'),
  tokens('Proxy-Require', '3261 §20.29'),
])
