import { expect, test } from 'vitest'
import { diagnose } from '../../src/check/diagnose.ts'
import type { Finding } from '../../src/core/finding.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { framesOfFile } from '../support/cause-file.ts'

test('of many calls, each finding is looked at once: the time for one call does not grow with the others', () => {
  const count = 300
  const observer = createObserver({ roles: { trunkAddresses: ['198.51.100.0/24'], pbxAddresses: [] } })
  const frames = framesOfFile('number-unknown')
  const lastMs = frames.at(-1)?.timeMs ?? 0
  for (let call = 0; call < count; call++)
    for (const frame of frames) {
      const text = Buffer.from(frame.bytes).toString('latin1').replaceAll('a84b4c76e66710', `call${call}`)
      const number = call * frames.length + frame.number
      observer.observe({ ...frame, number, timeMs: call * lastMs + frame.timeMs, bytes: Buffer.from(text, 'latin1') })
    }
  const trace = observer.finish()
  let looks = 0
  const findings = trace.calls.map(({ name }): Finding => ({
    check: 'number-format',
    get subject() {
      looks += 1
      return `${name}/INVITE 1`
    },
    verdict: 'fail',
    expected: null,
    actual: null,
    frames: [],
    requirements: [],
    atFault: 'pbx',
    advice: null,
  }))
  expect(diagnose(trace, findings).length).toBe(count)
  expect(looks).toBe(count)
})
