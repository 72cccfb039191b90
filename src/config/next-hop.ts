import type { Transport } from '../core/frame.ts'
import { type Result, fault, ok } from '../core/result.ts'
import { isSipUri, param, parseUri } from '../sip/uri.ts'

export type NextHop = {
  readonly uri: string
  readonly host: string
  readonly port: number
  readonly transport: Transport
}

/** `--trunk` or `--pbx`: a SIP URI; UDP where it names no transport. */
export const parseNextHop = (text: string): Result<NextHop> => {
  const uri = parseUri(text)
  if (!uri.ok) return uri
  if (isSipUri(uri.value) && uri.value.password !== undefined)
    return fault(
      'next-hop.password',
      '3261 §19.1.1',
      'a password in a URI is read by everybody: it goes into credentials',
    )
  if (uri.value.scheme !== 'sip')
    return fault('next-hop.scheme', '3261 §19.1', `${text}: a sip: URI is wanted, as sip:10.0.0.5:5060`)
  if (uri.value.port === 0) return fault('next-hop.port', '3261 §25.1', `${text}: nothing listens on port 0`)
  const transport = String(param(uri.value.params, 'transport') ?? 'udp').toLowerCase()
  if (transport !== 'udp' && transport !== 'tcp')
    return fault('next-hop.transport', '3261 §19.1', `${text}: ${transport} is not spoken yet, UDP and TCP are`)
  return ok({ uri: text, host: uri.value.host, port: uri.value.port ?? 5060, transport })
}
