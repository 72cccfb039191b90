import type { Endpoint } from '../core/frame.ts'
import { fault } from '../core/result.ts'
import { cseqOf } from '../sip/fields/cseq.ts'
import { type FieldDraft, type Request, fieldValue } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import { buildResponse } from '../sip/serialize.ts'
import { reasonPhrase } from '../sip/status.ts'
import {
  type Dialog,
  dialogIdOf,
  dialogOfServer,
  fromTag,
  received as receivedIn,
  refreshed,
  toTag,
} from '../dialog/dialog.ts'
import { capabilityFields } from '../session/capabilities.ts'
import { type ReturnPath, responseFields, returnPath } from '../session/respond.ts'
import { type Surroundings, refusalOf } from '../session/screen.ts'
import { mergeKey, serverKey } from '../transaction/key.ts'
import { accept } from './accept.ts'
import { type Call, createCall, nameOfOwn } from './calls.ts'
import { composed, contactUri } from './compose.ts'
import { type Context, edgeOf, hasContact, product, requestOf } from './context.ts'
import { type ServerTransaction, createServerTransactions } from './server-transactions.ts'
import type { Received, SendOptions, UserAgent } from './user-agent.ts'

export type Server = Pick<UserAgent, 'respond' | 'lastSent' | 'pending' | 'settled'> & {
  readonly receive: (received: Received<Request>, edge: number) => void
  readonly retransmit: (call: Call, on: boolean) => void
  readonly failed: (destination: Endpoint, reason: string) => void
  readonly stop: () => void
}

