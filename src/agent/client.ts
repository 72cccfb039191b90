import { cseqOf } from '../sip/fields/cseq.ts'
import { type FieldDraft, type Request, type Response, fieldValue } from '../sip/message.ts'
import { buildRequest } from '../sip/serialize.ts'
import { type Dialog, confirmed, dialogIdOf, dialogOfClient, idOfDialog, refreshed, toTag } from '../dialog/dialog.ts'
import { nextSequence, requestInDialog } from '../dialog/request.ts'
import { acknowledgement } from '../session/acknowledge.ts'
import { cancelFields, cancelMoment } from '../session/cancel.ts'
import { type Call, createCall, mainDialog, nameOfOwn } from './calls.ts'
import { type ClientTransaction, type ClientTransactions, createClientTransactions } from './client-transactions.ts'
import { asNameAddr, composed, contactUri, replaced, viaOf } from './compose.ts'
import { type Context, edgeOf, hasContact, newBranch, product, requestOf } from './context.ts'
import { nextHopOf, pastOwnEdges } from './next-hop.ts'
import type { RequestOptions, SendOptions, UserAgent } from './user-agent.ts'

export type Client = Pick<UserAgent, 'request' | 'again' | 'within' | 'cancel' | 'lastSent' | 'settled'> &
  Pick<ClientTransactions, 'receive' | 'failed' | 'stop'> & {
    /** An INVITE of ours in that call that has no final response yet. */
    readonly inviting: (call: Call) => boolean
  }

const isAuthentication = (status: number): boolean => status === 401 || status === 407

/** Far ends of one INVITE: a proxy that forks to more is no trunk, and each costs us a dialog, an ACK and a BYE. */
const mostForks = 32

/** RFC 3261 §12.2.1.2: the peer has lost the dialog. */
const isGone = (status: number): boolean => status === 481 || status === 408

const momentOf = ({ running }: ClientTransaction): ReturnType<typeof cancelMoment> => {
  const state = running.state()
  return state.kind === 'invite-client' ? cancelMoment(state.phase) : 'never'
}

