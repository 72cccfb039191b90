import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAddressList, parseNameAddr, tagOf } from '../../src/sip/fields/address.ts'
import { cseqOf } from '../../src/sip/fields/cseq.ts'
import { numberOf } from '../../src/sip/fields/tokens.ts'
import { viasOf } from '../../src/sip/fields/via.ts'
import { fieldValue, fieldsNamed } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { displayText, latin1 } from '../../src/sip/text.ts'
import { isSipUri, param, parseUri, sameUri } from '../../src/sip/uri.ts'
import { shared, torture, valueOf } from './bytes.ts'
import { rulesBrokenBy } from './readers.ts'
import { tolerated } from './tolerated.ts'

const read = (name: string) => valueOf(parseMessage(torture(name)))
const field = (name: string, of: string): string => fieldValue(read(name), of) ?? ''

describe('RFC 4475 §3.1.1, valid messages', () => {
  test('wsinv: folding, white space, compact and mixed-case names, leading zeros (§3.1.1.1)', () => {
    const message = read('wsinv')
    expect(message.fields.map(({ name }) => name)).toEqual([
      ...['To', 'From', 'Max-Forwards', 'Call-ID', 'Content-Length', 'CSeq', 'Via', 'Subject', 'NewFangledHeader'],
      ...['UnknownHeaderWithUnusualValue', 'Content-Type', 'Route', 'Via', 'Contact'],
    ])
    expect(message.fields[2]?.rawName).toBe('MaX-fOrWaRdS')
    expect(fieldValue(message, 'NewFangledHeader')).toBe('newfangled value continued newfangled value')
    expect(fieldValue(message, 'Subject')).toBe('')
    expect(valueOf(cseqOf(message))).toEqual({ seq: 9, method: 'INVITE' })
    expect(valueOf(numberOf(message, 'Max-Forwards'))).toBe(68)
    expect(tagOf(valueOf(parseNameAddr(fieldValue(message, 'To') ?? '')))).toBe('1918181833n')
    const from = valueOf(parseNameAddr(fieldValue(message, 'From') ?? ''))
    expect(from).toMatchObject({ displayName: 'J Rosenberg \\"', uri: 'sip:jdrosen@example.com' })
    const vias = valueOf(viasOf(message))
    expect(vias.map(({ version, transport, host }) => [version, transport, host])).toEqual([
      ['2.0', 'UDP', '192.0.2.2'],
      ['2.0', 'TCP', 'spindle.example.com'],
      ['2.0', 'UDP', '192.168.255.111'],
    ])
    expect(vias.map(({ params }) => param(params, 'branch'))).toEqual(['390skdjuw', 'z9hG4bK9ikj8', 'z9hG4bK30239'])
    const [contact] = valueOf(parseAddressList(fieldValue(message, 'Contact') ?? ''))
    expect(contact?.displayName).toBe('Quoted string ""')
    expect(contact?.params).toEqual([
      { name: 'newparam', value: 'newvalue' },
      { name: 'secondparam' },
      { name: 'q', value: '0.33' },
    ])
  })

  test('intmeth: every character that may stand in a token, NUL and UTF-8 among the quoted (§3.1.1.2)', () => {
    const message = read('intmeth')
    expect(message).toMatchObject({ kind: 'request', method: "!interesting-Method0123456789_*+`.%indeed'~" })
    const to = valueOf(parseNameAddr(fieldValue(message, 'To') ?? ''))
    expect(to.displayName).toBe('BEL:\x07 NUL:\x00 DEL:\x7f')
    const from = valueOf(parseNameAddr(fieldValue(message, 'From') ?? ''))
    expect(displayText(String(param(from.params, "fromParam''~+*_!.-%")))).toBe('"работающий"')
    expect(displayText(fieldValue(message, "extensionHeader-!.%*+_`'~") ?? '')).toBe('\\ufeff大停電')
    const uri = valueOf(parseUri(message.kind === 'request' ? message.requestUri : ''))
    expect(isSipUri(uri) && [uri.user, uri.password, uri.host]).toEqual([
      "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      'example.com',
    ])
  })

  test('esc01: escapes stay as they are, and are equal to what they stand for (§3.1.1.3)', () => {
    const message = read('esc01')
    const uri = valueOf(parseUri(message.kind === 'request' ? message.requestUri : ''))
    expect(isSipUri(uri) && uri.user).toBe('sips%3Auser%40example.com')
    expect(sameUri(valueOf(parseUri(field('esc01', 'To'))), valueOf(parseUri('sip:user@example.com')))).toBe(true)
    const [contact] = valueOf(parseAddressList(field('esc01', 'Contact')))
    const target = valueOf(parseUri(contact?.uri ?? ''))
    // Unescaped once only: `%25%34%31` is `%41`, not `A`.
    expect(sameUri(target, valueOf(parseUri('sip:caller@host5.example.net;lr;name=value%2541')))).toBe(true)
    expect(sameUri(target, valueOf(parseUri('sip:caller@host5.example.net;lr;name=valueA')))).toBe(false)
  })

  test('escnull: an escaped NUL ends no user part (§3.1.1.4)', () => {
    const contacts = fieldsNamed(read('escnull'), 'Contact').map(({ value }) => valueOf(parseNameAddr(value)).uri)
    expect(contacts).toHaveLength(2)
    const [first, second] = contacts.map((uri) => valueOf(parseUri(uri)))
    expect(first !== undefined && second !== undefined && sameUri(first, second)).toBe(false)
  })

  test('esc02: a percent sign outside of a URI is a percent sign (§3.1.1.5)', () => {
    const message = read('esc02')
    expect(message).toMatchObject({ method: 'RE%47IST%45R' })
    expect(valueOf(parseNameAddr(field('esc02', 'To'))).displayName).toBe('%Z%45')
    expect(fieldsNamed(message, 'Contact').map(({ value }) => value)).toHaveLength(2)
  })

  test('dblreq: what follows the body in a datagram is dropped, and stays on the wire (§3.1.1.8, RFC 3261 §18.3)', () => {
    const message = read('dblreq')
    expect(message.body).toHaveLength(0)
    expect(latin1(message.wire)).toContain('INVITE sip:joe@example.com SIP/2.0')
  })

  test('mpart01: NUL and lone CR and LF in a body are just bytes (§3.1.1.11)', () => {
    expect(read('mpart01').body).toHaveLength(553)
  })

  test('unreason and noreason: a reason of UTF-8, and none (§3.1.1.12, §3.1.1.13)', () => {
    const message = read('unreason')
    expect(message.kind === 'response' && displayText(message.reason)).toBe(
      '= 2**3 * 5**2 но сто девяносто девять - простое',
    )
    expect(read('noreason')).toMatchObject({ status: 100, reason: '' })
  })

  test('inv2543: without branch, tag, Content-Length; the body is the rest (§3.4.1)', () => {
    const message = read('inv2543')
    expect(valueOf(viasOf(message))[0]?.params).toEqual([])
    expect(latin1(message.body).startsWith('v=0')).toBe(true)
  })
})

