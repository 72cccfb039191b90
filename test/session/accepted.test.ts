import { describe, expect, test } from 'vitest'
import { type AcceptedEffect, type AcceptedEvent, startAccepted, stepAccepted } from '../../src/session/accepted.ts'

const bytes = new Uint8Array([1])
const timers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 }
const retransmit: AcceptedEvent = { type: 'timer', timer: 'retransmit' }
const giveUp: AcceptedEvent = { type: 'timer', timer: 'give-up' }

const show = (effect: AcceptedEffect): string => {
  if (effect.type === 'arm') return `arm ${effect.timer} ${effect.afterMs}`
  return effect.type === 'disarm' ? `disarm ${effect.timer}` : effect.type
}

const rows = (dutiful: boolean, ...events: readonly AcceptedEvent[]): readonly string[] => {
  let [state, effects] = startAccepted(bytes, timers, dutiful)
  const lines = [effects.map(show).join(' | ')]
  for (const event of events) {
    ;[state, effects] = stepAccepted(state, event)
    lines.push(effects.map(show).join(' | '))
  }
  return lines
}

describe('the 2xx of a user agent server (RFC 3261 §13.3.1.4)', () => {
  test('goes again after T1, which doubles up to T2', () => {
    expect(rows(true, ...Array.from({ length: 5 }, () => retransmit))).toEqual([
      'arm retransmit 500 | arm give-up 32000',
      'send | arm retransmit 1000',
      'send | arm retransmit 2000',
      'send | arm retransmit 4000',
      'send | arm retransmit 4000',
      'send | arm retransmit 4000',
    ])
  })

  test('stops at the ACK', () => {
    expect(rows(true, { type: 'ack' }, retransmit, giveUp)).toEqual([
      'arm retransmit 500 | arm give-up 32000',
      'disarm retransmit | disarm give-up',
      '',
      '',
    ])
  })

  test('without an ACK for 64*T1 it is over', () => {
    expect(rows(true, giveUp, { type: 'ack' }).slice(1)).toEqual(['disarm retransmit | ack-missing', ''])
  })

  test('without the duty it is sent once, and the ACK is missed all the same', () => {
    expect(rows(false, giveUp)).toEqual(['arm give-up 32000', 'disarm retransmit | ack-missing'])
  })

  test('the duty can be taken away and given back', () => {
    expect(rows(true, retransmit, { type: 'dutiful', on: false }, { type: 'dutiful', on: true }).slice(2)).toEqual([
      'disarm retransmit',
      'arm retransmit 1000',
    ])
  })
})
