import { describe, expect, test } from 'vitest'
import { startLinphone } from '../support/linphone.ts'
import { freePorts, loopback, transports, uriOf } from '../support/ports.ts'
import { lacking } from '../support/programs.ts'
import { expected, inspected, prove, reviewed, reviewedName } from '../support/prove.ts'

const providers = [
  ['sinch/eu', 'euc1.vp.sip.sinch.com', '+46733478561'],
  ['vonage/eu', 'sip-eu.vonage.com', '46733478561'],
] as const

describe.skipIf(lacking('linphonec')).concurrent('linphone as the PBX under test', () => {
  for (const [profile, domain, caller] of providers)
    for (const over of transports)
      test(`${profile} over ${over}: calls in and out, holds and refusals, the findings are the reviewed ones, and inspect finds the same`, async () => {
        const [trunk = 0] = await freePorts(1)
        const linphone = await startLinphone({ caller, domain, trunk, over })
        const values = { DOMAIN: domain, COMMANDS: linphone.commands }
        const credentials = { TRUNK_USER: 'app-key', TRUNK_PASS: 'app-secret' }
        const pbx = ['--pbx', uriOf(linphone.port, over), '--bind', `${loopback}:${trunk}`]
        const proof = await prove([profile, ...pbx], 'pbx-linphone', values, credentials)
        try {
          const found = reviewed(proof.result)
          expect(found, `${proof.out}\n${linphone.output()}`).toEqual(
            expected(reviewedName('linphone', profile, over), found),
          )
          expect(proof.code).toBe(0)
          expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
        } finally {
          proof.remove()
          await linphone.stop()
        }
      }, 120_000)
})
