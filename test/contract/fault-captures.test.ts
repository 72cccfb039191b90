import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCatalogue } from '../../src/run/catalogue.ts'
import { type CatalogueFault, isFaultOf } from '../../src/run/fault.ts'
import { runSelftest } from '../../src/run/run-selftest.ts'

const run = promisify(execFile)

const hasTshark = (() => {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return process.env.TRUNKPROOF_REQUIRE_PEERS === '1'
  }
})()

const catalogue = await readCatalogue()
if (!catalogue.ok) throw new Error('the catalogue does not load')
const { profiles, faults } = catalogue.value

/** One of each shape: the other regions of a provider differ in hosts and addresses alone. */
const shapes = ['sinch/eu', 'sinch/use1', 'vonage/eu']
const cases = faults.flatMap((fault) =>
  profiles
    .filter((profile) => shapes.includes(profile.id) && isFaultOf(profile, fault))
    .slice(0, 1)
    .map((profile) => ({ profile: profile.id, id: fault.id, fault })),
)

test('each fault is seen in one of them', () => {
  expect(cases.map(({ id }) => id)).toEqual(faults.map(({ id }) => id))
})

/** Frames of the fault's own ladders, of the side that it bends, on which the filter holds. */
const framesShown = async (file: string, { filter, ladders, side }: CatalogueFault): Promise<number> => {
  const interfaces = ladders.map((id) => `frame.interface_description contains "\\"${id}\\",\\"side\\":\\"${side}\\""`)
  const { stdout } = await run('tshark', ['-r', file, '-Y', `(${filter.expression}) && (${interfaces.join(' || ')})`])
  return stdout.split('\n').filter((line) => line !== '').length
}

describe.skipIf(!hasTshark)('captures of faults, as tshark sees them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkproof-captures-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  beforeAll(async () => {
    const { signal } = new AbortController()
    for (const shape of shapes) {
      const ids = cases.filter(({ profile }) => profile === shape).map(({ id }) => id)
      const tried = await runSelftest({ profiles: [shape], faults: ids, folder, onRun: () => undefined, signal })
      const clean = { missed: [], falseAlarms: [], cleanFailures: [], redundant: [], unproved: [] }
      expect(tried).toMatchObject({ ok: true, value: { ...clean, detected: ids.length } })
    }
  }, 400_000)

  test.each(cases)(
    '$id in $profile: the filter holds in one of fault and clean capture, and not in the other',
    async ({ profile, fault }) => {
      const captures = ['clean', fault.id].map((name) => join(folder, profile.replaceAll('/', '-'), `${name}.pcapng`))
      const [clean = 0, bent = 0] = await Promise.all(captures.map((file) => framesShown(file, fault)))
      expect([bent > 0, clean > 0]).toEqual(fault.filter.is === 'present' ? [true, false] : [false, true])
    },
    30_000,
  )
})
