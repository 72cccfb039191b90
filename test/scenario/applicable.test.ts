import { describe, expect, test } from 'vitest'
import { notApplicable } from '../../src/scenario/applicable.ts'
import type { Stimulus } from '../../src/scenario/ladder.ts'
import { stimulusOf } from '../../src/scenario/stimuli.ts'
import { ladderNamed, ladderOf, sampleContract } from '../support/catalogue.ts'

const head = 'id: a/b\ntitle: T\npurpose: P\ntests: [pbx, trunk]\n'
const all: ReadonlySet<Stimulus> = new Set(['dial', 'hang-up', 'hold', 'resume', 'answer', 'options'])
const none: ReadonlySet<Stimulus> = new Set()

describe('a step that the SUT takes of its own accord needs a stimulus', () => {
  test.each([
    ['INVITE', '', 'dial'],
    ['INVITE again', '', undefined],
    ['re-INVITE', 'with: { direction: sendonly }', 'hold'],
    ['re-INVITE', 'with: { direction: inactive }', 'hold'],
    ['re-INVITE', 'with: { direction: sendrecv }', 'resume'],
    ['BYE', '', 'hang-up'],
    ['BYE', 'stimulus: none', undefined],
    ['CANCEL', '', 'hang-up'],
    ['OPTIONS', '', 'options'],
    ['200', '', undefined],
  ])('%s %s: %s', (value, word, stimulus) => {
    const { ladder } = ladderOf(`${head}ladder:\n  - pbx -> trunk: ${value}\n    ${word}\n`)
    expect(ladder.map(stimulusOf)).toEqual([stimulus])
  })
})

describe('a ladder is not applicable', () => {
  test('to a side that it does not test', () => {
    expect(notApplicable(ladderNamed('termination/malformed-number'), sampleContract(), 'pbx', all)).toBe(
      'it tests the trunk only',
    )
  })
  test('where a number is missing', () => {
    const contract = sampleContract('sinch/eu', { numbers: { callerId: '+447700900123' } })
    expect(notApplicable(ladderNamed('termination/busy'), contract, 'trunk', none)).toBe(
      'trunkproof.yaml gives no number: numbers.busy',
    )
  })
  test('where a stimulus is lacking', () => {
    const ladder = ladderNamed('termination/answered-call')
    expect(notApplicable(ladder, sampleContract(), 'pbx', none)).toBe(
      'trunkproof.yaml does not say how the PBX is made to dial: stimulus.dial',
    )
    expect(notApplicable(ladder, sampleContract(), 'pbx', new Set<Stimulus>(['dial']))).toContain('hang-up')
    expect(notApplicable(ladder, sampleContract(), 'pbx', all)).toBeUndefined()
    expect(notApplicable(ladder, sampleContract(), 'trunk', none)).toBeUndefined()
  })
  test('where a stimulus asks a person, and there is nobody to ask', () => {
    const ladder = ladderNamed('termination/answered-call')
    expect(notApplicable(ladder, sampleContract(), 'pbx', none, new Set<Stimulus>(['dial']))).toBe(
      'stimulus.dial asks a person, and there is no terminal to ask at',
    )
  })
  test('where the user denies what it needs', () => {
    const contract = sampleContract('sinch/eu', { supports: { hold: false } })
    expect(notApplicable(ladderNamed('termination/hold-resume'), contract, 'trunk', all)).toBe(
      'trunkproof.yaml denies it: supports.hold',
    )
    expect(notApplicable(ladderNamed('termination/hold-resume'), sampleContract(), 'trunk', all)).toBeUndefined()
  })
  test('where the provider documents no codec of another clock rate', () => {
    const ladder = ladderNamed('termination/event-rates')
    expect(notApplicable(ladder, sampleContract('vonage/eu'), 'trunk', none)).toBe(
      'vonage/eu does not document the codec opus',
    )
    expect(notApplicable(ladder, sampleContract(), 'trunk', none)).toBeUndefined()
  })
  test('where the provider has one platform alone, or the trunk is called at a host of neither', () => {
    const ladder = ladderNamed('termination/other-platform-host')
    const isPlayed = (id: string, domain?: string) =>
      notApplicable(ladder, sampleContract(id, domain === undefined ? {} : { domain }), 'trunk', none)
    expect(isPlayed('sinch/eu')).toBeUndefined()
    expect(isPlayed('vonage/eu')).toBe('vonage/eu does not document platforms with hosts of their own')
    expect(isPlayed('sinch/eu', 'sip.example.org')).toContain('sip.example.org, which is a host of neither')
  })
  test('where our side has none of the addresses of the provider', () => {
    const ladder = ladderNamed('origination/every-address')
    expect(notApplicable(ladder, sampleContract(), 'pbx', all)).toContain('on its own hosts alone')
    const sources = ['127.146.136.0']
    expect(notApplicable(ladder, sampleContract('sinch/eu', { sources }), 'pbx', all)).toBeUndefined()
  })
  test('where the provider does not document that a caller ID must be owned', () => {
    const ladder = ladderNamed('termination/caller-not-owned')
    expect(notApplicable(ladder, sampleContract('sinch/eu'), 'trunk', none)).toBeUndefined()
    expect(notApplicable(ladder, sampleContract('vonage/eu'), 'trunk', none)).toContain('vonage/eu does not document')
  })
  test('where the provider documents no realm, or not what becomes of another', () => {
    const contract = sampleContract('vonage/eu')
    expect(notApplicable(ladderNamed('termination/foreign-realm'), contract, 'pbx', all)).toContain(
      'the realm for which',
    )
    expect(notApplicable(ladderNamed('termination/wrong-realm'), contract, 'trunk', all)).toContain('another realm')
    expect(notApplicable(ladderNamed('termination/foreign-realm'), sampleContract(), 'pbx', all)).toBeUndefined()
    expect(notApplicable(ladderNamed('termination/wrong-realm'), sampleContract(), 'trunk', all)).toBeUndefined()
  })
  test('but an optional step asks for no stimulus', () => {
    const ladder = ladderOf(`${head}ladder:\n  - pbx -> trunk: OPTIONS\n    optional: true\n`)
    expect(notApplicable(ladder, sampleContract(), 'pbx', none)).toBeUndefined()
  })
})

test('every PBX can be called without a stimulus: answered, and through a record-routing edge', () => {
  for (const id of ['origination/answered-call', 'origination/record-routing-edge', 'options/ping-pbx'])
    expect(notApplicable(ladderNamed(id), sampleContract(), 'pbx', none)).toBeUndefined()
})
