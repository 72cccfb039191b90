import { describe, expect, test } from 'vitest'
import { digitNames, keyTicks } from '../../src/rtp/telephone-event.ts'

const hex = (payload: Uint8Array): string => Buffer.from(payload).toString('hex')

describe('reports of digits (RFC 4733 §2.3)', () => {
  test('the duration grows, the end is told three times, and a pause follows', () => {
    expect(keyTicks('1', 20, 8000).map((tick) => tick && [tick.begins, hex(tick.payload)])).toEqual([
      [true, '010a00a0'],
      [false, '010a0140'],
      [false, '010a01e0'],
      [false, '010a0280'],
      [false, '018a0320'],
      [false, '018a0320'],
      [false, '018a0320'],
      undefined,
      undefined,
      undefined,
    ])
  })
  test('all sixteen digits have their codes (RFC 4733 §3.2, table 3)', () => {
    const codes = keyTicks(digitNames, 20, 8000).flatMap((tick) => (tick?.begins === true ? [tick.payload[0]] : []))
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
  })
  test('what is no digit is left out', () => {
    expect(keyTicks('x é', 20, 8000)).toEqual([])
  })
  test('the last report alone where a packet is as long as a digit', () => {
    expect(keyTicks('#', 100, 8000).map((tick) => tick && [tick.begins, hex(tick.payload)])).toEqual([
      [true, '0b8a0320'],
      [false, '0b8a0320'],
      [false, '0b8a0320'],
      undefined,
    ])
  })
})
