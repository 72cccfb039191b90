import type { Side } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import { type Result, fault, ok } from '../core/result.ts'
import type { World } from '../core/world.ts'
import type { Credentials } from '../sip/digest.ts'
import type { FieldDraft, Message, Request } from '../sip/message.ts'
import type { Contract } from '../profile/contract.ts'
import type { AnyOfStep, MessageStep, With } from '../scenario/ladder.ts'
import type { OpenRequest } from '../scenario/match.ts'
import { type Scope, resolve } from '../scenario/reference.ts'
import { retryFields } from '../session/challenge.ts'
import type { SendOptions, UserAgent } from '../agent/user-agent.ts'
import type { PlayedCall } from './call.ts'
import { composeFields, composeInvite } from './compose.ts'
import { answerBody, offerBody } from './describe.ts'
import type { Repeats } from './repeats.ts'

export type Sent = { readonly tx: string; readonly call: string; readonly message: Message }

export type Sender = {
  /** Sends what a step of ours says. A fault's `saw` tells why it could not be sent. */
  readonly send: (
    step: MessageStep | AnyOfStep,
    answers: OpenRequest | undefined,
    call: PlayedCall | undefined,
    cause: string,
    scope: Scope,
  ) => Result<Sent>
  readonly number: (template: string | undefined, scope: Scope) => string | undefined
  /** Our answer to an offer of which no step speaks; nothing where there is none. */
  readonly answerTo: (call: PlayedCall, request: Request, scope: Scope) => Uint8Array | undefined
}

export type SenderOptions = {
  readonly ua: UserAgent
  readonly us: Side
  readonly contract: Contract
  readonly credentials: Credentials | undefined
  readonly peer: Endpoint
  readonly transport: Transport
  readonly world: World
  readonly edges: readonly string[]
  readonly advertise: string | undefined
  readonly requests: Map<string, Request>
  readonly repeats: Repeats
  /** Calls whose 2xx stays without our ACK, because the ladder says `without: ACK`. */
  readonly withoutAck: ReadonlySet<string>
}

/** A realm that no provider has (RFC 2606 §2). */
const otherRealm = 'another-realm.invalid'

const cannot = (why: string) => fault('player.cannot-send', 'none', why)

/** Who asks with OPTIONS where no numbers are known: no call goes out, so that none are needed (RFC 3261 §11.1). */
const nobody = { callee: 'trunkproof', callerId: 'trunkproof', did: 'trunkproof' }