/** The sending half of a user agent: requests, their retries, and what a final response obliges it to (RFC 3261 §8.1, §13.2). */
export const createClient = (context: Context): Client => {
  const { options, wire, calls, emit } = context
  const { world, timers } = options
  /** ACKs that the user sent by itself, under the name that it knows them by. */
  const ownAcks = new Map<string, Uint8Array>()

  const sequence = (seq: number, method: string): FieldDraft => ['CSeq', `${seq} ${method}`]
  const hops: FieldDraft = ['Max-Forwards', '70']

  const allowed = (method: string): readonly FieldDraft[] =>
    method === 'INVITE' || method === 'OPTIONS' ? [['Allow', options.allow.join(', ')]] : []

  const request: Client['request'] = (wanted) => {
    const { method, requestUri, destination, copies = 1 } = wanted
    const edge = (wanted.edge ?? 1) - 1
    const [callId, localTag] = [world.token(128), wanted.tag ?? world.token(64)]
    const contact = contactOf(wanted, edge)
    const name = nameOfOwn(callId, localTag)
    const call = createCall({ name, callId, role: 'uac', edge, contact, localTag, peer: destination })
    // Only an INVITE makes a call that stays.
    if (method !== 'INVITE') call.phase = 'ended'
    calls.add(call)
    call.localSeq = 1
    const filled: readonly FieldDraft[] = [
      viaOf(edgeOf(context, call), newBranch(context)),
      hops,
      ['From', `${asNameAddr(wanted.from)};tag=${localTag}`],
      ['To', asNameAddr(wanted.to)],
      ['Call-ID', callId],
      sequence(call.localSeq, method),
      ...(hasContact(method) || wanted.contact !== undefined ? [['Contact', contact] as const] : []),
      ...allowed(method),
      ...product('User-Agent', options),
    ]
    const tx = context.nextTx()
    const built = build(method, requestUri, filled, wanted)
    call.contact = fieldValue(built, 'Contact') ?? contact
    start({
      tx,
      request: built,
      call,
      edge,
      destination,
      dialog: undefined,
      silent: false,
      cause: wanted.cause,
      copies,
    })
    return { tx, call: call.name }
  }

  const contactOf = ({ contact }: Pick<RequestOptions, 'contact'>, edge: number): string =>
    contact === undefined ? contactUri(edgeOf(context, { edge }), options.contactUser) : asNameAddr(contact)

  const build = (
    method: string,
    requestUri: string,
    filled: readonly FieldDraft[],
    wanted: Omit<SendOptions, 'cause'>,
  ): Request => {
    const { body } = wanted
    return buildRequest({
      method,
      requestUri,
      fields: composed(filled, wanted),
      ...(body === undefined ? {} : { body }),
    })
  }

  const again: Client['again'] = (tx, wanted) => {
    const old = transactions.recall(tx)
    const before = old === undefined ? undefined : requestOf(old.request)
    if (old === undefined || before === undefined) throw new Error(`there is no transaction ${tx} to repeat`)
    const { call, edge, destination, dialog, method } = old
    const filled = replaced(
      before.fields.map(({ rawName, value }): FieldDraft => [rawName, value]),
      [viaOf(edgeOf(context, { edge }), newBranch(context)), sequence(nextSeq(call, dialog), method)],
    )
    const name = context.nextTx()
    const built = build(method, before.requestUri, filled, { ...wanted, body: wanted.body ?? before.body })
    // Its call may have been forgotten with the attempt.
    calls.add(call)
    if (dialog === undefined && method === 'INVITE') call.phase = 'calling'
    const { cause, copies = 1 } = wanted
    start({ tx: name, request: built, call, edge, destination, dialog, silent: old.silent, cause, copies })
    return { tx: name }
  }

  const nextSeq = (call: Call, id: string | undefined): number => {
    const dialog = id === undefined ? undefined : call.dialogs.get(id)
    if (dialog === undefined) return (call.localSeq += 1)
    const next = nextSequence(dialog, 1)
    calls.keep(call, next)
    return next.localSeq
  }

  const leaving = (call: Call, dialog: Dialog) => pastOwnEdges(dialog, call.edge, wire.edges)

  const sendWithin = (
    call: Call,
    dialog: Dialog,
    method: string,
    wanted: SendOptions & { readonly edge?: number },
    silent: boolean,
  ): string => {
    const seq = nextSeq(call, idOfDialog(dialog))
    const { beyond, edge: routed } = leaving(call, dialog)
    const edge = wanted.edge === undefined ? routed : wanted.edge - 1
    const { requestUri, nextHop, fields } = requestInDialog(beyond, method, seq)
    const filled: readonly FieldDraft[] = [
      viaOf(edgeOf(context, { edge }), newBranch(context)),
      hops,
      ...fields,
      ...(hasContact(method) ? [['Contact', call.contact] as const] : []),
      ...allowed(method),
      ...product('User-Agent', options),
    ]
    const tx = context.nextTx()
    const destination = nextHopOf(nextHop, call.peer, options.looseContact)
    const { cause, copies = 1 } = wanted
    const built = build(method, requestUri, filled, wanted)
    start({ tx, request: built, call, edge, destination, dialog: idOfDialog(dialog), silent, cause, copies })
    return tx
  }

  const within: Client['within'] = (name, method, wanted) => {
    const call = calls.get(name)
    const dialog = call === undefined ? undefined : mainDialog(call)
    if (call === undefined || dialog === undefined) return undefined
    return method === 'ACK' ? ownAck(call, dialog, wanted) : { tx: sendWithin(call, dialog, method, wanted, false) }
  }

  /** The user's own ACK to a 2xx, as where the answer goes in it (§13.2.1). */
  const ownAck = (call: Call, dialog: Dialog, wanted: SendOptions): { readonly tx: string } | undefined => {
    const invites = transactions.ofCall(call).filter(({ acks }) => acks.has(dialog.remoteTag))
    const invite = invites.at(-1)
    if (invite === undefined) return undefined
    const tx = context.nextTx()
    acknowledge(invite, dialog, tx, wanted)
    const ack = invite.acks.get(dialog.remoteTag)
    if (ack !== undefined) ownAcks.set(tx, ack.bytes)
    return { tx }
  }

  const acknowledge = (invite: ClientTransaction, dialog: Dialog, tx: string, wanted: SendOptions): void => {
    const { call } = invite
    const original = requestOf(invite.request)
    const cseq = original === undefined ? undefined : cseqOf(original)
    if (original === undefined || cseq?.ok !== true) return
    const { beyond, edge } = leaving(call, dialog)
    const { requestUri, nextHop, fields } = acknowledgement(beyond, original, cseq.value.seq)
    const via = viaOf(edgeOf(context, { edge }), newBranch(context))
    const { wire: bytes } = build('ACK', requestUri, [via, hops, ...fields, ...product('User-Agent', options)], wanted)
    const destination = nextHopOf(nextHop, call.peer, options.looseContact)
    invite.acks.set(dialog.remoteTag, { tx, bytes, edge, destination })
    for (let sent = 0; sent < (wanted.copies ?? 1); sent++) wire.send(edge, bytes, destination, wanted.cause)
  }

  /** The dialog as the first sight of a 2xx to INVITE leaves it (§13.2.2.4, §12.2.1.2). */
  const dialogAfter = (invite: ClientTransaction, response: Response): Dialog | undefined => {
    const { call } = invite
    const known = call.dialogs.get(invite.dialog ?? dialogIdOf(response))
    if (known !== undefined)
      return invite.dialog === undefined ? confirmed(known, response) : refreshed(known, response)
    const original = requestOf(invite.request)
    const made = original === undefined ? undefined : dialogOfClient(original, response)
    return made?.ok === true ? made.value : undefined
  }

  /** A 2xx to INVITE. Tells whether it is one that has not been seen; each sight of it gets its ACK. */
  const accepted = (invite: ClientTransaction, response: Response): boolean => {
    const { call, acks } = invite
    const tag = toTag(response)
    const isNew = !acks.has(tag)
    if (isNew && acks.size >= mostForks) return false
    const isSecondFork = isNew && acks.size > 0 && invite.dialog === undefined
    const dialog = isNew ? dialogAfter(invite, response) : call.dialogs.get(invite.dialog ?? dialogIdOf(response))
    if (isNew) {
      acks.set(tag, undefined)
      if (dialog !== undefined) calls.keep(call, dialog)
    }
    if (!call.duties.ack) return isNew
    const ack = acks.get(tag)
    if (ack !== undefined) wire.send(ack.edge, ack.bytes, ack.destination, 'retransmission of duty: ACK')
    else if (dialog !== undefined) acknowledge(invite, dialog, context.nextTx(), { cause: 'duty: ACK' })
    // One call has one far end: what else a fork answered is acknowledged and hung up.
    if (isSecondFork && dialog !== undefined)
      sendWithin(call, dialog, 'BYE', { cause: 'duty: BYE to another fork' }, true)
    return isNew
  }

  const ring = (invite: ClientTransaction, response: Response): void => {
    const { call } = invite
    const original = requestOf(invite.request)
    const isNew = response.status > 100 && toTag(response) !== '' && !call.dialogs.has(dialogIdOf(response))
    if (invite.dialog !== undefined || !isNew || original === undefined || call.dialogs.size >= mostForks) return
    const dialog = dialogOfClient(original, response)
    if (dialog.ok) calls.keep(call, dialog.value)
  }

  /** What a response does to the call before its user hears of it. Tells whether the user is to hear of it at all. */
  const settle = (transaction: ClientTransaction, response: Response): boolean => {
    const { call, dialog, method } = transaction
    const { status } = response
    if (status < 200) {
      if (method === 'INVITE') ring(transaction, response)
      return true
    }
    transaction.disarmGuard?.()
    if (method === 'INVITE' && status < 300) return accepted(transaction, response)
    if (method === 'INVITE' && dialog === undefined) calls.end(call)
    const over = method === 'BYE' ? !isAuthentication(status) : isGone(status)
    if (dialog !== undefined && over) calls.drop(call, dialog)
    return true
  }

  /** Timer B or F, or no way to the peer: nothing more comes of it. */
  const giveUp = ({ call, dialog, method }: ClientTransaction): void => {
    if (method === 'INVITE' && dialog === undefined) calls.end(call)
    if (method === 'BYE' && dialog !== undefined) calls.drop(call, dialog)
  }

  const timedOut = (transaction: ClientTransaction): void => {
    const { tx, call, method, silent } = transaction
    giveUp(transaction)
    if (!silent) emit({ type: 'timeout', tx, call: call.name, method })
  }

  const transactions = createClientTransactions(context, {
    onResponse: (transaction, received) => {
      const { tx, call, method, silent } = transaction
      call.peer = received.source
      const isNews = settle(transaction, received.message)
      // Even the BYE to another fork goes again where it is challenged.
      const isHeard = !silent || isAuthentication(received.message.status)
      if (isNews && isHeard) emit({ type: 'response', tx, call: call.name, method, received })
      if (received.message.status < 200) sendCancel(transaction)
    },
    onTimeout: timedOut,
    onUnreachable: (transaction, reason) => {
      const { tx, call, silent } = transaction
      giveUp(transaction)
      if (!silent) emit({ type: 'unreachable', tx, call: call.name, reason })
    },
    onTerminated: ({ acks }) => {
      for (const ack of acks.values()) if (ack !== undefined) ownAcks.delete(ack.tx)
    },
  })
  const { start } = transactions

  const cancel: Client['cancel'] = (tx, wanted) => {
    const invite = transactions.get(tx)
    if (invite?.cancel !== undefined) return { tx: invite.cancel.tx }
    const name = context.nextTx()
    if (invite === undefined || momentOf(invite) === 'never') return { tx: name }
    invite.cancel = { tx: name, options: wanted, sent: false }
    sendCancel(invite)
    return { tx: name }
  }

  /** Sends the CANCEL that is due, once its time has come. */
  const sendCancel = (invite: ClientTransaction): void => {
    const due = invite.cancel
    const original = requestOf(invite.request)
    if (due === undefined || due.sent || original === undefined) return
    if (momentOf(invite) !== 'now') return
    due.sent = true
    const { call, edge, destination } = invite
    const { cause, copies = 1 } = due.options
    const filled = [...cancelFields(original), ...product('User-Agent', options)]
    const built = build('CANCEL', original.requestUri, filled, due.options)
    // §9.1: a server of RFC 2543 may never send the final response.
    invite.disarmGuard = world.clock.after(64 * timers.t1Ms, () => {
      transactions.drop(invite)
      timedOut(invite)
    })
    start({ tx: due.tx, request: built, call, edge, destination, dialog: undefined, silent: false, cause, copies })
  }

  return {
    request,
    again,
    within,
    cancel,
    lastSent: (tx) => {
      const bytes = transactions.recall(tx)?.request ?? ownAcks.get(tx)
      return bytes === undefined ? undefined : requestOf(bytes)
    },
    settled: () => !transactions.awaitsResponse(),
    inviting: (call) =>
      transactions.ofCall(call).some(({ method, running }) => {
        const { phase } = running.state()
        return method === 'INVITE' && (phase === 'calling' || phase === 'proceeding')
      }),
    receive: transactions.receive,
    failed: transactions.failed,
    stop: transactions.stop,
  }
}
