import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding, Verdict } from '../../src/core/finding.ts'
import type { RunResult } from '../../src/report/result.ts'
import { inspectCapture } from '../../src/run/inspect.ts'
import { files } from '../../src/run/output.ts'
import { reportFolder } from '../../src/run/report.ts'
import { catalogue, type KeptRun, keptRun, nameOf } from '../support/embedded-run.ts'
import { lacking, programPath } from '../support/programs.ts'
import { runToEnd, trunkproof } from '../support/prove.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-inspect-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Kept = { readonly run: KeptRun; readonly folder: string }

const write = (name: string, journal: Uint8Array, capture: Uint8Array | undefined): string => {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, files.journal), journal)
  if (capture !== undefined) writeFileSync(join(path, files.capture), capture)
  return path
}

const kept: Partial<Record<'plain' | 'masked', Kept>> = {}

beforeAll(async () => {
  for (const [name, keepSecrets] of [
    ['plain', true],
    ['masked', false],
  ] as const) {
    const run = await keptRun({ profile: 'sinch/eu', keepSecrets })
    kept[name] = { run, folder: write(name, Buffer.from(run.journal), run.capture) }
  }
}, 60_000)

type Named = Finding & { readonly ladder: string }

const findingsOf = (result: RunResult): readonly Named[] =>
  result.ladders.flatMap((run) => run.findings.map((finding) => ({ ladder: nameOf(run), ...finding })))

const byLadder = (findings: readonly Named[]): readonly Named[] =>
  [...findings].sort((a, b) => (a.ladder < b.ladder ? -1 : Number(a.ladder > b.ladder)))

const options = {
  checks: catalogue.checks,
  profiles: catalogue.profiles,
  version: '0',
  profile: undefined,
  call: undefined,
  trunkAddresses: [],
  pbxAddresses: [],
}

const inspect = async (path: string): Promise<RunResult> => {
  const inspected = await inspectCapture('capture.pcapng', path, options)
  if (!inspected.ok) throw new Error(inspected.fault.saw)
  return inspected.value.result
}

const report = async (path: string): Promise<RunResult> => {
  const reported = await reportFolder(path)
  if (!reported.ok) throw new Error(reported.fault.saw)
  return reported.value
}

describe('the capture of a run', () => {
  test('is judged as the run was, frame by frame, where secrets were kept', async () => {
    const { run, folder: path } = kept.plain!
    const result = await inspect(join(path, files.capture))
    expect(byLadder(findingsOf(result))).toEqual(byLadder(findingsOf(run.result)))
    expect(result.summary).toEqual(run.result.summary)
    expect(result.interrupted).toBe(false)
  })

  test('is judged as the run was where secrets were masked, but for what docs/captures.md lists', async () => {
    const { run, folder: path } = kept.masked!
    const result = await inspect(join(path, files.capture))
    const wanted = new Set(findingsOf(run.result).map((finding) => JSON.stringify(finding)))
    const other = findingsOf(result).filter((finding) => !wanted.has(JSON.stringify(finding)))
    const listed = readFileSync(new URL('../../docs/captures.md', import.meta.url), 'utf8')
    const checks = catalogue.checks.map(({ id }) => id)
    const lost = new Set([...listed.matchAll(/^- `([a-z-]+)`/gm)].map(([, id]) => id))
    expect([...new Set(other.map(({ check }) => check))].sort()).toEqual([...lost].sort())
    expect([...lost].filter((id) => id === undefined || !checks.includes(id))).toEqual([])
    expect(findingsOf(result)).toHaveLength(wanted.size)
  })

  describe.skipIf(lacking('tshark'))('as tshark reads it', () => {
    const tshark = (path: string, ...args: readonly string[]) =>
      runToEnd(programPath('tshark') ?? '', ['-r', path, ...args], folder)

    test('has no expert warning but of what the wire really had, and no word on standard error', async () => {
      const { code, out, err } = await tshark(
        join(kept.plain!.folder, files.capture),
        '-Y',
        '_ws.malformed || _ws.expert.severity >= 6291456',
        '-T',
        'fields',
        '-e',
        'frame.number',
        '-e',
        '_ws.expert.message',
      )
      expect({ code, out, err: err.replace(/^Running as user "root".*\n/m, '') }).toEqual({ code: 0, out: '', err: '' })
    })

    test('has the right checksums of IP and UDP', async () => {
      const { out } = await tshark(
        join(kept.plain!.folder, files.capture),
        '-o',
        'ip.check_checksum:TRUE',
        '-o',
        'udp.check_checksum:TRUE',
        '-Y',
        'ip.checksum.status == "Bad" || udp.checksum.status == "Bad"',
      )
      expect(out).toBe('')
    })
  })
})