export const createSender = (options: SenderOptions): Sender => {
  const { ua, us, contract, credentials, peer, transport, world, edges, repeats } = options
  const documentedRealm = contract.profile.authentication.realm ?? contract.domain

  const number: Sender['number'] = (template, scope) => {
    if (template === undefined) return undefined
    const value = resolve(template, scope)
    return value.ok ? value.value : undefined
  }

  const newRequest = (step: MessageStep, call: PlayedCall, base: SendOptions, scope: Scope): Result<Sent> => {
    if (step.pattern.kind !== 'request') return cannot('a response is not a request')
    const { method } = step.pattern
    const { edge: number = 1 } = step
    const edge = edges[number - 1]
    if (edge === undefined) return cannot(`this side has no edge ${number}`)
    const ping = method === 'OPTIONS'
    const named = ping ? { ...contract, numbers: { ...nobody, ...contract.numbers } } : contract
    const shape = composeInvite(us, step.with, named, scope, { peer, edge, transport }, world.token(32))
    if (!shape.ok) return shape
    const { requestUri, from, to, contact, fields } = shape.value
    const host = us === 'pbx' ? contract.domain : peerUriHost(peer)
    const body =
      ping || step.with.offer === 'none'
        ? ok(undefined)
        : offerBody(call, step.with, contract, scope, options.advertise)
    if (!body.ok) return body
    const sent = ua.request({
      ...base,
      method,
      requestUri: ping && step.with.requestUri === undefined ? `sip:${host}` : requestUri,
      from,
      to: ping ? `<sip:${host}>` : to,
      contact,
      fields: ping ? (base.fields ?? []) : fields,
      destination: peer,
      edge: number,
      ...(body.value === undefined ? {} : { body: body.value, contentType: 'application/sdp' }),
    })
    if (!ping) {
      call.ua = sent.call
      call.inviteTx = sent.tx
      if (options.withoutAck.has(call.name)) ua.duty(sent.call, 'ack', false)
    }
    return sentOf(sent.tx, sent.call)
  }

  const retry = (step: MessageStep, call: PlayedCall, base: SendOptions): Result<Sent> => {
    const { inviteTx, challenge } = call
    const request = inviteTx === undefined ? undefined : ua.lastSent(inviteTx)
    if (inviteTx === undefined || request?.kind !== 'request')
      return cannot('there is no INVITE to send again, or it was too long ago')
    const sent = again(step.with.credentials, inviteTx, request, challenge, base)
    if (!sent.ok) return sent
    call.inviteTx = sent.value.tx
    return sentOf(sent.value.tx, call.ua ?? '')
  }

  const again = (
    which: With['credentials'],
    tx: string,
    request: Request,
    challenge: PlayedCall['challenge'],
    base: SendOptions,
  ): Result<{ readonly tx: string }> => {
    if (which === undefined) return ok(ua.again(tx, base))
    if (credentials === undefined) return cannot('no credentials are configured')
    if (challenge === undefined) return cannot('there was no challenge to answer')
    if (which === 'configured') return repeats.authenticate(tx, challenge, base)
    const other = {
      ...credentials,
      ...(which === 'wrong' ? { password: world.token(64) } : {}),
      ...(which === 'unknown-user' ? { username: world.token(64) } : {}),
    }
    const realm = which === 'other-realm' ? otherRealm : undefined
    const fields = retryFields(challenge, request, other, { cnonce: world.token(64), nc: 1, realm })
    return fields.ok ? ok(ua.again(tx, { ...base, fields: [...fields.value, ...(base.fields ?? [])] })) : fields
  }

  const within = (step: MessageStep, call: PlayedCall, base: SendOptions, scope: Scope): Result<Sent> => {
    if (step.pattern.kind !== 'request' || call.ua === undefined) return cannot(`there is no call ${step.call} yet`)
    const { method } = step.pattern
    if (method === 'CANCEL') {
      if (call.inviteTx === undefined) return cannot('there is no INVITE to cancel')
      const { tx } = ua.cancel(call.inviteTx, base)
      return sentOf(tx, call.ua)
    }
    const held = { local: call.local, offer: call.offer }
    const body = method === 'INVITE' ? offerBody(call, step.with, contract, scope, options.advertise) : ok(undefined)
    if (!body.ok) return body
    const described = body.value === undefined ? {} : { body: body.value, contentType: 'application/sdp' }
    const { edge } = step
    if (edge !== undefined && edges[edge - 1] === undefined) return cannot(`this side has no edge ${edge}`)
    const sent = ua.within(call.ua, method, { ...base, ...described, ...(edge === undefined ? {} : { edge }) })
    if (sent === undefined) return cannot(`call ${step.call} has no dialog for ${method}`)
    if (method === 'INVITE') {
      call.inviteTx = sent.tx
      repeats.reoffered(sent.tx, {
        undo: () => void Object.assign(call, held),
        again: () => within(step, call, { ...base, cause: 'duty: again after 491' }, scope),
      })
    }
    return sentOf(sent.tx, call.ua)
  }

  const response = (
    step: MessageStep | AnyOfStep,
    open: OpenRequest,
    call: PlayedCall,
    base: SendOptions,
    scope: Scope,
  ): Result<Sent> => {
    const request = options.requests.get(open.tx)
    const statuses =
      step.kind === 'any-of' ? step.statuses : step.pattern.kind === 'response' ? step.pattern.statuses : []
    const status = statusToSend(statuses)
    if (status === undefined) return cannot('the step names no status')
    if (open.method === 'INVITE') call.ua = open.call
    const already = ua.lastSent(open.tx)
    // 200 to a CANCEL and the 487 of its INVITE are duties that the user agent has done (RFC 3261 §9.2).
    if (open.method === 'CANCEL' || (already?.kind === 'response' && already.status >= 200))
      return already === undefined
        ? cannot(`${open.method} has no answer yet`)
        : ok({ tx: open.tx, call: open.call, message: already })
    if (request === undefined) return cannot('there is no request to answer')
    const describes = open.method === 'INVITE' && (status === 183 || (status >= 200 && status < 300))
    const body = describes ? answerBody(call, request, step.with, contract, scope, options.advertise) : ok(undefined)
    if (!body.ok) return body
    const described = body.value === undefined ? {} : { body: body.value, contentType: 'application/sdp' }
    const realm = step.with.realm === undefined ? ok(documentedRealm) : resolve(step.with.realm, scope)
    if (!realm.ok) return realm
    const challenges: readonly FieldDraft[] =
      status === 401 || status === 407 ? [challengeField(status, realm.value)] : []
    ua.respond(open.tx, status, { ...base, ...described, fields: [...challenges, ...(base.fields ?? [])] })
    return sentOf(open.tx, open.call)
  }

  /** Of a list we send the first; of two challenges, the one that the profile is known by. */
  const statusToSend = (statuses: readonly number[]): number | undefined => {
    const { challenge } = contract.profile.authentication
    return statuses.every((status) => status === 401 || status === 407) && statuses.includes(challenge)
      ? challenge
      : statuses[0]
  }

  const challengeField = (status: number, realm: string): FieldDraft => {
    const value = `Digest realm="${realm}", nonce="${world.token(128)}", algorithm=MD5, qop="auth"`
    return [status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate', value]
  }

  /** The message as it went out: the user agent keeps the last one of each transaction. */
  const sentOf = (tx: string, call: string): Result<Sent> => {
    const message = ua.lastSent(tx)
    if (message === undefined) return cannot('the user agent sent nothing')
    return ok({ tx, call, message })
  }

  const send: Sender['send'] = (step, answers, call, cause, scope) => {
    if (call === undefined) return cannot(`there is no call ${step.call}`)
    const fields = composeFields(step.with, scope)
    if (!fields.ok) return fields
    const base: SendOptions = {
      cause,
      fields: fields.value,
      ...(step.with.lacking === undefined ? {} : { lacking: step.with.lacking }),
      ...(step.kind === 'message' && step.again > 1 ? { copies: step.again } : {}),
    }
    if (step.kind === 'message' && step.pattern.kind === 'request') {
      if (step.pattern.how === 'new') return newRequest(step, call, base, scope)
      return step.pattern.how === 'again' ? retry(step, call, base) : within(step, call, base, scope)
    }
    if (answers === undefined) return cannot('there is no request to answer')
    return response(step, answers, call, base, scope)
  }

  const answerTo: Sender['answerTo'] = (call, request, scope) => {
    const body = answerBody(call, request, {}, contract, scope, options.advertise)
    return body.ok ? body.value : undefined
  }

  return { send, number, answerTo }
}

const peerUriHost = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
