import { execFileSync } from 'node:child_process'

/** What tshark tells of one packet of a file. */
export type TsharkPacket = {
  readonly number: number
  /** Since 1970. */
  readonly timeUs: number
  /** Of the UDP datagram that the packet carries, or completes; hexadecimal, empty for none. */
  readonly udpPayload: string
  readonly isIcmp: boolean
}

const tshark = (path: string, ...args: readonly string[]): readonly string[] =>
  execFileSync('tshark', ['-r', path, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .filter((line) => line !== '')

const fields = ['frame.number', 'frame.time_epoch', 'udp.payload', 'icmp.type', 'icmpv6.type']

export const tsharkPackets = (path: string): readonly TsharkPacket[] =>
  tshark(path, '-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((name) => ['-e', name])).map((line) => {
    const [number, time, udpPayload = '', icmp = '', icmpv6 = ''] = line.split('\t')
    return {
      number: Number(number),
      timeUs: Number((time ?? '').replace('.', '').slice(0, -3)), // of nine digits behind the point
      udpPayload,
      isIcmp: icmp !== '' || icmpv6 !== '',
    }
  })

/** The bytes of each direction of each TCP connection that has any: who sent, and them in hexadecimal. */
export const tsharkStreams = (path: string): readonly string[] => {
  const ids = new Set(
    tshark(path, '-Y', 'tcp.len > 0', '-T', 'fields', '-e', 'tcp.stream').map((id) => id.split(',')[0]),
  )
  return [...ids].flatMap((id) => {
    const lines = tshark(path, '-q', '-z', `follow,tcp,raw,${id ?? ''}`)
    const node = (at: number): string => lines.find((line) => line.startsWith(`Node ${at}: `))?.slice(8) ?? ''
    const isHex = (line: string): boolean => /^\t?[0-9a-f]+$/.test(line)
    const [near, far] = [
      lines.filter((line) => isHex(line) && !line.startsWith('\t')),
      lines.filter((line) => isHex(line) && line.startsWith('\t')),
    ]
    return [`${node(0)} ${near.join('')}`, `${node(1)} ${far.map((line) => line.slice(1)).join('')}`].filter(
      (told) => !told.endsWith(' '),
    )
  })
}
