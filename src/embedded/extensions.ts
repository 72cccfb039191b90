import { type Endpoint, showEndpoint } from '../core/frame.ts'
import type { ShapedInvite } from '../profile/shape.ts'
import { createAuthenticator } from '../session/authenticate.ts'
import { bindingsOf } from '../session/register.ts'
import type { FieldDraft, Request } from '../sip/message.ts'
import { isSipUri, parseUri } from '../sip/uri.ts'
import type { Leg } from './leg.ts'
import { type Incoming, type Line, openLine } from './line.ts'
import type { EmbeddedOptions, Extension } from './party.ts'
import type { PartyPolicy } from './policy.ts'
import { seamsOf } from './seam.ts'

/** Host of the addresses of its phones. */
export const phoneDomain = 'pbx.example.test'

const nonceLifeMs = 60_000
const longestS = 3600

export type ExtensionsOptions = {
  readonly party: EmbeddedOptions
  readonly policy: PartyPolicy
  readonly extension: Extension
  /** A call of the phone that has shown its password. */
  readonly onCall: (incoming: Incoming) => void
  readonly onRinging: (leg: Leg) => void
  readonly onAnswered: (leg: Leg) => void
  readonly onOver: (leg: Leg, status?: number) => void
}

/** The side of the PBX on which its phones are: it registers them, takes their calls and rings them. */
export type Extensions = {
  readonly line: Line
  /** Whether a phone is registered. */
  readonly reached: () => boolean
  /** Nothing where the line cannot. */
  readonly ring: () => Promise<Leg | undefined>
}

const endpointOf = (uri: string): Endpoint | undefined => {
  const parsed = parseUri(uri)
  if (!parsed.ok || !isSipUri(parsed.value)) return undefined
  return { address: parsed.value.host, port: parsed.value.port ?? 5060 }
}

/** A registrar and a proxy for one extension, over the transport of the party. Seams bend what the trunk sees, not what phones do. */
export const openExtensions = async (options: ExtensionsOptions): Promise<Extensions> => {
  const { party, policy, extension } = options
  const { world } = party
  const authenticator = createAuthenticator({
    realm: phoneDomain,
    challenge: 401,
    algorithms: ['SHA-256', 'MD5'],
    world,
    nonceLifeMs,
  })
  let bound: string | undefined

  const isAdmitted = (tx: string, request: Request): boolean => {
    const verdict = authenticator.check(request, extension.credentials)
    if (verdict === 'right') return true
    if (verdict === 'wrong') line.refuse(tx, 403)
    else line.refuse(tx, 401, authenticator.challengeFields(verdict === 'stale'))
    return false
  }

  const onRegister = ({ tx, request }: Incoming): void => {
    if (!isAdmitted(tx, request)) return
    const bindings = bindingsOf(request)
    if (!bindings.ok) {
      line.refuse(tx, 400)
      return
    }
    for (const { uri, expiresS } of bindings.value) {
      if (expiresS === 0) bound = bound === uri ? undefined : bound
      else if (endpointOf(uri) !== undefined) bound = uri
    }
    const fields: readonly FieldDraft[] = bound === undefined ? [] : [['Contact', `<${bound}>;expires=${longestS}`]]
    line.refuse(tx, 200, fields)
  }

  const line = await openLine({
    party: {
      ...party,
      seams: seamsOf(),
      peer: () => (bound === undefined ? undefined : endpointOf(bound)) ?? party.peer(),
    },
    policy,
    onInvite: (incoming) => {
      if (isAdmitted(incoming.tx, incoming.request)) options.onCall(incoming)
    },
    onRegister,
    onRinging: options.onRinging,
    onAnswered: options.onAnswered,
    onOver: options.onOver,
  })

  const ring = (): Promise<Leg | undefined> => {
    const uri = bound ?? `sip:${extension.user}@${phoneDomain}`
    const own = `<sip:${extension.user}@${phoneDomain}>`
    const way = party.transport === 'udp' ? '' : `;transport=${party.transport}`
    const contact = `<sip:${showEndpoint(line.local)}${way}>`
    const invite: ShapedInvite = { requestUri: uri, from: `<sip:outside@${phoneDomain}>`, to: own, contact, fields: [] }
    return line.dial(invite, policy.codecs)
  }

  return { line, reached: () => bound !== undefined, ring }
}
