import { type Server, type Socket, connect, createServer, isIP } from 'node:net'
import { scopeOf } from '../core/address.ts'
import { type Destination, type Endpoint, showEndpoint } from '../core/frame.ts'
import { LoopbackOnlyError } from './udp.ts'

/** The two ends of a connection; ours is the listening port only where the other side opened it. */
export type TcpConnection = { readonly local: Endpoint; readonly remote: Endpoint }

/** How a connection came to its end, and whether the other side ended it. */
export type TcpEnd = { readonly how: 'fin' | 'reset'; readonly byPeer: boolean }

/** A listening port, the connections to it, and those that are opened from it. */
export type TcpSocket = {
  readonly transport: 'tcp'
  readonly local: Endpoint
  /**
   * Sends over the connection named by `over`, or one that has this far end, else over a new one. `leaving` is told of the
   * connection right before the bytes go. What goes wrong comes to `onError`. Does nothing once closed.
   */
  readonly send: (bytes: Uint8Array, to: Destination, leaving: (connection: TcpConnection) => void) => void
  /** From now on what goes to `to` goes over the connection with that far end (RFC 5923 §5). */
  readonly alias: (to: Endpoint, over: Endpoint) => void
  /** Resets the connection with that far end: what it brings is of no use. */
  readonly drop: (over: Endpoint) => void
  readonly onBytes: (fn: (bytes: Uint8Array, connection: TcpConnection) => void) => void
  readonly onEnd: (fn: (connection: TcpConnection, end: TcpEnd) => void) => void
  readonly onError: (fn: (error: Error, to: Endpoint) => void) => void
  /**
   * Ends each connection, and waits until the other side has ended it too: what it sends next it sends over a new one. For a
   * second at most, and not where it goes on sending.
   */
  readonly close: () => Promise<void>
}

export type TcpOptions = {
  /** IP literal to listen on. */
  readonly address: string
  /** 0 or absent: any free port. */
  readonly port?: number
  /** Refuse any destination outside of loopback. */
  readonly loopbackOnly?: boolean
}

/** Connections at a time, and bytes that wait for a peer that does not read: more is no trunk. */
const mostConnections = 1000
const mostWaitingBytes = 4 * 1024 * 1024
/** How long the other side may take to end a connection that we have ended. */
const lingerMs = 1000

type Waiting = { readonly bytes: Uint8Array; readonly leaving: (connection: TcpConnection) => void }

/** `ends` is set once the connection stands; until then what is to be sent waits. */
type Live = { readonly socket: Socket; readonly waiting: Waiting[]; ends: TcpConnection | undefined; over: boolean }

const endsOf = (socket: Socket): TcpConnection | undefined => {
  const { localAddress, localPort, remoteAddress, remotePort } = socket
  return localAddress === undefined ||
    localPort === undefined ||
    remoteAddress === undefined ||
    remotePort === undefined
    ? undefined
    : {
        local: { address: localAddress, port: localPort },
        remote: { address: remoteAddress, port: remotePort },
      }
}

const listening = (server: Server, { address, port = 0 }: TcpOptions): Promise<Endpoint> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, exclusive: true, ipv6Only: isIP(address) === 6 }, () => {
      server.off('error', reject)
      const bound = server.address()
      resolve(bound === null || typeof bound === 'string' ? { address, port } : bound)
    })
  })

