import { type Result, fault, ok } from '../../src/core/result.ts'
import { parseAddressList, parseNameAddr } from '../../src/sip/fields/address.ts'
import { parseAuthParams } from '../../src/sip/fields/auth-params.ts'
import { parseAuthorization } from '../../src/sip/fields/authorization.ts'
import { parseChallenge } from '../../src/sip/fields/challenge.ts'
import { cseqOf } from '../../src/sip/fields/cseq.ts'
import { numberOf } from '../../src/sip/fields/tokens.ts'
import { viasOf } from '../../src/sip/fields/via.ts'
import { type Message, fieldsNamed } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { parseUri } from '../../src/sip/uri.ts'

const each = (message: Message, names: readonly string[], read: (value: string) => Result<unknown>) =>
  names.flatMap((name) => fieldsNamed(message, name).map(({ value }) => read(value)))

/** Credentials of a scheme that nobody knows are well-formed all the same (RFC 4475 §3.3.7). */
const credentialsIn = (value: string): Result<unknown> => {
  const parsed = parseAuthParams(value)
  return parsed.ok && parsed.value.scheme.toLowerCase() === 'digest' ? parseAuthorization(value) : parsed
}

const uriIn = (value: string): Result<unknown> => {
  const address = parseNameAddr(value)
  return address.ok ? parseUri(address.value.uri) : address
}

const urisIn = (value: string): Result<unknown> => {
  const list = parseAddressList(value)
  if (!list.ok) return list
  return list.value.map(({ uri }) => parseUri(uri)).find(({ ok }) => !ok) ?? ok(list.value)
}

/** Everything that the typed readers find wrong with a message, as rules. */
export const rulesBroken = (message: Message): readonly string[] =>
  [
    message.kind === 'request' ? parseUri(message.requestUri) : ok(''),
    viasOf(message),
    cseqOf(message),
    ...['Max-Forwards', 'Expires', 'Min-Expires'].map((name) => numberOf(message, name)),
    ...each(message, ['From', 'To'], uriIn),
    ...each(message, ['Contact', 'Route', 'Record-Route'], (value) => (value === '*' ? ok('') : urisIn(value))),
    ...each(message, ['WWW-Authenticate', 'Proxy-Authenticate'], parseChallenge),
    ...each(message, ['Authorization', 'Proxy-Authorization'], credentialsIn),
    ...['From', 'To', 'Call-ID'].map((name) =>
      fieldsNamed(message, name).length > 1 ? fault('field.several', '3261 §7.3.1', name) : ok(''),
    ),
  ].flatMap((result) => (result.ok ? [] : [result.fault.rule]))

/** The same from the bytes on. */
export const rulesBrokenBy = (wire: Uint8Array): readonly string[] => {
  const message = parseMessage(wire)
  return message.ok ? rulesBroken(message.value) : [message.fault.rule]
}
