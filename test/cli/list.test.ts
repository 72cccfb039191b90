import { expect, test } from 'vitest'
import { runCli } from './support.ts'

const linesOf = async (kind: string): Promise<readonly string[]> => {
  const { out, err, code } = await runCli(['list', kind])
  expect({ err, code }).toEqual({ err: '', code: 0 })
  return out.trimEnd().split('\n')
}

test('profiles by id and title', async () => {
  expect(await linesOf('profiles')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^sinch\/eu +Sinch SIP trunking, Europe \(upgraded infrastructure\)$/),
      expect.stringMatching(/^vonage\/eu +Vonage SIP, EMEA$/),
    ]),
  )
  expect((await linesOf('profiles')).join()).not.toContain('sinch/base') // what others extend is no trunk
})

test('ladders by id, the sides that they test, and title', async () => {
  expect(await linesOf('ladders')).toContainEqual(
    expect.stringMatching(/^termination\/busy +pbx, trunk {2}A call out to a busy line/),
  )
})

test('ladders name the cells that the harness does not speak yet', async () => {
  const lines = await linesOf('ladders')
  expect(lines).toContain('  not spoken yet with sinch/eu: codec=opus, codec=G729')
  expect(lines.filter((line) => line.includes('transport=tls'))).toEqual([
    expect.stringMatching(/^not spoken yet, of any ladder: transport=tls with sinch\/apse1, .*vonage\/eu$/),
  ])
})

test('checks by id, strength, the sides that they judge, and title', async () => {
  expect(await linesOf('checks')).toContainEqual(expect.stringMatching(/^auth-realm +MUST +trunk, pbx +\S/))
})

test('faults by id, the party that is bent, the check that finds it, and title', async () => {
  expect(await linesOf('faults')).toContainEqual(expect.stringMatching(/^ack-lost +trunk +ack-arrives +\S/))
})
