import { describe, expect, test } from 'vitest'
import { refusedNumber } from '../../src/config/emergency.ts'

describe('emergency and short numbers are never dialled', () => {
  test.each([
    '112',
    '911',
    '999',
    '000',
    '+112',
    '+46112',
    '+44999',
    '00112',
    '+358 112',
    '1-1-2',
    '116117',
    '+1911',
    '',
  ])('%s', (number) => {
    expect(refusedNumber(number)).toBeDefined()
  })
})

describe('premium-rate numbers are never dialled', () => {
  test.each([
    '+19005550123',
    '19005550123',
    '+44 909 8790000',
    '00449098790000',
    '01149900123456',
    '0900 123456',
    '+979112345678',
    '+881612345678',
  ])('%s', (number) => {
    expect(refusedNumber(number)).toBeDefined()
  })
})

describe('ordinary numbers are', () => {
  test.each([
    '+12025550100',
    '+447700900123',
    '+46733478561',
    '0012025550100',
    '12025550100',
    '+4930123456',
    '2000000',
  ])('%s', (number) => {
    expect(refusedNumber(number)).toBeUndefined()
  })
})

test('the reason names the number and what it is', () => {
  expect(refusedNumber('112')).toBe('112 is an emergency number')
  expect(refusedNumber('+19005550123')).toBe('+19005550123 is a premium-rate number of North America')
})
