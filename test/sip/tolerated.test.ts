import { expect, test } from 'vitest'
import type { Result } from '../../src/core/result.ts'
import { parseNameAddr } from '../../src/sip/fields/address.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { parseParams } from '../../src/sip/params.ts'
import { latin1, utf8Bytes } from '../../src/sip/text.ts'
import { parseHostPort, parseUri } from '../../src/sip/uri.ts'
import { wireOf } from './bytes.ts'
import { toleratedElsewhere } from './tolerated.ts'

type Tolerated = keyof typeof toleratedElsewhere

const readers: Readonly<Record<Tolerated, (text: string) => Result<unknown>>> = {
  'SIP/2.0 200': (text) => parseMessage(wireOf([text])),
  'sip:a@my_pbx': parseUri,
  'Jürgen <sip:a@b>': (text) => parseNameAddr(latin1(utf8Bytes(text))),
  ';tag=a/b@c': (text) => parseParams(text),
  '[2001:db8:::192.0.2.1]': (text) => parseHostPort(text, 0),
}

test.each(Object.entries(toleratedElsewhere))('%s is against the grammar, and read. %s', (text) => {
  expect(readers[text as Tolerated](text).ok).toBe(true)
})
