import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readMessage } from '../../src/run/message.ts'
import { shared } from '../sip/bytes.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-message-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

type Report = {
  readonly valid: boolean
  readonly kind: string | null
  readonly faults: readonly {
    readonly rule: string
    readonly cite: string
    readonly at: number
    readonly saw: string
  }[]
}

const reportOf = (out: string): Report => JSON.parse(out) as Report

const readFile = async (file: string) => {
  const { out, err, code } = await runCli(['message', file, '--json'])
  return { report: reportOf(out), err, code }
}

const message = async (text: string) => {
  writeFileSync(join(folder, 'x.sip'), text)
  const { out, code } = await runCli(['message', 'x.sip', '--json'], folder)
  return { report: reportOf(out), code }
}

const options = (...more: readonly string[]): string =>
  [
    'OPTIONS sip:a@example.com SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
    'From: <sip:b@example.com>;tag=1',
    'To: <sip:a@example.com>',
    'Call-ID: 1@192.0.2.1',
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    ...more,
    '',
    '',
  ].join('\r\n')

const response = (status: number): string =>
  options().replace('OPTIONS sip:a@example.com SIP/2.0', `SIP/2.0 ${status} Reason`).replace('Max-Forwards: 70\r\n', '')

const inviteWith = (contact: string): string => options(`Contact: ${contact}`).replaceAll('OPTIONS', 'INVITE')

const registerTo = (uri: string): string =>
  options('Contact: *', 'Expires: 0').replaceAll('OPTIONS', 'REGISTER').replace('sip:a@example.com SIP', `${uri} SIP`)

describe('what is made of a password is not said back', () => {
  test.each([
    ['Digest username="a" response="5ecre7"', 'auth.parameter', 'response="xxxxxx"'],
    ['Digest username="a"\r\n response="5ecre7"', 'auth.parameter', 'response="xxxxxx"'],
    ['Digest username="a", response="5ecre7", nc=1', 'authorization.incomplete', 'response="xxxxxx"'],
    [`Digest username="${'a'.repeat(83)}", response="5ecre75ecre7"`, 'authorization.incomplete', 'response="xxx'],
    ['Basic k="5ecre7" 5ecre7', 'auth.parameter', '***'],
    ['Digest username="a", response="5ecre7', 'auth.parameter', ''],
  ])('Authorization: %s', async (value, rule, saw) => {
    writeFileSync(join(folder, 'x.sip'), options(`Authorization: ${value}`))
    const { out } = await runCli(['message', 'x.sip'], folder)
    const { report, code } = await message(options(`Authorization: ${value}`))
    expect(report.faults.map((one) => one.rule)).toEqual([rule])
    expect(report.faults[0]?.saw).toContain(saw)
    expect(`${out}${JSON.stringify(report)}`).not.toMatch(/5ec?r?e?7?/)
    expect(code).toBe(1)
  })
})

describe('RFC 4475', () => {
  const valid = [
    'wsinv',
    'intmeth',
    'esc01',
    'esc02',
    'escnull',
    'dblreq',
    'mpart01',
    'unreason',
    'noreason',
    'inv2543',
  ]
  test.each(valid)('%s is valid', async (name) => {
    const { report, code } = await readFile(`fixtures/rfc4475/${name}.dat`)
    expect({ ...report, code }).toEqual({
      valid: true,
      kind: name.endsWith('reason') ? 'response' : 'request',
      faults: [],
      code: 0,
    })
  })

  test.each([
    ['badinv01', ['parameter.name ;;', 'parameter.name ;;;;']],
    ['clerr', ['content-length.too-large Content-Length: 9999']],
    ['ncl', ['content-length.syntax Content-Length: -999']],
    ['scalar02', ['cseq.range 36893488147419103232', 'max-forwards.syntax 300', 'expires.syntax 1000000000000']],
    ['quotbal', ['name-addr.quote "Mr. J. User <sip:']],
    ['bigcode', ['status-line.syntax SIP/2.0 4294967301']],
    ['mcl01', ['content-length.conflict Content-Length: 5']],
  ])('%s: the fault that the RFC names, at the byte where it stands', async (name, expected) => {
    const { report, code } = await readFile(`fixtures/rfc4475/${name}.dat`)
    const wire = readFileSync(`fixtures/rfc4475/${name}.dat`, 'latin1')
    expect(code).toBe(1)
    expect(report.valid).toBe(false)
    const stands = report.faults.map(
      ({ rule, at }, index) => `${rule} ${wire.slice(at, at + (expected[index]?.length ?? 0) - rule.length - 1)}`,
    )
    expect(stands).toEqual(expected)
  })

  test('multi01: each field that stands twice, and no other fault of its head', async () => {
    const { report } = await readFile('fixtures/rfc4475/multi01.dat')
    const twice = report.faults.filter(({ rule }) => rule === 'field.several').map(({ saw }) => saw.split(':', 1)[0])
    expect(twice).toEqual(['CSeq', 'Call-ID', 'To', 'From', 'Max-Forwards'])
  })

  test.skipIf(shared === undefined)('all 49: valid ones are, wrong ones are not (needs TRUNKPROOF_SHARED)', () => {
    const at = `${shared ?? ''}/corpora/rfc4475`
    const { messages } = JSON.parse(readFileSync(`${at}/expected.json`, 'utf8')) as {
      readonly messages: readonly { readonly file: string; readonly valid: boolean }[]
    }
    // The archive lacks the last line of baddn.
    const pathOf = (file: string): string => (file === 'baddn.dat' ? 'baddn-fixed.dat' : `msg/${file}`)
    const found = messages.map(({ file }) => ({
      file,
      valid: readMessage(Uint8Array.from(readFileSync(`${at}/${pathOf(file)}`))).report.valid,
    }))
    expect(found).toHaveLength(49)
    expect(found).toEqual(messages.map(({ file, valid }) => ({ file, valid })))
  })
})