/** The receiving half of a user agent (RFC 3261 §8.2, §13.3). `inviting`: an INVITE of ours is open in that call. */
export const createServer = (context: Context, inviting: (call: Call) => boolean): Server => {
  const { options, calls, emit } = context
  const { world, timers } = options

  const malformed = (failed: ReturnType<typeof fault>, { frame, source }: Received<Request>): void =>
    emit({ type: 'malformed', fault: failed.fault, frame, source })

  const receive: Server['receive'] = (received, edge) => {
    const request = received.message
    const key = serverKey(request)
    const path = returnPath(request, received.source, edgeOf(context, { edge }).transport)
    const cseq = cseqOf(request)
    if (!key.ok || path === undefined || !cseq.ok) {
      malformed(key.ok ? fault('via.missing', '3261 §8.1.1.7', request.startLine) : key, received)
      return
    }
    const known = transactions.byKey(key.value)
    if (known !== undefined) {
      known.latest = received
      known.running.dispatch({ type: 'request', request })
    } else if (request.method === 'ACK') acknowledged(received, cseq.value.seq)
    else if (transactions.full())
      malformed(fault('transaction.too-many', '3261 §26.3.2.4', request.startLine), received)
    else begin(received, edge, key.value, path, cseq.value.seq)
  }

  const begin = (received: Received<Request>, edge: number, key: string, path: ReturnPath, seq: number): void => {
    const request = received.message
    const merge = mergeKey(request)
    const inDialog = toTag(request) !== ''
    const id = dialogIdOf(request)
    const found = inDialog ? calls.byDialog(id) : undefined
    const moved = found === undefined ? undefined : receivedIn(found.dialog, request)
    const tag = found?.dialog.localTag ?? world.token(64)
    const around: Surroundings = {
      allow: options.allow,
      dialog: inDialog ? (found === undefined ? 'unknown' : 'known') : 'none',
      merged: transactions.isMerged(merge),
      late: found !== undefined && moved === undefined,
      pendingInvite: found === undefined ? 'none' : pendingInvite(found.call),
      unreadable: request.method === 'INVITE' && !dialogOfServer(request, 200, tag).ok,
    }
    const refusal = request.method === 'CANCEL' ? undefined : refusalOf(request, around)
    if (found !== undefined && moved !== undefined) calls.keep(found.call, moved)
    const fresh = refusal === undefined && request.method === 'INVITE' && !inDialog
    const call = fresh ? callOf(received, edge, tag) : found?.call
    if (call !== undefined) call.peer = received.source
    transactions.start({
      tx: context.nextTx(),
      key,
      mergeKey: merge,
      callName: call?.name ?? nameOf(request),
      call,
      seq,
      edge,
      path,
      tag,
      refusal,
      dialog: found === undefined ? undefined : id,
      latest: received,
      trying: () => write(request, 100, path, tag, []),
    })
  }

  const nameOf = (request: Request): string => `uas ${fieldValue(request, 'Call-ID') ?? ''} ${fromTag(request)}`

  /** The call of an INVITE outside of a dialog: a new one, or the one whose last attempt was refused. */
  const callOf = (received: Received<Request>, edge: number, localTag: string): Call => {
    const request = received.message
    const name = nameOf(request)
    const known = calls.get(name)
    if (known !== undefined) {
      known.phase = 'calling'
      known.localTag = localTag
      return known
    }
    const contact = contactUri(edgeOf(context, { edge }), options.contactUser)
    const callId = fieldValue(request, 'Call-ID') ?? ''
    const call = createCall({ name, callId, role: 'uas', edge, contact, localTag, peer: received.source })
    calls.add(call)
    return call
  }

  const pendingInvite = (call: Call): 'none' | 'theirs' | 'ours' => {
    if (pendingOf(call).length > 0) return 'theirs'
    return inviting(call) ? 'ours' : 'none'
  }

  const pendingOf = (call: Call): readonly ServerTransaction[] =>
    transactions.ofCall(call).filter(({ method, status }) => method === 'INVITE' && status < 200)

  const write = (
    request: Request,
    status: number,
    { vias }: ReturnPath,
    tag: string,
    more: readonly FieldDraft[],
    wanted: Omit<SendOptions, 'cause'> & { readonly reason?: string } = {},
  ): Uint8Array => {
    const filled = [...responseFields(request, status, { vias, tag }), ...more, ...product('Server', options)]
    const { body, reason = reasonPhrase(status) } = wanted
    return buildResponse({ status, reason, fields: composed(filled, wanted), ...(body === undefined ? {} : { body }) })
      .wire
  }

  /** Contact where the response makes or refreshes a dialog; Allow and its kin where they tell what we can. */
  const ownFields = ({ method, call }: ServerTransaction, status: number): readonly FieldDraft[] => {
    const makes = status > 100 && status < 300 && (method === 'INVITE' || status >= 200)
    const contact: readonly FieldDraft[] =
      makes && hasContact(method) && call !== undefined ? [['Contact', call.contact]] : []
    if (status < 200 || status >= 300) return contact
    if (method === 'OPTIONS') return [...contact, ...capabilityFields(options.allow)]
    return method === 'INVITE' ? [...contact, ['Allow', options.allow.join(', ')]] : contact
  }

  const answer = (
    transaction: ServerTransaction,
    status: number,
    wanted: SendOptions & { readonly reason?: string },
  ): void => {
    const request = requestOf(transaction.request)
    if (request === undefined || transaction.status >= 200) return
    const { call, method, path, tag } = transaction
    const bytes = write(request, status, path, tag, ownFields(transaction, status), wanted)
    transaction.status = status
    transaction.cause = wanted.cause
    transaction.copies = wanted.copies ?? 1
    settle(transaction, request, status)
    if (method === 'INVITE' && status >= 200 && status < 300 && call !== undefined)
      transaction.accepting = waitForAck(transaction, call, bytes)
    transaction.running.dispatch({ type: 'respond', status, bytes })
  }

  /** What our response does to the call. */
  const settle = ({ call, method, dialog, tag }: ServerTransaction, request: Request, status: number): void => {
    if (call === undefined || status <= 100) return
    if (method === 'INVITE' && dialog === undefined) {
      const made = status < 300 ? dialogMade(call, request, status, tag) : undefined
      if (made !== undefined) calls.keep(call, made)
      else if (status >= 300) calls.end(call)
      return
    }
    const known = dialog === undefined ? undefined : call.dialogs.get(dialog)
    if (dialog === undefined || known === undefined || status < 200 || status >= 300) return
    if (hasContact(method)) calls.keep(call, refreshed(known, request))
    if (method === 'BYE') calls.drop(call, dialog)
  }

  const dialogMade = (call: Call, request: Request, status: number, tag: string): Dialog | undefined => {
    const made = dialogOfServer(request, status, tag)
    if (!made.ok) return undefined
    const early = [...call.dialogs.values()].find(({ localTag }) => localTag === tag)
    return early === undefined ? made.value : { ...early, phase: made.value.phase }
  }

  const waitForAck = (transaction: ServerTransaction, call: Call, bytes: Uint8Array) =>
    accept(
      bytes,
      { timers, dutiful: call.duties['retransmit-2xx'], clock: world.clock },
      {
        send: (again) => transaction.running.dispatch({ type: 'respond', status: 200, bytes: again }),
        ackMissing: () => emit({ type: 'ack-missing', tx: transaction.tx, call: transaction.callName }),
      },
    )

  /** An ACK to a 2xx: the first is told, its copies are absorbed (RFC 3261 §13.3.1.4). A BYE may overtake it (RFC 5407 §3.1.6). */
  const acknowledged = (received: Received<Request>, seq: number): void => {
    const ack = received.message
    const tag = toTag(ack)
    const call =
      calls.byDialog(dialogIdOf(ack))?.call ??
      calls.get(nameOf(ack)) ??
      calls.get(nameOfOwn(fieldValue(ack, 'Call-ID') ?? '', tag))
    if (call === undefined) return
    const invite = transactions
      .ofCall(call)
      .find((each) => each.accepting !== undefined && each.seq === seq && each.tag === tag)
    if (invite?.accepting?.acknowledged() === true) emit({ type: 'ack', call: call.name, received })
  }

  /** RFC 3261 §9.2. */
  const cancelled = (cancel: ServerTransaction, received: Received<Request>): void => {
    const key = serverKey(received.message, 'INVITE')
    const invite = key.ok ? transactions.byKey(key.value) : undefined
    if (invite === undefined) {
      answer(cancel, 481, { cause: 'duty: 481' })
      return
    }
    // §9.2: the To tag of the answers to both is the same.
    cancel.tag = invite.tag
    answer(cancel, 200, { cause: 'duty: 200 to CANCEL' })
    if (invite.status >= 200) return
    answer(invite, 487, { cause: 'duty: 487' })
    emit({ type: 'cancelled', tx: invite.tx, cancel: cancel.tx, call: invite.callName, received })
  }

  const arrived = (transaction: ServerTransaction, received: Received<Request>): void => {
    const { tx, callName, dialog, seq, refusal } = transaction
    const { method } = received.message
    if (method === 'ACK') acknowledged(received, seq)
    else if (method === 'CANCEL') cancelled(transaction, received)
    else if (refusal !== undefined)
      answer(transaction, refusal.status, { cause: `duty: ${refusal.status}`, fields: refusal.fields })
    else emit({ type: 'request', tx, call: callName, received, inDialog: dialog !== undefined })
  }

  const transactions = createServerTransactions(context, {
    onRequest: arrived,
    onAckMissing: ({ tx, callName }) => emit({ type: 'ack-missing', tx, call: callName }),
    onUnreachable: ({ tx, callName, failure }) => emit({ type: 'unreachable', tx, call: callName, reason: failure }),
  })

  return {
    receive,
    respond: (tx, status, wanted) => {
      const transaction = transactions.get(tx)
      // Its user may answer what was cancelled, or refused, a moment ago: too late, and no mistake.
      if (transaction !== undefined) answer(transaction, status, wanted)
    },
    lastSent: (tx) => {
      const bytes = transactions.get(tx)?.lastSent
      const parsed = bytes === undefined ? undefined : parseMessage(bytes)
      return parsed?.ok === true ? parsed.value : undefined
    },
    pending: (name) => {
      const call = calls.get(name)
      return call === undefined ? [] : pendingOf(call).map(({ tx }) => tx)
    },
    settled: () => !transactions.awaitsAck(),
    retransmit: (call, on) => {
      for (const { accepting } of transactions.ofCall(call)) accepting?.dutiful(on)
    },
    failed: transactions.failed,
    stop: transactions.stop,
  }
}
