import { type Endpoint, sameEndpoint } from '../core/frame.ts'
import type { Disarm } from '../core/world.ts'
import type { Request, Response } from '../sip/message.ts'
import type { DialogId } from '../dialog/dialog.ts'
import {
  type ClientEvent,
  type InviteClient,
  startInviteClient,
  stepInviteClient,
} from '../transaction/invite-client.ts'
import { clientKey } from '../transaction/key.ts'
import type { Step } from '../transaction/machine.ts'
import { type NonInviteClient, startNonInviteClient, stepNonInviteClient } from '../transaction/non-invite-client.ts'
import type { Call } from './calls.ts'
import type { Context } from './context.ts'
import { type Port, type Running, runMachine } from './machine-runner.ts'
import type { Received, SendOptions } from './user-agent.ts'

type ClientMachine = InviteClient | NonInviteClient

/** An ACK to a 2xx as it went out, for the retransmissions of that 2xx. */
export type SentAck = {
  readonly tx: string
  readonly bytes: Uint8Array
  readonly edge: number
  readonly destination: Endpoint
}

export type ClientTransaction = {
  readonly tx: string
  readonly key: string
  readonly method: string
  readonly call: Call
  readonly request: Uint8Array
  /** Our edge that it leaves by, from 0. */
  readonly edge: number
  readonly destination: Endpoint
  /** The dialog in which it was sent. */
  readonly dialog: DialogId | undefined
  /** A duty of ours, of which the user does not hear. */
  readonly silent: boolean
  readonly running: Running<ClientMachine, ClientEvent>
  /** For INVITE: To tags of the 2xx seen, each with our ACK where there is one. */
  readonly acks: Map<string, SentAck | undefined>
  /** The response that is being handled, and why the last send failed. */
  latest: Received<Response> | undefined
  failure: string
  /** A CANCEL that waits for a provisional response, or has gone out. */
  cancel: { readonly tx: string; readonly options: SendOptions; sent: boolean } | undefined
  /** RFC 3261 §9.1: after a CANCEL, the wait for the final response has an end. */
  disarmGuard: Disarm | undefined
}

export type StartClient = Pick<ClientTransaction, 'call' | 'edge' | 'destination' | 'dialog' | 'silent'> & {
  readonly tx: string
  readonly request: Request
  readonly cause: string
  readonly copies: number
}

export type ClientListener = {
  readonly onResponse: (transaction: ClientTransaction, received: Received<Response>) => void
  readonly onTimeout: (transaction: ClientTransaction) => void
  readonly onUnreachable: (transaction: ClientTransaction, reason: string) => void
  readonly onTerminated: (transaction: ClientTransaction) => void
}

/** The client transactions that live, found by name and by what their responses carry. */
export type ClientTransactions = {
  readonly start: (start: StartClient) => void
  readonly get: (tx: string) => ClientTransaction | undefined
  /** The same, or one of the last that are over: to be sent again, however soon its timers let go of it. */
  readonly recall: (tx: string) => ClientTransaction | undefined
  readonly ofCall: (call: Call) => readonly ClientTransaction[]
  /** Whether one has no final response yet. */
  readonly awaitsResponse: () => boolean
  readonly receive: (received: Received<Response>) => void
  readonly failed: (destination: Endpoint, reason: string) => void
  /** Gives it up: no timer fires, no response is matched. */
  readonly drop: (transaction: ClientTransaction) => void
  readonly stop: () => void
}

const stepClient = (state: ClientMachine, event: ClientEvent): Step<ClientMachine> =>
  state.kind === 'invite-client' ? stepInviteClient(state, event) : stepNonInviteClient(state, event)

/** Transactions that are over, and can still be sent again: over TCP they are over with their answer (RFC 3261 §17.1.1.2). */
const mostEnded = 64

/** What may still be told that its destination is out of reach. */
const isPending = ({ running }: ClientTransaction): boolean => {
  const { phase } = running.state()
  return phase === 'calling' || phase === 'trying' || phase === 'proceeding'
}

