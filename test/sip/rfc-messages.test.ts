import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Field } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { rebuild } from '../../src/sip/serialize.ts'
import { utf8Bytes } from '../../src/sip/text.ts'
import { shared, valueOf } from './bytes.ts'

type Printed = {
  readonly complete: boolean
  readonly elided: boolean
  readonly raw: string
}

/** Bodies are not shown in full, so the length printed is not that of the body. */
const withoutLength = (raw: string): string => {
  const headEnd = raw.indexOf('\r\n\r\n')
  const lines = raw.slice(0, headEnd).split('\r\n')
  return lines.filter((line) => !/^(Content-Length|l)[ \t]*:/i.test(line)).join('\r\n') + raw.slice(headEnd)
}

const told = (fields: readonly Field[]): readonly string[] =>
  fields.filter(({ name }) => name !== 'Content-Length').map(({ rawName, value }) => `${rawName}: ${value}`)

test.skipIf(shared === undefined)(
  'every whole message of an RFC goes out as it came in (needs TRUNKPROOF_SHARED)',
  () => {
    const path = `${shared ?? ''}/corpora/rfc-messages/messages.json`
    const printed = (JSON.parse(readFileSync(path, 'utf8')) as readonly Printed[]).filter(
      ({ complete, elided }) => complete && !elided,
    )
    expect(printed.length).toBeGreaterThan(1000)
    const refused = printed.flatMap(({ raw }) => {
      const message = parseMessage(utf8Bytes(withoutLength(raw)))
      if (!message.ok) return [raw.slice(0, raw.indexOf('\r\n'))]
      const again = valueOf(parseMessage(rebuild(message.value, {}).wire))
      expect(again.startLine.trimEnd()).toBe(message.value.startLine.trimEnd())
      expect(told(again.fields)).toEqual(told(message.value.fields))
      expect([...again.body]).toEqual([...message.value.body])
      return []
    })
    // Misprints, all of them: two spaces before the version, or one within the host.
    expect(refused.filter((line) => line.split(' ').length === 3)).toEqual([])
    expect(refused).toHaveLength(22)
  },
)
