import { describe, expect, test } from 'vitest'
import { transports, uriOf } from '../support/ports.ts'
import { sippScenario, startSipp } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'
import { prove } from '../support/prove.ts'
import { signallingOf } from '../support/signalling.ts'

const setUp = ['> INVITE', '< 407 INVITE', '> INVITE', '< 200 INVITE']
const met = ['> INVITE', '< INVITE', '> 491 INVITE (duty: 491)', '< 491 INVITE']
const theirs = ['< INVITE', '> 200 INVITE']
const ours = ['> INVITE (duty: again after 491)', '< 200 INVITE']
const resumedAndOver = ['> INVITE', '< 200 INVITE', '> BYE', '< 200 BYE']

describe.skipIf(lacking('sipp'))('a trunk of SIPp whose re-INVITE meets ours', () => {
  for (const over of transports)
    test(`over ${over}: both are answered 491, and both come again, one after the other (RFC 3261 §14.1)`, async () => {
      const sipp = await startSipp(['-sf', sippScenario('crosses'), '-rtp_echo', '-m', '1'], over)
      const args = ['vonage/eu', '--trunk', uriOf(sipp.port, over), '--ladder', 'termination/hold-resume']
      const proof = await prove(args, 'trunk-example', {}, { TRUNK_USER: 'app-key', TRUNK_PASS: 'app-secret' })
      try {
        const findings = proof.result.ladders.flatMap(({ findings: all }) => all)
        expect(
          findings.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'waived'),
          proof.out,
        ).toEqual([])
        expect(signallingOf(proof)).toEqual([[...setUp, ...met, ...theirs, ...ours, ...resumedAndOver]])
        expect(await sipp.ended).toBe(0)
      } finally {
        proof.remove()
        await sipp.stop()
      }
    }, 60_000)
})