export const createClientTransactions = (context: Context, listener: ClientListener): ClientTransactions => {
  const { wire, options, calls } = context
  const byTx = new Map<string, ClientTransaction>()
  const byKey = new Map<string, ClientTransaction>()
  /** Oldest first. */
  const ended = new Map<string, ClientTransaction>()

  const remove = (transaction: ClientTransaction): void => {
    transaction.disarmGuard?.()
    byTx.delete(transaction.tx)
    byKey.delete(transaction.key)
    ended.set(transaction.tx, transaction)
    for (const oldest of ended.keys()) {
      if (ended.size <= mostEnded) break
      ended.delete(oldest)
    }
    listener.onTerminated(transaction)
    calls.release(transaction.call, transaction.tx)
  }

  const portOf = (transaction: () => ClientTransaction, { edge, destination, cause, copies }: StartClient): Port => ({
    send: (what, bytes, copy) => {
      const why = what === 'ack' ? 'duty: ACK' : cause
      const times = copy || what === 'ack' ? 1 : copies
      for (let sent = 0; sent < times; sent++)
        wire.send(edge, bytes, destination, copy ? `retransmission of ${why}` : why)
    },
    deliver: () => {
      const { latest } = transaction()
      if (latest !== undefined) listener.onResponse(transaction(), latest)
    },
    timeout: () => listener.onTimeout(transaction()),
    ackMissing: () => undefined,
    unreachable: () => listener.onUnreachable(transaction(), transaction().failure),
    terminated: () => remove(transaction()),
  })

  const start: ClientTransactions['start'] = (begin) => {
    const { tx, request, call, edge, destination, dialog, silent } = begin
    const { clock } = options.world
    const reliable = wire.edges[edge]?.transport === 'tcp'
    const machine: Step<ClientMachine> =
      request.method === 'INVITE'
        ? startInviteClient(request.wire, options.timers, reliable)
        : startNonInviteClient(request.wire, options.timers, reliable)
    const key = clientKey(request)
    const transaction: ClientTransaction = {
      tx,
      // A request that its user bent out of shape matches no response.
      key: key.ok ? key.value : tx,
      method: request.method,
      call,
      request: request.wire,
      edge,
      destination,
      dialog,
      silent,
      running: runMachine<ClientMachine, ClientEvent>(
        machine,
        stepClient,
        portOf(() => transaction, begin),
        clock,
      ),
      acks: new Map(),
      latest: undefined,
      failure: '',
      cancel: undefined,
      disarmGuard: undefined,
    }
    byTx.set(tx, transaction)
    byKey.set(transaction.key, transaction)
    call.transactions.add(tx)
    transaction.running.begin()
  }

  return {
    start,
    get: (tx) => byTx.get(tx),
    recall: (tx) => byTx.get(tx) ?? ended.get(tx),
    ofCall: (call) => [...call.transactions].map((tx) => byTx.get(tx)).filter((found) => found !== undefined),
    awaitsResponse: () => [...byTx.values()].some(isPending),
    receive: (received) => {
      const key = clientKey(received.message)
      const transaction = key.ok ? byKey.get(key.value) : undefined
      // RFC 6026 §8.9: a response that matches nothing is discarded in silence.
      if (transaction === undefined) return
      transaction.latest = received
      transaction.running.dispatch({ type: 'response', response: received.message })
    },
    failed: (destination, reason) => {
      for (const transaction of [...byTx.values()])
        if (isPending(transaction) && sameEndpoint(transaction.destination, destination)) {
          transaction.failure = reason
          transaction.running.dispatch({ type: 'transport-error' })
        }
    },
    drop: (transaction) => {
      transaction.running.stop()
      remove(transaction)
    },
    stop: () => {
      for (const { running, disarmGuard } of byTx.values()) {
        running.stop()
        disarmGuard?.()
      }
    },
  }
}
