import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../../src/check/check.ts'
import { createCaptureReader } from '../../src/capture/reader.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { judgeStrangers } from '../../src/run/stranger.ts'
import { causeFolder } from '../support/cause-file.ts'
import { ipv4, ipv6, links, pcap, pcapng, tcp, udp } from '../support/layers.ts'
import type { Chance } from './chance.ts'

/** Captures whose mutants are read: small, and of every form that the reader knows. */
export const seeds = (): readonly Uint8Array[] => {
  const text = 'INVITE sip:trunk SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bKa\r\nContent-Length: 3\r\n\r\nv=0'
  const sip = new Uint8Array(Buffer.from(text))
  const rtp = Uint8Array.from([0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 5, 6, 7, 8])
  const packet = ipv4({ protocol: 17, payload: udp(5060, 5080, sip) })
  const media = ipv4({ protocol: 17, payload: udp(20_000, 30_000, rtp) })
  const part = (offset: number, hasMore: boolean) =>
    ipv4({ protocol: 17, payload: udp(5060, 5080, sip).subarray(offset, offset + 48), offset, hasMore, id: 7 })
  const segment = (sequence: number, payload: string, flags = 16) =>
    ipv4({ protocol: 6, payload: tcp({ source: 5060, destination: 5080, sequence, payload, flags }) })
  const raw = [
    packet,
    media,
    part(0, true),
    part(48, false),
    segment(1, '', 2),
    segment(2 + 40, text.slice(40)),
    segment(2, text.slice(0, 40)),
    segment(2 + text.length, '', 17),
    ipv6(0, udp(5060, 5080, sip), Uint8Array.from([17, 0, 1, 4, 0, 0, 0, 0])),
    ipv4({ protocol: 4, payload: packet }),
    ipv4({ protocol: 1, payload: Uint8Array.from([3, 3, 0, 0, 0, 0, 0, 0, ...media]) }),
  ]
  const linked = Object.values(links).map(({ linkType, wrap }) =>
    pcap(
      raw.slice(0, 3).map((ip) => wrap(ip)),
      { linkType },
    ),
  )
  const causes = readdirSync(causeFolder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => readFileSync(join(causeFolder, name)).subarray(0, 6000))
  return [
    ...linked,
    ...causes,
    pcap(raw, { linkType: 101 }),
    pcap(raw, { linkType: 101, isLittle: false, isNano: true }),
    pcapng(
      { linkType: 101, packets: raw, comment: 'so' },
      { linkType: 101, packets: raw, isLittle: false, resolution: 9 },
    ),
    pcapng({ linkType: 101, packets: raw, form: 'simple' }, { linkType: 101, packets: raw, form: 'obsolete' }),
  ]
}

const extremes = [0, 1, 0x7f, 0x80, 0xff]

/** A copy with a few things wrong: octets, lengths, pieces that are missing, doubled or moved. */
export const mutate = (seed: Uint8Array, { below }: Chance): Uint8Array => {
  let bytes: Uint8Array = Uint8Array.from(seed)
  for (let change = below(8); change >= 0; change -= 1) {
    const at = below(bytes.length)
    const length = 1 + below(Math.min(64, bytes.length - at))
    const piece = bytes.subarray(at, at + length)
    switch (below(6)) {
      case 0:
        bytes[at] = below(256)
        break
      case 1:
        bytes[at] = extremes[below(extremes.length)] ?? 0
        break
      case 2:
        piece.fill(below(2) * 255)
        break
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
        break
      default:
        bytes = bytes.subarray(0, Math.max(4, at))
    }
  }
  return bytes
}

/** Reads one mutant to its findings and causes; what it gives is how many frames it had. Throws only for a defect of ours. */
export const readMutant = (bytes: Uint8Array, { below }: Chance, checks: readonly Check[]): number => {
  const observer = createObserver({ roles: { trunkAddresses: ['198.51.100.0/24'], pbxAddresses: [] } })
  let frames = 0
  const reader = createCaptureReader({
    give: (frame) => {
      frames += 1
      observer.observe(frame)
    },
  })
  for (let at = 0; at < bytes.length;) {
    const size = 1 + below(bytes.length)
    if (!reader.push(bytes.subarray(at, at + size)).ok) return frames
    at += size
  }
  reader.finish()
  const trace = observer.finish()
  judgeStrangers(trace, undefined, checks)
  return frames
}
