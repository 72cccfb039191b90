import type { AtFault } from '../../core/finding.ts'
import { type Request, type Response, fieldValue } from '../../sip/message.ts'
import { isSipUri, parseUri } from '../../sip/uri.ts'
import { displayText } from '../../sip/text.ts'
import { isDocumentedCodec, audioIn, codecsOf, negotiationsOf, answerOf, sharedCodecs, showCodecs } from '../codecs.ts'
import { type Answer, serverOf, showStatus } from '../exchange.ts'
import { credentialsIn, framesOf, hasRung } from './attempts.ts'
import type { Failure } from './attempts.ts'
import { blamesPassword, unansweredChallenge } from './authentication.ts'
import type { Scene, Shown } from './scene.ts'

type Refused = Extract<Failure, { readonly kind: 'refused' }>

const refusalIn = ({ failure }: Scene, statuses: readonly number[]): Refused | undefined =>
  failure?.kind === 'refused' && statuses.includes(failure.answer.response.status) ? failure : undefined

/** `403 Forbidden, Warning: 399 "..."`: what the server says of its reasons. */
const said = ({ response }: Answer): string => {
  const reason = fieldValue(response, 'Warning') ?? fieldValue(response, 'Reason')
  return reason === undefined ? showStatus(response) : `${showStatus(response)} (${displayText(reason).slice(0, 120)})`
}

const shown = (refused: Refused, atFault: AtFault, why: string, guess = false): Shown => ({
  atFault,
  why,
  frames: framesOf(refused.transaction, refused.answer),
  ...(guess ? { guess } : {}),
})

const calledNumber = (request: Request): string => {
  const uri = parseUri(request.requestUri)
  if (!uri.ok) return ''
  return isSipUri(uri.value) ? (uri.value.user ?? '') : uri.value.rest
}

/** The number itself, where nothing is wrong with how it is written. */
export const numberUnknown = (scene: Scene): Shown | undefined => {
  const refused = refusalIn(scene, [404, 410, 604])
  const format = numberFormat(scene)
  if (refused === undefined || (format !== undefined && format.guess !== true)) return undefined
  const { transaction, answer } = refused
  const called = displayText(calledNumber(transaction.request.message()))
  return shown(refused, transaction.client, `${said(answer)} for "${called}"`)
}

const isDigits = (text: string): boolean => /^[0-9]{7,20}$/.test(text)

/** 484 and 416 say it; else a number that the provider does not take as it is written, or one that looks as if dialled. */
export const numberFormat = (scene: Scene): Shown | undefined => {
  const refused = refusalIn(scene, [400, 403, 404, 416, 484, 500, 604])
  if (refused === undefined) return undefined
  const { answer, transaction } = refused
  const { status } = answer.response
  const called = calledNumber(transaction.request.message())
  const [finding] = scene.found('number-format').filter(({ frames }) => frames.includes(transaction.request.frame))
  if (finding !== undefined) {
    const why = `${said(answer)}: ${finding.actual ?? ''}, where ${finding.expected ?? ''} is due`
    return { ...shown(refused, transaction.client, why), frames: [...finding.frames, answer.seen.frame] }
  }
  const why = `${said(answer)} for "${displayText(called)}"`
  if (status === 484 || status === 416) return shown(refused, transaction.client, why)
  const isDialled = scene.contract === undefined && isDigits(called) && [400, 404, 604].includes(status)
  return isDialled
    ? shown(refused, transaction.client, `${why}, which is not in the form +<country><number>`, true)
    : undefined
}

/** Refused for who calls or where to; without a challenge, by the source address. */
export const callForbidden = (scene: Scene): Shown | undefined => {
  const challenged = unansweredChallenge(scene)
  if (challenged !== undefined && scene.call !== undefined) return challenged
  const refused = refusalIn(scene, [402, 403, 433, 603, 607, 608])
  if (refused === undefined || hasRung(refused.transaction)) return undefined
  const { transaction, answer } = refused
  const withCredentials = credentialsIn(transaction) !== undefined
  if (withCredentials && blamesPassword(answer.response)) return undefined
  const how = withCredentials ? 'with credentials' : 'without a challenge'
  // 403 to credentials mostly means that they are wrong.
  const isUnclear = withCredentials && answer.response.status === 403
  return shown(refused, transaction.client, `${said(answer)} ${how}`, isUnclear)
}

/** What the server cannot do at all is no matter of its load (RFC 3261 §21.5.2, §21.5.6, §21.5.7; RFC 3312 §8); 504 is of the next. */
const permanent = [501, 504, 505, 513, 580]

const isServerError = ({ status }: Response): boolean => status >= 500 && status < 600 && !permanent.includes(status)

export const serviceUnavailable = ({ failure }: Scene): Shown | undefined => {
  if (failure?.kind !== 'refused') return undefined
  const { answer, transaction } = failure
  if (!isServerError(answer.response) && answer.response.status !== 480) return undefined
  const later = fieldValue(answer.response, 'Retry-After')
  const why = later === undefined ? said(answer) : `${said(answer)}, Retry-After: ${displayText(later).slice(0, 40)}`
  return shown(failure, serverOf(transaction), why)
}

const isPlainAudio = (scene: Scene, request: Refused['transaction']['request']): boolean =>
  scene.call !== undefined && audioIn(request)?.protocol.toUpperCase().startsWith('RTP/AVP') === true

/** An offer that was refused for its media, or an answer that shares nothing with it. */
export const noCommonCodec = (scene: Scene): Shown | undefined => {
  const refused = refusalIn(scene, [415, 488, 606])
  if (refused !== undefined && isPlainAudio(scene, refused.transaction.request)) {
    const { transaction, answer } = refused
    const audio = audioIn(transaction.request)
    const offered = audio === undefined ? [] : codecsOf(audio)
    const { contract } = scene
    const isForeign = contract !== undefined && !offered.some((format) => isDocumentedCodec(format, contract))
    if (audio?.port === 0)
      return shown(refused, transaction.client, `${said(answer)} to an offer whose audio has port 0`)
    const why = `${said(answer)} to an offer of ${showCodecs(offered)}`
    return shown(refused, isForeign ? transaction.client : 'undecided', why)
  }
  for (const negotiation of scene.call === undefined ? [] : negotiationsOf({ ...scene.trace, calls: [scene.call] })) {
    const answer = answerOf(negotiation)
    const [offered, answered] = [audioIn(negotiation.offer), answer && audioIn(answer)]
    if (offered === undefined || answered === undefined || answer === undefined || answered.port === 0) continue
    if (codecsOf(offered).length === 0 || sharedCodecs(offered, answered).length > 0) continue
    const why = `${showCodecs(codecsOf(offered))} offered, ${showCodecs(codecsOf(answered))} answered`
    return { atFault: answer.sender, frames: [negotiation.offer.frame, answer.frame], why }
  }
  return undefined
}
