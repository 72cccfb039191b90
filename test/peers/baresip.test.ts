import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transports, uriOf } from '../support/ports.ts'
import { type Peer, startBaresip } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'
import { expected, inspected, prove, reviewed, reviewedName } from '../support/prove.ts'

describe.skipIf(lacking('baresip')).concurrent('baresip as the PBX under test', () => {
  let baresip: Peer
  beforeAll(async () => {
    baresip = await startBaresip()
  })
  afterAll(() => baresip.stop())

  for (const profile of ['sinch/eu', 'vonage/eu'])
    for (const over of transports)
      test(`${profile} over ${over}: calls in with audio both ways, the findings are the reviewed ones, and inspect finds the same`, async () => {
        const proof = await prove([profile, '--pbx', uriOf(baresip.port, over)], 'pbx-tone')
        try {
          const found = reviewed(proof.result)
          expect(found, proof.out).toEqual(expected(reviewedName('baresip', profile, over), found))
          expect(proof.code).toBe(0)
          expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
        } finally {
          proof.remove()
        }
      }, 120_000)
})
