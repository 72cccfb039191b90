import { type Endpoint, sameEndpoint } from '../core/frame.ts'
import type { Request } from '../sip/message.ts'
import type { DialogId } from '../dialog/dialog.ts'
import type { ReturnPath } from '../session/respond.ts'
import type { Refusal } from '../session/screen.ts'
import {
  type InviteServer,
  type ServerEvent,
  startInviteServer,
  stepInviteServer,
} from '../transaction/invite-server.ts'
import type { Step } from '../transaction/machine.ts'
import { type NonInviteServer, startNonInviteServer, stepNonInviteServer } from '../transaction/non-invite-server.ts'
import type { Accepting } from './accept.ts'
import type { Call } from './calls.ts'
import type { Context } from './context.ts'
import { type Port, type Running, runMachine } from './machine-runner.ts'
import type { Received } from './user-agent.ts'

type ServerMachine = InviteServer | NonInviteServer

export type ServerTransaction = {
  readonly tx: string
  readonly key: string
  /** What another copy of the request on another way would have in common with it (RFC 3261 §8.2.2.2). */
  readonly mergeKey: string
  readonly method: string
  /** The name of its call, whether or not that call stays. */
  readonly callName: string
  readonly call: Call | undefined
  readonly request: Uint8Array
  readonly seq: number
  readonly edge: number
  readonly path: ReturnPath
  /** How it is refused before its user hears of it. */
  readonly refusal: Refusal | undefined
  /** The dialog in which it came. */
  readonly dialog: DialogId | undefined
  readonly running: Running<ServerMachine, ServerEvent>
  /** Ours, in the To of all its responses. */
  tag: string
  /** The request that is being handled, and why the last send failed. */
  latest: Received<Request>
  failure: string
  /** Status of the last response, 0 before one, and why it was sent. */
  status: number
  cause: string
  copies: number
  lastSent: Uint8Array | undefined
  /** A 2xx to INVITE until its ACK. */
  accepting: Accepting | undefined
}

export type StartServer = Omit<
  ServerTransaction,
  'request' | 'running' | 'failure' | 'status' | 'cause' | 'copies' | 'lastSent' | 'accepting' | 'method'
> & { readonly trying: () => Uint8Array }

export type ServerListener = {
  readonly onRequest: (transaction: ServerTransaction, received: Received<Request>) => void
  readonly onAckMissing: (transaction: ServerTransaction) => void
  readonly onUnreachable: (transaction: ServerTransaction) => void
}

/** The server transactions that live, found by name and by what their requests carry. */
export type ServerTransactions = {
  readonly start: (start: StartServer) => void
  readonly get: (tx: string) => ServerTransaction | undefined
  readonly byKey: (key: string) => ServerTransaction | undefined
  readonly isMerged: (mergeKey: string) => boolean
  readonly ofCall: (call: Call) => readonly ServerTransaction[]
  /** Whether a final response to an INVITE waits for its ACK. */
  readonly awaitsAck: () => boolean
  /** Whether no more are taken: strangers cannot fill the memory. */
  readonly full: () => boolean
  readonly failed: (destination: Endpoint, reason: string) => void
  readonly stop: () => void
}

/** What all transactions that live may take together, and one of them beside three times its request (measured on Node 20). */
const mostBytes = 256 * 1024 * 1024
const leastBytes = 4096
const sizeOf = ({ length }: Uint8Array): number => leastBytes + 3 * length

const stepServer = (state: ServerMachine, event: ServerEvent): Step<ServerMachine> =>
  state.kind === 'invite-server' ? stepInviteServer(state, event) : stepNonInviteServer(state, event)

export const createServerTransactions = (context: Context, listener: ServerListener): ServerTransactions => {
  const { wire, options, calls } = context
  const byTx = new Map<string, ServerTransaction>()
  const byKey = new Map<string, ServerTransaction>()
  let heldBytes = 0
  /** How many live transactions have that merge key. */
  const merged = new Map<string, number>()

  const count = (mergeKey: string, by: 1 | -1): void => {
    const left = (merged.get(mergeKey) ?? 0) + by
    if (left > 0) merged.set(mergeKey, left)
    else merged.delete(mergeKey)
  }

  const remove = (transaction: ServerTransaction): void => {
    byTx.delete(transaction.tx)
    byKey.delete(transaction.key)
    heldBytes -= sizeOf(transaction.request)
    count(transaction.mergeKey, -1)
    if (transaction.call !== undefined) calls.release(transaction.call, transaction.tx)
  }

  const portOf = (transaction: () => ServerTransaction): Port => ({
    send: (what, bytes, copy) => {
      const own = transaction()
      const { edge, path } = own
      const why = what === 'trying' ? 'duty: 100 Trying' : own.cause
      if (what === 'trying') own.status = 100
      own.lastSent = bytes
      for (let sent = 0; sent < (copy || what === 'trying' ? 1 : own.copies); sent++)
        wire.send(edge, bytes, path.destination, copy ? `retransmission of ${why}` : why)
    },
    deliver: () => listener.onRequest(transaction(), transaction().latest),
    timeout: () => undefined,
    ackMissing: () => listener.onAckMissing(transaction()),
    unreachable: () => listener.onUnreachable(transaction()),
    terminated: () => remove(transaction()),
  })

  const start: ServerTransactions['start'] = ({ trying, ...begin }) => {
    const { message } = begin.latest
    const { timers, world } = options
    const reliable = wire.edges[begin.edge]?.transport === 'tcp'
    const machine: Step<ServerMachine> =
      message.method === 'INVITE'
        ? startInviteServer(message, trying(), timers, reliable)
        : startNonInviteServer(message, timers, reliable)
    const transaction: ServerTransaction = {
      ...begin,
      method: message.method,
      request: message.wire,
      running: runMachine<ServerMachine, ServerEvent>(
        machine,
        stepServer,
        portOf(() => transaction),
        world.clock,
      ),
      failure: '',
      status: 0,
      cause: 'duty: 100 Trying',
      copies: 1,
      lastSent: undefined,
      accepting: undefined,
    }
    byTx.set(transaction.tx, transaction)
    byKey.set(transaction.key, transaction)
    heldBytes += sizeOf(transaction.request)
    count(transaction.mergeKey, 1)
    transaction.call?.transactions.add(transaction.tx)
    transaction.running.begin()
  }

  return {
    start,
    get: (tx) => byTx.get(tx),
    byKey: (key) => byKey.get(key),
    isMerged: (mergeKey) => merged.has(mergeKey),
    ofCall: (call) => [...call.transactions].map((tx) => byTx.get(tx)).filter((found) => found !== undefined),
    awaitsAck: () =>
      [...byTx.values()].some(
        ({ running, accepting }) =>
          (running.state().phase === 'completed' && running.state().kind === 'invite-server') ||
          accepting?.waiting() === true,
      ),
    full: () => heldBytes >= mostBytes,
    failed: (destination, reason) => {
      for (const transaction of [...byTx.values()])
        if (transaction.status > 0 && sameEndpoint(transaction.path.destination, destination)) {
          transaction.failure = reason
          transaction.running.dispatch({ type: 'transport-error' })
        }
    },
    stop: () => {
      for (const { running, accepting } of byTx.values()) {
        running.stop()
        accepting?.stop()
      }
    },
  }
}
