import { expect, test } from 'vitest'
import { screened } from '../../src/embedded/screen.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import type { Request } from '../../src/sip/message.ts'
import { bytesOf } from '../../src/sip/text.ts'

const invite = ((): Request => {
  const parsed = parseMessage(
    bytesOf(
      'INVITE sip:+12025550142@192.0.2.4;transport=udp SIP/2.0\r\nFrom: <sip:+447700900123@18.194.168.245>;tag=1\r\nX-My-Header: This is my header\r\n\r\n',
    ),
  )
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request')
  return parsed.value
})()

test('a request is refused by the first rule whose field is there and holds the text', () => {
  expect(screened(invite, [])).toBeUndefined()
  expect(screened(invite, [{ path: 'X-Other', status: 400 }])).toBeUndefined()
  expect(screened(invite, [{ path: 'X-My-Header', status: 400 }])).toBe(400)
  expect(screened(invite, [{ path: 'Request-URI.params.transport', status: 416 }])).toBe(416)
  const rules = [
    { path: 'From.host', holds: '192.0.2', status: 403 },
    { path: 'Request-URI.user', holds: '+', status: 404 },
  ]
  expect(screened(invite, rules)).toBe(404)
})