describe('faults stand where they are in the file', () => {
  test('behind a fold and in the second element of a list', async () => {
    const text = options('Contact: <sip:a@example.com>,\r\n   <sip:a@ex ample.com>')
    const { report } = await message(text)
    expect(report.faults).toEqual([
      { rule: 'name-addr.angle', cite: '3261 §25.1', at: text.indexOf(' ample'), saw: '<sip:a@ex ample.com>' },
    ])
  })

  test('in the session description of the body', async () => {
    const body = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 70000 RTP/AVP 0\r\n'
    const text = `${options('Content-Type: application/sdp')}${body}`
    const { report } = await message(text)
    expect(report.faults).toEqual([
      { rule: 'sdp.media-port', cite: '8866 §5.14', at: text.indexOf('70000'), saw: expect.anything() as string },
    ])
  })

  test('a file whose lines end with LF is read all the same, and its other faults keep their places', async () => {
    const text = options('Expires: soon').replaceAll('\r', '')
    const { report, code } = await message(text)
    expect(code).toBe(1)
    expect(report.faults.map(({ rule, at }) => [rule, at])).toEqual([
      ['message.line-end', text.indexOf('\n')],
      ['expires.syntax', text.indexOf('soon')],
    ])
  })
})

describe('rules on a single message', () => {
  test.each([
    [options().replace(/CSeq: .*\r\n/, ''), 'field.missing'],
    [options().replace('Max-Forwards: 70\r\n', ''), 'field.missing'],
    [options().replace(';tag=1', ''), 'from.tag'],
    [options().replace('1 OPTIONS', '1 INVITE'), 'cseq.method'],
    [options().replace('z9hG4bK1', 'z9hG4bK'), 'via.branch'],
    [options().replace('com SIP/2.0', 'com SIP/3.0'), 'version.unknown'],
    [options().replace('com SIP', 'com?Subject=x SIP'), 'request-uri.headers'],
    [options('Date: Fri, 01 Jan 2010 16:00:00 EST'), 'date.syntax'],
    [options('Warning: 1812 overture "x"'), 'warning.syntax'],
    [options('Retry-After: soon'), 'retry-after.syntax'],
    [options('Content-Type: sdp'), 'content-type.syntax'],
    [options('RAck: 1 INVITE'), 'rack.syntax'],
    [options('Require: 100 rel'), 'require.syntax'],
    [`${options()}x`, 'content-type.missing'],
    [response(200), 'to.tag'],
    [response(180), 'to.tag'],
    [inviteWith('<sip:b@192.0.2.1>, <sip:b@192.0.2.2>'), 'contact.several'],
    [inviteWith('<sip:b@192.0.2.1>\r\nContact: <sip:b@192.0.2.2>'), 'contact.several'],
    [inviteWith('*'), 'contact.star'],
    [registerTo('sip:b@example.com'), 'request-uri.user'],
  ])('message %#: %s', async (text, rule) => {
    const { report } = await message(text)
    expect(report.faults.map((fault) => fault.rule)).toEqual([rule])
  })

  test.each([response(100), inviteWith('<sip:b@192.0.2.1>;x="a, b"'), registerTo('sip:example.com')])(
    'message %# is right: %s',
    async (text) => {
      expect((await message(text)).report.faults).toEqual([])
    },
  )

  test.each([
    'Date: Sat, 13 Nov 2010 23:29:00 GMT',
    'Warning: 307 isi.edu "Session parameter \'foo\' not understood", 399 192.0.2.1 "no, really"',
    'Retry-After: 18000;duration=3600',
    "Retry-After: 120 (I'm in a meeting)",
    'RAck: 776656 1 INVITE',
    'Reason: Q.850;cause=16;text="Normal, clearing"',
    'Supported:',
    'Authorization: Digest username="a", realm="b", nonce="c", uri="sip:b", response="d"',
  ])('%s is right', async (line) => {
    expect((await message(options(line))).report.faults).toEqual([])
  })
})

