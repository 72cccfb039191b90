import { describe, expect, test } from 'vitest'
import { readOwnCapture } from '../../src/capture/own.ts'
import type { Side } from '../../src/core/finding.ts'
import { type SeamSpec, seamsOf } from '../../src/embedded/seam.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { runEmbedded } from '../../src/run/embedded.ts'
import { silentProgress } from '../../src/run/run.ts'
import { judgeStrangers } from '../../src/run/stranger.ts'
import type { Ladder, Step } from '../../src/scenario/ladder.ts'
import { catalogue } from '../support/embedded-run.ts'

const profile = catalogue.profiles.find(({ id }) => id === 'sinch/eu')
if (profile === undefined) throw new Error('no profile sinch/eu')

/** Long enough for silence to be no pause. */
const longer = (step: Step): Step => (step.kind === 'verb' && step.verb === 'audio' ? { ...step, forMs: 3500 } : step)

const ladderOf = (id: string): Ladder => {
  const ladder = catalogue.ladders.find((one) => one.id === id)
  if (ladder === undefined) throw new Error(`no ladder ${id}`)
  return { ...ladder, ladder: ladder.ladder.map(longer) }
}

/** What a stranger finds in the capture of a ladder that was played against a party of ours: causes by call. */
const causesIn = async (ladder: Ladder, side: Side, spec?: SeamSpec): Promise<readonly (readonly string[])[]> => {
  const pieces: Uint8Array[] = []
  await runEmbedded({
    version: '0.0.0',
    profile,
    ladders: [ladder],
    checks: catalogue.checks,
    sides: [side],
    bind: '127.0.0.1',
    keepSecrets: true,
    waivers: [],
    notes: [],
    seams: () => (spec === undefined ? seamsOf() : seamsOf(spec)),
    capture: (bytes) => pieces.push(bytes),
    journal: () => undefined,
    progress: silentProgress,
    signal: new AbortController().signal,
  })
  const capture = readOwnCapture(Buffer.concat(pieces))
  if (!capture.ok) throw new Error(capture.fault.saw)
  // The ladders of a run share its addresses: each is a capture of its own.
  return capture.value.interfaces.flatMap((_, index) => {
    const observer = createObserver({ roles: { trunkAddresses: [], pbxAddresses: [] } })
    for (const { interface: of, frame } of capture.value.frames)
      if (of === index && frame.made === undefined) observer.observe({ ...frame, tap: 'observed' })
    const { diagnoses } = judgeStrangers(observer.finish(), profile, catalogue.checks)
    return diagnoses.map(({ causes }) => causes.map(({ id }) => id))
  })
}

/** Of faults of the catalogue. */
const byFault = {
  'ack-lost': ['ack-lost'],
  'bye-unanswered': ['bye-unanswered'],
  'codec-unshared-accepted': ['no-common-codec'],
  'payload-type-foreign': ['payload-type-not-negotiated'],
  'ptime-ignored': ['ptime-mismatch'],
  'rtp-lost-one-way': ['one-way-audio'],
  'trunk-silent': ['no-response'],
  'auth-endless-challenge': ['wrong-password'],
} as const satisfies Record<string, readonly string[]>

const otherBranch: SeamSpec = {
  seam: 'wire',
  wire: [{ on: { responseTo: 'INVITE' }, bend: 'set-via-param', param: 'branch', value: 'z9hG4bK-alg' }],
}

describe.concurrent('a cause is found in the packets of a party that really has the fault', () => {
  test.each(Object.entries(byFault))(
    '%s: %s',
    async (id, causes) => {
      const fault = catalogue.faults.find((one) => one.id === id)
      if (fault === undefined) throw new Error(`no fault ${id}`)
      const [ladder = ''] = fault.ladders
      const found = await causesIn(ladderOf(ladder), fault.side, fault.spec)
      expect(found.length).toBeGreaterThan(0)
      for (const one of found) expect(one).toEqual(causes)
    },
    30_000,
  )
  test('responses whose Via was changed on the way: alg-rewriting', async () => {
    const found = await causesIn(ladderOf('origination/answered-call'), 'pbx', otherBranch)
    expect(new Set(found.map(([first]) => first))).toEqual(new Set(['alg-rewriting']))
  }, 30_000)
  test('a realm that the provider does not document, and no way in: wrong-realm', async () => {
    const spec: SeamSpec = { seam: 'policy', policy: { realm: 'another' } }
    const [found] = await causesIn(ladderOf('termination/wrong-password'), 'trunk', spec)
    expect(found?.[0]).toBe('wrong-realm')
  }, 30_000)
})

/** Ladders in which our own side, or the number, is what breaks the call. */
const brokenOnPurpose: Readonly<Record<string, readonly string[]>> = {
  'origination/congested': ['service-unavailable'],
  'origination/lost-ack': ['ack-lost'],
  'origination/no-shared-codec': ['no-common-codec'],
  'origination/rejected': ['call-forbidden'],
  'origination/unassigned-number': ['number-unknown'],
  'termination/caller-not-owned': ['wrong-password', 'call-forbidden'],
  'termination/challenged-again': ['wrong-password'],
  'termination/congested': ['service-unavailable'],
  'termination/ip-literal-host': ['no-response'],
  'termination/malformed-number': ['number-format'],
  'termination/no-shared-codec': ['no-common-codec'],
  'termination/other-platform-host': ['number-unknown'],
  'termination/rejected': ['call-forbidden'],
  'termination/unassigned-number': ['number-unknown'],
  'termination/unknown-user': ['wrong-password', 'call-forbidden'],
  'termination/wrong-password': ['wrong-password', 'call-forbidden'],
  'termination/wrong-realm': ['wrong-realm', 'call-forbidden'],
}

/** Of ladders of two calls, what the second one has: here a challenge, which is all that it is for. */
const ofSecondCall: Readonly<Record<string, readonly string[]>> = {
  'termination/ip-literal-host': ['call-forbidden'],
}

describe.concurrent('a ladder against parties without a fault has what it breaks on purpose, and nothing else', () => {
  test.each(catalogue.ladders.map(({ id, tests }) => [id, tests] as const))(
    '%s',
    async (id, tests) => {
      const found = (await Promise.all(tests.map((side) => causesIn(ladderOf(id), side)))).flat()
      expect(found.length > 0).toBe(id in brokenOnPurpose)
      for (const [index, causes] of found.entries())
        expect(causes).toEqual((index % 2 === 1 ? ofSecondCall[id] : undefined) ?? brokenOnPurpose[id])
    },
    30_000,
  )
})
