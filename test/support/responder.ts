import { type Socket, createSocket } from 'node:dgram'
import { type Server, type Socket as Connection, createServer } from 'node:net'

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

const bind = (port = 0): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.bind(port, '127.0.0.1', () => resolve(socket))
  })

const answerTo = (request: string, [startLine = '', ...more]: readonly string[]): string =>
  [
    startLine,
    ...copied(request),
    `To: ${sentValue(request, 'To')};tag=there`,
    ...more,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')

/** A SIP element on loopback that answers each request as it is told to, by hand: none of our own code. On any free port, or that. */
export const openResponder = async (answering: Answering, port = 0): Promise<Responder> => {
  const socket = await bind(port)
  const requests: string[] = []
  socket.on('message', (bytes, from) => {
    const request = bytes.toString('latin1')
    if (request.trim() === '') return
    requests.push(request)
    const answer = answering(request)
    if (answer === undefined) return
    socket.send(answerTo(request, answer), from.port, from.address)
  })
  return {
    port: socket.address().port,
    requests,
    close: () => new Promise((done) => void socket.close(() => done())),
  }
}

const listen = (serve: (connection: Connection) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(serve)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })

/** The same over TCP, for requests without a body; a CRLF between them is no request (RFC 3261 §7.5). */
export const openTcpResponder = async (answering: Answering): Promise<Responder> => {
  const requests: string[] = []
  const connections = new Set<Connection>()
  const server = await listen((connection) => {
    connections.add(connection)
    let text = ''
    connection.on('error', () => connection.destroy())
    connection.on('data', (bytes) => {
      const parts = (text + bytes.toString('latin1')).split('\r\n\r\n')
      text = parts.pop() ?? ''
      for (const part of parts.map((one) => one.trimStart()).filter((one) => one !== '')) {
        requests.push(part)
        const answer = answering(part)
        if (answer !== undefined) connection.write(answerTo(part, answer))
      }
    })
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    close: () =>
      new Promise((done) => {
        for (const connection of connections) connection.destroy()
        server.close(() => done())
      }),
  }
}

/** A port of loopback on which nothing listens. */
export const closedPort = async (): Promise<number> => {
  const socket = await bind()
  const { port } = socket.address()
  await new Promise<void>((done) => void socket.close(() => done()))
  return port
}