describe('RFC 4475 §3.1.2 and §3.3, messages that are wrong', () => {
  for (const [name, rules] of [
    ['badinv01', ['parameter.name', 'parameter.name']],
    ['clerr', ['content-length.too-large']],
    ['ncl', ['content-length.syntax']],
    ['scalar02', ['cseq.range', 'max-forwards.syntax', 'expires.syntax']],
    ['quotbal', ['name-addr.quote']],
    ['bigcode', ['status-line.syntax']],
    ['multi01', ['cseq.several', 'field.several', 'field.several', 'field.several']],
    ['mcl01', ['content-length.conflict']],
  ] as const)
    test(`${name} breaks ${[...new Set(rules)].join(', ')}`, () => {
      expect(rulesBrokenBy(torture(name))).toEqual(rules)
    })
})

type Expected = {
  readonly messages: readonly { readonly file: string; readonly section: string; readonly valid: boolean }[]
}

describe('all 49 messages of RFC 4475', () => {
  const folder = `${shared ?? ''}/corpora/rfc4475`
  const read49 = (): Expected['messages'] =>
    (JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as Expected).messages
  /** The archive lacks the last line of this one. */
  const fileOf = (file: string): string => (file === 'baddn.dat' ? 'baddn-fixed.dat' : `msg/${file}`)

  test.skipIf(shared === undefined)(
    'valid ones are read, wrong ones refused or tolerated for a reason (needs TRUNKPROOF_SHARED)',
    () => {
      const messages = read49()
      expect(messages).toHaveLength(49)
      const taken = messages.map(({ file, valid }) => {
        const broken = rulesBrokenBy(Uint8Array.from(readFileSync(`${folder}/${fileOf(file)}`)))
        return { name: file.replace('.dat', ''), valid, isRead: broken.length === 0, broken }
      })
      expect(taken.filter(({ valid, isRead }) => valid && !isRead)).toEqual([])
      const readThough = taken.filter(({ valid, isRead }) => !valid && isRead).map(({ name }) => name)
      expect(readThough.sort()).toEqual(Object.keys(tolerated).sort())
    },
  )
})
