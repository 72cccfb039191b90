import { describe, expect, test } from 'vitest'
import { cellsOf, unspokenOf } from '../../src/scenario/cells.ts'
import { ladderOf, profileNamed, sampleContract } from '../support/catalogue.ts'

const head = 'id: a/b\ntitle: T\npurpose: P\ntests: [pbx, trunk]\n'
const speakable = ['PCMU', 'PCMA']
const contract = sampleContract()
const names = (text: string, sut: 'pbx' | 'trunk') =>
  cellsOf(ladderOf(head + text), contract, sut, speakable).map(({ name }) => name)

const codec = 'matrix: { codec: "${profile.media.codecs}" }\nladder:\n  - pbx -> trunk: INVITE\n'

test('a ladder without a matrix is one cell without a name', () => {
  expect(cellsOf(ladderOf(`${head}ladder:\n  - pbx -> trunk: INVITE`), contract, 'pbx', speakable)).toEqual([
    { name: '', values: {}, transport: 'udp' },
  ])
})

describe('a cell is made for every value that the harness can speak', () => {
  const offered = `${codec}    with: { offer: ["\${codec}"] }\n`
  test('where we use it', () => {
    expect(names(offered, 'trunk')).toEqual(['codec=PCMU', 'codec=PCMA'])
  })
  test('where the stimulus takes it along', () => {
    expect(names(offered, 'pbx')).toEqual(['codec=PCMU', 'codec=PCMA'])
  })
  test('and those that it cannot speak are told', () => {
    const ladder = ladderOf(head + offered)
    expect(unspokenOf(ladder, profileNamed('sinch/eu'), speakable)).toEqual([
      'codec=opus',
      'codec=G729',
      'transport=tls',
    ])
    expect(unspokenOf(ladder, profileNamed('vonage/eu'), speakable)).toEqual([
      'codec=iLBC',
      'codec=G729',
      'codec=G722',
      'codec=speex',
      'transport=tls',
    ])
  })
})

test("a variable that only the SUT's own steps use collapses to one cell", () => {
  const answered = `${codec}  - trunk -> pbx: 200\n    with: { answer: ["\${codec}"] }\n`
  expect(names(answered, 'trunk')).toEqual([''])
  expect(names(answered, 'pbx')).toEqual(['codec=PCMU', 'codec=PCMA'])
})

test('a ladder of the addresses of the provider has a cell for each that our side has', () => {
  const called =
    'matrix: { address: "${provider.addresses}" }\nladder:\n  - trunk -> pbx: INVITE\n    with: { source: "${address}" }\n    edge: 2\n'
  const sources = ['127.0.2.0', '127.0.2.15']
  const cells = cellsOf(ladderOf(head + called), sampleContract('sinch/eu', { sources }), 'pbx', speakable)
  expect(cells.map(({ name }) => name)).toEqual(['address=127.0.2.0', 'address=127.0.2.15'])
})

test('a variable that is no codec keeps all of its values, and two variables multiply', () => {
  const two = `matrix: { way: [sendonly, inactive], codec: [PCMU, PCMA] }
ladder:
  - pbx -> trunk: INVITE
    with: { reason: "\${way}", offer: ["\${codec}"] }
`
  expect(names(two, 'trunk')).toEqual([
    'way=sendonly codec=PCMU',
    'way=sendonly codec=PCMA',
    'way=inactive codec=PCMU',
    'way=inactive codec=PCMA',
  ])
})

describe('each ladder goes over every transport of the contract', () => {
  const both = sampleContract('sinch/eu', { transports: ['udp', 'tcp'] })
  const cells = (text: string) => cellsOf(ladderOf(head + text), both, 'trunk', speakable)

  test('all of its own cells over the first, and the first of them over the others', () => {
    const offered = `${codec}    with: { offer: ["\${codec}"] }\n`
    expect(cells(offered).map(({ name, transport }) => [name, transport])).toEqual([
      ['codec=PCMU', 'udp'],
      ['codec=PCMA', 'udp'],
      ['codec=PCMU transport=tcp', 'tcp'],
    ])
  })

  test('and one without a matrix, too', () => {
    expect(cells('ladder:\n  - pbx -> trunk: INVITE').map(({ name }) => name)).toEqual(['', 'transport=tcp'])
  })

  test('a next hop over TCP alone has all cells over TCP, and their names say so', () => {
    const tcp = sampleContract('sinch/eu', { transports: ['tcp'] })
    const ladder = ladderOf(`${head}${codec}    with: { offer: ["\${codec}"] }\n`)
    expect(cellsOf(ladder, tcp, 'trunk', speakable).map(({ name }) => name)).toEqual([
      'codec=PCMU transport=tcp',
      'codec=PCMA transport=tcp',
    ])
  })
})
