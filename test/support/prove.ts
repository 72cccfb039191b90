import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding, Side, Verdict } from '../../src/core/finding.ts'
import type { LadderResult, RunResult } from '../../src/report/result.ts'
import { filled, fixture } from './peers.ts'
import type { Over } from './ports.ts'

const root = new URL('../../', import.meta.url).pathname

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** Runs a program to its end, in a folder. */
export const runToEnd = (
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }),
    )
  })

/** The command line as a user has it. */
export const trunkproof = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  runToEnd(process.execPath, [join(root, 'bin/trunkproof.js'), ...args], cwd, { NO_COLOR: '1', CI: '1', ...env })

/** What a review compares of a finding: not times, ports or frame numbers, which differ from run to run. */
export type Reviewed = Pick<Finding, 'check' | 'subject' | 'verdict' | 'atFault' | 'requirements'>
export type ReviewedLadder = {
  readonly ladder: string
  readonly verdict: Verdict
  readonly findings: readonly Reviewed[]
}

const named = ({ id, side, cell }: Pick<LadderResult, 'id' | 'side' | 'cell'>): string =>
  `${id} [${side}]${cell === '' ? '' : ` ${cell}`}`

export const reviewed = (result: RunResult): readonly ReviewedLadder[] =>
  result.ladders.map(({ verdict, findings, ...run }) => ({
    ladder: named(run),
    verdict,
    findings: findings.map(({ check, subject, verdict: of, atFault, requirements }) => ({
      check,
      subject,
      verdict: of,
      atFault,
      requirements,
    })),
  }))

const showExpected = (ladders: readonly ReviewedLadder[]): string => {
  const shown = ladders.map(({ ladder, verdict, findings }) => {
    const lines = findings.map((finding) => `    ${JSON.stringify(finding)}`).join(',\n')
    const list = lines === '' ? '[]' : `[\n${lines}\n  ]`
    return `{ "ladder": ${JSON.stringify(ladder)}, "verdict": ${JSON.stringify(verdict)},\n  "findings": ${list} }`
  })
  return `[\n${shown.join(',\n')}\n]\n`
}

/** The name of a list of reviewed findings: UDP is not named. */
export const reviewedName = (program: string, what: string, over: Over): string =>
  [program, what.replace('/', '-'), ...(over === 'udp' ? [] : [over])].join('-')

/**
 * The reviewed findings of `fixtures/expected/<name>.json`. With `TRUNKPROOF_WRITE_EXPECTED=1` what was found is written
 * there first: whoever does so reads the difference, finding by finding, against the capture.
 */
export const expected = (name: string, found: readonly ReviewedLadder[]): readonly ReviewedLadder[] => {
  const path = join(root, 'fixtures/expected', `${name}.json`)
  if (process.env.TRUNKPROOF_WRITE_EXPECTED === '1') writeFileSync(path, showExpected(found))
  const ladders: readonly ReviewedLadder[] = JSON.parse(readFileSync(path, 'utf8'))
  return ladders
}

export type Proof = Ended & {
  readonly result: RunResult
  /** Where the run left its files. */
  readonly folder: string
  readonly remove: () => void
}

/** One `run` with a `trunkproof.yaml` of `fixtures/peers/trunkproof/`, and what came of it. */
export const prove = async (
  args: readonly string[],
  config: string,
  values: Readonly<Record<string, string | number>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Proof> => {
  const cwd = mkdtempSync(join(tmpdir(), 'trunkproof-run-'))
  writeFileSync(join(cwd, 'trunkproof.yaml'), filled(fixture(`trunkproof/${config}.yaml`), values))
  const ended = await trunkproof(['run', ...args, '--out', 'out', '--keep-secrets'], cwd, env)
  const folder = join(cwd, 'out')
  if (!existsSync(join(folder, 'result.json'))) throw new Error(`the run left no result: ${ended.err}${ended.out}`)
  const result: RunResult = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))
  return { ...ended, result, folder, remove: () => rmSync(cwd, { recursive: true, force: true }) }
}

/** The findings of `inspect` on the run's own capture, as the run's result has them. */
export const inspected = async ({ folder }: Proof): Promise<readonly Finding[]> => {
  const ended = await trunkproof(['inspect', 'capture.pcapng', '--json'], folder)
  const { findings }: { readonly findings: readonly (Finding & { ladder: string; side: Side; cell: string })[] } =
    JSON.parse(ended.out)
  return findings.map(({ ladder: _ladder, side: _side, cell: _cell, ...finding }) => finding)
}
