import { expect, test } from 'vitest'
import { reasonPhrase } from '../../src/sip/status.ts'

test.each([
  [100, 'Trying'],
  [180, 'Ringing'],
  [200, 'OK'],
  [401, 'Unauthorized'],
  [407, 'Proxy Authentication Required'],
  [486, 'Busy Here'],
  [488, 'Not Acceptable Here'],
  [606, 'Not Acceptable'],
])('%d is %s (RFC 3261 §21)', (status, phrase) => {
  expect(reasonPhrase(status)).toBe(phrase)
})

test.each([
  [499, 'Bad Request'],
  [599, 'Server Internal Error'],
])('%d, which nobody knows, is its class: %s (§8.1.3.2)', (status, phrase) => {
  expect(reasonPhrase(status)).toBe(phrase)
})
