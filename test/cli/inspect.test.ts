import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { Inspection } from '../../src/report/inspection.ts'
import { causeCaptures } from '../support/cause-captures.ts'
import { healthyCaptures } from '../support/causes/healthy.ts'
import { causeFile } from '../support/cause-file.ts'
import { createTape, inTime } from '../support/cause-flow.ts'
import { writePcap } from '../support/pcap.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-inspect-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const healthy = (name: string): string => {
  const tape = createTape()
  healthyCaptures.find((one) => one.name === name)?.write(tape)
  return write(`${name}.pcap`, writePcap(inTime(tape)))
}

const inspect = (...argv: readonly string[]) => runCli(['inspect', ...argv], folder)

const json = async (...argv: readonly string[]): Promise<Inspection> => {
  const { out, err } = await inspect(...argv, '--json')
  expect(err).toBe('')
  return JSON.parse(out) as Inspection
}

const main = new URL('../../bin/trunkproof.js', import.meta.url).pathname

const piped = (bytes: Uint8Array, ...argv: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'inspect', '-', ...argv], { stdio: ['pipe', 'pipe', 'inherit'] })
    const parts: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => parts.push(part))
    child.once('error', reject)
    child.once('close', () => resolve(Buffer.concat(parts).toString()))
    child.stdin.end(bytes)
  })

describe('inspect --json of a stranger', () => {
  test('has the keys that scripts rely on', async () => {
    const inspection = await json(causeFile('one-way-audio'))
    expect(Object.keys(inspection)).toEqual(
      expect.arrayContaining([
        ...['file', 'profile', 'packets', 'sipMessages', 'skipped', 'calls', 'registrations', 'causes', 'streams'],
        ...['findings', 'summary'],
      ]),
    )
    const [call] = inspection.calls
    expect(call).toMatchObject({
      callId: 'a84b4c76e66710',
      from: '+12025550142',
      to: '+442079460123',
      state: 'answered',
      startedAt: '2026-11-21T12:00:00.010Z',
      durationMs: 4020,
      endedBy: 'pbx',
      codecs: ['PCMU'],
    })
    expect(call?.streams).toEqual([
      {
        ssrc: expect.any(Number) as number,
        src: '203.0.113.10:30000',
        dst: '198.51.100.30:20000',
        payloadType: 0,
        codec: 'PCMU',
        packets: 200,
        lost: 0,
        meanJitterMs: 0,
      },
    ])
    expect(call?.causes).toEqual([
      expect.objectContaining({
        id: 'one-way-audio',
        symptom: 'no or poor audio',
        atFault: 'undecided',
        frames: [1, 4],
      }),
    ])
    expect(inspection.findings.length).toBe(call?.findings.length)
    expect(inspection.packets).toBe(207)
  })

  test.each(causeCaptures)(
    'of $name finds what broke it, by the RFCs or with its side named',
    async ({ name, causes }) => {
      const { calls, registrations } = await json(causeFile(name), '--trunk-address', '198.51.100.0/24')
      const found = [...calls, ...registrations].flatMap((one) => one.causes.map(({ id }) => id))
      // What only the documents of a provider tell cannot be found without one.
      const byRfc = causes.filter((id) => !['wrong-realm', 'number-format'].includes(id))
      expect(found).toEqual(expect.arrayContaining(byRfc))
    },
  )

  test.each(healthyCaptures)('finds nothing that broke it in a healthy call: $name', async ({ name }) => {
    const { calls, findings } = await json(healthy(name))
    expect(calls.flatMap(({ causes }) => causes)).toEqual([])
    expect(findings.filter(({ verdict }) => verdict === 'error')).toEqual([])
  })

  test('demands by the RFCs alone no challenge, which only a provider documents', async () => {
    const { findings } = await json(healthy('answered'))
    expect(findings.filter(({ check }) => check === 'auth-credentials')).toEqual([])
    const { findings: held } = await json(
      healthy('answered'),
      '--profile',
      'sinch/eu',
      '--trunk-address',
      '198.51.100.0/24',
    )
    expect(held.filter(({ check }) => check === 'auth-credentials').map(({ verdict }) => verdict)).toContain('fail')
  })

  test('calls media that the capture does not hold not seen, and not lost', async () => {
    const verdictsOf = async (path: string) =>
      (await json(path)).findings.filter(({ check }) => check === 'rtp-arrives').map(({ verdict }) => verdict)
    expect(await verdictsOf(healthy('signalling-only'))).toEqual(['inconclusive', 'inconclusive'])
    expect(await verdictsOf(causeFile('one-way-audio'))).toContain('fail')
  })

  test('is the same of a gzip file and of standard input', async () => {
    const bytes = readFileSync(causeFile('one-way-audio'))
    const { file: _, ...plain } = await json(causeFile('one-way-audio'))
    const { file: _gzip, ...zipped } = await json(write('call.pcap.gz', gzipSync(bytes)))
    expect(zipped).toEqual(plain)
    const { file, ...read } = JSON.parse(await piped(bytes, '--json')) as Inspection
    expect(file).toBe('-')
    expect(read).toEqual(plain)
  })

  test('is an array for several files', async () => {
    const { out } = await inspect(causeFile('no-audio'), healthy('answered'), '--json')
    expect((JSON.parse(out) as Inspection[]).map(({ calls }) => calls.length)).toEqual([2, 1])
  })

  test('has only the calls that were asked for', async () => {
    const { calls, findings } = await json(causeFile('one-way-audio'), '--call', '+44207946')
    expect(calls.length).toBe(1)
    expect(findings.length).toBeGreaterThan(0)
  })
})

