import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/check/diagnose.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { framesIn } from '../support/cause-file.ts'
import { createTape, inTime } from '../support/cause-flow.ts'
import { legCaptures } from '../support/causes/legs.ts'
import { writePcap } from '../support/pcap.ts'

describe('a cause on one leg of a call is told of the other one, too', () => {
  test.each(legCaptures)('$name: $shows', ({ causes, by, write }) => {
    const tape = createTape()
    write(tape)
    const observer = createObserver({ roles: { trunkAddresses: ['198.51.100.20/32'], pbxAddresses: [] } })
    for (const frame of framesIn(writePcap(inTime(tape)))) observer.observe(frame)
    const trace = observer.finish()
    const [near, far] = trace.calls
    expect(trace.links.map((link) => [link.calls, link.by])).toEqual([[[near, far], by]])
    const told = diagnose(trace, [])
    const idsOf = (call: typeof near) => told.find((one) => one.call === call)?.causes.map(({ id }) => id) ?? []
    expect([idsOf(near), idsOf(far)]).toEqual(causes)
  })
})
