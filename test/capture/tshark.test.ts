import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { annotate } from '../../src/capture/annotate.ts'
import { lacking } from '../support/programs.ts'
import { file } from './sample.ts'

const fields = [
  'frame.number',
  'frame.time_epoch',
  'frame.interface_name',
  'frame.packet_flags_direction',
  'frame.comment',
]
const addresses = [
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'udp.srcport',
  'udp.dstport',
  'sip.Method',
  'sip.Status-Code',
]

const checked = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE']

const tshark = (bytes: Uint8Array, ...args: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkproof-'))
  const path = join(folder, 'capture.pcapng')
  try {
    writeFileSync(path, bytes)
    return execFileSync('tshark', ['-r', path, ...checked, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const rows = (bytes: Uint8Array, names: readonly string[]): readonly string[] =>
  tshark(bytes, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a', ...names.flatMap((name) => ['-e', name]))
    .trimEnd()
    .split('\n')

describe.skipIf(lacking('tshark'))('tshark reads our capture', () => {
  test('frames, times, interfaces, directions and comments are ours', () => {
    expect(rows(file, fields)).toEqual([
      '1|1795634880.123456000|ladder0|0x00000002|',
      '2|1795634880.135801000|ladder0|0x00000001|options-answered: pass,über alles',
      '3|1795634880.143457000|ladder0|0x00000002|',
      '4|1795634880.154956000|ladder0|0x00000000|',
      '5|1795634881.123456000|ladder1|0x00000001|made by trunkproof, not seen on a wire: the socket said that the port is closed,sut-unreachable: inconclusive',
      '6|1795634882.124455000|ladder1|0x00000001|made by trunkproof, not seen on a wire: the socket said that the port is closed',
    ])
  })
  test('addresses, ports and SIP are ours', () => {
    expect(rows(file, addresses).slice(0, 4)).toEqual([
      '192.0.2.1|198.51.100.7|||5062|5060|OPTIONS|',
      '198.51.100.7|192.0.2.1|||5060|5062||200',
      '||2001:db8::1|2001:db8:0:1::7|5062|5060|OPTIONS|',
      '||2001:db8:0:1::7|2001:db8::1|5060|5062||200',
    ])
  })
  test('every checksum is right, of IPv4, UDP, ICMP and ICMPv6 (1: good)', () => {
    const status = ['ip.checksum.status', 'udp.checksum.status', 'icmp.checksum.status', 'icmpv6.checksum.status']
    // Of the quoted datagrams the UDP checksum cannot be checked (2), the quoted IPv4 header can.
    expect(rows(file, status)).toEqual(['1|1||', '1|1||', '|1||', '|1||', '1,1|2|1|', '|2||1'])
  })
  test('the ICMP messages quote the datagram that found no one', () => {
    const icmp = ['icmp.type', 'icmp.code', 'icmpv6.type', 'icmpv6.code', 'udp.srcport', 'udp.dstport']
    expect(rows(file, icmp).slice(4)).toEqual(['3|3|||5062|5060', '||1|4|5062|5060'])
  })
  test('nothing is malformed, and no expert says more than our comments', () => {
    // 0x100000 is a comment, 0x200000 chat; notes, warnings and errors are greater.
    expect(tshark(file, '-Y', '_ws.malformed || _ws.expert.severity > 0x200000')).toBe('')
  })
  test('an annotated capture is as sound, with the added comments last', () => {
    const annotated = annotate(
      file,
      new Map([
        [2, ['fail: to-echoed']],
        [6, ['warn']],
      ]),
      'judged by trunkproof',
    )
    expect(rows(annotated, ['frame.number', 'frame.comment'])).toMatchObject({
      1: '2|options-answered: pass,über alles,fail: to-echoed',
      5: '6|made by trunkproof, not seen on a wire: the socket said that the port is closed,warn',
    })
    expect(tshark(annotated, '-Y', '_ws.malformed || _ws.expert.severity > 0x200000')).toBe('')
    expect(rows(annotated, addresses)).toEqual(rows(file, addresses))
  })
})
