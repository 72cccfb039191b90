import { type Result, fault, ok } from '../../core/result.ts'
import { endOf, isSpace, skipSpace, tokenChars, trimmed } from '../chars.ts'
import { commaParts } from '../commas.ts'
import { type Message, fieldsNamed } from '../message.ts'
import { type Param, parseParams, serializeParams } from '../params.ts'
import { parseHostPort, showHost } from '../uri.ts'
import type { Writable } from '../writable.ts'

/** RFC 3261 §20.42. `host` has no brackets. */
export type Via = {
  readonly protocol: string
  readonly version: string
  readonly transport: string
  readonly host: string
  readonly port?: number
  readonly params: readonly Param[]
}

type Place = { readonly token: string; readonly end: number }

const tokenAt = (text: string, from: number): Place => {
  const start = skipSpace(text, from)
  const end = endOf(text, start, tokenChars)
  return { token: text.slice(start, end), end }
}

/** §25.1 COLON has white space around it where it likes. */
const sentBy = (text: string): string => (/[ \t]/.test(text) ? text.split(':').map(trimmed).join(':') : text)

export const parseVia = (text: string): Result<Via> => {
  const protocol = tokenAt(text, 0)
  const slash = skipSpace(text, protocol.end)
  const version = tokenAt(text, slash + 1)
  const secondSlash = skipSpace(text, version.end)
  const transport = tokenAt(text, secondSlash + 1)
  const whole = [protocol, version, transport].every(({ token }) => token !== '')
  if (!whole || text[slash] !== '/' || text[secondSlash] !== '/' || !isSpace(text.charCodeAt(transport.end)))
    return fault('via.syntax', '3261 §20.42', text, transport.end)
  const from = skipSpace(text, transport.end)
  const semicolon = text.indexOf(';', from)
  const end = semicolon < 0 ? text.length : semicolon
  const hostPort = parseHostPort(sentBy(text.slice(from, end)), from)
  if (!hostPort.ok) return fault('via.sent-by', '3261 §20.42', text.slice(from, end), from)
  const params = parseParams(text.slice(end), end)
  if (!params.ok) return params
  const { host, port } = hostPort.value
  const via: Writable<Via> = {
    protocol: protocol.token,
    version: version.token,
    transport: transport.token,
    host,
    params: params.value,
  }
  if (port !== undefined) via.port = port
  return ok(via)
}

/** All Via values of a message, top first. */
export const viasOf = (message: Message): Result<readonly Via[]> => {
  const vias: Via[] = []
  for (const field of fieldsNamed(message, 'Via'))
    for (const part of commaParts(field.value)) {
      const via = parseVia(part)
      if (!via.ok) return { ok: false, fault: { ...via.fault, at: field.at } }
      vias.push(via.value)
    }
  return vias.length > 0 ? ok(vias) : fault('via.missing', '3261 §8.1.1.7', message.startLine)
}

export const serializeVia = ({ protocol, version, transport, host, port, params }: Via): string =>
  `${protocol}/${version}/${transport} ${showHost(host)}${port === undefined ? '' : `:${port}`}${serializeParams(params)}`
