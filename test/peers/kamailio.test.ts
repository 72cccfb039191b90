import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freeMediaPorts, freePorts, loopback, transports, uriOf } from '../support/ports.ts'
import { type Peer, sippScenario, startBaresip, sippTransport, startKamailio, startSipp } from '../support/peers.ts'
import { lacking, programPath } from '../support/programs.ts'
import { type Proof, expected, inspected, prove, reviewed, reviewedName } from '../support/prove.ts'

const configs = [
  ['trunk-sinch', 0],
  ['trunk-example', 1],
] as const

for (const over of transports)
  describe.skipIf(lacking('kamailio', 'baresip', 'sipp'))(`Kamailio as the trunk under test, over ${over}`, () => {
    const peers: Peer[] = []
    const proofs: Partial<Record<'trunk-sinch' | 'trunk-example', Proof>> = {}

    beforeAll(async () => {
      const [answers, plays] = await Promise.all([startBaresip(), startSipp(['-sf', sippScenario('uas')])])
      const next = { answers: answers.port, plays: plays.port }
      const [sinch, example] = await Promise.all([
        startKamailio('trunk-sinch', next),
        startKamailio('trunk-example', next),
      ])
      peers.push(sinch, example, answers, plays)
      const [our = 0, sipp = 0] = await freePorts(2)
      const media = await freeMediaPorts(4)
      const dial = {
        SIPP: programPath('sipp') ?? '',
        SIPPOVER: sippTransport(over),
        SCENARIO: sippScenario('uac'),
        SIPPPORT: sipp,
        MEDIAPORT: media,
        OURPORT: our,
      }
      ;[proofs['trunk-sinch'], proofs['trunk-example']] = await Promise.all([
        prove(['sinch/eu', '--trunk', uriOf(sinch.port, over), '--bind', `${loopback}:${our}`], 'trunk-sinch', dial, {
          TRUNK_USER: 'app-key',
          TRUNK_PASS: 'app-secret',
        }),
        prove(
          ['sinch/eu', '--trunk', uriOf(example.port, over)],
          'trunk-example',
          {},
          { TRUNK_USER: 'trunkuser', TRUNK_PASS: 'trunkpass' },
        ),
      ])
    }, 120_000)
    afterAll(async () => {
      await Promise.all(peers.map((peer) => peer.stop()))
      for (const proof of Object.values(proofs)) proof.remove()
    })

    for (const [config, code] of configs) {
      test(`${config}: the findings are the reviewed ones, and the run ends ${code}`, () => {
        const proof = proofs[config]!
        const found = reviewed(proof.result)
        expect(found, proof.out).toEqual(expected(reviewedName('kamailio', config, over), found))
        expect(proof.code).toBe(code)
      })

      test(`${config}: inspect of the capture gives the same findings`, async () => {
        const proof = proofs[config]!
        expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
      })
    }
  })
