import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { openCapture, readCaptureFrom } from '../../src/run/capture-file.ts'
import { causeFolder } from '../support/cause-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const capture = readFileSync(join(causeFolder, 'jitter.pcap'))
const zipped = gzipSync(capture)

const read = async (bytes: Uint8Array) => {
  const path = join(folder, 'capture')
  writeFileSync(path, bytes)
  const source = await openCapture(path)
  if (!source.ok) return source
  let frames = 0
  const summary = await readCaptureFrom(source.value, {
    give: () => {
      frames += 1
    },
  })
  return summary.ok ? { ...summary.value, frames } : summary
}

describe('a gzip file', () => {
  test('is read as what is inside, in one member or several', async () => {
    const plain = await read(capture)
    expect(plain).toMatchObject({ packets: 607, cut: undefined })
    expect(await read(zipped)).toEqual(plain)
    expect(await read(Buffer.concat([gzipSync(capture.subarray(0, 5000)), gzipSync(capture.subarray(5000))]))).toEqual(
      plain,
    )
  })
  test('that is cut is read as far as it goes, and says so', async () => {
    const cut = await read(zipped.subarray(0, 3000))
    expect(cut).toMatchObject({ cut: 'gzip: unexpected end of file' })
    expect('frames' in cut && cut.frames > 100).toBe(true)
  })
  test('of which nothing can be unpacked is refused', async () => {
    const saw = expect.stringMatching(/^gzip: ./)
    for (const bytes of [zipped.subarray(0, 2), Buffer.concat([zipped.subarray(0, 10), Buffer.alloc(100, 0xff)])])
      expect(await read(bytes)).toMatchObject({ ok: false, fault: { rule: 'file.unreadable', saw } })
  })
  test('of no capture is refused by what is inside', async () => {
    expect(await read(gzipSync('what is no capture'))).toMatchObject({
      ok: false,
      fault: { rule: 'capture.format', saw: 'no pcap and no pcapng file: it begins with 77 68 61 74' },
    })
  })
})

test('nothing is brought behind what a reader cannot go on with', async () => {
  let brought = 0
  const bent = Uint8Array.from(capture.subarray(0, 3000))
  bent.fill(0xff, 24, 40)
  const chunks = async function* () {
    for (; brought < 1000; brought += 1) yield await Promise.resolve(bent)
  }
  const summary = await readCaptureFrom({ chunks: chunks(), failure: () => undefined }, { give: () => undefined })
  expect(summary).toMatchObject({ ok: false, fault: { rule: 'capture.unreadable' } })
  expect(brought).toBe(0)
})
