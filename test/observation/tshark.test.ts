import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { showEndpoint } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import type { Trace } from '../../src/observation/trace.ts'
import { openCapture, readCaptureFrom } from '../../src/run/capture-file.ts'
import { lacking } from '../support/programs.ts'

const shared = process.env.TRUNKPROOF_SHARED

/** Where we differ, why we do: each was looked at, packet by packet. */
const differences: readonly { file: string; what: string; tshark: string; ours: string; reason: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/tshark-differences.json'), 'utf8'),
)

/** By what it is of: `SIP messages`, or a stream. */
type Figures = ReadonlyMap<string, string>

const figures = (packets: string, lost: string, jitterMs: string): string =>
  `${packets} packets, ${lost} lost, jitter ${jitterMs} ms`

/** Source and destination, SSRC, payload, packets, lost; then three deltas, and jitter: least, mean, most. */
const row =
  /^ *\S+ +\S+ +(\S+) +(\d+) +(\S+) +(\d+) +0x([0-9A-F]+) +\S.*? +(\d+) +(-?\d+) \([^)]*\) +\S+ +\S+ +\S+ +\S+ +(\S+) +\S+/

const ofTshark = (path: string): Figures => {
  // What is no message of its own has neither a method nor a status; several in one frame are told in one line.
  const messages = ['-Y', 'sip', '-T', 'fields', '-e', 'sip.Method', '-e', 'sip.Status-Code', '-E', 'aggregator= ']
  const options = ['-r', path, '-o', 'rtp.heuristic_rtp:TRUE', '-z', 'rtp,streams', ...messages]
  const lines = execFileSync('tshark', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')
  const table = lines.findIndex((line) => line.startsWith('====='))
  const sip = lines.slice(0, table).flatMap((line) => line.split(/\s+/).filter((word) => word !== ''))
  const streams = lines.slice(table).flatMap((line): readonly (readonly [string, string])[] => {
    const [, source, sourcePort, destination, port, ssrc = '', packets, lost, jitterMs] = row.exec(line) ?? []
    if (source === undefined || destination === undefined) return []
    const from = showEndpoint({ address: source, port: Number(sourcePort) })
    const to = showEndpoint({ address: destination, port: Number(port) })
    return [[`${from} > ${to} ${ssrc.toLowerCase()}`, figures(packets ?? '', lost ?? '', jitterMs ?? '')]]
  })
  return new Map([['SIP messages', String(sip.length)], ...streams])
}

const figuresOf = (trace: Trace): Figures =>
  new Map([
    ['SIP messages', String(trace.counted.sip)],
    ...trace.streams.map(({ source, destination, ssrc, ...stream }): [string, string] => [
      `${showEndpoint(source)} > ${showEndpoint(destination)} ${ssrc.toString(16).padStart(8, '0')}`,
      figures(String(stream.packets), String(stream.lost), stream.jitterMs.toFixed(3)),
    ]),
  ])

const ours = async (path: string): Promise<Figures> => {
  const source = await openCapture(path)
  if (!source.ok) throw new Error(source.fault.saw)
  const observer = createObserver({ roles: { trunkAddresses: [], pbxAddresses: [] } })
  const summary = await readCaptureFrom(source.value, { give: observer.observe })
  return summary.ok ? figuresOf(observer.finish()) : new Map([['SIP messages', `not read: ${summary.fault.saw}`]])
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(txt|json|md|keylog)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const files =
  shared === undefined ? [] : ['captures', 'corpora/pcap'].flatMap((folder) => filesIn(join(shared, folder)))

describe.skipIf(shared === undefined || lacking('tshark'))(
  'messages, streams, loss and mean jitter are those of tshark, but where a reviewed difference says why; needs TRUNKPROOF_SHARED and tshark',
  () => {
    test('there are captures', () => {
      expect(files.length).toBeGreaterThan(50)
    })
    test.each(files.map((file) => relative(shared ?? '', file)))('%s', async (file) => {
      const path = join(shared ?? '', file)
      const [theirs, own] = [ofTshark(path), await ours(path)]
      const differing = [...new Set([...theirs.keys(), ...own.keys()])]
        .filter((what) => theirs.get(what) !== own.get(what))
        .map((what) => ({ file, what, tshark: theirs.get(what), ours: own.get(what) }))
      expect(differing).toEqual(
        differences.filter((known) => known.file === file).map(({ reason: _, ...figure }) => figure),
      )
    })
  },
)
