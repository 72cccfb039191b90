import { describe, expect, test } from 'vitest'
import { transports, uriOf } from '../support/ports.ts'
import { startSipp } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'
import { expected, inspected, prove, reviewed, reviewedName } from '../support/prove.ts'

describe.skipIf(lacking('sipp'))("SIPp's own uas as the PBX under test", () => {
  for (const over of transports)
    test(`breaks over ${over} what it is known to break: no OPTIONS, no Record-Route, PCMU whatever is offered`, async () => {
      const sipp = await startSipp(['-sn', 'uas', '-rtp_echo'], over)
      // All but lost-ack: SIPp at times loses its way where an INVITE comes twice and its ACK never.
      const proof = await prove(['vonage/eu', '--pbx', uriOf(sipp.port, over), '--ladder', '*/*n*'], 'pbx-echo')
      try {
        const found = reviewed(proof.result)
        expect(found, proof.out).toEqual(expected(reviewedName('sipp', 'uas', over), found))
        expect(proof.code).toBe(1)
        expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
      } finally {
        proof.remove()
        await sipp.stop()
      }
    }, 120_000)
})
