import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createReception, lostOf, receive } from '../../src/rtp/reception.ts'
import type { Reception } from '../../src/rtp/reception.ts'

const shared = process.env.TRUNKPROOF_SHARED
const able = shared !== undefined && spawnSync('tshark', ['--version']).status === 0

const captures = [
  'captures/baresip-baresip-udp-pcmu.pcapng',
  'captures/baresip-kamailio-baresip-udp-register-digest.pcapng',
  'captures/sipp-baresip-udp-pcma-3calls.pcapng',
  'corpora/pcap/sipnab/Asterisk_ZFONE_XLITE.pcap',
  'corpora/pcap/sipnab/b2bua-asterisk.pcapng',
  'corpora/pcap/sipnab/sip-rtp-g711.pcap',
] as const

const tshark = (...options: readonly string[]): readonly string[] =>
  execFileSync('tshark', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')

/** A row of `-z rtp,streams`: source and destination port, SSRC, then packets, lost and, fifth behind the bracket, mean jitter. */
const rowPattern =
  / (\d+) +\S+ +(\d+) +0x([0-9A-F]+) +(\S.*\S) +(\d+) +(-?\d+) \([^)]*\) +\S+ +\S+ +\S+ +\S+ +(\S+) +\S+/

const figuresOf = (file: string): ReadonlyMap<string, string> =>
  new Map(
    tshark('-r', file, '-q', '-z', 'rtp,streams').flatMap((line) => {
      const [, source, destination, ssrc = '', payload, packets, lost, jitter] = rowPattern.exec(line) ?? []
      if (packets === undefined || Number(packets) < 2) return []
      const key = `${source}>${destination} ${parseInt(ssrc, 16)}`
      return [[key, `${payload}: ${packets} packets, ${lost} lost, jitter ${Number(jitter).toFixed(3)} ms`] as const]
    }),
  )

const ownFiguresOf = (file: string): ReadonlyMap<string, Reception> => {
  const streams = new Map<string, Reception>()
  const fields = ['udp.srcport', 'udp.dstport', 'rtp.ssrc', 'frame.time_relative', 'rtp.seq', 'rtp.timestamp']
  for (const line of tshark('-r', file, '-Y', 'rtp', '-T', 'fields', ...fields.flatMap((field) => ['-e', field]))) {
    const [source, destination, ssrc, seconds, sequence, timestamp] = line.split('\t')
    if (timestamp === undefined) continue
    const key = `${source}>${destination} ${Number(ssrc)}`
    const state = streams.get(key) ?? createReception(8000)
    streams.set(key, state)
    receive(state, Number(sequence), Number(timestamp), Number(seconds) * 1000)
  }
  return streams
}

for (const capture of captures)
  test.skipIf(!able)(`loss and jitter of ${capture} are those of tshark; needs TRUNKPROOF_SHARED and tshark`, () => {
    const file = join(shared ?? '', capture)
    const own = ownFiguresOf(file)
    const theirs = figuresOf(file)
    expect(theirs.size).toBeGreaterThan(0)
    for (const [key, figures] of theirs) {
      const state = own.get(key)
      if (state === undefined) throw new Error(`tshark alone has ${key}`)
      const [payload = ''] = figures.split(':')
      expect(
        `${payload}: ${state.received} packets, ${lostOf(state)} lost, jitter ${state.meanJitterMs.toFixed(3)} ms`,
      ).toBe(figures)
    }
  })
