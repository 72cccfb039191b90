import { expect, test } from 'vitest'
import sipReadable from '../../src/check/checks/sip-readable.ts'
import { judge } from '../../src/check/judge.ts'
import { callOut } from '../support/calls.ts'
import type { Bend } from '../support/flow.ts'

const broken: Bend = (message) => ({
  ...message,
  wire: Uint8Array.from(
    Buffer.from(
      Buffer.from(message.wire).toString('latin1').replace('Content-Length: 0', 'Content-Length: \x1b[2J\x9bJ'),
      'latin1',
    ),
  ),
})

test('rule, place, bytes and section of the first unreadable message are told, and no control character', () => {
  const { evidence } = callOut({ bends: { '180': broken } })
  const [finding] = judge([sipReadable], evidence)
  expect(finding?.actual).toMatch(/^content-length\.syntax at byte \d+, saw ".*\[2J.*" \(RFC 3261 §20\.14\)$/)
  expect(finding?.actual).not.toMatch(/\p{Cc}/u)
})
