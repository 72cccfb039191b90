import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { annotate } from '../../src/capture/annotate.ts'
import { createCaptureReader } from '../../src/capture/reader.ts'
import type { Inspection } from '../../src/report/inspection.ts'
import { frameComments } from '../../src/run/output.ts'
import { createPitch, heardBy, listen } from '../../src/rtp/pitch.ts'
import { causeFile } from '../support/cause-file.ts'
import { catalogue, keptRun } from '../support/embedded-run.ts'
import { lacking, programPath } from '../support/programs.ts'
import { runToEnd } from '../support/prove.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inspect = (...argv: readonly string[]) => runCli(['inspect', ...argv], folder)

/** UDP payloads by frame, as text. */
const payloads = (path: string): readonly string[] => {
  const found: string[] = []
  const reader = createCaptureReader({ give: ({ bytes }) => found.push(Buffer.from(bytes).toString('latin1')) })
  reader.push(readFileSync(path))
  reader.finish()
  return found
}

const tshark = async (path: string, ...args: readonly string[]): Promise<readonly string[]> => {
  const { out } = await runToEnd(programPath('tshark') ?? '', ['-r', path, ...args], folder)
  return out.split('\n').filter((line) => line !== '')
}

describe('inspect --export call', () => {
  const exported = async (name: string, file: string, ...flags: readonly string[]): Promise<string> => {
    const out = join(folder, `${name}-${flags.join('')}`)
    const { err } = await inspect(causeFile(name), '--export', 'call', '--out', out, ...flags)
    expect(err).toBe('')
    return join(out, file)
  }

  test('writes the packets of a call as the capture has them, but for what is secret in them', async () => {
    const slice = payloads(await exported('wrong-password', 'call-1.pcapng'))
    // The last two are an OPTIONS and its answer, of no call.
    const whole = payloads(causeFile('wrong-password')).slice(0, -2)
    expect(slice.length).toBe(whole.length)
    const changed = slice.filter((text, index) => text !== whole[index])
    expect(changed.length).toBeGreaterThan(0)
    for (const text of changed) expect(text).toMatch(/response="x+"/)
    const kept = payloads(await exported('wrong-password', 'call-1.pcapng', '--keep-secrets'))
    expect(kept).toEqual(whole)
  })

  test('leaves out what is of another call', async () => {
    const out = join(folder, 'one-of-two')
    await inspect(causeFile('no-audio'), '--export', 'call', '--out', out)
    const [first, second] = [1, 2].map((number) => payloads(join(out, `call-${number}.pcapng`)))
    const whole = payloads(causeFile('no-audio'))
    expect(first?.length).toBeGreaterThan(0)
    expect(second?.length).toBeGreaterThan(0)
    expect(whole).toEqual(expect.arrayContaining([...(first ?? []), ...(second ?? [])]))
    expect(first?.filter((text) => second?.includes(text) === true && text.includes('SIP/2.0'))).toEqual([])
  })

  test('gives the same findings when the slice is inspected', async () => {
    const findingsOf = async (path: string) => {
      const { out } = await inspect(path, '--json')
      const { findings } = JSON.parse(out) as Inspection
      return findings.map(({ check, subject, verdict, frames }) => ({ check, subject, verdict, frames }))
    }
    const slice = await exported('one-way-audio', 'call-1.pcapng')
    expect(await findingsOf(slice)).toEqual(await findingsOf(causeFile('one-way-audio')))
  })

  describe.skipIf(lacking('tshark'))('as tshark reads it', () => {
    test('has the findings on its packets, and where they stood', async () => {
      const slice = await exported('wrong-password', 'call-1.pcapng')
      const comments = await tshark(slice, '-T', 'fields', '-e', 'frame.comment')
      expect(comments.length).toBeGreaterThan(3)
      expect(comments.every((comment) => comment.includes('frame '))).toBe(true)
      expect(comments.some((comment) => comment.includes('pass ack-arrives'))).toBe(true)
    })
    test('keeps the checksum of a packet in which a secret was overwritten', async () => {
      const slice = await exported('wrong-password', 'call-1.pcapng')
      const bad = await tshark(slice, '-o', 'udp.check_checksum:TRUE', '-Y', 'udp.checksum.status != "Good"')
      expect(bad).toEqual([])
      expect(await tshark(slice, '-Y', 'sip.auth.digest.response matches "^\\"x+"')).not.toEqual([])
    })
    test('names both sides', async () => {
      const slice = await exported('wrong-password', 'call-1.pcapng')
      const named = await tshark(slice, '-N', 'n', '-T', 'fields', '-e', 'ip.src_host')
      expect([...new Set(named)].sort()).toEqual(['pbx', 'trunk'])
    })
  })
})

describe('the capture of a run', () => {
  const run = async (): Promise<string> => {
    const ladders = catalogue.ladders.filter(({ id }) => id.endsWith('/answered-call'))
    const { capture, result } = await keptRun({ profile: 'sinch/eu', keepSecrets: true, ladders })
    const path = join(folder, 'run.pcapng')
    writeFileSync(path, annotate(capture, frameComments(result)))
    return path
  }

  test('gives the audio of its calls: on the left the PBX, on the right the trunk', async () => {
    const path = await run()
    const out = join(folder, 'audio')
    const { err } = await inspect(path, '--export', 'wav', '--out', out)
    expect(err).toBe('')
    const { out: text } = await inspect(path, '--json')
    const { calls } = JSON.parse(text) as Inspection
    const longest = calls.filter(({ streams }) => streams.length === 2 && streams.every(({ packets }) => packets > 40))
    expect(longest.length).toBeGreaterThan(0)
    const wav = readFileSync(join(out, 'call-1.wav'))
    expect(wav.subarray(0, 4).toString()).toBe('RIFF')
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8)
    expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
      1, 2, 8000, 16,
    ])
    expect(wav.readUInt32LE(40)).toBe(wav.length - 44)
    const heard = [0, 1].map((channel) => {
      const pitch = createPitch(8000)
      const samples = new Int16Array((wav.length - 44) / 4)
      for (let index = 0; index < samples.length; index += 1)
        samples[index] = wav.readInt16LE(44 + 4 * index + 2 * channel)
      listen(pitch, samples)
      return heardBy(pitch)
    })
    expect(heard.some(({ audibleMs, toneHz }) => audibleMs > 300 && toneHz !== undefined)).toBe(true)
  }, 60_000)

  test.skipIf(lacking('tshark'))(
    'names the addresses of both parties',
    async () => {
      const named = await tshark(await run(), '-N', 'n', '-T', 'fields', '-e', 'ip.src_host')
      expect(named.every((name) => ['pbx', 'trunk', 'pbx-and-trunk'].includes(name))).toBe(true)
      expect(named.length).toBeGreaterThan(100)
    },
    60_000,
  )
})
