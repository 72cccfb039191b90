import { beforeAll, describe, expect, test } from 'vitest'
import { readOwnCapture } from '../../src/capture/own.ts'
import type { Verdict } from '../../src/core/finding.ts'
import { summarize } from '../../src/report/summary.ts'
import { catalogue, journalLines, type KeptRun, keptRun, nameOf } from '../support/embedded-run.ts'
import { loopbacks } from '../support/loopback.ts'

/** One of each shape of calls in; the other regions differ in hosts and addresses alone, which the selftest plays. */
const shapes = ['sinch/eu', 'sinch/use1', 'vonage/eu']
const cases = catalogue.profiles
  .filter(({ id }) => shapes.includes(id))
  .flatMap(({ id }) =>
    (id === 'vonage/eu' ? loopbacks.slice(0, 1) : loopbacks).map((family) => ({ profile: id, ...family })),
  )
const runs = new Map<string, KeptRun>()
const keyOf = (profile: string, address: string): string => `${profile} ${address}`

// One after another: each is a whole run, and media is paced in real time.
beforeAll(async () => {
  for (const { profile, address, absent } of cases)
    if (!absent) runs.set(keyOf(profile, address), await keptRun({ profile, bind: address }))
}, 300_000)

/** Why a party that we play may put something on the wire (docs/architecture.md, causality). */
const isCause = (cause: string | undefined): boolean =>
  cause !== undefined &&
  /^(?:retransmission of )?(?:(?:setup|step|finally) [0-9]+|(?:duty|phone|postamble): \S.*|meanwhile [A-Z]+|by the book)$/.test(
    cause,
  )

/** RFC 7983 §7: the first octet tells RTP and RTCP from SIP. */
const isMedia = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) >= 128 && (bytes[0] ?? 0) <= 191

for (const { profile, address, absent } of cases)
  describe.skipIf(absent)(`a clean run of ${profile} at ${address}`, () => {
    const run = (): KeptRun => runs.get(keyOf(profile, address))!

    test('finds nothing that is not as it should be', () => {
      const quiet: readonly Verdict[] = ['pass', 'info', 'not-applicable']
      const wrong = run().result.ladders.flatMap((ladder) =>
        ladder.findings
          .filter(({ verdict }) => !quiet.includes(verdict))
          .map((finding) => `${nameOf(ladder)}: ${finding.verdict} ${finding.check}: ${finding.actual ?? ''}`),
      )
      expect(wrong).toEqual([])
      expect(run().result.interrupted).toBe(false)
      expect(run().result.ladders.every(({ verdict }) => quiet.includes(verdict))).toBe(true)
    })

    test('gives a cause for every frame that our side sent', () => {
      const frames = journalLines(run().journal).filter((line) => line.type === 'frame')
      const sent = frames.filter(({ frame }) => frame.tap === 'sent')
      expect(sent.length).toBeGreaterThan(100)
      expect(
        sent.filter(({ cause }) => !isCause(cause)).map(({ frame, cause }) => `${frame.number}: ${cause ?? ''}`),
      ).toEqual([])
      expect(frames.filter(({ frame, cause }) => frame.tap !== 'sent' && cause !== undefined)).toEqual([])
    })

    test('journals every message of the capture, so that only media is without a line', () => {
      const capture = readOwnCapture(run().capture)
      if (!capture.ok) throw new Error(capture.fault.saw)
      const told = new Set(
        journalLines(run().journal).flatMap((line) => (line.type === 'frame' ? [line.frame.number] : [])),
      )
      const untold = capture.value.frames.map(({ frame }) => frame).filter(({ number }) => !told.has(number))
      expect(untold.length).toBeGreaterThan(100)
      expect(untold.filter(({ bytes }) => !isMedia(bytes))).toEqual([])
    })

    test('sends no header line of a message twice', () => {
      const capture = readOwnCapture(run().capture)
      if (!capture.ok) throw new Error(capture.fault.saw)
      const sent = capture.value.frames.filter(({ frame }) => frame.tap === 'sent' && !isMedia(frame.bytes))
      const twice = sent.flatMap(({ frame: { number, bytes } }) => {
        const lines = (Buffer.from(bytes).toString('latin1').split('\r\n\r\n')[0] ?? '').split('\r\n')
        return lines.filter((line, index) => lines.indexOf(line) !== index).map((line) => `${number}: ${line}`)
      })
      expect(sent.length).toBeGreaterThan(100)
      expect(twice).toEqual([])
    })

    test('sends media only while an interval of a ladder goes on', () => {
      const capture = readOwnCapture(run().capture)
      if (!capture.ok) throw new Error(capture.fault.saw)
      const lines = journalLines(run().journal)
      const audible = new Set(
        lines.flatMap((line) =>
          line.type === 'step' && /: (?:audio|dtmf)$/.test(line.outcome.head) ? [line.ladder] : [],
        ),
      )
      const sent = capture.value.frames.filter(({ frame }) => frame.tap === 'sent' && isMedia(frame.bytes))
      expect(sent.length).toBeGreaterThan(100)
      expect(sent.filter((frame) => !audible.has(frame.interface))).toEqual([])
    })

    test('proves each pass by frames of its own ladder run', () => {
      const capture = readOwnCapture(run().capture)
      if (!capture.ok) throw new Error(capture.fault.saw)
      const names = capture.value.interfaces.map(({ description }) => nameOf(JSON.parse(description)))
      const ladderOf = new Map(capture.value.frames.map((frame) => [frame.frame.number, names[frame.interface]]))
      for (const ladder of run().result.ladders)
        for (const { verdict, frames } of ladder.findings) {
          if (verdict === 'pass') expect(frames.length).toBeGreaterThan(0)
          expect(frames.filter((frame) => ladderOf.get(frame) !== nameOf(ladder))).toEqual([])
        }
    })

    test('counts its findings in the summary', () => {
      const { summary, ladders } = run().result
      expect(summary).toEqual(summarize(ladders))
      const total = Object.values(summary).reduce((sum, count) => sum + count, 0)
      expect(total).toBe(ladders.flatMap(({ findings }) => findings).length)
      expect(summary.pass).toBe(total)
    })

    test('leaves no ladder and no side out without a reason', () => {
      const { ladders } = run().result
      for (const { id, tests } of catalogue.ladders)
        for (const side of tests) {
          const own = ladders.filter((ladder) => ladder.id === id && ladder.side === side)
          expect([id, side, own.length > 0]).toEqual([id, side, true])
          for (const { verdict, reason } of own)
            if (verdict === 'not-applicable') expect(reason).toMatch(/\S/)
            else expect(reason).toBeNull()
        }
    })
  })

test('every ladder is played for each of its sides with at least one provider', () => {
  const played = new Set(
    [...runs.values()].flatMap(({ result }) =>
      result.ladders.filter(({ verdict }) => verdict === 'pass').map(({ id, side }) => `${id} [${side}]`),
    ),
  )
  const all = catalogue.ladders.flatMap(({ id, tests }) => tests.map((side) => `${id} [${side}]`))
  expect(all.filter((name) => !played.has(name))).toEqual([])
})

test('every check judges something in a clean run', () => {
  const judged = new Set(
    [...runs.values()].flatMap(({ result }) => result.ladders.flatMap(({ findings }) => findings.map((f) => f.check))),
  )
  expect(catalogue.checks.map(({ id }) => id).filter((id) => !judged.has(id))).toEqual([])
})
