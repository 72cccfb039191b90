import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { showEndpoint } from '../../src/core/frame.ts'
import type { Endpoint, Frame } from '../../src/core/frame.ts'
import type { Seen } from '../../src/observation/trace.ts'
import { remoteTargets, routeSet } from '../../src/observation/dialogs.ts'
import { fieldValue } from '../../src/sip/message.ts'
import { fold } from '../support/flow.ts'

type Row = readonly [timeMs: number, tap: 'sent' | 'received', source: string, destination: string, hex: string]
type Fixture = {
  readonly tshark: {
    readonly sip: readonly string[]
    readonly streams: readonly {
      readonly source: string
      readonly destination: string
      readonly ssrc: string
      readonly packets: number
      readonly lost: number
      readonly payloadType: number
      readonly meanJitterMs: number
    }[]
  }
  readonly frames: readonly Row[]
}

const file = join(import.meta.dirname, '../../fixtures/observation/sipp-kamailio-digest.json')
const { tshark, frames } = JSON.parse(readFileSync(file, 'utf8')) as Fixture

const endpoint = (text: string): Endpoint => {
  const [address = '', port = ''] = text.split(':')
  return { address, port: Number(port) }
}
const trace = fold(
  frames.map(([timeMs, tap, source, destination, hex], index): Frame => ({
    number: index + 1,
    timeMs,
    tap,
    layer: 'datagram',
    source: endpoint(source),
    destination: endpoint(destination),
    bytes: Buffer.from(hex, 'hex'),
  })),
  'trunk',
)

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
