import type { Request } from '../sip/message.ts'
import { param, parseUri } from '../sip/uri.ts'
import { type Said, remoteTargets, routeSet } from '../observation/dialogs.ts'
import type { Call, Seen } from '../observation/trace.ts'
import { ackTo2xx } from './exchange.ts'

/** A request within a dialog, and what its sender was given before it. */
export type InDialog = { readonly subject: string; readonly seen: Seen<Request>; readonly call: Call }

/** Requests within a dialog; an ACK to a 2xx is one, named `call 1/ACK 1`. */
export const inDialogRequests = (call: Call): readonly InDialog[] => {
  const acks = call.transactions
    .flatMap((transaction) => (transaction.method === 'INVITE' ? ackTo2xx(transaction) : []))
    .sort((a, b) => a.frame - b.frame)
    .map((seen, index) => ({ subject: `${call.name}/ACK ${index + 1}`, seen, call }))
  const others = call.transactions
    .filter(({ inDialog, method }) => inDialog && method !== 'CANCEL')
    .map(({ name, request }) => ({ subject: name, seen: request, call }))
  return [...others, ...acks]
}

/** Request-URIs and Route that the rules of §12.2.1.1 give; either may be undecided. */
export type Due = { readonly targets: readonly Said<string>[]; readonly routes: Said<readonly string[]> | undefined }

const isLoose = (route: string): boolean => {
  const uri = parseUri(route)
  return uri.ok && 'params' in uri.value && param(uri.value.params, 'lr') !== undefined
}

/** A strict router takes the place of the remote target, which becomes the last Route. */
export const dueOf = ({ call, seen }: InDialog): Due => {
  const targets = remoteTargets(call, seen)
  const routes = routeSet(call, seen)
  const [first, ...rest] = routes?.value ?? []
  if (routes === undefined || first === undefined || isLoose(first)) return { targets, routes }
  const target = targets.at(-1)
  return {
    targets: [{ value: first, frame: routes.frame }],
    routes: target && { value: [...rest, target.value], frame: routes.frame },
  }
}
