import { expect, test } from 'vitest'
import { joined } from '../../src/capture/blocks.ts'
import type { Draft } from '../../src/core/frame.ts'
import { createRunRecorder } from '../../src/run/recorder.ts'
import { storedInFolder } from '../../src/run/stored.ts'
import { bytesOf, latin1 } from '../../src/sip/text.ts'
import { sampleContract } from '../support/catalogue.ts'
import { createHandClock } from '../support/hand-clock.ts'

const secret = '186f934f8c0a3bcc5625d9e2b4e350fc'
const ack = `ACK sip:a SIP/2.0\r\nAuthorization: Digest response="${secret}"\r\n\r\n`
const draft: Draft = {
  tap: 'received',
  layer: 'datagram',
  source: { address: '192.0.2.1', port: 5060 },
  destination: { address: '192.0.2.2', port: 5060 },
  bytes: bytesOf(ack),
}

/** An ACK and its copy, recorded with their secrets; the pieces of the capture. */
const recorded = (mostReceivedBytes = 10_000) => {
  const { clock } = createHandClock()
  const capture: Uint8Array[] = []
  let journal = ''
  const recorder = createRunRecorder({
    clock,
    mostReceivedBytes,
    header: {
      tool: 'trunkproof',
      version: '0.0.0',
      sut: 'embedded',
      startedAt: '2026-11-21T00:00:00Z',
      startedAtUs: 1_795_219_200_000_000,
      contract: sampleContract(),
      notes: [],
      skipped: [],
      waivers: [],
      keptSecrets: true,
    },
    capture: (bytes) => void capture.push(bytes),
    journalText: (line) => (journal += line),
  })
  const meta = { id: 'a/b', side: 'pbx', cell: '', title: 'a', breaks: [] } as const
  const ladder = recorder.ladder(meta, () => undefined)
  ladder.signalling(draft)
  ladder.signalling(draft)
  return { capture, journal: bytesOf(journal), flooded: ladder.flooded.aborted }
}

const signalsOf = (journal: Uint8Array, capture: Uint8Array): readonly string[] => {
  const stored = storedInFolder(journal, capture)
  if (!stored.ok) throw new Error(stored.fault.saw)
  return stored.value.ladders.flatMap(({ frames }) => frames.map(({ bytes }) => latin1(bytes)))
}

test('a capture that has all that the journal has gives the bytes with their secrets', () => {
  const { capture, journal } = recorded()
  expect(signalsOf(journal, joined(capture))).toEqual([ack, ack])
})

test('one that ends before the journal does not make a copy look like another message', () => {
  const { capture, journal } = recorded()
  const [first, second] = signalsOf(journal, joined(capture.slice(0, -1)))
  expect(first).toBe(ack.replace(secret, 'x'.repeat(32)))
  expect(second).toBe(first)
})

test('what is received beyond the bound is in neither, and ends the ladder', () => {
  const most = bytesOf(ack).length + 100
  const { capture, journal, flooded } = recorded(most)
  expect(signalsOf(journal, joined(capture))).toEqual([ack])
  expect(flooded).toBe(true)
  expect(recorded(2 * most).flooded).toBe(false)
})
