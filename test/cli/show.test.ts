import { expect, test } from 'vitest'
import { runCli } from './support.ts'

const shown = async (id: string): Promise<string> => {
  const { out, err, code } = await runCli(['show', id])
  expect({ err, code }).toEqual({ err: '', code: 0 })
  return out
}

test('a profile with hosts, shapes and the statements that its checks prove', async () => {
  const text = await shown('vonage/eu')
  expect(text).toContain('profile vonage/eu\n  Vonage SIP, EMEA\n')
  expect(text).toContain('  realm: not documented\n')
  expect(text).toContain('    From: <sip:${callerId}@${host}>\n')
  expect(text).toContain('    auth-credentials: VON-AUTH-01 MUST (trunk); VON-AUTH-01 MUST (pbx)\n')
})

test('a ladder with its steps as they stand in the file', async () => {
  const text = await shown('termination/answered-call')
  expect(text).toContain('ladder termination/answered-call\n')
  expect(text).toContain('    2. trunk -> pbx: [401, 407]\n')
  expect(text).toContain('    6. pbx <-> trunk: audio for 1000 ms\n')
  expect(text).toContain('  file: scenarios/termination/answered-call.yaml\n')
})

test('a check with what each profile says of it and the faults that make it fail', async () => {
  const text = await shown('auth-realm')
  expect(text).toContain('  sinch/eu: SINCH-AUTH-02, SINCH-INFRA-01 MUST (trunk)\n')
  expect(text).toContain('  proved to fail by: auth-realm-of-another, auth-realm-original, auth-realm-wrong\n')
})

test('a fault', async () => {
  expect(await shown('ack-lost')).toContain('  found by: ack-arrives\n')
})

test('a documented statement with the checks that prove it', async () => {
  const [heading, ...lines] = (await shown('SINCH-NUM-01')).split('\n')
  expect(heading).toBe('requirement SINCH-NUM-01')
  expect(lines.slice(0, 2)).toEqual([
    '  Every telephone number that is sent to the provider is E.164 with a leading +.',
    '  document: Sinch SIP Trunking',
  ])
  expect(lines).toContain('  sinch/eu: proved by number-format')
  expect(lines).toContain('  vonage/eu: no check proves it')
})

test('an id that is nearly right gets the nearest one as advice', async () => {
  const { err, code } = await runCli(['show', 'wrong-password'])
  expect(code).toBe(2)
  expect(err).toBe('error: nothing is called "wrong-password"; try trunkproof show termination/wrong-password\n')
})
