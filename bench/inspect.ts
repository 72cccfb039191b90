import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeCalls } from './capture-file.ts'
import { measure, median } from './measure.ts'

const cli = fileURLToPath(new URL('../bin/trunkproof.js', import.meta.url))

/** Full inspection of one file of calls of 100 s (`--short-calls`: of 10 s, ten times as many), beside `tshark -q -z rtp,streams -z sip,stat` on the same file in the same run. */
export const inspect = async (quick: boolean, flags: readonly string[]): Promise<Readonly<Record<string, number>>> => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkproof-bench-'))
  try {
    const file = join(folder, 'calls.pcap')
    const shape = flags.includes('--short-calls')
      ? { calls: 100, packets: 497, rounds: quick ? 4 : 44 }
      : { calls: 50, packets: 5000, rounds: quick ? 1 : 9 }
    const written = writeCalls(file, shape)
    const own = []
    const peer = []
    for (let round = 0; round < 3; round += 1) {
      own.push(await measure(process.execPath, [cli, 'inspect', file, '--json']))
      peer.push(await measure('tshark', ['-r', file, '-q', '-z', 'rtp,streams', '-z', 'sip,stat']))
    }
    const ownMs = median(own.map(({ wallMs }) => wallMs))
    const peerMs = median(peer.map(({ wallMs }) => wallMs))
    return {
      megabytes: Math.round(written.bytes / 1e6),
      packets: written.packets,
      inspectMs: Math.round(ownMs),
      inspectPeakMb: Math.round(median(own.map(({ peakMb }) => peakMb))),
      tsharkMs: Math.round(peerMs),
      tsharkPeakMb: Math.round(median(peer.map(({ peakMb }) => peakMb))),
      timesFaster: Math.round((peerMs / ownMs) * 100) / 100,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
