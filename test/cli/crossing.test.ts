import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunResult } from '../../src/report/result.ts'
import { type UdpSocket, openUdp } from '../../src/net/udp.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-crossing-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
writeFileSync(join(folder, 'trunkproof.yaml'), 'numbers: { busy: "+12025550101", callerId: "+447700900123" }\n')

const answer = (request: string, status: string, { local }: UdpSocket): Uint8Array => {
  const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line))
  const to = /^To:[^\r]*/im.exec(request)?.[0] ?? ''
  const tagged = to.includes(';tag=') ? to : `${to};tag=far`
  const contact = `Contact: <sip:far@127.0.0.1:${local.port}>`
  return new TextEncoder().encode(
    [`SIP/2.0 ${status}`, ...copied, tagged, contact, 'Content-Length: 0', '', ''].join('\r\n'),
  )
}

test('a call whose answer crosses our CANCEL is hung up: it would stay up, and cost', async () => {
  const trunk = await openUdp({ address: '127.0.0.1', loopbackOnly: true })
  const methods: string[] = []
  let invite = ''
  trunk.onDatagram((bytes, from) => {
    const request = new TextDecoder().decode(bytes)
    const method = /^[A-Z]+(?= )/.exec(request)?.[0]
    if (method === undefined) return // a probe
    methods.push(method)
    const send = (to: string, status: string): void => trunk.send(answer(to, status, trunk), from)
    if (method === 'INVITE') {
      invite = request
      send(request, '180 Ringing') // not the challenge that the ladder awaits: it goes wrong here
    }
    if (method === 'CANCEL') send(invite, '200 OK') // sent before the CANCEL came (RFC 3261 §9.1)
    if (method === 'CANCEL' || method === 'BYE') send(request, '200 OK')
  })
  const args = ['run', '--trunk', `sip:127.0.0.1:${trunk.local.port}`, '--ladder', 'termination/busy']
  const { out } = await runCli([...args, '--out', 'out', '--json'], folder)
  await trunk.close()
  const result: RunResult = JSON.parse(out)
  expect(methods).toEqual(['INVITE', 'CANCEL', 'ACK', 'BYE'])
  expect(result.ladders.flatMap(({ findings }) => findings).filter(({ actual }) => actual?.includes('ended'))).toEqual(
    [],
  )
})
