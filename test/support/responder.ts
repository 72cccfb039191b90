import { type Socket, createSocket } from 'node:dgram'

/** A request as text and how it is answered: the start-line and further fields, or nothing at all. */
export type Answering = (request: string) => readonly string[] | undefined

export type Responder = {
  readonly port: number
  readonly requests: readonly string[]
  readonly close: () => Promise<void>
}

/** The value of a field as it was sent. */
export const sentValue = (request: string, name: string): string =>
  request
    .split('\r\n')
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2) ?? ''

const copied = (request: string): readonly string[] =>
  ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${sentValue(request, name)}`)

const bind = (): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1', () => resolve(socket))
  })

/** A SIP element on loopback that answers each request as it is told to, by hand: none of our own code. */
export const openResponder = async (answering: Answering): Promise<Responder> => {
  const socket = await bind()
  const requests: string[] = []
  socket.on('message', (bytes, from) => {
    const request = bytes.toString('latin1')
    if (request.trim() === '') return
    requests.push(request)
    const answer = answering(request)
    if (answer === undefined) return
    const [startLine = '', ...more] = answer
    const to = `To: ${sentValue(request, 'To')};tag=there`
    const lines = [startLine, ...copied(request), to, ...more, 'Content-Length: 0', '', '']
    socket.send(lines.join('\r\n'), from.port, from.address)
  })
  return {
    port: socket.address().port,
    requests,
    close: () => new Promise((done) => void socket.close(() => done())),
  }
}

/** A port of loopback on which nothing listens. */
export const closedPort = async (): Promise<number> => {
  const socket = await bind()
  const { port } = socket.address()
  await new Promise<void>((done) => void socket.close(() => done()))
  return port
}
