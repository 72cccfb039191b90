import { describe, expect, test } from 'vitest'
import { loopback } from '../support/ports.ts'
import { startSipp } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'
import { expected, inspected, prove, reviewed } from '../support/prove.ts'

describe.skipIf(lacking('sipp'))("SIPp's own uas as the PBX under test", () => {
  test('breaks what it is known to break: no OPTIONS, no Record-Route, PCMU whatever is offered', async () => {
    const sipp = await startSipp('-sn', 'uas', '-rtp_echo')
    // All but lost-ack: SIPp at times loses its way where an INVITE comes twice and its ACK never.
    const proof = await prove(['vonage/eu', '--pbx', `sip:${loopback}:${sipp.port}`, '--ladder', '*/*n*'], 'pbx-echo')
    try {
      const found = reviewed(proof.result)
      expect(found, proof.out).toEqual(expected('sipp-uas', found))
      expect(proof.code).toBe(1)
      expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
    } finally {
      proof.remove()
      await sipp.stop()
    }
  }, 60_000)
})