describe('a fault that ends the reading hides no other', () => {
  const rules = async (text: string) => (await message(text)).report.faults.map(({ rule, at }) => [rule, at])
  const wrong = options('Content-Length: 99')
    .replace(';tag=1', '')
    .replace('1 OPTIONS', '1 INVITE')
    .replace('Max-Forwards: 70', 'Max-Forwards: 999')
  const behind = (text: string) => [
    ['from.tag', text.indexOf('From:')],
    ['cseq.method', text.indexOf('INVITE')],
    ['max-forwards.syntax', text.indexOf('999')],
  ]

  test('Content-Length that says too much', async () => {
    expect(await rules(wrong)).toEqual([...behind(wrong), ['content-length.too-large', wrong.indexOf('Content-L')]])
  })

  test('two of them, a line without a colon and a name that is none', async () => {
    const text = wrong.replace('Content-Length: 99', 'Content-Length: x\r\nnothing\r\nA B: c\r\nContent-Length: 99')
    expect(await rules(text)).toEqual([
      ...behind(text),
      ['content-length.syntax', text.indexOf('Content-Length: x')],
      ['header.no-colon', text.indexOf('nothing')],
      ['header.name', text.indexOf('A B')],
      ['content-length.too-large', text.indexOf('Content-Length: 99')],
    ])
  })

  test('the start-line', async () => {
    const text = wrong.replace('Content-Length: 99\r\n', '').replace('example.com SIP', 'exam ple.com SIP')
    expect(await rules(text)).toEqual([['request-line.syntax', 'OPTIONS'.length], ...behind(text)])
  })

  test('no empty line at the end of the head', async () => {
    const text = wrong.replace('Content-Length: 99\r\n', '').slice(0, -2)
    expect(await rules(text)).toEqual([['message.no-empty-line', 0], ...behind(text)])
  })

  test('one line among others that ends with LF alone', async () => {
    const text = wrong.replace('Content-Length: 99\r\n', '').replace('Call-ID: 1@192.0.2.1\r', 'Call-ID: 1@192.0.2.1')
    const [tag = [], ...others] = behind(text)
    expect(await rules(text)).toEqual([tag, ['message.line-end', text.indexOf('\nCSeq')], ...others])
  })
})

test('a list of more than a hundred faults says how many more there are', async () => {
  const { out } = await (async () => {
    writeFileSync(join(folder, 'many.sip'), options(...Array<string>(120).fill('Expires: soon')))
    return runCli(['message', 'many.sip', '--json'], folder)
  })()
  const { faults } = reportOf(out)
  expect(faults).toHaveLength(101)
  // Each is wrong by itself, and all but the first stand there again.
  expect(faults.at(-1)).toMatchObject({ rule: 'faults.more', saw: '139 more' })
})

test('people read what it is, and a line for each fault', async () => {
  const { out, code } = await runCli(['message', 'fixtures/rfc4475/ncl.dat'])
  expect(code).toBe(1)
  expect(out).toBe(
    'a request that cannot be read as it stands\n1 fault\n  byte 310: content-length.syntax (RFC 3261 §20.14), saw "-999"\n',
  )
  expect((await runCli(['message', 'fixtures/rfc4475/noreason.dat'])).out).toBe(
    'a response, 7 fields, no body: SIP/2.0 100 \nvalid\n',
  )
})

test('what is no SIP at all has no kind', async () => {
  const { report, code } = await message('GET / HTTP/1.1\r\n\r\n')
  expect(report).toMatchObject({ valid: false, kind: null })
  expect(code).toBe(1)
})

test('a file that is not there: exit code 2', async () => {
  expect(await runCli(['message', 'none.sip'], folder)).toEqual({
    out: '',
    err: 'error: none.sip: there is no such file or folder; try a file that can be read, or - for standard input\n',
    code: 2,
  })
})
