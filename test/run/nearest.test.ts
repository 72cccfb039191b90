import { expect, test } from 'vitest'
import { didYouMean, nearestId } from '../../src/run/nearest.ts'

const ids = ['sinch/eu', 'vonage/eu', 'auth-realm', 'rtp-arrives']

test.each([
  ['sinhc/eu', 'sinch/eu'],
  ['vonage', 'vonage/eu'],
  ['auth-relm', 'auth-realm'],
  ['rtp-arrive', 'rtp-arrives'],
])('%s is near %s', (typed, id) => {
  expect(nearestId(typed, ids)).toBe(id)
})

test.each(['', 'telnyx', 'x'.repeat(5000)])('%j is near nothing', (typed) => {
  expect(didYouMean(typed, ids)).toBe('')
})
