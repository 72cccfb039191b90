import { expect, test } from 'vitest'
import { startKamailio } from '../support/peers.ts'
import { freePorts, loopback, transports, uriOf } from '../support/ports.ts'
import { lacking } from '../support/programs.ts'
import { expected, inspected, prove, reviewed, reviewedName } from '../support/prove.ts'

for (const over of transports)
  test.skipIf(lacking('kamailio'))(
    `Kamailio sends a call to our number back to us over ${over}: the findings are the reviewed ones, and inspect finds the same`,
    async () => {
      const [our = 0] = await freePorts(1)
      const kamailio = await startKamailio('trunk-loop', { trunk: our })
      // Our own ports are what the other end hears from: they must be of those that the provider documents.
      const sut = ['--trunk', uriOf(kamailio.port, over), '--bind', `${loopback}:${our}`, '--rtp-ports', '20000-29998']
      const proof = await prove(
        ['sinch/eu', ...sut, '--ladder', 'loop/*'],
        'trunk-loop',
        {},
        {
          TRUNK_USER: 'app-key',
          TRUNK_PASS: 'app-secret',
        },
      )
      try {
        const found = reviewed(proof.result)
        expect(found, proof.out).toEqual(expected(reviewedName('kamailio', 'trunk-loop', over), found))
        expect(proof.code).toBe(0)
        expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
      } finally {
        await kamailio.stop()
        proof.remove()
      }
    },
    60_000,
  )
