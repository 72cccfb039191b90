import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { RunResult } from '../../src/report/result.ts'
import { openPortPair } from '../../src/net/port-pair.ts'
import { openUdp } from '../../src/net/udp.ts'
import { openResponder } from '../support/responder.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-cli-run-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
writeFileSync(join(folder, 'file'), '')

describe('what cannot be run is refused in one line before anything is sent, with exit code 2', () => {
  test.each([
    [['sinhc/eu'], 'there is no profile "sinhc/eu" (did you mean sinch/eu?); try one of '],
    [['--ladder', 'options/ping-trnk'], '(did you mean options/ping-trunk?); try trunkproof list ladders'],
    [['--trunk', '10.0.0.5:5060'], '"10.0.0.5:5060" is no SIP URI'],
    [['--trunk', '10.0.0.5:5060'], '; try --trunk sip:10.0.0.5:5060'],
    [['--pbx', 'sips:10.0.0.5'], 'sips:10.0.0.5: a sip: URI is wanted'],
    [['--trunk', 'sip:key:hidden@127.0.0.1'], 'a password in a URI is read by everybody: it goes into credentials'],
    [['--trunk', 'sip:127.0.0.1', '--pbx', 'sip:127.0.0.1'], 'both --trunk and --pbx are given'],
    [['--bind', 'eth0'], '--bind eth0 is no IP address'],
    [['--bind', '192.0.2.1'], '--bind 192.0.2.1: without --trunk or --pbx nothing leaves loopback'],
    [['--bind', '192.0.2.1', '--trunk', 'sip:127.0.0.1'], '--bind 192.0.2.1: this host has no such address'],
    [['--bind', '127.0.0.1', '--trunk', 'sip:[::1]'], 'are not both IPv4 or both IPv6'],
    [['--advertise', 'here'], '--advertise here is no IP address'],
    [['--domain', 'a b'], '--domain a b is no host'],
    [['--rtp-ports', '30001-30002'], '--rtp-ports 30001-30002 is no range with room for RTP and RTCP'],
    [['--resolve', 'host'], '--resolve wants host=address'],
    [['--transport', 'udp,tls'], '--transport udp,tls: what is spoken is udp and tcp; try --transport udp,tcp'],
    [['--transport', 'udp,udp'], '--transport udp,udp: what is spoken is udp and tcp'],
    [['--config', 'none.yaml'], 'none.yaml: there is no such file or folder'],
    [['--out', 'file'], 'file cannot be written: a file of that name is in the way'],
    [['--out', 'file/below'], 'file/below cannot be written: a part of the path is not a folder'],
    // Node's own way to make folders never comes back from this one.
    [['--out', '/proc/none/such'], '/proc/none/such cannot be written: no folder can be made there'],
  ])('run %j', async (args, text) => {
    const { out, err, code } = await runCli(['run', ...args], folder)
    expect(err).toContain(text)
    expect(err).toMatch(/^error: .*; try .*\n$/)
    expect({ out, code }).toEqual({ out: '', code: 2 })
  })

  test('a port that another program has', async () => {
    const taken = await openUdp({ address: '127.0.0.1' })
    const { err, code } = await runCli(
      ['run', '--trunk', 'sip:127.0.0.1', '--bind', `127.0.0.1:${taken.local.port}`],
      folder,
    )
    await taken.close()
    expect(err).toContain('another program has that port')
    expect(code).toBe(2)
  })
})

test.each([
  ['udp', ['']],
  ['tcp', ['transport=tcp']],
  ['tcp,udp', ['transport=tcp', '']],
])('--transport %s plays each ladder over that, in that order', async (list, cells) => {
  const args = ['run', '--ladder', 'options/ping-pbx', '--transport', list, '--out', `over-${list}`, '--json']
  const { out, code } = await runCli(args, folder)
  const { ladders }: RunResult = JSON.parse(out)
  expect(ladders.map(({ cell }) => cell)).toEqual(cells)
  expect(code).toBe(0)
})

test('a next hop that listens on none of its transports is told of each', async () => {
  const gone = await openUdp({ address: '127.0.0.1' })
  await gone.close()
  writeFileSync(join(folder, 'trunkproof.yaml'), '{}\n')
  const named = ['--pbx', `sip:127.0.0.1:${gone.local.port}`, '--transport', 'udp,tcp', '--ladder', 'options/*']
  const { out, code } = await runCli(['run', ...named, '--out', 'gone', '--json'], folder)
  const { ladders }: RunResult = JSON.parse(out)
  expect(ladders.map(({ id, cell, verdict }) => [id, cell, verdict])).toEqual([
    ['probe/next-hop', '', 'inconclusive'],
    ['probe/next-hop', 'transport=tcp', 'inconclusive'],
    ['options/ping-pbx', '', 'inconclusive'],
    ['options/ping-pbx', 'transport=tcp', 'inconclusive'],
  ])
  expect(code).toBe(3)
})

test.each([
  ['--pbx', 'options/ping-pbx'],
  ['--trunk', 'options/ping-trunk'],
])('OPTIONS to %s needs no number of trunkproof.yaml (RFC 3261 §11.1)', async (side, ladder) => {
  writeFileSync(join(folder, 'trunkproof.yaml'), '{}\n')
  const responder = await openResponder(() => ['SIP/2.0 200 OK'])
  const named = [side, `sip:127.0.0.1:${responder.port}`, '--ladder', ladder]
  const { out } = await runCli(['run', ...named, '--out', ladder, '--json'], folder)
  await responder.close()
  const { ladders }: RunResult = JSON.parse(out)
  expect(ladders.map(({ id, verdict }) => [id, verdict === 'error'])).toEqual([[ladder, false]])
  expect(responder.requests.map((request) => request.split(' ', 1)[0])).toEqual(['OPTIONS'])
})

const numbers = 'numbers: { callee: "+12025550100", callerId: "+447700900123" }\n'

test('media ports that are all taken leave a ladder inconclusive, and the run ends with its reports', async () => {
  writeFileSync(join(folder, 'trunkproof.yaml'), numbers)
  const silent = await openUdp({ address: '127.0.0.1' })
  const taken = await openPortPair({ address: '127.0.0.1', random: 0, loopbackOnly: true })
  const { port } = taken.rtp.local
  const { out, code } = await runCli(
    [
      ...['run', 'sinch/eu', '--trunk', `sip:127.0.0.1:${silent.local.port}`, '--ladder', 'termination/answered-call'],
      ...['--rtp-ports', `${port}-${port + 1}`, '--out', 'taken', '--json'],
    ],
    folder,
  )
  await Promise.all([silent.close(), taken.rtp.close(), taken.rtcp.close()])
  const result: RunResult = JSON.parse(out)
  expect(code).toBe(3)
  expect(result.ladders.map(({ verdict, reason }) => [verdict, reason])).toEqual(
    ['PCMU', 'PCMA'].map(() => [
      'inconclusive',
      `no port for our side (no free pair of RTP ports within ${port}-${port + 1} on 127.0.0.1): see --bind, --rtp-ports`,
    ]),
  )
  expect(readFileSync(join(folder, 'taken/result.json'), 'utf8')).toBe(out)
})

test('what an embedded run does not use is told, not dropped', async () => {
  const args = ['run', '--ladder', '*options*', '--rtp-ports', '30000-30001', '--advertise', '192.0.2.9']
  const { out, code } = await runCli([...args, '--out', 'unused', '--json'], folder)
  const result: RunResult = JSON.parse(out)
  expect(code).toBe(0)
  expect(result.notes).toContain('not used: --advertise, --rtp-ports, which a run against --trunk or --pbx uses')
})
