import { showEndpoint } from '../core/frame.ts'
import type { FieldDraft } from '../sip/message.ts'
import type { World } from '../core/world.ts'
import { createAuthenticator } from '../session/authenticate.ts'
import { calledName, calledNumber, sameNumber } from './admission.ts'
import { reasonOf, refusalsIn, unassigned } from './behaviour.ts'
import { createBridge } from './bridge.ts'
import { credentialsFor } from './credentials.ts'
import { byDialPlan } from './dial-plan.ts'
import { type Extensions, openExtensions, phoneDomain } from './extensions.ts'
import type { Leg } from './leg.ts'
import { type Incoming, openLine } from './line.ts'
import { originate } from './originate.ts'
import type { EmbeddedOptions, EmbeddedParty } from './party.ts'
import { pbxPolicyOf } from './policy.ts'
import { byStimulus } from './stimulate.ts'

/** Its extension rings that long before it is picked up, in T1. */
const ringTime = 1

const challengeFields = (realm: string, world: World): readonly FieldDraft[] =>
  createAuthenticator({ realm, challenge: 401, algorithms: ['MD5'], world, nonceLifeMs: 0 }).challengeFields(false)

/** An autonomous PBX on loopback: answers its DID, calls out with credentials when told to, and echoes what it hears. */
export const startPbx = async (options: EmbeddedOptions): Promise<EmbeddedParty> => {
  const { contract, world, seams, credentials, timers } = options
  const policy = seams.settings(pbxPolicyOf(contract, options.bind))
  const answers = new WeakMap<Leg, Uint8Array>()
  const bridge = createBridge()
  let extensions: Extensions | undefined

  const pickUp = (leg: Leg): void => {
    const body = answers.get(leg)
    answers.delete(leg)
    if (body !== undefined) line.accept(leg, body)
  }

  const onInvite = async (incoming: Incoming): Promise<void> => {
    const { did, asks } = policy
    if (asks !== undefined) {
      line.refuse(incoming.tx, 401, challengeFields(asks, world))
      return
    }
    const called = calledNumber(incoming.request)
    if (did === undefined || !sameNumber(did, called)) {
      const name = calledName(policy.numbers, called)
      const refusal = (name === undefined ? undefined : refusalsIn[name]) ?? unassigned
      line.refuse(incoming.tx, refusal.refuse, [reasonOf(refusal)])
      return
    }
    const taken = await line.take(incoming)
    if (taken === undefined) return
    answers.set(taken.leg, taken.answer)
    if (extensions?.reached() === true && policy.calls === 'ring') {
      const ringing = await extensions.ring()
      if (ringing === undefined) line.hangUp(taken.leg, 503)
      else if (taken.leg.phase === 'over') extensions.line.hangUp(ringing)
      else bridge.join(taken.leg, ringing)
      return
    }
    line.ring(taken.leg, 180)
    line.after(taken.leg, ringTime * timers.t1Ms, () => pickUp(taken.leg))
  }

  const { advertise } = policy
  const line = await openLine({
    party: options,
    policy,
    onInvite: (incoming) => void onInvite(incoming),
    onRefused: credentialsFor(policy, credentials, world),
    onRinging: (leg) => {
      const phone = bridge.other(leg)
      if (phone !== undefined) extensions?.line.ring(phone, 180)
    },
    onAnswered: (leg) => {
      const phone = bridge.other(leg)
      const answer = phone === undefined ? undefined : answers.get(phone)
      if (phone !== undefined && answer !== undefined) extensions?.line.accept(phone, answer)
    },
    onOver: (leg, status) => {
      if (extensions !== undefined && policy.phone === 'released') bridge.part(leg, extensions.line, status)
    },
    ...(advertise === undefined ? {} : { advertise }),
  })

  const reachedAt = advertise ?? showEndpoint(line.local)
  const originator = { line, policy, called: contract.numbers.callee, reachedAt }

  /** A call of the phone goes to the trunk as the dial plan says. */
  const callOut = async (incoming: Incoming): Promise<void> => {
    const taken = await extensions?.line.take(incoming)
    if (taken === undefined) return
    answers.set(taken.leg, taken.answer)
    const out = await originate(originator, options, {
      to: byDialPlan(policy.dialPlan, calledNumber(incoming.request)),
    })
    if (out === undefined) extensions?.line.hangUp(taken.leg, 503)
    else if (taken.leg.phase === 'over') line.hangUp(out)
    else bridge.join(taken.leg, out)
  }

  if (options.extension !== undefined)
    extensions = await openExtensions({
      party: options,
      policy: pbxPolicyOf(contract, options.bind),
      extension: options.extension,
      onCall: (incoming) => void callOut(incoming),
      onRinging: (leg) => {
        const caller = bridge.other(leg)
        if (caller !== undefined) line.ring(caller, 180)
      },
      onAnswered: (leg) => {
        const caller = bridge.other(leg)
        if (caller !== undefined) pickUp(caller)
      },
      onOver: (leg, status) => bridge.part(leg, line, status),
    })

  return {
    side: 'pbx',
    local: line.local,
    stimulate: byStimulus(line, {
      dial: (args) => originate(originator, options, args),
      answer: pickUp,
      target: () => `sip:${contract.domain}`,
    }),
    phones:
      extensions === undefined
        ? undefined
        : { endpoint: extensions.line.local, transport: options.transport, domain: phoneDomain },
    fired: seams.fired,
    close: async () => {
      await Promise.all([line.close(), extensions?.line.close()])
    },
  }
}
