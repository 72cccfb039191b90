import type { FieldDraft, Request } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import type { Call, CallTable } from './calls.ts'
import type { UserAgentEvent, UserAgentOptions } from './user-agent.ts'
import type { Wire } from './wire.ts'

/** What both halves of a user agent share. */
export type Context = {
  readonly options: UserAgentOptions
  readonly wire: Wire
  readonly calls: CallTable
  readonly emit: (event: UserAgentEvent) => void
  /** A fresh name of a transaction. */
  readonly nextTx: () => string
}

/** Methods whose requests and 2xx carry a Contact: they make a dialog or refresh its target (RFC 3261 §12.2). */
export const hasContact = (method: string): boolean =>
  ['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'].includes(method)

export const product = (name: 'User-Agent' | 'Server', { userAgent }: UserAgentOptions): readonly FieldDraft[] =>
  userAgent === undefined ? [] : [[name, userAgent]]

/** A request of which we kept the bytes. */
export const requestOf = (bytes: Uint8Array): Request | undefined => {
  const parsed = parseMessage(bytes)
  return parsed.ok && parsed.value.kind === 'request' ? parsed.value : undefined
}

/** The edge of a call. Edges are as many as sockets, which never change. */
export const edgeOf = ({ wire }: Context, { edge }: Pick<Call, 'edge'>) => {
  const found = wire.edges[edge]
  if (found === undefined) throw new RangeError(`no edge ${edge + 1}: this user agent has ${wire.edges.length}`)
  return found
}

export const newBranch = ({ options }: Context): string => `z9hG4bK${options.world.token(96)}`
