import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startPbx } from '../../src/embedded/pbx.ts'
import { startTrunk } from '../../src/embedded/trunk.ts'
import type { RunResult } from '../../src/report/result.ts'
import { contractOf, credentials, openPeer, optionsFor } from '../embedded/peer.ts'
import { openResponder } from '../support/responder.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-call-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const { callee = '', callerId = '' } = contractOf('sinch/eu').numbers
writeFileSync(
  join(folder, 'trunkproof.yaml'),
  [
    `numbers: { callee: "+12025550199", busy: "${callee}", callerId: "${callerId}" }`,
    'credentials: { username: { env: SIP_USER }, password: { env: SIP_PASS } }',
    'echoes: true\n',
  ].join('\n'),
)
const env = { SIP_USER: credentials.username, SIP_PASS: credentials.password }

test.each([
  ['udp', '', 'codec=PCMU'],
  ['tcp', ';transport=tcp', 'codec=PCMU transport=tcp'],
] as const)('one call over %s: challenged, answered, heard both ways and hung up', async (transport, params, of) => {
  const peer = await openPeer()
  const trunk = await startTrunk({ ...optionsFor('sinch/eu', peer), transport })
  try {
    const uri = `sip:${callee}@${trunk.local.address}:${trunk.local.port}${params}`
    const { out } = await runCli(['call', uri, '--out', `out-${transport}`, '--json'], folder, env)
    const result = JSON.parse(out) as RunResult
    expect(result.ladders.map(({ id, side, cell }) => [id, side, cell])).toEqual([
      ['termination/answered-call', 'trunk', of],
    ])
    const verdicts = (result.ladders[0]?.findings ?? []).map(({ check, verdict }) => `${check} ${verdict}`)
    for (const passed of ['auth-credentials pass', 'audio-heard pass', 'bye-answered pass'])
      expect(verdicts).toContain(passed)
    expect(verdicts).not.toContain('ladder fail')
  } finally {
    await Promise.all([trunk.close(), peer.close()])
  }
})

test('a far end that answers at once, without asking for credentials, is called all the same: a warning tells it', async () => {
  const peer = await openPeer()
  const far = await startPbx(optionsFor('vonage/eu', peer))
  const { did = '' } = contractOf('vonage/eu').numbers
  const own = join(folder, 'far.yaml')
  writeFileSync(
    own,
    [
      `numbers: { callee: "${did}", callerId: "12025550199" }`,
      'credentials: { username: { env: SIP_USER }, password: { env: SIP_PASS } }',
      'echoes: true\n',
    ].join('\n'),
  )
  try {
    const uri = `sip:${did}@${far.local.address}:${far.local.port}`
    const args = ['call', uri, '--profile', 'vonage/eu', '--config', own, '--out', 'out-far', '--json']
    const { out, code } = await runCli(args, folder, env)
    const result = JSON.parse(out) as RunResult
    const [called] = result.ladders
    const told = called?.findings
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ check, actual }) => [check, actual])
    expect(told).toEqual([['auth-credentials', '180 Ringing without credentials']])
    expect([called?.verdict, code]).toEqual(['warn', 0])
  } finally {
    await Promise.all([far.close(), peer.close()])
  }
})

test.each([
  ['sip:+19995550000@', '+19995550000 is none of the numbers of trunkproof.yaml'],
  ['sip:911@', '911 is never called'],
  ['sip:', 'names no number'],
])('%s…: nothing is sent, exit code 2', async (uri, words) => {
  const responder = await openResponder(() => undefined)
  const { err, code } = await runCli(['call', `${uri}127.0.0.1:${responder.port}`], folder, env)
  await responder.close()
  expect(err).toContain(words)
  expect(code).toBe(2)
  expect(responder.requests).toEqual([])
})

test('a codec that is not spoken', async () => {
  const { err, code } = await runCli(['call', `sip:${callee}@127.0.0.1`, '--codec', 'G729'], folder, env)
  expect(err).toContain('--codec G729 is not spoken; try one of PCMU, PCMA')
  expect(code).toBe(2)
})
