import { describe, expect, test } from 'vitest'
import { showEndpoint } from '../../src/core/frame.ts'
import type { Seen } from '../../src/observation/trace.ts'
import { remoteTargets, routeSet } from '../../src/observation/dialogs.ts'
import { fieldValue } from '../../src/sip/message.ts'
import { realCall, tshark } from '../support/real-call.ts'

const trace = realCall('trunk')

const show = (seen: Seen): string => {
  const message = seen.message()
  const cseq = fieldValue(message, 'CSeq') ?? ''
  return message.kind === 'request' ? `${message.method} ${cseq.split(' ')[0] ?? ''}` : `${message.status} to ${cseq}`
}

describe('a call of SIPp through Kamailio to baresip, as tshark reads it', () => {
  test('has the same messages, and none malformed', () => {
    expect(trace.messages.map(show)).toEqual(tshark.sip)
    expect(trace.malformed).toEqual([])
  })
  test('has the same streams: packets, loss, payload type', () => {
    const streams = trace.streams.map((stream) => ({
      source: showEndpoint(stream.source),
      destination: showEndpoint(stream.destination),
      ssrc: stream.ssrc.toString(16).padStart(8, '0'),
      packets: stream.packets,
      lost: stream.lost,
      payloadType: [...stream.payloadTypes.keys()][0],
    }))
    expect(streams).toEqual(tshark.streams.map(({ meanJitterMs: _, ...facts }) => facts))
  })
  test('has the same mean jitter, to a tenth of a millisecond', () => {
    for (const [index, { meanJitterMs }] of tshark.streams.entries())
      expect(Math.abs((trace.streams[index]?.jitterMs ?? NaN) - meanJitterMs)).toBeLessThan(0.1)
  })
  test('is one call of three transactions, with both streams in it', () => {
    expect(trace.calls.map(({ name, caller }) => `${name} ${caller}`)).toEqual(['call 1 pbx'])
    expect(trace.transactions.map(({ name, acks }) => `${name} ${acks.length}`)).toEqual([
      'call 1/INVITE 1 1',
      'call 1/INVITE 2 1',
      'call 1/BYE 1 0',
    ])
    expect(trace.calls[0]?.streams.map(({ name }) => name)).toEqual(['stream pbx>trunk 1', 'stream trunk>pbx 1'])
  })
  test('carries a tone of 440 Hz in packets of 20 ms, and a recording in packets of 30 ms', () => {
    expect(trace.streams.map(({ ptimeMs }) => ptimeMs)).toEqual([30, 20])
    expect(trace.streams[1]?.audio?.toneHz).toBe(440)
  })
  test('gives SIPp the Contact of baresip as remote target, and the route that Kamailio recorded', () => {
    const [call] = trace.calls
    const bye = trace.transactions[2]?.request
    if (call === undefined || bye === undefined) throw new Error('there is no BYE')
    expect(remoteTargets(call, bye).map(({ value }) => value)).toEqual([bye.message().requestUri])
    expect(`<${routeSet(call, bye)?.value.join()}>`).toBe(fieldValue(bye.message(), 'Route'))
  })
})
