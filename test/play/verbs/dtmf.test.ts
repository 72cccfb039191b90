import { afterEach, expect, test } from 'vitest'
import { createCall } from '../../../src/play/call.ts'
import { dtmf } from '../../../src/play/verbs/dtmf.ts'
import { makeOffer } from '../../../src/sdp/offer-answer.ts'
import { createHandClock } from '../../support/hand-clock.ts'
import { bind, openEar } from '../../embedded/peer.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()))
})

test.each([
  ['that the other side presses', 'pbx'],
  ['that we press', 'trunk'],
] as const)('digits %s are not waited for when the run is interrupted', async (_whose, sender) => {
  const { media } = await openEar()
  opened.push(media.close)
  const own = { address: bind, port: 9, codecs: ['PCMU'], ptimeMs: 20, dtmf: true, direction: 'sendrecv' } as const
  const sdp = makeOffer({ ...own, sessionId: 1, sessionVersion: 1 })
  const call = { ...createCall('1', 1), media, local: sdp, remote: sdp }
  let waits = 0
  const facts = await dtmf({
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
    call,
    other: undefined,
    placeOf: () => 0,
    clock: createHandClock().clock,
    us: 'trunk',
    wait: () => {
      waits += 1
      return Promise.resolve(waits < 3)
    },
    press: () => Promise.resolve(),
    cause: 'test',
  })
  expect(waits).toBe(3)
  expect(facts).toMatchObject({ verb: 'dtmf', digits: '12', fromMs: 0, toMs: 0 })
})
