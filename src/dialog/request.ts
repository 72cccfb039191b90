import { parseNameAddr } from '../sip/fields/address.ts'
import type { FieldDraft } from '../sip/message.ts'
import { isSipUri, param, parseUri, serializeUri } from '../sip/uri.ts'
import type { Dialog } from './dialog.ts'

export type DialogRequest = {
  readonly requestUri: string
  /** URI whose host is the next hop: the first route, or the remote target (RFC 3261 §8.1.2). */
  readonly nextHop: string
  /** Route, From, To, Call-ID, CSeq. */
  readonly fields: readonly FieldDraft[]
}

/** The dialog after its next request's sequence number is taken (§12.2.1.1). */
export const nextSequence = (dialog: Dialog, first: number): Dialog & { readonly localSeq: number } => ({
  ...dialog,
  localSeq: dialog.localSeq === undefined ? first : dialog.localSeq + 1,
})

const uriOf = (route: string): string => {
  const address = parseNameAddr(route)
  return address.ok ? address.value.uri : route
}

/** §12.2.1.1: `lr` among the parameters of the URI, with a value (`lr=on`) or without. */
const isLoose = (uri: string): boolean => {
  const parsed = parseUri(uri)
  return parsed.ok && isSipUri(parsed.value) && param(parsed.value.params, 'lr') !== undefined
}

/** What §19.1.1 does not allow in a Request-URI: its `method` parameter and headers go. */
const asRequestUri = (uri: string): string => {
  const parsed = parseUri(uri)
  if (!parsed.ok || !isSipUri(parsed.value)) return uri
  const { params } = parsed.value
  const fit = params.filter(({ name }) => name.toLowerCase() !== 'method')
  const unfit = fit.length < params.length || parsed.value.headers.length > 0
  return unfit ? serializeUri({ ...parsed.value, params: fit, headers: [] }) : uri
}

/** What a request of `method` with that CSeq has from its dialog, loose and strict routers alike (§12.2.1.1). */
export const requestInDialog = (dialog: Dialog, method: string, seq: number): DialogRequest => {
  const { routeSet, remoteTarget } = dialog
  const fixed: readonly FieldDraft[] = [
    ['From', dialog.local],
    ['To', dialog.remote],
    ['Call-ID', dialog.callId],
    ['CSeq', `${seq} ${method}`],
  ]
  const first = routeSet[0]
  if (first === undefined) return { requestUri: asRequestUri(remoteTarget), nextHop: remoteTarget, fields: fixed }
  const firstUri = uriOf(first)
  const loose = isLoose(firstUri)
  const routes = loose ? routeSet : [...routeSet.slice(1), `<${remoteTarget}>`]
  return {
    requestUri: asRequestUri(loose ? remoteTarget : firstUri),
    nextHop: firstUri,
    fields: [...routes.map((route): FieldDraft => ['Route', route]), ...fixed],
  }
}
