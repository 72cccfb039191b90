import { isIpLiteral } from '../core/address.ts'
import { explain, ok } from '../core/result.ts'
import { refusedNumber } from '../config/emergency.ts'
import type { Profile } from '../profile/profile.ts'
import type { Ladder } from '../scenario/ladder.ts'
import { speakable } from '../sdp/codecs.ts'
import { isSipUri, parseUri, serializeUri } from '../sip/uri.ts'
import { type Surroundings, readConfig } from './own-file.ts'
import { type Checked, refuse } from './refusal.ts'
import { type Prepared, type RunFlags, prepareRun } from './request.ts'

export type CallFlags = Omit<RunFlags, 'ladder' | 'trunk' | 'pbx'> & { readonly codec?: string }

/** Set-up, digest, audio both ways and hanging up, as every provider has it. */
const ladder = 'termination/answered-call'

/** A provider challenges each call; whoever else is called may answer at once. */
const unchallengedToo = (one: Ladder): Ladder => ({
  ...one,
  ladder: one.ladder.map((step) => {
    if (step.kind !== 'message') return step
    const { pattern } = step
    if (pattern.kind === 'response' && pattern.statuses.every((status) => status === 401 || status === 407))
      return { ...step, optional: true }
    return pattern.kind === 'request' && pattern.how === 'again' ? { ...step, optional: true, send: true } : step
  }),
})

/** That no credentials were asked for is a warning then: a call that is refused fails all the same. */
const advising = (profile: Profile): Profile => {
  const check = 'auth-credentials'
  const rows = profile.requirements[check] ?? []
  const softened = rows.map((row) => (row.side === 'pbx' ? row : { ...row, strength: 'SHOULD' as const }))
  return { ...profile, requirements: { ...profile.requirements, [check]: softened } }
}

/**
 * One call to `sip:<number>@<next hop>`, which is a run of one ladder with one codec: the rules of safety are those of
 * `run`. The number must be one that the user's own file names, for a call costs money.
 */
export const prepareCall = async (
  text: string,
  flags: CallFlags,
  around: Surroundings,
  startedAt: Date,
): Promise<Checked<Prepared>> => {
  const uri = parseUri(text)
  if (!uri.ok)
    return refuse(`${JSON.stringify(text)} is no SIP URI: ${explain(uri.fault)}`, 'call sip:+12025550101@10.0.0.5')
  if (!isSipUri(uri.value) || uri.value.user === undefined)
    return refuse(`${text} names no number`, 'call sip:+12025550101@10.0.0.5')
  const { user, ...hop } = uri.value
  const emergency = refusedNumber(user)
  if (emergency !== undefined) return refuse(`${user} is never called: ${emergency}`, 'another number')
  const config = readConfig(flags, around)
  if (!config.ok) return config
  const { numbers = {} } = config.value
  if (!Object.values(numbers).includes(user))
    return refuse(
      `${user} is none of the numbers of trunkproof.yaml`,
      `numbers: { callee: ${JSON.stringify(user)} } there`,
    )
  if (numbers.callerId === undefined)
    return refuse('trunkproof.yaml names no number to call from', 'numbers: { callerId: … } there')
  const codec = flags.codec ?? 'PCMU'
  if (!speakable.some((one) => one === codec))
    return refuse(`--codec ${codec} is not spoken`, `one of ${speakable.join(', ')}`)
  const named = isIpLiteral(hop.host) ? {} : { domain: hop.host }
  const prepared = await prepareRun({ ...named, ...flags, trunk: serializeUri(hop), ladder }, around, startedAt)
  if (!prepared.ok) return prepared
  const { profile, catalogue } = prepared.value
  return ok({
    ...prepared.value,
    catalogue: { ...catalogue, ladders: catalogue.ladders.map(unchallengedToo) },
    // The matrix of the ladder has a cell for each codec: this call is one.
    profile: advising({ ...profile, media: { ...profile.media, codecs: [codec] } }),
    config: { ...prepared.value.config, numbers: { ...numbers, callee: user } },
  })
}