/** The same capture with a snap length: what is longer is cut off. */
const snapped = (name: string, length: number): Uint8Array => {
  const file = readFileSync(causeFile(name))
  const parts = [file.subarray(0, 24)]
  for (let at = 24; at < file.length;) {
    const size = file.readUInt32LE(at + 8)
    const head = Buffer.from(file.subarray(at, at + 16))
    head.writeUInt32LE(Math.min(size, length), 8)
    parts.push(head, file.subarray(at + 16, at + 16 + Math.min(size, length)))
    at += 16 + size
  }
  return Buffer.concat(parts)
}

test('a capture with a snap length has its streams, and says that its messages are cut', async () => {
  const { streams, sipMessages, skipped, calls } = await json(write('snapped.pcap', snapped('one-way-audio', 42)))
  expect(streams.map(({ packets, lost }) => ({ packets, lost }))).toEqual([{ packets: 200, lost: 0 }])
  expect({ sipMessages, calls: calls.length, skipped }).toEqual({
    sipMessages: 0,
    calls: 0,
    // Of a request, 14 bytes do not show what it is.
    skipped: { 'sip message cut': 4, 'neither sip nor rtp': 3 },
  })
})

describe('inspect ends with', () => {
  test('0 for a healthy call', async () => {
    expect((await inspect(healthy('early-media'), '--diagnose')).code).toBeLessThan(2)
  })
  test('1 where something broke a call and was asked for', async () => {
    const { code, out } = await inspect(causeFile('wrong-password'), '--diagnose')
    expect(code).toBe(1)
    expect(out).toContain('wrong-password: set-up failed')
  })
  test('3 for a capture in which there is nothing to judge', async () => {
    const { code, out } = await inspect(write('empty.pcap', writePcap([])))
    expect({ code, says: out.includes('Nothing could be judged') }).toEqual({ code: 3, says: true })
  })
  test('what can be judged of a capture that was cut off, and says where', async () => {
    const bytes = readFileSync(causeFile('one-way-audio'))
    const { out } = await inspect(write('cut.pcap', bytes.subarray(0, bytes.length - 5)))
    expect(out).toContain('the capture is cut off: it ends within what begins at byte')
  })

  const refused = [
    ['no capture', () => [write('text.pcap', Buffer.from('hello, world'))], 'no pcap and no pcapng file'],
    ['a folder', () => [folder], 'folder'],
    ['no file', () => ['nowhere.pcap'], 'no such file'],
    ['a corrupt gzip', () => [write('bad.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8]))], 'try'],
    ['an unknown profile', () => [causeFile('no-audio'), '--profile', 'sinch/ue'], 'sinch/eu'],
    ['no address', () => [causeFile('no-audio'), '--trunk-address', 'trunk'], '--trunk-address'],
    ['a call that is not there', () => [causeFile('no-audio'), '--call', 'nobody'], 'none of its 2 calls'],
    ['an export without a folder', () => [causeFile('no-audio'), '--export', 'call'], '--out'],
    ['an export of what is read once', () => ['-', '--export', 'call', '--out', 'x'], 'standard input'],
    ['another export', () => [causeFile('no-audio'), '--export', 'mp3', '--out', 'x'], 'call or wav'],
    [
      'audio that is none',
      () => [causeFile('wrong-password'), '--export', 'wav', '--out', 'x'],
      'no call of it has audio',
    ],
    ['a folder that is a file', () => [causeFile('no-audio'), '--out', causeFile('no-audio')], '--out'],
  ] as const
  test.each(refused)('2 and one line for %s', async (_, argv, says) => {
    const { code, out, err } = await inspect(...argv())
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
    expect(err.trimEnd().split('\n').length).toBe(1)
  })
})

test('the text of an inspection tells the calls, their ladders, what broke them and what to do', async () => {
  copyFileSync(causeFile('one-way-audio'), join(folder, 'call.pcap'))
  const { out } = await inspect('call.pcap', '--diagnose')
  for (const line of [
    'call.pcap  207 packets, 7 SIP messages, 1 stream; judged by the RFCs alone',
    /^1 {5}\+12025550142 {2}\+442079460123 {2}12:00:00\.010/m,
    /\|-+ INVITE \(SDP\) -+>\|/,
    'What broke call 1, +12025550142 to +442079460123:',
    '  one-way-audio: no or poor audio',
    '    at fault    cannot be told from here',
  ])
    expect(out).toMatch(line)
})

test('reports of an inspection are those of a run, and the inspection itself', async () => {
  const out = join(folder, 'reports')
  await inspect(causeFile('one-way-audio'), '--out', out)
  const inspection = JSON.parse(readFileSync(join(out, 'inspection.json'), 'utf8')) as Inspection
  expect(inspection).toEqual(await json(causeFile('one-way-audio')))
  expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('<testsuite name="call 1"')
  expect(readFileSync(join(out, 'results.tap'), 'utf8')).toMatch(/^TAP version 13/)
  expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toMatchObject({
    ladders: [{ id: 'call 1', side: 'both' }],
    summary: inspection.summary,
  })
})
