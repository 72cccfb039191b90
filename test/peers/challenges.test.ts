import { describe, expect, test } from 'vitest'
import { transports, uriOf } from '../support/ports.ts'
import { startBaresip, startKamailio } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'
import { prove } from '../support/prove.ts'
import { signallingOf } from '../support/signalling.ts'

const asked = ['> INVITE', '< 407 INVITE']
const duty = 'duty: credentials'

const setUp = [
  ...asked,
  ...['> INVITE', '< 407 INVITE'], // stale
  ...[`> INVITE (${duty})`, '< 401 INVITE'], // of the provider behind the edge
  ...[`> INVITE (${duty})`, '< 200 INVITE'],
]
const held = [...asked, `> INVITE (${duty})`, '< 200 INVITE']
const hungUp = ['> BYE', '< 407 BYE', `> BYE (${duty})`, '< 200 BYE']

const setUpPasses = [
  'auth-credentials call 1/INVITE 1',
  'auth-realm call 1/INVITE 3', // the documented realm
  'auth-credentials call 1/INVITE 4',
]
const ladders = [
  {
    ladder: 'termination/answered-call',
    said: [...setUp, ...hungUp],
    passes: [...setUpPasses, 'auth-credentials call 1/BYE 2'],
  },
  {
    ladder: 'termination/hold-resume',
    said: [...setUp, ...held, ...held, ...hungUp],
    passes: [...setUpPasses, ...['INVITE 6', 'INVITE 8', 'BYE 2'].map((name) => `auth-credentials call 1/${name}`)],
  },
]

describe.skipIf(lacking('kamailio', 'baresip'))('a trunk of Kamailio that asks for credentials again and again', () => {
  for (const over of transports)
    test(`is answered over ${over}: a stale nonce, a second realm, re-INVITE and BYE (RFC 3261 §22)`, async () => {
      const baresip = await startBaresip()
      const kamailio = await startKamailio('trunk-asks', { answers: baresip.port, plays: 0 })
      try {
        for (const { ladder, said, passes } of ladders) {
          const args = ['sinch/eu', '--trunk', uriOf(kamailio.port, over), '--ladder', ladder]
          const proof = await prove(args, 'trunk-example', {}, { TRUNK_USER: 'app-key', TRUNK_PASS: 'app-secret' })
          const findings = proof.result.ladders.flatMap(({ findings: all }) => all)
          expect(findings.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'waived')).toEqual([])
          const judged = findings.filter(({ check }) => check.startsWith('auth-'))
          expect(new Set(judged.map(({ check, subject }) => `${check} ${subject}`))).toEqual(new Set(passes))
          for (const run of signallingOf(proof)) expect(run).toEqual(said)
          proof.remove()
        }
      } finally {
        await Promise.all([kamailio.stop(), baresip.stop()])
      }
    }, 60_000)
})
