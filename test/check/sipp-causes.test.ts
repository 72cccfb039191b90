import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createObserver } from '../../src/observation/observe.ts'
import { judgeStrangers } from '../../src/run/stranger.ts'
import { filled, playSipp, sippScenario, startSipp } from '../support/peers.ts'
import { loopback } from '../support/ports.ts'
import { lacking } from '../support/programs.ts'
import { openRelay } from '../support/relay.ts'
import { allChecks } from './every-check.ts'

const scenario = (name: 'holds' | 'dials'): readonly string[] => ['-sf', sippScenario(name)]

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-sipp-causes-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A call of one SIPp to another, as who listens between them tells what broke it. */
const told = async (caller: readonly string[], callee: 'refuses' | 'answers', status: string) => {
  const file = join(folder, `${callee}.xml`)
  writeFileSync(file, filled(sippScenario(callee), { STATUS: status }))
  const uas = await startSipp(['-sf', file])
  const relay = await openRelay({ address: loopback, port: uas.port })
  try {
    await playSipp(...caller, '-m', '1', '-s', '+442079460123', `${loopback}:${relay.port}`)
  } finally {
    await relay.close()
    await uas.stop()
  }
  const observer = createObserver({ roles: { trunkAddresses: [], pbxAddresses: [] } })
  for (const frame of relay.frames) observer.observe(frame)
  const { diagnoses } = judgeStrangers(observer.finish(), undefined, allChecks)
  return diagnoses.map(({ causes }) => causes.map(({ id, atFault }) => `${id} ${atFault}`))
}

const builtIn = ['-sn', 'uac'] as const

describe.skipIf(lacking('sipp'))('what breaks a call between two SIPp', () => {
  test.each([
    [builtIn, 'refuses', '503 Service Unavailable', 'service-unavailable trunk'],
    [builtIn, 'refuses', '403 Forbidden', 'call-forbidden pbx'],
    [builtIn, 'refuses', '404 Not Found', 'number-unknown pbx'],
    [builtIn, 'refuses', '484 Address Incomplete', 'number-format pbx'],
    [builtIn, 'refuses', '488 Not Acceptable Here', 'no-common-codec undecided'],
    [scenario('holds'), 'answers', '488 Not Acceptable Here', 'hold-refused trunk'],
    [scenario('dials'), 'answers', '200 OK', 'dtmf-info-despite-rfc4733 pbx'],
  ] as const)(
    '%s meets %s with %s: %s',
    async (caller, callee, status, cause) => {
      expect(await told(caller, callee, status)).toEqual([[cause]])
    },
    30_000,
  )
  test('a busy callee breaks nothing', async () => {
    expect(await told(builtIn, 'refuses', '486 Busy Here')).toEqual([])
  }, 30_000)
})
