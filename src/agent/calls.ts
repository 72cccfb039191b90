import type { Endpoint } from '../core/frame.ts'
import { type Dialog, type DialogId, idOfDialog } from '../dialog/dialog.ts'
import type { CallView } from './user-agent.ts'

/** One call: all that has its Call-ID and the tag of who began it. Mutable, owned by the user agent. */
export type Call = {
  readonly name: string
  readonly callId: string
  readonly role: 'uac' | 'uas'
  /** Edge that carries it, from 0. */
  readonly edge: number
  /** Value of our Contact in it. */
  contact: string
  phase: CallView['phase']
  localTag: string
  /** CSeq number of our last request outside of a dialog. */
  localSeq: number
  /** Where the peer's messages come from; for a call of ours, at first, where it goes. */
  peer: Endpoint
  /** More than one only where the request forked. */
  readonly dialogs: Map<DialogId, Dialog>
  readonly duties: { ack: boolean; 'retransmit-2xx': boolean }
  /** Transactions that still live; a call that ended is forgotten with the last. */
  readonly transactions: Set<string>
}

export type NewCall = Pick<Call, 'name' | 'callId' | 'role' | 'edge' | 'contact' | 'localTag' | 'peer'>

/** The name of a call that we began. */
export const nameOfOwn = (callId: string, localTag: string): string => `uac ${callId} ${localTag}`

export const createCall = (call: NewCall): Call => ({
  ...call,
  phase: 'calling',
  localSeq: 0,
  dialogs: new Map(),
  duties: { ack: true, 'retransmit-2xx': true },
  transactions: new Set(),
})

/** The dialog that the call's user means: the confirmed one, or the latest early one. */
export const mainDialog = (call: Call): Dialog | undefined => {
  const dialogs = [...call.dialogs.values()]
  return dialogs.find(({ phase }) => phase === 'confirmed') ?? dialogs.at(-1)
}

export const viewOf = (call: Call): CallView => {
  const dialog = mainDialog(call)
  const remoteTag = dialog?.remoteTag
  return {
    callId: call.callId,
    role: call.role,
    phase: call.phase,
    localTag: dialog?.localTag ?? call.localTag,
    remoteTag: remoteTag === '' ? undefined : remoteTag,
    remoteTarget: dialog?.remoteTarget,
    routeSet: dialog?.routeSet ?? [],
  }
}

export type CallTable = {
  readonly get: (name: string) => Call | undefined
  readonly add: (call: Call) => void
  readonly all: () => Iterable<Call>
  readonly byDialog: (id: DialogId) => { readonly call: Call; readonly dialog: Dialog } | undefined
  /** Puts a dialog into its call, or its new state in place of the old. */
  readonly keep: (call: Call, dialog: Dialog) => void
  /** No dialog of the call is left: requests in it are unknown from now on. */
  readonly end: (call: Call) => void
  /** One dialog is over; with the last confirmed one the call is. */
  readonly drop: (call: Call, id: DialogId) => void
  /** A transaction of the call is over. */
  readonly release: (call: Call, tx: string) => void
}

export const createCallTable = (): CallTable => {
  const calls = new Map<string, Call>()
  const dialogs = new Map<DialogId, Call>()

  const forget = (call: Call): void => {
    if (call.phase === 'ended' && call.transactions.size === 0) calls.delete(call.name)
  }

  const end = (call: Call): void => {
    call.phase = 'ended'
    for (const id of call.dialogs.keys()) dialogs.delete(id)
    call.dialogs.clear()
    forget(call)
  }

  return {
    get: (name) => calls.get(name),
    add: (call) => void calls.set(call.name, call),
    all: () => calls.values(),
    byDialog: (id) => {
      const call = dialogs.get(id)
      const dialog = call?.dialogs.get(id)
      return call === undefined || dialog === undefined ? undefined : { call, dialog }
    },
    keep: (call, dialog) => {
      const id = idOfDialog(dialog)
      call.dialogs.set(id, dialog)
      dialogs.set(id, call)
      if (call.phase !== 'ended') call.phase = dialog.phase === 'confirmed' ? 'confirmed' : raised(call.phase)
    },
    end,
    drop: (call, id) => {
      dialogs.delete(id)
      call.dialogs.delete(id)
      if (![...call.dialogs.values()].some(({ phase }) => phase === 'confirmed')) end(call)
    },
    release: (call, tx) => {
      call.transactions.delete(tx)
      forget(call)
    },
  }
}

/** An early dialog changes nothing about a call that has a confirmed one. */
const raised = (phase: CallView['phase']): CallView['phase'] => (phase === 'confirmed' ? phase : 'early')
