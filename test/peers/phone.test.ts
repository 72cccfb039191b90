import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { journalLines } from '../support/embedded-run.ts'
import { type Over, freePorts, loopback, transports, uriOf } from '../support/ports.ts'
import { startKamailio } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'
import { type Proof, expected, inspected, prove, reviewed, reviewedName } from '../support/prove.ts'

const secrets = { TRUNK_USER: 'app-key', TRUNK_PASS: 'app-secret' }

const run = async (over: Over, password: string, ...more: readonly string[]): Promise<Proof> => {
  const [trunk = 0] = await freePorts(1)
  const pbx = await startKamailio('pbx', { trunk, over })
  const sides = ['--pbx', uriOf(pbx.port, over), '--bind', `${loopback}:${trunk}`]
  const made = await prove(['sinch/eu', ...sides, ...more], 'pbx-phone', {}, { ...secrets, PHONE_PASS: password })
  await pbx.stop()
  return made
}

for (const over of transports)
  describe
    .skipIf(lacking('kamailio'))
    .concurrent(`Kamailio as the PBX under test, with a phone of ours behind it, over ${over}`, () => {
      let proof: Proof

      beforeAll(async () => {
        proof = await run(over, 'phone-secret')
      }, 120_000)
      afterAll(() => proof.remove())

      const ofPhone = () => {
        const lines = journalLines(readFileSync(join(proof.folder, 'journal.jsonl'), 'utf8'))
        const phones = lines.flatMap((line) => (line.type === 'phone' ? [line.ladder] : []))
        return phones.map((phone) =>
          lines.flatMap((line) => (line.type === 'frame' && line.ladder === phone ? [line] : [])),
        )
      }

      test('it registers, dials, holds, resumes, answers and hangs up: the findings are the reviewed ones', () => {
        const found = reviewed(proof.result)
        expect(found, proof.out).toEqual(expected(reviewedName('kamailio', 'pbx-phone', over), found))
        expect(proof.code).toBe(0)
      })

      test('what it dials by its dial plan reaches the trunk as the provider wants it', () => {
        const journal = readFileSync(join(proof.folder, 'journal.jsonl'), 'utf8')
        expect(journal).toContain('INVITE sip:0012345678900@pbx.example.test SIP/2.0')
        expect(journal).toContain('INVITE sip:+12345678900@euc1.vp.sip.sinch.com SIP/2.0')
      })

      test('each ladder of calls registers it, and takes the registration away again', () => {
        const played = proof.result.ladders.filter(({ verdict }) => verdict !== 'not-applicable')
        expect(ofPhone()).toHaveLength(played.length - 1) // one is of OPTIONS alone
        for (const frames of ofPhone()) {
          const messages = frames.map(({ bytes }) => bytes).filter((bytes) => bytes !== '') // the end of a connection has none
          const [asked = '', answered = ''] = messages.slice(-2)
          expect(asked).toMatch(/^REGISTER sip:pbx\.example\.test .*\r\nExpires: 0\r\n/s)
          expect(answered).toMatch(/^SIP\/2\.0 200 /)
          expect(answered).not.toContain('Contact:')
        }
      })

      test('all that it sends and gets goes over that transport', () => {
        const carried = ofPhone().flatMap((frames) => frames.map(({ frame }) => frame.stream !== undefined))
        expect(new Set(carried)).toEqual(new Set([over === 'tcp']))
      })

      test('inspect of the capture gives the same findings', async () => {
        expect(await inspected(proof)).toEqual(proof.result.ladders.flatMap(({ findings }) => findings))
      })
    })

test.skipIf(lacking('kamailio'))(
  'with a wrong password no ladder of calls is played at Kamailio, and it is told why',
  async () => {
    const refused = await run('udp', 'looking-glass', '--ladder', 'termination/busy')
    refused.remove()
    expect(refused.code).toBe(3)
    expect(refused.out).toContain('the phone 201 is not registered: 401 Unauthorized')
    expect(refused.out.replaceAll(/\s+/g, ' ')).toContain('The PBX refuses user name or password')
  },
  120_000,
)
