import { createCallTable, viewOf } from './calls.ts'
import { createClient } from './client.ts'
import type { Context } from './context.ts'
import { createServer } from './server.ts'
import type { UserAgent, UserAgentEvent, UserAgentOptions } from './user-agent.ts'
import { createWire } from './wire.ts'

/** A user agent on open sockets; see `user-agent.ts`. */
export const createUserAgent = (options: UserAgentOptions): Promise<UserAgent> => {
  const { world, sockets, advertise, record, outgoing, onEvent } = options
  const calls = createCallTable()
  let closed = false
  let names = 0

  const emit = (event: UserAgentEvent): void => {
    if (!closed) onEvent(event)
  }

  const wire = createWire({
    clock: world.clock,
    sockets,
    advertise,
    record,
    outgoing,
    onRequest: (received, edge) => {
      if (options.ignores?.(received) !== true) server.receive(received, edge)
    },
    onResponse: (received) => client.receive(received),
    onMalformed: (fault, frame, source) => emit({ type: 'malformed', fault, frame, source }),
    onUnreachable: (destination, reason) => {
      client.failed(destination, reason)
      server.failed(destination, reason)
    },
  })
  const context: Context = { options, wire, calls, emit, nextTx: () => `tx ${(names += 1)}` }
  const client = createClient(context)
  const server = createServer(context, client.inviting)

  return Promise.resolve({
    edges: sockets.map(({ local }) => local),
    request: client.request,
    again: client.again,
    within: client.within,
    cancel: client.cancel,
    respond: server.respond,
    duty: (name, duty, on) => {
      const call = calls.get(name)
      if (call === undefined) return
      call.duties[duty] = on
      if (duty === 'retransmit-2xx') server.retransmit(call, on)
    },
    raw: (bytes, destination, cause, edge = 1) => wire.raw(edge - 1, bytes, destination, cause),
    call: (name) => {
      const call = calls.get(name)
      return call === undefined ? undefined : viewOf(call)
    },
    lastSent: (tx) => client.lastSent(tx) ?? server.lastSent(tx),
    pending: server.pending,
    settled: () => client.settled() && server.settled(),
    openCalls: () => [...calls.all()].filter(({ phase }) => phase !== 'ended').map(({ name }) => name),
    close: async () => {
      closed = true
      client.stop()
      server.stop()
      await wire.close()
    },
  })
}
