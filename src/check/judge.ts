import type { Finding, Verdict } from '../core/finding.ts'
import type { Check, Evidence, Judgement } from './check.ts'
import { type Doubts, createDoubts } from './doubts.ts'
import { type Judged, withoutFlood } from './flood.ts'
import { naturally } from './natural.ts'
import { anyOther, inOrder } from './order.ts'
import { documented } from './requirements.ts'

const ourDefect = 'This is a defect of trunkproof itself: please report it with the folder of this run.'

const ascending = (frames: readonly number[]): readonly number[] => [...new Set(frames)].sort((a, b) => a - b)

/** The check because of which a judgement cannot stand. */
const spoiler = (check: Check, { call, verdict }: Judgement, doubts: Doubts): string | undefined => {
  const explains = check.presupposes.includes(anyOther) && verdict === 'fail'
  return doubts.amongst(check.presupposes, call) ?? (explains ? doubts.otherThan(check.id, call) : undefined)
}

const verdictOfSut = (check: Check, judgement: Judgement, evidence: Evidence): Verdict => {
  if (judgement.verdict === 'pass') return judgement.frames.length === 0 ? 'error' : 'pass'
  if (judgement.verdict !== 'fail') return judgement.verdict
  const row = documented(evidence.contract, check.id, judgement.side, evidence.ladder)
  const strength = row.strength ?? judgement.strength ?? check.strength
  return strength === 'MUST' ? 'fail' : 'warn'
}

const atFaultOf = (judgement: Judgement, verdict: Verdict): Finding['atFault'] => {
  if (verdict === 'error') return 'harness'
  if (verdict === 'fail' || verdict === 'warn') return judgement.atFault ?? judgement.side
  return verdict === 'inconclusive' ? (judgement.atFault ?? null) : null
}

const finding = (check: Check, judgement: Judgement, verdict: Verdict, evidence: Evidence): Finding => {
  const row = documented(evidence.contract, check.id, judgement.side, evidence.ladder)
  const advised = verdict === 'fail' || verdict === 'warn' || verdict === 'inconclusive'
  const unproved = verdict === 'error' && judgement.verdict === 'pass'
  return {
    check: check.id,
    subject: judgement.subject,
    verdict,
    expected: judgement.expected,
    actual: unproved ? `${judgement.actual}, but no frame proves it` : judgement.actual,
    frames: ascending(judgement.frames),
    requirements: verdict === 'error' ? [] : row.ids,
    atFault: atFaultOf(judgement, verdict),
    advice: verdict === 'error' ? ourDefect : advised ? (judgement.advice ?? row.advice ?? check.advice) : null,
  }
}

const because = (check: Check, judgement: Judgement, spoiledBy: string, evidence: Evidence): Finding => ({
  ...finding(check, judgement, 'inconclusive', evidence),
  actual: `because of ${spoiledBy}`,
  atFault: null,
  advice: null,
})

/** Whether the tap saw nothing of that side on the hop, though the other side shows that it spoke. */
const isUnseen = ({ call: name, subject, side }: Judgement, { trace }: Evidence): boolean => {
  const of = trace.calls.find((call) => call.name === name) ?? trace.transactions.find((one) => one.name === subject)
  return of !== undefined && trace.hops[of.hop]?.unseen === side
}

const unseen = (check: Check, judgement: Judgement, evidence: Evidence): Finding => ({
  ...finding(check, judgement, 'inconclusive', evidence),
  actual: `${judgement.actual}; the capture has nothing that the ${judgement.side} sent here, though it spoke`,
  atFault: null,
  advice: null,
})

/** `undefined` where there is nothing to say: our own side kept the rule, or breaks it on purpose. */
const findingOf = (check: Check, judgement: Judgement, evidence: Evidence, doubts: Doubts): Finding | undefined => {
  const ours = judgement.side !== evidence.sut
  const excused = evidence.observed === true || evidence.breaks.includes(check.id)
  if (ours && (judgement.verdict !== 'fail' || excused)) return undefined
  if (check.absence === true && judgement.verdict === 'fail' && isUnseen(judgement, evidence))
    return unseen(check, judgement, evidence)
  const spoiledBy = spoiler(check, judgement, doubts)
  if (ours) return spoiledBy === undefined ? finding(check, judgement, 'error', evidence) : undefined
  return spoiledBy === undefined
    ? finding(check, judgement, verdictOfSut(check, judgement, evidence), evidence)
    : because(check, judgement, spoiledBy, evidence)
}

/** What the checks find in the evidence: pure, in the order of check ids and subjects. */
export const judge = (checks: readonly Check[], evidence: Evidence): readonly Finding[] => {
  const judged: Judged[] = []
  const doubts = createDoubts()
  for (const check of inOrder(checks)) {
    const found = check.judge(evidence).flatMap((judgement) => {
      const result = findingOf(check, judgement, evidence, doubts)
      return result === undefined ? [] : [{ call: judgement.call, finding: result }]
    })
    for (const one of withoutFlood(found)) {
      judged.push(one)
      doubts.add(one.call, one.finding)
    }
  }
  return judged
    .map(({ finding: found }) => found)
    .sort((a, b) => (a.check < b.check ? -1 : Number(a.check > b.check)) || naturally(a.subject, b.subject))
}
