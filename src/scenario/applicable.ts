import { type Side, otherSide } from '../core/finding.ts'
import { type Contract, type NumberName, numberNames } from '../profile/contract.ts'
import type { Ladder, Stimulus } from './ladder.ts'
import { namesUsed } from './names.ts'
import { isWithPhone, stepsOf } from './phone-steps.ts'
import { moveFor } from './stimuli.ts'

/** Numbers that a call of this ladder cannot do without. */
export const numbersOf = (ladder: Ladder): readonly NumberName[] => {
  const named = namesUsed(stepsOf(ladder).map((step) => ('with' in step ? step.with : undefined)))
  return numberNames.filter((name) => named.includes(`numbers.${name}`))
}

const stimuliOf = (ladder: Ladder, sut: Side): readonly Stimulus[] =>
  stepsOf(ladder).flatMap((step) => moveFor(step, sut) ?? [])

/** Capabilities that the profile itself claims or denies; all others are the user's to deny in `supports:`. */
const denied = (need: string, { profile, domain, supports, sources }: Contract): string | undefined => {
  if (need === 'owned-caller-id' && profile.numbers.callerId !== 'owned')
    return `${profile.id} does not document that a caller ID must be owned`
  if (need === 'custom-headers' && profile.customHeaders === undefined)
    return `${profile.id} does not document custom header fields`
  if (need === 'opus' && !profile.media.codecs.includes('opus')) return `${profile.id} does not document the codec opus`
  if (need === 'host-names' && profile.signalling.literalHosts !== 'ignored')
    return `${profile.id} does not document that calls to an address are ignored`
  if (need === 'two-platforms' && profile.signalling.otherPlatform === undefined)
    return `${profile.id} does not document platforms with hosts of their own`
  if (need === 'two-platforms' && !profile.signalling.hosts.includes(domain))
    return `the trunk is called at ${domain}, which is a host of neither platform`
  if (need === 'to-is-dialled' && profile.numbers.dialled !== 'to')
    return `${profile.id} does not document that the number in To is called`
  if (need === 'refused-realm' && profile.authentication.otherRealm !== 'refused')
    return `${profile.id} does not document what becomes of credentials for another realm`
  if (need === 'documented-realm' && profile.authentication.realm === undefined)
    return `${profile.id} does not document the realm for which it asks for credentials`
  if (need === 'provider-addresses' && (sources ?? []).length === 0)
    return 'the addresses of the provider are on its own hosts alone, or on loopback: calls come from ours'
  return supports[need] === false ? `trunkproof.yaml denies it: supports.${need}` : undefined
}

/** What a ladder of three parties needs of the phone. */
const lackingAtPhone = (ladder: Ladder, { phone }: Contract): string | undefined => {
  if (!isWithPhone(ladder)) return undefined
  if (phone === undefined) return 'trunkproof.yaml names no phone behind the PBX: phone.extensions'
  const used = namesUsed(Object.values(ladder.matrix))
  if (used.includes('phone.dials') && phone.dialPlan.length === 0)
    return 'trunkproof.yaml gives no example of what is dialled: phone.dialPlan'
  if (used.includes('phone.dids') && phone.dids.length === 0)
    return 'trunkproof.yaml gives no number at which the phone rings: numbers.did'
  return undefined
}

/** Why a ladder cannot be played against that SUT; `undefined` where it can. `unasked`: what a person would do, and nobody is there. */
export const notApplicable = (
  ladder: Ladder,
  contract: Contract,
  sut: Side,
  stimuli: ReadonlySet<Stimulus>,
  unasked: ReadonlySet<Stimulus> = new Set(),
): string | undefined => {
  if (!ladder.tests.includes(sut)) return `it tests the ${otherSide(sut)} only`
  for (const need of ladder.needs) {
    const reason = denied(need, contract)
    if (reason !== undefined) return reason
  }
  const unphoned = lackingAtPhone(ladder, contract)
  if (unphoned !== undefined) return unphoned
  const number = numbersOf(ladder).find((name) => contract.numbers[name] === undefined)
  if (number !== undefined) return `trunkproof.yaml gives no number: numbers.${number}`
  const lacking = stimuliOf(ladder, sut).find((stimulus) => !stimuli.has(stimulus))
  if (lacking === undefined) return undefined
  return unasked.has(lacking)
    ? `stimulus.${lacking} asks a person, and there is no terminal to ask at`
    : `trunkproof.yaml does not say how the ${sut === 'pbx' ? 'PBX' : 'trunk'} is made to ${lacking}: stimulus.${lacking}`
}
