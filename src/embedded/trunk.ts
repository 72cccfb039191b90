import { showEndpoint } from '../core/frame.ts'
import { addressedNumber, calledName, calledNumber, isToLiteral, refusalOf } from './admission.ts'
import { type Behaviour, type Refusal, behaviours, reasonOf, unassigned } from './behaviour.ts'
import { createGate } from './gate.ts'
import { sound } from './leg.ts'
import { type Incoming, openLine } from './line.ts'
import { createLoop } from './loop.ts'
import { type Originator, originate } from './originate.ts'
import type { EmbeddedOptions, EmbeddedParty } from './party.ts'
import { trunkPolicyOf } from './policy.ts'
import { byStimulus } from './stimulate.ts'

/** Ringing tone of Europe (ITU-T E.180 suppl. 2), played as early media. */
const ringingHz = 425

/** An autonomous provider on loopback: it demands and answers what the contract says, and calls the PBX when told to. */
export const startTrunk = async (options: EmbeddedOptions): Promise<EmbeddedParty> => {
  const { contract, world, seams, credentials, timers } = options
  const policy = seams.settings(trunkPolicyOf(contract, options.bind))
  const gate = createGate(policy, credentials, world)

  const ofUnassigned = (): Behaviour => (policy.unassigned === 'answer' ? { ring: 180, answerAfter: 1 } : unassigned)

  const serve = async (incoming: Incoming, behaviour: Exclude<Behaviour, Refusal>): Promise<void> => {
    const taken = await line.take(incoming)
    if (taken === undefined) return
    const { leg, answer } = taken
    const { ring, answerAfter, hangUpAfter } = behaviour
    if (ring === 183) {
      line.ring(leg, ring, answer)
      sound(leg, { kind: 'tone', hz: ringingHz })
    } else line.ring(leg, ring)
    if (answerAfter === undefined) return
    line.after(leg, answerAfter * timers.t1Ms, () => {
      line.accept(leg, answer)
      if (hangUpAfter !== undefined) line.after(leg, hangUpAfter * timers.t1Ms, () => line.hangUp(leg))
    })
  }

  const onInvite = (incoming: Incoming): void => {
    const { tx, request } = incoming
    const turned = gate(request)
    if (turned !== undefined) {
      line.refuse(tx, turned.status, turned.fields)
      return
    }
    const refused = refusalOf(request, policy)
    if (refused !== undefined) {
      line.refuse(tx, refused)
      return
    }
    const dialled = policy.dials === 'to' ? addressedNumber(request) : calledNumber(request)
    const name = calledName(policy.numbers, dialled)
    if (name === 'loop') {
      void loop.open(incoming)
      return
    }
    const behaviour = (name === undefined ? undefined : behaviours[name]) ?? ofUnassigned()
    if ('refuse' in behaviour) line.refuse(tx, behaviour.refuse, [reasonOf(behaviour)])
    else void serve(incoming, behaviour)
  }

  const loop = createLoop(() => originator, options, policy)
  const { onRinging, onAnswered, onOver } = loop
  const line = await openLine({
    party: options,
    policy,
    address: policy.signallingAddress,
    onInvite,
    onRinging,
    onAnswered,
    onOver,
    ignores: ({ message }) => isToLiteral(message) && policy.literalHosts === 'ignore',
  })

  const originator: Originator = { line, policy, called: contract.numbers.did, reachedAt: showEndpoint(line.local) }
  return {
    side: 'trunk',
    local: line.local,
    stimulate: byStimulus(line, {
      dial: (args) => originate(originator, options, args),
      target: () => `sip:${showEndpoint(options.peer())}`,
    }),
    fired: seams.fired,
    close: line.close,
  }
}
