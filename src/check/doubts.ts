import type { Finding } from '../core/finding.ts'

const isBad = ({ verdict }: Finding): boolean => verdict === 'fail' || verdict === 'error'
const isDoubtful = (finding: Finding): boolean => isBad(finding) || finding.verdict === 'inconclusive'

/** When a check first doubted, by its id. */
type Firsts = Map<string, number>

/** What earlier checks doubted, by call: so that judging many calls takes no longer for each of them. */
export type Doubts = {
  readonly add: (call: string | undefined, finding: Finding) => void
  /** The first of these checks that doubts what a judgement of this call stands on. */
  readonly amongst: (checks: readonly string[], call: string | undefined) => string | undefined
  /** The first other check that found something wrong. */
  readonly otherThan: (check: string, call: string | undefined) => string | undefined
}

const everywhere = Symbol('of all calls')
const nowhere = Symbol('of no call')
type Scope = string | typeof everywhere | typeof nowhere

/** A finding without a call speaks of the whole run, and a judgement without one of all calls. */
const scopesOf = (call: string | undefined): readonly Scope[] => (call === undefined ? [everywhere] : [call, nowhere])

export const createDoubts = (): Doubts => {
  const doubted = new Map<Scope, Firsts>()
  const wrong = new Map<Scope, Firsts>()
  let count = 0

  const note = (among: Map<Scope, Firsts>, scope: Scope, check: string): void => {
    const firsts = among.get(scope) ?? new Map<string, number>()
    among.set(scope, firsts)
    if (!firsts.has(check)) firsts.set(check, count)
  }

  const first = (among: Map<Scope, Firsts>, call: string | undefined, isMeant: (check: string) => boolean) => {
    const found = scopesOf(call)
      .flatMap((scope) => [...(among.get(scope) ?? [])])
      .filter(([check]) => isMeant(check))
    return found.reduce<(typeof found)[number] | undefined>(
      (best, entry) => (best === undefined || entry[1] < best[1] ? entry : best),
      undefined,
    )?.[0]
  }

  return {
    add: (call, finding) => {
      if (!isDoubtful(finding)) return
      count += 1
      for (const scope of [everywhere, call ?? nowhere] as const) {
        note(doubted, scope, finding.check)
        if (isBad(finding)) note(wrong, scope, finding.check)
      }
    },
    amongst: (checks, call) => first(doubted, call, (check) => checks.includes(check)),
    otherThan: (own, call) => first(wrong, call, (check) => check !== own),
  }
}
