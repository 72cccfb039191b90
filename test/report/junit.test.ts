import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { renderJunit } from '../../src/report/junit.ts'
import type { RunResult } from '../../src/report/result.ts'
import { lacking } from '../support/programs.ts'
import { clean, finding, mixed, notPlayed, runOf } from './sample.ts'

const schemaPath = (name: string): string => new URL(`../../fixtures/schemas/${name}`, import.meta.url).pathname
const schemas = ['jenkins-junit-10.xsd', 'ant-junit.xsd']

const faultsIn = async (xml: string): Promise<readonly string[]> => {
  const faults = await Promise.all(
    schemas.map(async (name) => {
      const schema = { fileName: name, contents: readFileSync(schemaPath(name)) }
      const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema })
      return errors.map(({ rawMessage }) => `${name}: ${rawMessage}`)
    }),
  )
  return faults.flat()
}

const interrupted = runOf([clean], { interrupted: true })
const nothing = runOf([])
const hostile = runOf([
  {
    ...clean,
    cell: ']]>&"\u0000',
    title: '<script>\u001b[2J',
    verdict: 'fail',
    durationMs: 1234.56789,
    findings: [
      finding({
        check: 'via-echoed',
        subject: 'a\nb',
        verdict: 'fail',
        expected: '\ud800\uffff\u0085',
        actual: ']]>',
        frames: [212],
      }),
    ],
  },
])