describe('the folder of a run', () => {
  test('is reported as the run was', async () => {
    for (const { run, folder: path } of Object.values(kept)) {
      const result = await report(path)
      expect(result.notes).toEqual(run.result.notes)
      expect(result.interrupted).toBe(false)
      if (run === kept.plain?.run) expect(byLadder(findingsOf(result))).toEqual(byLadder(findingsOf(run.result)))
    }
  })

  test('without its capture proves no more than the journal holds, and says so', async () => {
    const { run } = kept.plain!
    const result = await report(write('no-capture', Buffer.from(run.journal), undefined))
    expect(result.notes).toContainEqual(expect.stringContaining('capture.pcapng cannot be read'))
    expect(morePasses(result, run.result)).toEqual([])
  })

  test('without a journal of ours is refused', async () => {
    expect(await reportFolder(write('empty', new Uint8Array(), undefined))).toMatchObject({
      ok: false,
      fault: { saw: expect.stringContaining('journal') },
    })
  })
})

const good: readonly Verdict[] = ['pass', 'info', 'not-applicable']

/** Passes of a part that the whole run does not have. */
const morePasses = (part: RunResult, whole: RunResult): readonly string[] => {
  const had = new Set(
    findingsOf(whole)
      .filter(({ verdict }) => good.includes(verdict))
      .map(({ ladder, check, subject }) => `${ladder}: ${check} (${subject})`),
  )
  return findingsOf(part)
    .filter(({ verdict }) => good.includes(verdict))
    .map(({ ladder, check, subject }) => `${ladder}: ${check} (${subject})`)
    .filter((name) => !had.has(name))
}

/** Places all over a file, and close to its end; without the last byte alone, a line break, nothing is lacking. */
const places = (length: number): readonly number[] => [
  ...Array.from({ length: 12 }, (_, n) => Math.floor((length * (n + 1)) / 13)),
  length - 1000,
  length - 40,
  length - 3,
  length - 2,
]

describe('a run whose files were cut off', () => {
  test('never throws, and passes nothing that the whole run does not', async () => {
    const { run } = kept.plain!
    const journal = Buffer.from(run.journal)
    const header = run.journal.indexOf('\n') + 1
    for (const [n, place] of places(journal.length - header).entries()) {
      const cut = journal.subarray(0, header + place)
      const captured = run.capture.subarray(0, Math.floor((run.capture.length * (header + place)) / journal.length))
      for (const [kind, capture] of [
        ['both', captured],
        ['journal', run.capture],
      ] as const) {
        const result = await report(write(`cut-${n}-${kind}`, cut, capture))
        expect(morePasses(result, run.result)).toEqual([])
        // The last line says that the run ended: without it, it did not.
        expect(result.interrupted).toBe(true)
      }
    }
  }, 60_000)

  test('says what was cut off', async () => {
    const { run } = kept.plain!
    const journal = Buffer.from(run.journal)
    const path = write('cut', journal.subarray(0, -5), run.capture.subarray(0, -5))
    expect((await report(path)).notes).toEqual(
      expect.arrayContaining([
        expect.stringContaining('of the journal were cut off'),
        expect.stringContaining('capture.pcapng is cut off'),
      ]),
    )
  })

  test('is inspected as far as its capture goes', async () => {
    const { run } = kept.plain!
    for (const [n, place] of places(run.capture.length).entries()) {
      const path = join(write(`capture-${n}`, new Uint8Array(), run.capture.subarray(0, place)), files.capture)
      const inspected = await inspectCapture('capture.pcapng', path, options)
      if (!inspected.ok) throw new Error(inspected.fault.saw)
      expect(morePasses(inspected.value.result, run.result)).toEqual([])
      if (place < run.capture.length - 1000)
        expect(
          inspected.value.result.notes.concat(inspected.value.result.ladders.map(({ verdict }) => verdict)),
        ).toContainEqual(expect.stringMatching(/cut off|inconclusive/))
    }
  }, 60_000)
})

const main = new URL('../../bin/trunkproof.js', import.meta.url).pathname

const toldBefore = 10

/** Runs the command line until some ladders were told, and kills it there. */
const killedRun = (out: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'run', '--out', out], {
      cwd: folder,
      env: { ...process.env, CI: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (told.split('\n').length > toldBefore) child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve()
      else reject(new Error('the run ended before it was killed'))
    })
  })

test('a run that was killed is reported as far as it came, and is not proved: exit code 3', async () => {
  await killedRun('killed')
  const ended = await trunkproof(['report', 'killed', '--json'], folder)
  expect(ended.err).toBe('')
  const result: RunResult = JSON.parse(ended.out)
  expect(ended.code).toBe(3)
  expect(result.interrupted).toBe(true)
  expect(result.ladders.length).toBeGreaterThan(toldBefore)
  expect(result.summary.pass).toBeGreaterThan(0)
  expect(result.ladders.map(({ verdict }) => verdict)).toContain('inconclusive')
  expect(readFileSync(join(folder, 'killed', files.junit), 'utf8')).toContain('<testsuite')
}, 30_000)
