import type { Message, Request, Response } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf } from '../../src/sip/text.ts'

const parsed = (lines: readonly string[]): Message => {
  const message = parseMessage(bytesOf(`${lines.join('\r\n')}\r\n\r\n`))
  if (!message.ok) throw new Error(JSON.stringify(message.fault))
  return message.value
}

/** A request of these lines; a test that gives another thing is wrong. */
export const requestFrom = (...lines: readonly string[]): Request => {
  const message = parsed(lines)
  if (message.kind !== 'request') throw new Error('not a request')
  return message
}

export const responseFrom = (...lines: readonly string[]): Response => {
  const message = parsed(lines)
  if (message.kind !== 'response') throw new Error('not a response')
  return message
}
