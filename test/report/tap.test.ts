import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Parser } from 'tap-parser'
import { describe, expect, test } from 'vitest'
import { renderTap } from '../../src/report/tap.ts'
import type { RunResult } from '../../src/report/result.ts'
import { lacking } from '../support/programs.ts'
import { answered, clean, finding, mixed, runOf } from './sample.ts'

/** tap-parser in strict mode: anything that is not TAP is a failure. */
const parse = (result: RunResult) => {
  const parser = new Parser({ strict: true })
  const points: { ok: boolean; name: string; todo: unknown; skip: unknown; diag: unknown }[] = []
  const extra: string[] = []
  parser.on('assert', ({ ok, name, todo, skip, diag }) => points.push({ ok, name, todo, skip, diag }))
  parser.on('extra', (line: string) => extra.push(line))
  parser.end(renderTap(result))
  return { points, extra, version: parser.planEnd }
}

describe('results.tap', () => {
  test('of findings of every kind', () => {
    expect(renderTap(runOf([{ ...answered, rows: [] }, ...mixed.ladders.slice(2)], { notes: ['a note # of ours'] })))
      .toMatchInlineSnapshot(`
      "TAP version 13
      1..9
      # a note # of ours
      ok 1 - termination/answered-call (trunk under test, codec=PCMU): ladder: run
      not ok 2 - termination/answered-call (trunk under test, codec=PCMU): auth-realm: call 1/INVITE 1
        ---
        verdict: "fail"
        expected: "realm \\"euc1.vp.sip.sinch.com\\""
        actual: "realm \\"asterisk\\""
        atFault: "trunk"
        frames: "2"
        requirements: "SINCH-AUTH-02"
        advice: "Check the SIP credentials and the authentication realm."
        ...
      not ok 3 - termination/answered-call (trunk under test, codec=PCMU): audio-heard: stream trunk>pbx 1
        ---
        verdict: "fail"
        expected: "audio above -40 dBov"
        actual: "1980 ms of silence"
        atFault: "trunk"
        frames: "11 208"
        requirements: "SINCH-RTP-04"
        advice: "Look for a codec that both sides name alike and decode differently, and for a muted source."
        ...
      not ok 4 - termination/answered-call (trunk under test, codec=PCMU): auth-credentials: call 1/INVITE 2
        ---
        verdict: "inconclusive"
        actual: "because of auth-realm"
        ...
      ok 5 - termination/answered-call (trunk under test, codec=PCMU): from-host: call 1/INVITE 1
        ---
        verdict: "warn"
        expected: "euc1.vp.sip.sinch.com"
        actual: "10.0.0.5 ␛[31m<&>\\"␀\\\\u202e"
        atFault: "pbx"
        frames: "1"
        advice: "Send the provider host in From."
        ...
      ok 6 - termination/answered-call (trunk under test, codec=PCMU): rtp-arrives: stream trunk>pbx 1
        ---
        verdict: "info"
        actual: "jitter 0.4 ms #1"
        frames: "11"
        ...
      not ok 7 - termination/answered-call (trunk under test, codec=PCMU): rtp-port-range: stream trunk>pbx 1 # TODO waived: expected a port of 10000-60000, got port 8000; waived by Ada until 2027-01-31: known, ticket \\#12
        ---
        verdict: "waived"
        expected: "a port of 10000-60000"
        actual: "port 8000; waived by Ada until 2027-01-31: known, ticket #12"
        atFault: "trunk"
        frames: "11"
        ...
      ok 8 - options/answered (trunk under test): options-answered: OPTIONS 1
      ok 9 - call/far-end-hangs-up (trunk under test): ladder: run # SKIP trunkproof.yaml gives no number for hangsUp
      "
    `)
  })

  test('is read by tap-parser as it is meant, diagnostics too', () => {
    const { points, extra } = parse(mixed)
    expect(extra).toEqual([])
    expect(points.map(({ ok, todo, skip }) => [ok, todo !== false, skip !== false])).toEqual([
      [true, false, false],
      [false, false, false],
      [false, false, false],
      [false, false, false],
      [true, false, false],
      [true, false, false],
      [false, true, false],
      [true, false, false],
      [false, false, false],
      [true, false, false],
      [true, false, true],
    ])
    expect(points[1]?.diag).toMatchObject({
      verdict: 'fail',
      expected: 'realm "euc1.vp.sip.sinch.com"',
      frames: '2',
      atFault: 'trunk',
    })
    expect(points[4]?.diag).toMatchObject({ verdict: 'warn', actual: '10.0.0.5 ␛[31m<&>"␀\\u202e' })
  })

  test('survives any text in names, directives and diagnostics', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const verdict = fc.constantFrom('fail', 'warn', 'waived', 'not-applicable')
    fc.assert(
      fc.property(text, text, verdict, (subject, actual, kind) => {
        const findings = [
          finding({ check: 'to-echoed', subject, verdict: kind, expected: actual, actual, frames: [212] }),
        ]
        const { points, extra } = parse(runOf([{ ...clean, findings }]))
        expect(extra).toEqual([])
        expect(points.map(({ todo, skip }) => [todo !== false, skip !== false])).toEqual([
          [kind === 'waived', kind === 'not-applicable'],
        ])
      }),
    )
  })

  test('of a run that was cut off, or that played nothing, is not ok', () => {
    expect(parse(runOf([clean], { interrupted: true })).points.map(({ ok }) => ok)).toEqual([true, false])
    expect(parse(runOf([])).points.map(({ ok }) => ok)).toEqual([false])
  })

  test('of a capture with frame numbers of seven digits is YAML still', () => {
    const rows = clean.rows.map((row, index) => ({ ...row, frame: 1_000_000 + index }))
    const findings = [finding({ check: 'to-echoed', subject: 'OPTIONS 1', verdict: 'fail', frames: [1_000_000] })]
    expect(parse(runOf([{ ...clean, rows, findings }])).points[0]?.diag).toMatchObject({ verdict: 'fail' })
  })

  const inFile = <T>(tap: string, use: (path: string) => T): T => {
    const folder = mkdtempSync(join(tmpdir(), 'trunkproof-'))
    try {
      writeFileSync(join(folder, 'results.tap'), tap)
      return use(join(folder, 'results.tap'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  describe.skipIf(lacking('prove'))('by prove', () => {
    const prove = (result: RunResult) =>
      inFile(renderTap(result), (path) => spawnSync('prove', ['--exec', 'cat', path], { encoding: 'utf8' }))

    test('counts what failed and what was skipped', () => {
      const { status, stdout } = prove(mixed)
      expect(status).not.toBe(0)
      expect(stdout).toContain('Failed 4/11 subtests')
      expect(stdout).toContain('(less 1 skipped subtest: 6 okay)')
      expect(stdout).not.toContain('Parse errors')
    })
    test('is content with a clean run', () => {
      expect(prove(runOf([clean]))).toMatchObject({ status: 0, stdout: expect.stringContaining('Result: PASS') })
    })
  })

  test('tap-junit makes XML of it, whatever a peer wrote', () => {
    const tapJunit = new URL('../../node_modules/.bin/tap-junit', import.meta.url).pathname
    const xml = execFileSync(tapJunit, { input: renderTap(mixed), encoding: 'utf8' })
    expect(xml).toContain('<testsuites tests="11"')
    expect(Array.from(xml).filter((character) => character < ' ' && character !== '\n')).toEqual([])
  })
})
