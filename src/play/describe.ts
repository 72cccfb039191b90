import { type Result, fault, ok } from '../core/result.ts'
import type { Request } from '../sip/message.ts'
import { makeAnswer, makeOffer } from '../sdp/offer-answer.ts'
import { serializeSdp } from '../sdp/description.ts'
import { parseSdp } from '../sdp/parse.ts'
import { speakable } from '../sdp/codecs.ts'
import type { Contract } from '../profile/contract.ts'
import type { With } from '../scenario/ladder.ts'
import type { Scope } from '../scenario/reference.ts'
import type { PlayedCall } from './call.ts'
import { composeCodecs } from './compose.ts'

const events = 'telephone-event'

/** The provider's codecs that the harness speaks, in the provider's order. */
const ownCodecs = (contract: Contract): readonly string[] =>
  contract.profile.media.codecs.filter((codec) => speakable.some((name) => name === codec))

const own = (
  call: PlayedCall,
  wanted: readonly string[] | undefined,
  shaped: With,
  contract: Contract,
  advertise: string | undefined,
) => {
  const media = call.media
  if (media === undefined) return fault('player.no-media', 'none', `call ${call.name} has no media port`)
  call.version += 1
  const codecs = wanted ?? [...ownCodecs(contract), events]
  return ok({
    address: advertise ?? media.local.address,
    port: media.local.port,
    codecs: codecs.filter((codec) => codec !== events),
    dtmf: codecs.includes(events),
    ptimeMs: contract.profile.media.ptimeMs,
    direction: shaped.direction ?? ('sendrecv' as const),
    sessionId: call.sessionId,
    sessionVersion: call.version,
  })
}

/** Our offer, kept in the call. */
export const offerBody = (
  call: PlayedCall,
  shaped: With,
  contract: Contract,
  scope: Scope,
  advertise: string | undefined,
): Result<Uint8Array | undefined> => {
  if (shaped.offer === 'none') return ok(undefined)
  const wanted = composeCodecs(shaped.offer, scope)
  if (!wanted.ok) return wanted
  const options = own(call, wanted.value, shaped, contract, advertise)
  if (!options.ok) return options
  call.local = makeOffer(options.value, call.local)
  call.offer = 'local'
  return ok(serializeSdp(call.local))
}

/**
 * Our answer to the request's offer, or our offer where it has none (RFC 3261 §13.2.1). The answer of a 183 stands in the
 * 2xx again unchanged.
 */
export const answerBody = (
  call: PlayedCall,
  request: Request,
  shaped: With,
  contract: Contract,
  scope: Scope,
  advertise: string | undefined,
): Result<Uint8Array | undefined> => {
  if (request.body.length === 0) return offerBody(call, shaped, contract, scope, advertise)
  if (call.answered === request && call.local !== undefined) return ok(serializeSdp(call.local))
  const offer = parseSdp(request.body)
  if (!offer.ok) return offer
  const wanted = composeCodecs(shaped.answer, scope)
  if (!wanted.ok) return wanted
  const options = own(call, wanted.value, shaped, contract, advertise)
  if (!options.ok) return options
  const answer = makeAnswer(offer.value, options.value)
  if (!answer.ok) return answer
  call.remote = offer.value
  call.local = answer.value.answer
  call.offer = undefined
  call.answered = request
  return ok(serializeSdp(call.local))
}
