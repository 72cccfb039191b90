import { isIpLiteral } from '../../core/address.ts'
import { urisIn } from '../../observation/dialogs.ts'
import type { Seen, Transaction } from '../../observation/trace.ts'
import { displayText } from '../../sip/text.ts'
import { isSipUri, param, parseUri } from '../../sip/uri.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answersTo, initialInvites } from '../exchange.ts'

/** `undefined` where a URI leaves the choice to the DNS: a name without a port, or a secure one (RFC 3263 §4.1). */
const askedBy = (text: string): string | undefined => {
  const uri = parseUri(text)
  if (!uri.ok || !isSipUri(uri.value) || uri.value.scheme === 'sips') return undefined
  const { host, port, params } = uri.value
  const named = param(params, 'transport')
  if (named === undefined && port === undefined && !isIpLiteral(host)) return undefined
  return String(named ?? 'udp').toLowerCase()
}

type Told = { readonly seen: Seen; readonly field: 'Contact' | 'Record-Route'; readonly uri: string }

const judgementOf = (transaction: Transaction, { seen, field, uri }: Told): readonly Judgement[] => {
  const { transport } = seen
  const asked = askedBy(uri)
  if (transport === 'udp' || asked === undefined) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: seen.sender,
      verdict: asked === transport ? 'pass' : 'fail',
      expected: `a ${field} with ;transport=${transport}, as the message came`,
      actual: `${displayText(uri)}, which asks for ${asked.toUpperCase()}`,
      frames: [seen.frame],
    },
  ]
}

/** Where the receiver sends the later requests of the call: to the nearest proxy that recorded itself, else to the Contact. */
const toldBy = (seen: Seen, route: string | undefined): readonly Told[] => {
  if (route !== undefined) return [{ seen, field: 'Record-Route', uri: route }]
  const [uri] = urisIn(seen.message(), 'Contact')
  return uri === undefined ? [] : [{ seen, field: 'Contact', uri }]
}

/** The INVITE, and the 2xx to it. */
const allTold = (transaction: Transaction): readonly Told[] => {
  const given = urisIn(transaction.request.message(), 'Record-Route')
  const accepted = answersTo(transaction).find(({ response }) => response.status >= 200 && response.status < 300)
  if (accepted === undefined) return toldBy(transaction.request, given[0])
  const recorded = urisIn(accepted.response, 'Record-Route')
  const own = recorded.slice(0, Math.max(0, recorded.length - given.length))
  return [...toldBy(transaction.request, given[0]), ...toldBy(accepted.seen, own.at(-1))]
}

export default defineCheck({
  id: 'contact-transport',
  title: 'Contact and Record-Route ask for the transport that their message came by',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3263 §4.1',
  requirement:
    'A URI with an address and without a transport parameter asks for UDP: BYE and re-INVITE of a call over TCP go there.',
  advice: 'Let Contact and Record-Route name the transport (;transport=tcp), or see that UDP reaches the same port.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    initialInvites(trace).flatMap((transaction) =>
      allTold(transaction).flatMap((told) => judgementOf(transaction, told)),
    ),
})
