import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunResult } from '../src/report/result.ts'
import { startSipp } from '../test/support/peers.ts'
import { freeMediaPorts, freePorts, loopback } from '../test/support/ports.ts'
import { measure, median } from './measure.ts'

const cli = fileURLToPath(new URL('../bin/trunkproof.js', import.meta.url))
const scenario = (name: 'caller' | 'callee'): string => fileURLToPath(new URL(`sipp/${name}.xml`, import.meta.url))
const call = 'termination/answered-call'

/** One run of `sinch/eu` against our own parties, from the start of its process to the end. */
const play = async (folder: string, ...args: readonly string[]) => {
  const out = join(folder, 'out')
  const { wallMs, peakMb, code } = await measure(process.execPath, [
    cli,
    'run',
    'sinch/eu',
    '--json',
    '--out',
    out,
    ...args,
  ])
  if (code !== 0) throw new Error(`the run ended ${code ?? 'by a signal'}`)
  const result: RunResult = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))
  rmSync(out, { recursive: true })
  const played = result.ladders.filter(({ verdict }) => verdict !== 'not-applicable')
  const [longest] = [...played].sort((a, b) => b.durationMs - a.durationMs)
  if (longest === undefined) throw new Error('no ladder was played')
  return { wallMs, peakMb, ladders: played.length, longest }
}

/** The same call between two SIPp: challenged, answered after 100 ms, a second of audio both ways. */
const playSipp = async (): Promise<number> => {
  const callee = await startSipp(['-sf', scenario('callee'), '-rtp_echo', '-m', '1'])
  const [port = 0] = await freePorts(1)
  const media = await freeMediaPorts(8)
  const own = ['-i', loopback, '-p', String(port), '-mi', loopback, '-mp', String(media), '-nostdin', '-m', '1']
  try {
    const { wallMs, code } = await measure(
      'sipp',
      ['-sf', scenario('caller'), ...own, `${loopback}:${callee.port}`],
      callee.folder,
    )
    if (code !== 0) throw new Error(`SIPp ended ${code ?? 'by a signal'}`)
    return wallMs
  } finally {
    await callee.stop()
  }
}

const playRound = async (folder: string) => {
  const whole = await play(folder)
  return {
    whole,
    alone: await play(folder, '--ladder', whole.longest.id),
    call: await play(folder, '--ladder', call),
    sippMs: await playSipp(),
  }
}

/**
 * All ladders of one profile against our own parties at once, beside the longest of them alone: start, loading, judging
 * and reports included, it may take 1.2 times that ladder and one second. SIPp plays the answered call in the same run.
 */
export const run = async (quick: boolean): Promise<Readonly<Record<string, number | boolean | string>>> => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkproof-bench-'))
  try {
    const rounds: Awaited<ReturnType<typeof playRound>>[] = []
    for (let round = 0; round < (quick ? 1 : 3); round += 1) rounds.push(await playRound(folder))
    const of = (figure: (round: (typeof rounds)[number]) => number): number => Math.round(median(rounds.map(figure)))
    const runMs = of(({ whole }) => whole.wallMs)
    const longestMs = of(({ whole, alone }) => Math.min(whole.longest.durationMs, alone.longest.durationMs))
    const boundMs = Math.round(1.2 * longestMs + 1000)
    return {
      ladders: rounds[0]?.whole.ladders ?? 0,
      longest: rounds[0]?.whole.longest.id ?? '',
      longestMs,
      runMs,
      ratio: Math.round((runMs / longestMs) * 100) / 100,
      boundMs,
      withinBound: runMs <= boundMs,
      runPeakMb: of(({ whole }) => whole.peakMb),
      callMs: of(({ call: { wallMs } }) => wallMs),
      sippCallMs: of(({ sippMs }) => sippMs),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
