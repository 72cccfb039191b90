import { inCidr, isIpLiteral } from '../../core/address.ts'
import type { Contract } from '../../profile/contract.ts'
import type { Shape } from '../../profile/profile.ts'
import { viasOf } from '../../sip/fields/via.ts'
import type { Request } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { urisIn } from '../../observation/dialogs.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { tagIn } from '../../sip/tags.ts'
import { sameInAll } from '../uris.ts'

/** What of the documented example a call does not have, in words. */
type Lack = string | undefined

const recordedRoute = (shape: Shape): string | undefined => shape.fields?.['Record-Route']

/** Parameters of a template, in which numbers and hosts are left open. */
const paramNamesOf = (template: string): readonly string[] =>
  [...template.matchAll(/;([a-z]+)=/g)].flatMap(([, name]) => name ?? [])

const toLack = (request: Request, shape: Shape): Lack => {
  if (shape.to !== `<${shape.requestUri}>`) return undefined
  const to = fieldAt(request, 'To.uri') ?? ''
  return sameInAll(to, request.requestUri) ? undefined : `To is ${displayText(to)}, not the Request-URI`
}

const contactLack = (request: Request, shape: Shape): Lack => {
  const missing = paramNamesOf(shape.contact).find((name) => (fieldAt(request, `Contact.params.${name}`) ?? '') === '')
  return missing === undefined ? undefined : `Contact has no ${missing}`
}

/** An example without a proxy has one Via, and no recorded route. */
const directLack = (request: Request, shape: Shape): Lack => {
  if (recordedRoute(shape) !== undefined) return undefined
  const vias = viasOf(request)
  const count = vias.ok ? vias.value.length : 0
  const routes = urisIn(request, 'Record-Route').length
  return count === 1 && routes === 0 ? undefined : `${count} Via and ${routes} Record-Route`
}

const routeLack = (request: Request, shape: Shape): Lack => {
  const template = recordedRoute(shape)
  if (template === undefined) return undefined
  const [ftag, lr] = ['ftag', 'lr'].map((name) => fieldAt(request, `Record-Route.params.${name}`))
  if (template.includes(';ftag=') && ftag !== tagIn(request, 'From'))
    return `ftag of Record-Route is ${displayText(ftag ?? 'missing')}, not the From tag`
  if (template.includes(';lr=on') && lr !== 'on') return 'Record-Route has no lr=on'
  const [via, route] = [fieldAt(request, 'Via.host'), fieldAt(request, 'Record-Route.host')]
  return via === route ? undefined : `Via is of ${displayText(via ?? '')}, Record-Route of ${displayText(route ?? '')}`
}

const fromLack = (request: Request, { signallingAddresses = [] }: Contract): Lack => {
  const host = fieldAt(request, 'From.host') ?? ''
  const isListed = isIpLiteral(host) && signallingAddresses.some((block) => inCidr(host, block))
  return isListed ? `the host of From is ${host}, an address of the provider` : undefined
}

const lackOf = (request: Request, contract: Contract): Lack => {
  const { origination } = contract.profile
  return (
    toLack(request, origination) ??
    contactLack(request, origination) ??
    directLack(request, origination) ??
    routeLack(request, origination) ??
    fromLack(request, contract)
  )
}

export default defineCheck({
  id: 'origination-form',
  title: 'Calls in have the form of the documented example',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §8.1.1',
  requirement:
    'To, Contact, From, Via and Record-Route of a call in are as in the example that the provider documents.',
  advice: 'A PBX must not rest on the form of the example: ask the provider whether its calls have changed.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: ['loop-number'],
  // A provider that we play calls as its ladder says, and an example that no document gives as such binds nobody.
  judge: ({ trace, contract, sut }) =>
    initialInvites(trace)
      .filter(
        ({ client }) => client === 'trunk' && sut === 'trunk' && 'origination-form' in contract.profile.requirements,
      )
      .map(({ name, call, request }) => {
        const lack = lackOf(request.message(), contract)
        return {
          subject: name,
          call: call?.name,
          side: 'trunk',
          verdict: lack === undefined ? 'pass' : 'fail',
          expected: 'To, Contact, From, Via and Record-Route as in the documented example',
          actual: lack ?? 'as in the example',
          frames: [request.frame],
        }
      }),
})
