import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { causeRows } from '../../src/check/causes.ts'
import { diagnose } from '../../src/check/diagnose.ts'
import { judge } from '../../src/check/judge.ts'
import type { Frame } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { sampleContract } from '../support/catalogue.ts'
import { causeCaptures } from '../support/cause-captures.ts'
import { healthyCaptures } from '../support/causes/healthy.ts'
import { causeFile, causeFolder, framesIn, framesOfFile } from '../support/cause-file.ts'
import { type Tape, createTape, inTime } from '../support/cause-flow.ts'
import { writePcap } from '../support/pcap.ts'
import { lacking } from '../support/programs.ts'
import { allChecks } from './every-check.ts'

const plain = sampleContract()
/** A provider that asks for numbers with + and names little else. */
const contract = sampleContract('sinch/eu', {
  domain: 'sip.example.com',
  profile: { ...plain.profile, authentication: { scheme: 'digest', challenge: 407, refusal: 403 } },
  signallingAddresses: ['198.51.100.20/32'],
  mediaAddresses: ['198.51.100.30/32'],
  mediaPorts: undefined,
})

const traceOf = (frames: readonly Frame[]) => {
  const observer = createObserver({ roles: { trunkAddresses: ['198.51.100.0/24'], pbxAddresses: [] } })
  for (const frame of frames) observer.observe(frame)
  return observer.finish()
}

const diagnosed = (frames: readonly Frame[]) => {
  const trace = traceOf(frames)
  const findings = (['pbx', 'trunk'] as const)
    .flatMap((sut) => judge(allChecks, { trace, contract, sut, breaks: [], outcomes: [] }))
    .filter(({ verdict }) => verdict !== 'error')
  return diagnose(trace, findings, contract)
}

const written = (write: (tape: Tape) => void): Uint8Array => {
  const tape = createTape()
  write(tape)
  return writePcap(inTime(tape))
}

/** `TRUNKPROOF_WRITE_FIXTURES=1` writes the files anew. */
if (process.env.TRUNKPROOF_WRITE_FIXTURES === '1') {
  mkdirSync(causeFolder, { recursive: true })
  const lines = causeCaptures.map(({ name, causes, shows, filter, frames, write }) => {
    writeFileSync(causeFile(name), written(write))
    return `| ${name}.pcap | ${causes.join(', ')} | ${shows} | \`${filter}\`: ${frames} |`
  })
  writeFileSync(
    `${causeFolder}/README.md`,
    `# Captures of causes

Classic pcap files, raw IP, each of one thing that breaks a call or a registration. The scripts in \`test/support/causes\` wrote
them from SIP messages in the shapes of RFC 3665 and from RTP whose payload is cut to four octets; addresses are those for
documentation (RFC 5737): 203.0.113.10 is the PBX, 198.51.100.20 the trunk, 198.51.100.30 its media. The last column is a
display filter of tshark and the number of frames on which it holds; a test asks tshark.

| file | causes, most likely first | what it shows | as tshark sees it |
|---|---|---|---|
${lines.join('\n')}
`,
  )
}

describe('each cause is found in a capture that shows it, and no other', () => {
  test.each(causeCaptures)('$name', ({ name, causes, atFault }) => {
    const found = diagnosed(framesOfFile(name)).flatMap((one) => one.causes)
    expect(found.map(({ id }) => id)).toEqual(causes)
    expect(found[0]?.atFault).toBe(atFault)
    for (const cause of found) {
      expect(cause.frames.length).toBeGreaterThan(0)
      expect(cause.why).not.toBe('')
    }
  })
  test('and every row of the table is among them', () => {
    const shown = new Set(causeCaptures.flatMap(({ causes }) => causes))
    expect(causeRows.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([])
  })
})

describe('a healthy call has no cause', () => {
  test.each(healthyCaptures)('$name: $shows', ({ write }) => {
    const frames = framesIn(written(write))
    const { transactions, malformed, counted } = traceOf(frames)
    expect(transactions.length).toBeGreaterThan(0)
    expect([malformed, counted.cut, counted.beyond]).toEqual([[], 0, 0])
    expect(diagnosed(frames).flatMap((one) => one.causes)).toEqual([])
    // Nor by the RFCs alone.
    expect(diagnose(traceOf(frames), []).flatMap((one) => one.causes)).toEqual([])
  })
})

describe('the captures', () => {
  test.each(causeCaptures)('of $name is what its script writes, and small', ({ name, write }) => {
    expect(existsSync(causeFile(name))).toBe(true)
    const bytes = new Uint8Array(readFileSync(causeFile(name)))
    expect(Buffer.compare(bytes, written(write))).toBe(0)
    expect(bytes.length).toBeLessThan(60_000)
  })
  test.skipIf(lacking('tshark')).each(causeCaptures)(
    'of $name is decoded by tshark as described',
    ({ name, filter, frames }) => {
      const ports = ['30000', '20000', '41234'].flatMap((port) => ['-d', `udp.port==${port},rtp`])
      const shown = execFileSync('tshark', ['-r', causeFile(name), ...ports, '-Y', filter], { encoding: 'utf8' })
      expect(shown.split('\n').filter((line) => line !== '').length).toBe(frames)
    },
  )
})

test('docs/causes.md names every cause once, with what to do', () => {
  const text = readFileSync(new URL('../../docs/causes.md', import.meta.url), 'utf8')
  const rows = text.split('\n').filter((line) => line.startsWith('| `'))
  expect(rows.map((line) => /`([a-z0-9-]+)`/.exec(line)?.[1])).toEqual(causeRows.map(({ id }) => id).sort())
  for (const { id, advice } of causeRows) expect(rows.find((line) => line.startsWith(`| \`${id}\``))).toContain(advice)
})
