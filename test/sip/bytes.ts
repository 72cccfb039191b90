import { readFileSync } from 'node:fs'
import { type Result, explain } from '../../src/core/result.ts'
import type { Message, Request, Response } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { utf8Bytes } from '../../src/sip/text.ts'

/** The value, or the test ends here. */
export const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(explain(result.fault))
  return result.value
}

/** `rule at byte`, or `none`. */
export const faultOf = (result: Result<unknown>): string =>
  result.ok ? 'none' : `${result.fault.rule} at ${result.fault.at}`

/** Lines with CRLF behind each, an empty line, and the body. */
export const wireOf = (lines: readonly string[], body = ''): Uint8Array =>
  utf8Bytes(`${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`)

export const messageOf = (lines: readonly string[], body = ''): Message => valueOf(parseMessage(wireOf(lines, body)))

export const requestOf = (lines: readonly string[], body = ''): Request => {
  const message = messageOf(lines, body)
  if (message.kind !== 'request') throw new Error('a response')
  return message
}

export const responseOf = (lines: readonly string[], body = ''): Response => {
  const message = messageOf(lines, body)
  if (message.kind !== 'response') throw new Error('a request')
  return message
}

/** A message of `fixtures/rfc4475`. */
export const torture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`../../fixtures/rfc4475/${name}.dat`, import.meta.url)))

/** Folder with the large external corpora, where there is one. */
export const shared = process.env.TRUNKPROOF_SHARED
