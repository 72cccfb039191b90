import { fault, ok } from '../core/result.ts'
import type { Failed, Result } from '../core/result.ts'
import type { Attribute, Connection, Line, Origin } from './description.ts'

const tokenPattern = /^[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+$/
const digitsPattern = /^[0-9]+$/

/** A fault placed at a line, or at a character of its value. */
export const lineFault = (rule: string, cite: string, line: Line, offset = 0): Failed =>
  fault(rule, cite, `line ${line.number}: ${line.type}=${line.value}`, line.at + offset)

/** `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>` (RFC 8866 §5.2). */
export const parseOrigin = (line: Line): Result<Origin> => {
  const parts = line.value.split(' ')
  const [username = '', sessionId = '', sessionVersion = '', networkType = '', addressType = '', address = ''] = parts
  if (parts.length !== 6 || username === '' || address === '') return lineFault('sdp.origin', '8866 §5.2', line)
  if (!digitsPattern.test(sessionId) || !digitsPattern.test(sessionVersion))
    return lineFault('sdp.origin-number', '8866 §5.2', line, username.length + 3)
  if (!tokenPattern.test(networkType) || !tokenPattern.test(addressType))
    return lineFault('sdp.origin', '8866 §5.2', line)
  return ok({ username, sessionId, sessionVersion, networkType, addressType, address })
}

/** `c=<nettype> <addrtype> <connection-address>` (RFC 8866 §5.7). */
export const parseConnection = (line: Line): Result<Connection> => {
  const parts = line.value.split(' ')
  const [networkType = '', addressType = '', written = ''] = parts
  const address = written.split('/')[0] ?? ''
  if (parts.length !== 3 || !tokenPattern.test(networkType) || !tokenPattern.test(addressType) || address === '')
    return lineFault('sdp.connection', '8866 §5.7', line)
  return ok({ networkType, addressType, address })
}

export type MediaLine = {
  readonly kind: string
  readonly port: number
  readonly portCount?: number
  readonly protocol: string
  readonly formats: readonly string[]
}

/** `m=<media> <port>[/<integer>] <proto> <fmt> ...` (RFC 8866 §5.14). */
export const parseMediaLine = (line: Line): Result<MediaLine> => {
  const [kind = '', ports = '', protocol = '', ...formats] = line.value.split(' ')
  if (!tokenPattern.test(kind)) return lineFault('sdp.media', '8866 §5.14', line, 2)
  const [port = '', count, ...more] = ports.split('/')
  if (!digitsPattern.test(port) || Number(port) > 65535 || more.length > 0)
    return lineFault('sdp.media-port', '8866 §5.14', line, kind.length + 3)
  if (count !== undefined && !/^[1-9][0-9]{0,4}$/.test(count))
    return lineFault('sdp.media-port', '8866 §5.14', line, kind.length + 4 + port.length)
  if (!protocol.split('/').every((part) => tokenPattern.test(part)))
    return lineFault('sdp.media-protocol', '8866 §5.14', line, kind.length + ports.length + 4)
  if (formats.length === 0 || !formats.every((format) => tokenPattern.test(format)))
    return lineFault('sdp.media-format', '8866 §5.14', line, kind.length + ports.length + protocol.length + 5)
  return ok({
    kind,
    port: Number(port),
    ...(count === undefined ? {} : { portCount: Number(count) }),
    protocol,
    formats,
  })
}

/** `a=<attribute-name>` or `a=<attribute-name>:<attribute-value>` (RFC 8866 §5.13). */
export const parseAttribute = (line: Line): Result<Attribute> => {
  const colon = line.value.indexOf(':')
  const name = colon < 0 ? line.value : line.value.slice(0, colon)
  if (!tokenPattern.test(name)) return lineFault('sdp.attribute', '8866 §5.13', line, 2)
  if (colon < 0) return ok({ name, line: line.number })
  return ok({ name, value: line.value.slice(colon + 1), line: line.number })
}
