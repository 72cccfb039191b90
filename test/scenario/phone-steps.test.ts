import { describe, expect, test } from 'vitest'
import type { Contract } from '../../src/profile/contract.ts'
import { notApplicable } from '../../src/scenario/applicable.ts'
import { cellsOf } from '../../src/scenario/cells.ts'
import { isWithPhone } from '../../src/scenario/phone-steps.ts'
import { ladderNamed, ladderOf, sampleContract } from '../support/catalogue.ts'

const dialPlan = [
  { dials: '0012025550100', sends: '+12025550100' },
  { dials: '07700900456', sends: '+447700900456' },
]
const contractWith = (phone: Contract['phone']): Contract => sampleContract('sinch/eu', { phone, transports: ['udp'] })
const reasonOf = (id: string, phone: Contract['phone']) =>
  notApplicable(ladderNamed(id), contractWith(phone), 'pbx', new Set())

describe('a ladder of three parties', () => {
  test('has steps of the phone in a call of their own, done by the phone and not by the player', () => {
    const { ladder } = ladderNamed('phone/rings')
    const steps = ladder.flatMap((step) =>
      step.kind === 'verb' && step.phone !== undefined ? [[step.phone, step.call]] : [],
    )
    expect(steps).toEqual([
      ['rings', 'phone'],
      ['answers', 'phone'],
      ['hangs-up', 'phone'],
    ])
  })

  test('is told from those of two', () => {
    expect(isWithPhone(ladderNamed('phone/dials'))).toBe(true)
    expect(isWithPhone(ladderNamed('termination/answered-call'))).toBe(false)
  })

  test('is played once for each example of the dial plan, and once for each number that rings', () => {
    const cells = (id: string, phone: Contract['phone']) =>
      cellsOf(ladderNamed(id), contractWith(phone), 'pbx', []).map(({ name }) => name)
    expect(cells('phone/dials', { dialPlan, dids: [] })).toEqual(['dials=0012025550100', 'dials=07700900456'])
    expect(cells('phone/rings', { dialPlan: [], dids: ['+12025550142', '+12025550143'] })).toEqual([
      'did=+12025550142',
      'did=+12025550143',
    ])
  })

  test('needs a phone, an example for what is dialled, and a number for what rings', () => {
    expect(reasonOf('phone/dials', undefined)).toBe('trunkproof.yaml names no phone behind the PBX: phone.extensions')
    expect(reasonOf('phone/dials', { dialPlan: [], dids: [] })).toContain('phone.dialPlan')
    expect(reasonOf('phone/rings', { dialPlan: [], dids: [] })).toContain('numbers.did')
    expect(reasonOf('phone/rings', { dialPlan: [], dids: ['+12025550142'] })).toBeUndefined()
    expect(reasonOf('phone/dials', { dialPlan, dids: [] })).toBeUndefined()
  })

  test('waits 5 s for what is to come at the phone, or as long as it says', () => {
    const head = 'id: a/b\ntitle: T\npurpose: P\ntests: [pbx]\nladder:\n'
    const [short, long] = ladderOf(`${head}  - pbx -> phone: BYE\n  - pbx -> phone: INVITE\n    within: 10s\n`).ladder
    expect([short, long]).toMatchObject([{ forMs: 5000 }, { forMs: 10_000 }])
  })
})
