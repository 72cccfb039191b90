import { afterEach, expect, test } from 'vitest'
import type { Media } from '../../../src/agent/media.ts'
import { createCall } from '../../../src/play/call.ts'
import type { VerbContext } from '../../../src/play/verb.ts'
import { dtmf } from '../../../src/play/verbs/dtmf.ts'
import { makeOffer } from '../../../src/sdp/offer-answer.ts'
import { createHandClock } from '../../support/hand-clock.ts'
import { bind, openEar } from '../../embedded/peer.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()))
})

/** The verb, where that side presses the digits 1 and 2. */
const pressed = async (sender: 'pbx' | 'trunk', more: (media: Media) => Pick<VerbContext, 'clock' | 'wait'>) => {
  const { media } = await openEar()
  opened.push(media.close)
  const own = { address: bind, port: 9, codecs: ['PCMU'], ptimeMs: 20, dtmf: true, direction: 'sendrecv' } as const
  const sdp = makeOffer({ ...own, sessionId: 1, sessionVersion: 1 })
  return dtmf({
    step: {
      kind: 'verb',
      verb: 'dtmf',
      head: 'dtmf',
      place: { file: 'test', line: 1, column: 1 },
      number: 1,
      between: sender === 'pbx' ? ['pbx', 'trunk'] : ['trunk', 'pbx'],
      direction: 'forward',
      forMs: 60_000,
      digits: '12',
      call: '1',
    },
    call: { ...createCall('1', 1), media, local: sdp, remote: sdp },
    other: undefined,
    placeOf: () => 0,
    us: 'trunk',
    press: () => Promise.resolve(),
    cause: 'test',
    ...more(media),
  })
}

test.each([
  ['that the other side presses', 'pbx'],
  ['that we press', 'trunk'],
] as const)('digits %s are not waited for when the run is interrupted', async (_whose, sender) => {
  let waits = 0
  const facts = await pressed(sender, () => ({
    clock: createHandClock().clock,
    wait: () => {
      waits += 1
      return Promise.resolve(waits < 3)
    },
  }))
  expect(waits).toBe(3)
  expect(facts).toMatchObject({ verb: 'dtmf', digits: '12', fromMs: 0, toMs: 0 })
})

test('a digit that is long in coming is waited for, and no longer than it takes', async () => {
  const { clock, advance } = createHandClock()
  const phone = (await openEar()).media
  opened.push(phone.close)
  const digits = ['1', '2']
  await pressed('pbx', (media) => ({
    clock,
    wait: async () => {
      const [digit] = digits.splice(0, 1)
      if (digit === undefined) throw new Error('it waits for more than was to come')
      await phone.press({ digits: digit, remote: media.local, payloadType: 101, ptimeMs: 20, cause: 'test' })
      await expect.poll(media.heard).toBe((2 - digits.length) * 7) // RFC 4733: 100 ms in 5 reports, the last one thrice
      advance(1000)
      return true
    },
  }))
  expect(digits).toEqual([])
})
