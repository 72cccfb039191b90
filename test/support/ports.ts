import { randomInt } from 'node:crypto'
import { type Socket, createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { type Server, createServer } from 'node:net'

export const loopback = '127.0.0.1'

/** What a program under test is spoken to over: each whole list of findings is reviewed for both. */
export const transports = ['udp', 'tcp'] as const
export type Over = (typeof transports)[number]

/** The URI of a program on loopback, to be reached over the transport. */
export const uriOf = (port: number, over: Over): string =>
  `sip:${loopback}:${port}${over === 'tcp' ? ';transport=tcp' : ''}`

const bindUdp = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(port, loopback, () => resolve(socket))
  })

const bindTcp = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, loopback, () => resolve(server))
  })

type Range = { readonly first: number; readonly last: number }

/** Below what kernels hand out and where providers have media: nobody takes one of these between its choice and its use. */
const signallingPorts: Range = { first: 5100, last: 9999 }
/** Below what kernels hand out, among those of media. */
const mediaPorts: Range = { first: 20_000, last: 32_600 }

type Held = { readonly port: number; readonly release: () => Promise<void> }

/** `width` ports in a row that are free for UDP and TCP, held until released; the first one is even. */
const hold = async (width: number, { first, last }: Range): Promise<Held> => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const held: (Socket | Server)[] = []
    const release = async (): Promise<void> => {
      await Promise.all(held.map((socket) => new Promise<void>((resolve) => void socket.close(() => resolve()))))
    }
    try {
      const port = 2 * randomInt(Math.ceil(first / 2), Math.floor((last - width) / 2))
      for (let next = port; next < port + width; next += 1) held.push(await bindUdp(next), await bindTcp(next))
      return { port, release }
    } catch {
      await release()
    }
  }
  throw new Error(`no ${width} free ports in a row on ${loopback}`)
}

/** As many ports of loopback as asked, all different, each with `width - 1` free ones above it. */
export const freePorts = async (count: number, width = 1, range = signallingPorts): Promise<readonly number[]> => {
  const held: Held[] = []
  for (let n = 0; n < count; n += 1) held.push(await hold(width, range))
  await Promise.all(held.map(({ release }) => release()))
  return held.map(({ port }) => port)
}

/** The first of `width` ports in a row for media. */
export const freeMediaPorts = async (width: number): Promise<number> => {
  const [port = 0] = await freePorts(1, width, mediaPorts)
  return port
}

/** Whether some program has bound the port, by the kernel's own list: trying to bind it could take it away. */
export const isBound = (port: number, over: Over = 'udp'): boolean => {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(`/proc/net/${over}`, 'latin1')
    .split('\n')
    .some((line) => line.trim().split(/ +/)[1]?.endsWith(wanted))
}

/** The first answer to bytes that are sent again every 200 ms until one comes, or `undefined` after `withinMs`. */
export const ask = async (port: number, request: string, withinMs: number): Promise<string | undefined> => {
  const socket = await bindUdp(0)
  const bytes = request.replaceAll('@PORT@', String(socket.address().port))
  try {
    return await new Promise((resolve) => {
      // A port that is not bound yet answers with ICMP, which is no reason to stop asking.
      socket.on('error', () => undefined)
      const send = (): void => socket.send(bytes, port, loopback)
      const again = setInterval(send, 200)
      const finish = (answer: string | undefined): void => {
        clearInterval(again)
        clearTimeout(end)
        resolve(answer)
      }
      const end = setTimeout(() => finish(undefined), withinMs)
      socket.once('message', (answer) => finish(answer.toString('latin1')))
      send()
    })
  } finally {
    socket.close()
  }
}

/** An OPTIONS out of any dialog, as written by hand: the programs under test must answer it, not our own code. */
export const optionsRequest = (target: string): string =>
  [
    `OPTIONS ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP ${loopback}:@PORT@;branch=z9hG4bK-peer-ready;rport`,
    'Max-Forwards: 70',
    `From: <sip:ready@${loopback}>;tag=ready`,
    `To: <${target}>`,
    `Call-ID: ready-@PORT@@${loopback}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:ready@${loopback}:@PORT@>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
