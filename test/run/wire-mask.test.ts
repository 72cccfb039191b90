import { expect, test } from 'vitest'
import type { Draft } from '../../src/core/frame.ts'
import { createWireMask } from '../../src/run/wire-mask.ts'
import { bytesOf, latin1 } from '../../src/sip/text.ts'

const [here, there] = [
  { address: '192.0.2.1', port: 5060 },
  { address: '192.0.2.2', port: 41000 },
]
const draft = (text: string, ends?: 'fin' | 'reset', source = there): Draft => ({
  tap: 'received',
  layer: 'tcp',
  source,
  destination: source === there ? here : there,
  bytes: bytesOf(text),
  stream: { gap: false, ...(ends === undefined ? {} : { ends }) },
})
const begun = 'REGISTER sip:a SIP/2.0\r\nAuthorization: Digest response="abc'

test('a secret goes on in the next segment of its direction, and in no other', () => {
  const mask = createWireMask()
  expect(latin1(mask(draft(begun)))).toContain('response="xxx')
  expect(latin1(mask(draft('def', undefined, here)))).toBe('def')
  expect(latin1(mask(draft('def", nc=1')))).toBe('xxx", nc=1')
})

test.each([
  ['fin', there],
  ['fin', here],
  ['reset', here],
] as const)('a connection that ended by %s leaves nothing to the next one of the same ports', (ends, by) => {
  const mask = createWireMask()
  mask(draft(begun))
  mask(draft('', ends, by))
  expect(latin1(mask(draft('OPTIONS sip:a SIP/2.0\r\n')))).toBe('OPTIONS sip:a SIP/2.0\r\n')
})