/** Listens on TCP, IPv4 or IPv6 as the address is; rejects where that fails. */
export const openTcp = async (options: TcpOptions): Promise<TcpSocket> => {
  const all = new Set<Live>()
  /** By far end: of several the last, for what is to be sent. */
  const live = new Map<string, Live>()
  const aliases = new Map<string, string>()
  const heard: Parameters<TcpSocket['onBytes']>[0][] = []
  const ended: Parameters<TcpSocket['onEnd']>[0][] = []
  const failed: Parameters<TcpSocket['onError']>[0][] = []
  let closed = false

  const end = (connection: Live, how: TcpEnd['how'], byPeer: boolean): void => {
    if (connection.over) return
    connection.over = true
    if (connection.ends !== undefined) for (const fn of ended) fn(connection.ends, { how, byPeer })
  }

  const write = (connection: Live, { bytes, leaving }: Waiting): void => {
    const { socket, ends } = connection
    if (ends === undefined || connection.over) return
    leaving(ends)
    socket.write(bytes)
    if (socket.writableLength > mostWaitingBytes) socket.destroy(new Error('the other side does not read'))
  }

  const stands = (connection: Live): void => {
    connection.ends = endsOf(connection.socket)
    for (const each of connection.waiting.splice(0)) write(connection, each)
  }

  const follow = (socket: Socket, remote: Endpoint): Live => {
    const key = showEndpoint(remote)
    const connection: Live = { socket, waiting: [], ends: undefined, over: false }
    all.add(connection)
    live.set(key, connection)
    socket.setNoDelay(true)
    socket.on('data', (data) => {
      const { ends } = connection
      if (closed) return void socket.destroy()
      if (ends !== undefined)
        for (const fn of heard) fn(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), ends)
    })
    socket.on('end', () => end(connection, 'fin', true))
    socket.on('error', (error) => {
      const neverStood = connection.ends === undefined
      end(connection, 'reset', true)
      if (neverStood && !closed) for (const fn of failed) fn(error, remote)
    })
    socket.on('close', () => {
      end(connection, 'fin', false)
      all.delete(connection)
      if (live.get(key) !== connection) return
      live.delete(key)
      for (const [to, over] of aliases) if (over === key) aliases.delete(to)
    })
    return connection
  }

  const leave = ({ socket, ends }: Live): Promise<void> =>
    new Promise((gone) => {
      if (socket.destroyed) return void gone()
      socket.once('close', () => gone())
      if (ends === undefined) return void socket.destroy()
      socket.setTimeout(lingerMs, () => socket.destroy())
      socket.end()
    })

  const server = createServer({ noDelay: true }, (socket) => {
    const ends = endsOf(socket)
    if (ends === undefined || closed) socket.destroy()
    else stands(follow(socket, ends.remote))
  })
  server.maxConnections = mostConnections
  const local = await listening(server, options)
  const isAny = local.address === '0.0.0.0' || local.address === '::'

  const open = (to: Endpoint): Live | undefined => {
    if (options.loopbackOnly === true && scopeOf(to.address) !== 'loopback')
      throw new LoopbackOnlyError(`refused to send to ${showEndpoint(to)}: this socket is for loopback only`)
    if (isIP(to.address) === 0 || to.port < 1 || to.port > 65535 || all.size >= mostConnections) {
      for (const fn of failed) fn(new Error(`no connection goes to ${showEndpoint(to)}`), to)
      return undefined
    }
    const socket = connect({ host: to.address, port: to.port, ...(isAny ? {} : { localAddress: local.address }) })
    const connection = follow(socket, to)
    socket.once('connect', () => stands(connection))
    return connection
  }

  const known = ({ over, ...to }: Destination): Live | undefined => {
    const keys = [...(over === undefined ? [] : [showEndpoint(over)]), showEndpoint(to)]
    const found = keys.map((key) => live.get(key) ?? live.get(aliases.get(key) ?? ''))
    return found.find((connection) => connection !== undefined && !connection.over && connection.socket.writable)
  }

  return {
    transport: 'tcp',
    local: { address: local.address, port: local.port },
    send: (bytes, to, leaving) => {
      if (closed) return
      const connection = known(to) ?? open({ address: to.address, port: to.port })
      if (connection?.ends === undefined) connection?.waiting.push({ bytes, leaving })
      else write(connection, { bytes, leaving })
    },
    alias: (to, over) => {
      const key = showEndpoint(to)
      if (live.has(showEndpoint(over)) && (aliases.has(key) || aliases.size < mostConnections))
        aliases.set(key, showEndpoint(over))
    },
    drop: (over) => {
      const connection = live.get(showEndpoint(over))
      if (connection === undefined) return
      end(connection, 'reset', false)
      connection.socket.resetAndDestroy()
    },
    onBytes: (fn) => void heard.push(fn),
    onEnd: (fn) => void ended.push(fn),
    onError: (fn) => void failed.push(fn),
    close: async () => {
      if (closed) return
      closed = true
      const gone = [...all].map((connection) => {
        end(connection, 'fin', false)
        return leave(connection)
      })
      await Promise.all([new Promise<void>((done) => server.close(() => done())), ...gone])
    },
  }
}
