import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Side, otherSide } from '../../src/core/finding.ts'
import type { Endpoint, Frame } from '../../src/core/frame.ts'
import type { Trace } from '../../src/observation/trace.ts'
import { fold } from './flow.ts'

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

/** A call of SIPp (the PBX) through Kamailio (the trunk) to baresip, and what tshark says of it. */
export const { tshark, frames } = JSON.parse(readFileSync(file, 'utf8')) as Fixture

const endpoint = (text: string): Endpoint => {
  const [address = '', port = ''] = text.split(':')
  return { address, port: Number(port) }
}

/** The trace of it as the other party than the SUT would have seen it. */
export const realCall = (sut: Side): Trace =>
  fold(
    frames.map(([timeMs, tap, source, destination, hex], index): Frame => {
      const sender = tap === 'sent' ? 'pbx' : 'trunk'
      return {
        number: index + 1,
        timeMs,
        tap: sender === otherSide(sut) ? 'sent' : 'received',
        layer: 'datagram',
        source: endpoint(source),
        destination: endpoint(destination),
        bytes: Buffer.from(hex, 'hex'),
      }
    }),
    sut,
  )
