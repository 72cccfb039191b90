import { describe, expect, test } from 'vitest'
import type { Draft } from '../../src/core/frame.ts'
import { readOwnCapture } from '../../src/capture/own.ts'
import { joined } from '../../src/capture/blocks.ts'
import { createSegments } from '../../src/capture/segments.ts'
import { frameBlock, interfaceBlock, sectionHeader } from '../../src/capture/write.ts'

const us = { address: '127.0.0.1', port: 5060 }
const peer = { address: '127.0.0.1', port: 40_000 }
const startedAtUs = 1_795_634_880_000_000

const sent = (text: string, ends?: 'fin' | 'reset'): Draft => ({
  tap: 'sent',
  layer: 'tcp',
  source: us,
  destination: peer,
  bytes: new TextEncoder().encode(text),
  stream: { gap: false, ...(ends === undefined ? {} : { ends }) },
})
const received = (text: string, ends?: 'fin' | 'reset'): Draft => ({
  ...sent(text, ends),
  tap: 'received',
  source: peer,
  destination: us,
})

const crossing = [sent('abc'), received('defgh'), sent('ij'), received('', 'fin'), sent('again'), sent('', 'reset')]

describe('segments of TCP', () => {
  test('each direction counts its bytes and acknowledges those of the other (RFC 9293 §3.4)', () => {
    const place = createSegments()
    const told = crossing.map((draft) => place(draft))
    const first = told[0]?.segment.sequence ?? 0
    expect(told.slice(0, 4).map(({ connection, segment }) => [connection, segment])).toEqual([
      [1, { sequence: first, acknowledgement: first }],
      [1, { sequence: first, acknowledgement: first + 3 }],
      [1, { sequence: first + 3, acknowledgement: first + 5 }],
      [1, { sequence: first + 5, acknowledgement: first + 5, ends: 'fin' }],
    ])
  })

  test('one that has ended is another connection the next time, far from the numbers of the first', () => {
    const place = createSegments()
    const told = crossing.map((draft) => place(draft))
    expect(told.map(({ connection }) => connection)).toEqual([1, 1, 1, 1, 2, 2])
    expect((told[4]?.segment.sequence ?? 0) - (told[3]?.segment.sequence ?? 0)).toBeGreaterThan(1_000_000)
  })

  test('what was written is read back equal', () => {
    const place = createSegments()
    const frames = crossing.map((draft, index) => {
      const { connection, segment } = place(draft)
      const { stream, ...rest } = draft
      const frame = { ...rest, number: index + 1, timeMs: index, stream: { gap: false, ...stream, connection } }
      return { frame, segment }
    })
    const capture = readOwnCapture(
      joined([
        sectionHeader({ application: 'a', comment: 'c', startedAtUs }),
        interfaceBlock({ name: 'n', description: 'd' }),
        ...frames.map((each) => frameBlock({ ...each, interface: 0, startedAtUs, comments: [] })),
      ]),
    )
    if (!capture.ok) throw new Error(capture.fault.saw)
    const read = capture.value.frames.map(({ frame }) => ({ ...frame, bytes: new Uint8Array(frame.bytes) }))
    expect(read).toEqual(frames.map(({ frame }) => frame))
  })
})
