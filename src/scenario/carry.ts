import type { Message } from '../sip/message.ts'
import type { Step } from './ladder.ts'
import type { OpenRequest } from './match.ts'
import type { Carried } from './matcher-state.ts'

/** The message of an `as` step. */
export const keep = (carried: Carried, step: Step, message: Message): Carried =>
  (step.kind === 'message' || step.kind === 'any-of') && step.as !== undefined
    ? { ...carried, kept: { ...carried.kept, [step.as]: message } }
    : carried

export const bindCall = (carried: Carried, name: string, call: string): Carried =>
  carried.calls[name] === call ? carried : { ...carried, calls: { ...carried.calls, [name]: call } }

export const opened = (carried: Carried, request: OpenRequest): Carried =>
  request.method === 'ACK' ? carried : { ...carried, open: [...carried.open, request] }

export const closed = (carried: Carried, tx: string, message: Message): Carried =>
  message.kind === 'response' && message.status >= 200
    ? { ...carried, open: carried.open.filter((request) => request.tx !== tx) }
    : carried

/** A request of ours that went again under another name, as a duty: what answers it is what the first waits for. */
export const renamed = (carried: Carried, tx: string, by: string): Carried => ({
  ...carried,
  open: carried.open.map((request) => (request.tx === tx ? { ...request, tx: by } : request)),
})

/** What a step takes of a transaction may come again, and so may the others that are listed (RFC 3261 §13.3.1.1, §13.2.2.1). */
export const heard = (carried: Carried, tx: string, message: Message, statuses: readonly number[]): Carried =>
  message.kind === 'response' && message.status < 200
    ? { ...carried, heard: [...carried.heard, ...statuses.map((status) => `${tx} ${status}`)] }
    : carried