describe('junit.xml', () => {
  for (const [what, result] of [
    ['findings of every kind', mixed],
    ['a run that was interrupted', interrupted],
    ['a run that played nothing', nothing],
    ['a message full of what XML forbids', hostile],
  ] as const)
    test(`of ${what} is valid against Jenkins' and Ant's schema`, async () => {
      expect(await faultsIn(renderJunit(result))).toEqual([])
    })

  test('of any text is well-formed and valid', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (actual, subject, title) => {
        const findings = [finding({ check: 'to-echoed', subject, verdict: 'fail', expected: title, actual })]
        expect(await faultsIn(renderJunit(runOf([{ ...clean, title, findings }])))).toEqual([])
      }),
      { numRuns: 15 },
    )
  })

  test('gives times at most three decimals, which Jenkins asks for', () => {
    expect(renderJunit(hostile)).toMatch(/ time="1\.235"/)
    expect(renderJunit(mixed)).not.toMatch(/ time="[0-9]*\.[0-9]{4}/)
  })

  const suiteOf = (result: RunResult, index: number): string =>
    renderJunit(result).split('<testsuite ')[index + 1] ?? ''

  test('counts fail as failure, inconclusive and error as error, waived and not-applicable as skipped', () => {
    expect(suiteOf(mixed, 0)).toContain('tests="7" failures="2" errors="1" skipped="1" time="2.460"')
    expect(suiteOf(mixed, 3)).toContain('tests="1" failures="0" errors="0" skipped="1" time="0.000"')
  })
  test('puts the time of a ladder on the case that tells how it was played', () => {
    const times = [...suiteOf(mixed, 0).matchAll(/<testcase [^>]* name="([a-z-]*):[^>]* time="([^"]*)"/g)]
    expect(times.map(([, check, time]) => `${check ?? ''} ${time ?? ''}`)).toEqual([
      'ladder 2.460',
      'auth-realm 0.000',
      'audio-heard 0.000',
      'auth-credentials 0.000',
      'from-host 0.000',
      'rtp-arrives 0.000',
      'rtp-port-range 0.000',
    ])
  })
  test('tells of a failure what was expected, what came, who is at fault, what to do, and the ladder around the frame', () => {
    expect(suiteOf(mixed, 0).split('<failure')[1]?.split('</failure>')[0]).toMatchInlineSnapshot(`
      " type="auth-realm" message="expected realm &quot;euc1.vp.sip.sinch.com&quot;, got realm &quot;asterisk&quot;">expected: realm &quot;euc1.vp.sip.sinch.com&quot;
      got: realm &quot;asterisk&quot;
      at fault: the trunk
      seen in: frame 2
      documented: SINCH-AUTH-02
      to do: Check the SIP credentials and the authentication realm.

      frame       time pbx                                              trunk
           1     0.000  |----------------- INVITE (SDP) ------------------&gt;|
           2     0.001  |&lt;--------------- 401 Unauthorized ----------------|  &lt;-- here
           3     0.002  |---------------------- ACK ----------------------&gt;|
           4     0.003  |------------ INVITE (SDP) (2 times) -------------&gt;|
           6     0.104  |&lt;------------------ 100 Trying -------------------|
                        :  7 after"
    `)
  })
  test('mentions what a passed case has no place for, and the whole ladder, in the output of the suite', () => {
    expect(suiteOf(mixed, 0).split('<system-out>')[1]?.split('</system-out>')[0]).toMatchInlineSnapshot(`
      "warn: from-host: call 1/INVITE 1: expected euc1.vp.sip.sinch.com, got 10.0.0.5 ␛[31m&lt;&amp;&gt;&quot;␀\\u202e
      info: rtp-arrives: stream trunk&gt;pbx 1: jitter 0.4 ms #1
      waived: rtp-port-range: stream trunk&gt;pbx 1: expected a port of 10000-60000, got port 8000; waived by Ada until 2027-01-31: known, ticket #12
      A call out is challenged, authenticated, answered, heard both ways and hung up
      frame       time pbx                                              trunk
           1     0.000  |----------------- INVITE (SDP) ------------------&gt;|
           2     0.001  |&lt;--------------- 401 Unauthorized ----------------|
           3     0.002  |---------------------- ACK ----------------------&gt;|
           4     0.003  |------------ INVITE (SDP) (2 times) -------------&gt;|
           6     0.104  |&lt;------------------ 100 Trying -------------------|
           7     0.141  |&lt;------------------ 180 Ringing ------------------|
           8     0.440  |&lt;----------------- 200 OK (SDP) ------------------|
           9     0.441  |---------------------- ACK ----------------------&gt;|
          10     0.442  |=========== audio 1000 Hz, 99 packets ===========&gt;|
          11     0.462  |&lt;========== silence, 99 packets, 1 lost ==========|
         209     2.450  |---------------------- BYE ----------------------&gt;|
         210     2.451  |&lt;----------------- 200 OK to BYE -----------------|"
    `)
  })
  test('says of a ladder that was not played why', () => {
    expect(
      suiteOf(runOf([notPlayed]), 0)
        .split('\n')
        .slice(7, 10),
    ).toMatchInlineSnapshot(`
      [
        "    <testcase classname="sinch/eu.call/far-end-hangs-up (trunk under test)" name="ladder: run" time="0.000">",
        "      <skipped message="not-applicable: trunkproof.yaml gives no number for hangsUp"/>",
        "    </testcase>",
      ]
    `)
  })
  test('of a run that was cut off is never green', () => {
    expect(suiteOf(interrupted, 1)).toMatch(/name="run" .* errors="1"/)
    expect(suiteOf(nothing, 0)).toMatch(/name="run" .* errors="1"/)
  })
  test('shows controls of a message as signs', () => {
    expect(renderJunit(mixed)).toContain('got 10.0.0.5 ␛[31m&lt;&amp;&gt;&quot;␀\\u202e')
  })

  describe.skipIf(lacking('xmllint'))('by xmllint', () => {
    for (const schema of schemas)
      test(`is valid against ${schema}`, () => {
        const lint = (xml: string): string =>
          execFileSync('xmllint', ['--noout', '--schema', schemaPath(schema), '-'], {
            input: xml,
            encoding: 'utf8',
            stdio: ['pipe', 'pipe', 'ignore'],
          })
        expect([mixed, interrupted, nothing, hostile].map((result) => lint(renderJunit(result)))).toEqual([
          '',
          '',
          '',
          '',
        ])
      })
  })
})
