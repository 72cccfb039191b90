import { beforeAll, describe, expect, test } from 'vitest'
import type { Side } from '../../src/core/finding.ts'
import type { LadderResult } from '../../src/report/result.ts'
import type { Ladder, Step } from '../../src/scenario/ladder.ts'
import { catalogue, keptRun } from '../support/embedded-run.ts'

type Section = 'setup' | 'ladder' | 'finally'
const sections: readonly Section[] = ['setup', 'ladder', 'finally']

/** What the SUT owes in a ladder. An interval belongs to both sides, and a `never` asks for nothing. */
const isOwed = (step: Step, sut: Side): boolean =>
  (step.kind === 'message' || step.kind === 'any-of') && step.from === sut

/** One cell is enough: cells differ in what is in the steps, not in the steps. */
const inOneCell = (ladder: Ladder): Ladder => ({
  ...ladder,
  matrix: Object.fromEntries(
    Object.entries(ladder.matrix).map(([name, listed]) => [
      name,
      typeof listed !== 'string' ? listed.slice(0, 1) : listed.includes('codecs') ? ['PCMU'] : listed,
    ]),
  ),
})

type Deletion = { readonly whole: Whole; readonly section: Section; readonly step: Step; result?: LadderResult }
type Whole = { readonly ladder: Ladder; readonly side: Side; result?: LadderResult }

const wholes: readonly Whole[] = catalogue.ladders.flatMap((ladder) =>
  ladder.tests.map((side) => ({ ladder: inOneCell(ladder), side })),
)
const deletions: readonly Deletion[] = wholes.flatMap((whole) =>
  sections.flatMap((section) =>
    whole.ladder[section].filter((step) => isOwed(step, whole.side)).map((step) => ({ whole, section, step })),
  ),
)

const play = async (ladder: Ladder, side: Side): Promise<LadderResult> => {
  const { result } = await keptRun({ profile: 'sinch/eu', sides: [side], ladders: [ladder] })
  return result.ladders[0]!
}

/** So many at a time that two cores still pace their media. */
const concurrency = 5

const inTurn = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

beforeAll(async () => {
  await inTurn<Whole | Deletion>([...wholes, ...deletions], async (item) => {
    if ('ladder' in item) item.result = await play(item.ladder, item.side)
    else {
      const { ladder, side } = item.whole
      const rest = ladder[item.section].filter((step) => step !== item.step)
      item.result = await play({ ...ladder, [item.section]: rest }, side)
    }
  })
}, 120_000)

const passes = ({ findings }: LadderResult): number => findings.filter(({ verdict }) => verdict === 'pass').length

const goesWell = ({ findings }: LadderResult): boolean =>
  findings.some(({ check, verdict }) => check === 'ladder' && verdict === 'pass')

/** Whether the embedded SUT took that step at all: a step that may be left out, and is, can be deleted unseen. */
const wasTaken = ({ whole, section, step }: Deletion): boolean =>
  whole.result?.steps.find((one) => one.section === section && one.step === step.number)?.status === 'met'

describe.each(wholes)('$ladder.id with the $side under test', (whole) => {
  test('passes as a whole', () => {
    expect(whole.result?.verdict).toBe('pass')
  })

  test.each(deletions.filter((deletion) => deletion.whole === whole))(
    'without $section step $step.number, $step.head, it does not go well, or less is judged; never is there one more pass',
    (deletion) => {
      const all = whole.result!
      const rest = deletion.result!
      expect(passes(rest)).toBeLessThanOrEqual(passes(all))
      if (!wasTaken(deletion)) {
        expect(deletion.step).toSatisfy((step: Step) => step.kind === 'any-of' || ('optional' in step && step.optional))
        expect(rest.findings.map(({ check, subject }) => `${check} ${subject}`)).toEqual(
          all.findings.map(({ check, subject }) => `${check} ${subject}`),
        )
        return
      }
      // `finally` tidies up: what goes wrong there is told by the checks, not as a mismatch of the ladder.
      if (deletion.section === 'finally') return
      expect([goesWell(rest), rest.findings.length < all.findings.length]).not.toEqual([true, false])
    },
  )
})
