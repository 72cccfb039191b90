import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createCaptureReader } from '../../src/capture/reader.ts'
import { causeFolder } from '../support/cause-file.ts'
import { links, pcap } from '../support/layers.ts'

/** The second opinion on classic pcap in microseconds, which is what it reads. It has no types. */
type PcapParser = {
  readonly parse: (input: Readable) => {
    readonly on: (event: string, take: (of: { readonly header: Header; readonly data: Uint8Array }) => void) => void
  }
}
type Header = {
  readonly timestampSeconds: number
  readonly timestampMicroseconds: number
  readonly originalLength: number
}
const { parse } = createRequire(import.meta.url)('pcap-parser') as PcapParser

const shown = (timeUs: number, originalLength: number, data: Uint8Array): string =>
  `${timeUs} ${originalLength} ${Buffer.from(data).toString('hex')}`

const theirs = (file: Uint8Array): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const packets: string[] = []
    const parser = parse(Readable.from([Buffer.from(file)]))
    parser.on('packet', ({ header, data }) => {
      packets.push(shown(header.timestampSeconds * 1e6 + header.timestampMicroseconds, header.originalLength, data))
    })
    parser.on('error', reject)
    parser.on('end', () => {
      resolve(packets)
    })
  })

const ours = (file: Uint8Array): readonly string[] => {
  const packets: string[] = []
  const reader = createCaptureReader({
    give: () => undefined,
    raw: ({ timeUs }, data, at, end, originalLength) =>
      packets.push(shown(timeUs, originalLength, data.subarray(at, end))),
  })
  reader.push(file)
  expect(reader.finish()).toMatchObject({ ok: true, value: { format: 'pcap', packets: packets.length } })
  return packets
}

describe('classic pcap has the packets that pcap-parser finds', () => {
  const packets = [new Uint8Array(60).fill(1), new Uint8Array(0), new Uint8Array(1514).fill(2)].map((ip) =>
    links.ethernet.wrap(ip),
  )
  test.each([true, false])('made by us, little-endian: %s', async (isLittle) => {
    const file = pcap(packets, { isLittle })
    expect(ours(file)).toEqual(await theirs(file))
  })

  const files = readdirSync(causeFolder).filter((name) => name.endsWith('.pcap'))
  test('of every cause', async () => {
    for (const name of files) {
      const file = readFileSync(join(causeFolder, name))
      expect(ours(file), name).toEqual(await theirs(file))
    }
  })
})
