import { type Result, fault, ok } from '../../core/result.ts'
import { isToken } from '../chars.ts'
import { splitCommas } from '../commas.ts'
import { type Message, fieldsNamed } from '../message.ts'
import { type Param, parseParams, serializeParams } from '../params.ts'
import { parseHostPort, showHost } from '../uri.ts'

/** RFC 3261 §20.42. */
export type Via = {
  readonly protocol: string
  readonly version: string
  readonly transport: string
  readonly host: string
  readonly port?: number
  readonly params: readonly Param[]
}

export const parseVia = (text: string): Result<Via> => {
  const [protocol = '', version = '', ...rest] = text.split('/')
  const tail = rest.join('/').trim()
  let space = 0
  while (space < tail.length && tail[space] !== ' ' && tail[space] !== '\t') space += 1
  const transport = tail.slice(0, space)
  const sentBy = tail.slice(space).trim()
  if (!isToken(protocol.trim()) || !isToken(version.trim()) || !isToken(transport) || sentBy === '')
    return fault('via.syntax', '3261 §20.42', text)
  const semicolon = sentBy.indexOf(';')
  const place = (semicolon < 0 ? sentBy : sentBy.slice(0, semicolon)).split(/[ \t]/).join('')
  const hostPort = parseHostPort(place, 0)
  if (!hostPort.ok) return fault('via.sent-by', '3261 §20.42', place)
  const params = parseParams(semicolon < 0 ? '' : sentBy.slice(semicolon), 0)
  if (!params.ok) return params
  return ok({ protocol: protocol.trim(), version: version.trim(), transport, ...hostPort.value, params: params.value })
}

/** All Via values of a message, top first. */
export const viasOf = (message: Message): Result<readonly Via[]> => {
  const vias: Via[] = []
  for (const field of fieldsNamed(message, 'Via'))
    for (const part of splitCommas(field.value)) {
      const via = parseVia(part)
      if (!via.ok) return { ok: false, fault: { ...via.fault, at: field.at } }
      vias.push(via.value)
    }
  return vias.length > 0 ? ok(vias) : fault('via.missing', '3261 §8.1.1.7', message.startLine)
}

export const serializeVia = ({ protocol, version, transport, host, port, params }: Via): string =>
  `${protocol}/${version}/${transport} ${showHost(host)}${port === undefined ? '' : `:${port}`}${serializeParams(params)}`
