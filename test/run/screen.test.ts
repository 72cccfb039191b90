import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Draft } from '../../src/core/frame.ts'
import { createScreen } from '../../src/run/screen.ts'
import { bytesOf } from '../../src/sip/text.ts'
import { runCli } from '../cli/support.ts'
import { sampleContract } from '../support/contract.ts'
import { openResponder, sentValue } from '../support/responder.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-screen-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const { callee = '' } = sampleContract.numbers
const request = (to: string, { method = 'INVITE', tag = '' } = {}): string =>
  [
    `${method} ${to} SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bKscan;rport',
    'Max-Forwards: 70',
    'From: <sip:100@192.0.2.66>;tag=scan',
    `To: <${to}>${tag}`,
    'Call-ID: scan',
    `CSeq: 1 ${method}`,
    'Contact: <sip:100@192.0.2.66>',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n')

describe('messages that are kept out of a run against a named system', () => {
  const draftOf = (text: string, address: string): Draft => ({
    tap: 'received',
    layer: 'datagram',
    source: { address, port: 5060 },
    destination: { address: '192.0.2.1', port: 5060 },
    bytes: bytesOf(text),
  })
  const isKeptOut = (text: string, address = '192.0.2.66'): boolean =>
    createScreen(['10.0.0.5', '198.51.100.0/28'], sampleContract).isStrangeDatagram(draftOf(text, address))

  test('are those of others to numbers that are not ours, and what cannot be read', () => {
    expect(isKeptOut(request('sip:100@192.0.2.1'))).toBe(true)
    expect(isKeptOut(request('sip:100@192.0.2.1', { method: 'OPTIONS' }))).toBe(true)
    expect(isKeptOut('\0\0\0\0scan')).toBe(true)
  })
  test.each([
    ['from the next hop', request('sip:100@192.0.2.1'), '10.0.0.5'],
    ['from a documented block', request('sip:100@192.0.2.1'), '198.51.100.15'],
    ['from the next hop, and cannot be read', 'INVITE\r\n\r\n', '10.0.0.5'],
    ['to a number of ours, from wherever', request(`sip:${callee}@192.0.2.1`), '192.0.2.66'],
    ['to a number of ours as a network writes it', request(`sip:00${callee.slice(1)}@192.0.2.1`), '192.0.2.66'],
    ['to nobody, as OPTIONS are', request('sip:192.0.2.1', { method: 'OPTIONS' }), '192.0.2.66'],
    ['within a dialog', request('sip:100@192.0.2.1', { method: 'BYE', tag: ';tag=ours' }), '192.0.2.66'],
    ['responses', 'SIP/2.0 200 OK\r\n\r\n', '192.0.2.66'],
    ['keep-alives', '\r\n\r\n', '192.0.2.66'],
  ])('are not those that come %s', (_, text, address) => {
    expect(isKeptOut(text, address)).toBe(false)
  })
})

test('the INVITE of a scanner is neither answered nor judged, and is told', async () => {
  const scanner = createSocket('udp4')
  const answers: string[] = []
  scanner.on('message', (bytes) => answers.push(bytes.toString('latin1')))
  await new Promise<void>((resolve) => scanner.bind(0, '127.0.0.2', resolve))
  const pbx = await openResponder((asked) => {
    const port = /:([0-9]+)/.exec(sentValue(asked, 'Via'))?.[1]
    scanner.send(request('sip:100@127.0.0.1'), Number(port), '127.0.0.1')
    return ['SIP/2.0 200 OK']
  })
  const out = join(folder, 'run')
  const { code } = await runCli(
    ['run', '--pbx', `sip:127.0.0.1:${pbx.port}`, '--ladder', 'options/ping-pbx', '--out', out, '--json'],
    folder,
  )
  await pbx.close()
  await new Promise<void>((resolve) => scanner.close(() => resolve()))
  const { ladders } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))
  expect(code).toBe(0)
  expect(answers).toEqual([])
  const findings: readonly { verdict: string; actual: string }[] = ladders[0].findings
  expect(findings.filter(({ verdict }) => verdict !== 'pass').map(({ verdict, actual }) => [verdict, actual])).toEqual([
    ['info', expect.stringMatching(/^INVITE to 100 from 127\.0\.0\.2:[0-9]+: neither answered nor judged$/)],
  ])
})
