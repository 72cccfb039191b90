import { describe, expect, test } from 'vitest'
import { createChance, type Chance } from '../fuzz/chance.ts'
import { ipv4, pcap, tcp } from '../support/layers.ts'
import { readChunked } from '../support/read-capture.ts'

const seed = 20_261_121

/** Letters by their place, so that a wrong byte shows. */
const textOf = (length: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7 + (at >> 4)) % 26))).join('')

type Piece = { readonly from: number; readonly to: number }

/** Pieces that cover the text, some sent again, some overlapping, each at most a few places from where it belongs. */
const piecesOf = (length: number, { below }: Chance): readonly Piece[] => {
  const pieces: Piece[] = []
  for (let from = 0; from < length;) {
    const to = Math.min(length, from + 1 + below(40))
    pieces.push({ from: Math.max(0, from - (below(4) === 0 ? below(20) : 0)), to })
    if (below(5) === 0) pieces.push({ from, to })
    from = to
  }
  return pieces
    .map((piece, place) => ({ piece, place: place + (below(3) === 0 ? below(6) : 0) }))
    .sort((a, b) => a.place - b.place)
    .map(({ piece }) => piece)
}

const segment = (initial: number, { from, to }: Piece, text: string, flags = 16): Uint8Array =>
  ipv4({
    protocol: 6,
    payload: tcp({
      source: 40_000,
      destination: 5060,
      sequence: (initial + 1 + from) >>> 0,
      payload: text.slice(from, to),
      flags,
    }),
  })

/** A packet each millisecond, so that nothing is given up for its age. */
const read = (packets: readonly Uint8Array[]) => {
  const file = pcap(packets, { linkType: 101 })
  let at = 24
  for (const [index, { length }] of packets.entries()) {
    new DataView(file.buffer).setUint32(at + 4, index * 1000, true)
    at += 16 + length
  }
  const { frames } = readChunked(file)
  return {
    text: frames.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join(''),
    gaps: frames.filter(({ stream }) => stream?.gap === true).length,
    ends: frames.map(({ stream }) => stream?.ends).filter((ends) => ends !== undefined),
  }
}

describe('TCP segments in any order, sent again and overlapping', () => {
  test(`are the text that was sent, seed ${seed}`, () => {
    for (let number = 0; number < 400; number += 1) {
      const chance = createChance(seed + number)
      // Of all sequence numbers, also those that wrap within the text.
      const initial = (chance.below(2) === 0 ? 0xffffffff - chance.below(800) : chance.below(2 ** 32)) >>> 0
      const text = textOf(1 + chance.below(1500))
      const pieces = piecesOf(text.length, chance)
      const last = { from: text.length, to: text.length }
      const packets = [
        segment(initial, { from: -1, to: -1 }, '', 2),
        ...pieces.map((piece) => segment(initial, piece, text)),
        segment(initial, last, '', 17),
      ]
      expect(read(packets), `case ${number}`).toEqual({ text, gaps: 0, ends: ['fin'] })
    }
  })

  test(`of which one is lost are what came before it, and behind it with a gap, seed ${seed}`, () => {
    for (let number = 0; number < 200; number += 1) {
      const chance = createChance(seed + number)
      const text = textOf(1000)
      const lost = 100 + chance.below(300)
      const pieces = piecesOf(text.length, chance).filter(({ from, to }) => to <= lost || from >= lost + 50)
      const isCovered = Array.from(text, (_, at) => pieces.some(({ from, to }) => from <= at && at < to))
      const holes = isCovered.filter((is, at) => !is && isCovered[at + 1] === true).length
      const { text: told, gaps } = read([
        segment(7, { from: -1, to: -1 }, '', 2),
        ...pieces.map((piece) => segment(7, piece, text)),
      ])
      expect(told, `case ${number}`).toBe(
        Array.from(text)
          .filter((_, at) => isCovered[at])
          .join(''),
      )
      expect(gaps, `case ${number}`).toBe(holes)
    }
  })
})
