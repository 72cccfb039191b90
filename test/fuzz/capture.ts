import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../../src/check/check.ts'
import { createCaptureReader } from '../../src/capture/reader.ts'
import type { Frame } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { judgeStrangers } from '../../src/run/stranger.ts'
import { file as ownCapture } from '../capture/sample.ts'
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
    ownCapture,
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
/** What lengths and numbers of 16 and 32 bits break by. */
const numbers = [0, 1, 7, 8, 0x7fff, 0x8000, 0xffff, 0x10000, 0x3ffff, 0x100000, 0x7fffffff, 0x80000000, 0xffffffff]

/** Of one of the captures, a copy with a few things wrong: octets, numbers, pieces that are missing, doubled, moved or of another one. */
export const mutantOf = (corpus: readonly Uint8Array[], { below }: Chance): Uint8Array => {
  const one = (): Uint8Array => corpus[below(corpus.length)] ?? new Uint8Array()
  const pieceOf = (bytes: Uint8Array, most: number): Uint8Array => {
    const at = below(bytes.length)
    return bytes.subarray(at, at + 1 + below(most))
  }
  let bytes: Uint8Array = Uint8Array.from(one())
  for (let change = below(8); change >= 0 && bytes.length > 0; change -= 1) {
    const at = below(bytes.length)
    const length = 1 + below(Math.min(64, bytes.length - at))
    switch (below(9)) {
      case 0:
        bytes[at] = below(256)
        break
      case 1:
        bytes[at] = extremes[below(extremes.length)] ?? 0
        break
      case 2:
        bytes.fill(below(2) * 255, at, at + length)
        break
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)])
        break
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), pieceOf(bytes, 1000), bytes.subarray(at)])
        break
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, at), pieceOf(one(), 1000), bytes.subarray(at)])
        break
      case 7: {
        const number = numbers[below(numbers.length)] ?? 0
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        const isLittle = below(2) === 0
        if (below(2) === 0 && at + 4 <= bytes.length) view.setUint32(at, number, isLittle)
        else if (at + 2 <= bytes.length) view.setUint16(at, number & 0xffff, isLittle)
        break
      }
      default:
        bytes = bytes.subarray(0, Math.max(4, at))
    }
  }
  return bytes
}

type Told = { readonly frames: number; readonly text: string }

/** Reads it in chunks of the sizes that `next` gives; what it tells is to be the same for all. */
const told = (file: Uint8Array, next: () => number, observe: (frame: Frame) => void): Told => {
  let frames = 0
  let check = 0
  const reader = createCaptureReader({
    give: (frame) => {
      frames += 1
      check = (Math.imul(check, 31) + frame.number + frame.bytes.length + (frame.bytes.at(-1) ?? 0)) | 0
      observe(frame)
    },
  })
  for (let at = 0; at < file.length;) {
    const size = next()
    const pushed = reader.push(file.subarray(at, at + size))
    if (!pushed.ok) return { frames, text: JSON.stringify(pushed.fault) }
    at += size
  }
  return { frames, text: `${frames} ${check} ${JSON.stringify(reader.finish())}` }
}

/** Reads one mutant to its findings and causes; what it gives is how many frames it had. Throws only for a defect of ours. */
export const readMutant = (bytes: Uint8Array, { below }: Chance, checks: readonly Check[]): number => {
  const observer = createObserver({ roles: { trunkAddresses: ['198.51.100.0/24'], pbxAddresses: [] } })
  const whole = told(
    bytes,
    () => bytes.length,
    () => undefined,
  )
  const { frames, text } = told(bytes, () => 1 + below(bytes.length), observer.observe)
  if (text !== whole.text) throw new Error(`cut into chunks it is read as ${text}, as a whole as ${whole.text}`)
  judgeStrangers(observer.finish(), undefined, checks)
  return frames
}
