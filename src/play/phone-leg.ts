import type { Disarm, World } from '../core/world.ts'
import type { SendOptions } from '../agent/user-agent.ts'
import type { Contract } from '../profile/contract.ts'
import type { With } from '../scenario/ladder.ts'
import type { Scope } from '../scenario/reference.ts'
import type { Request } from '../sip/message.ts'
import { type PlayedCall, agreement, createCall } from './call.ts'
import { answerBody, offerBody } from './describe.ts'

/** One call of a phone: mutable, owned by its table. */
export type Leg = {
  readonly played: PlayedCall
  readonly role: 'uac' | 'uas'
  /** `over`: it has ended for the phone, though an answer to its CANCEL may be to come. */
  phase: 'setting-up' | 'up' | 'over'
  /** Until it is picked up by itself. */
  ringer: Disarm | undefined
  /** Picks it up, while it rings. */
  pickUp: (() => void) | undefined
  readonly onRefused: ((why: string) => void) | undefined
  /** What its last re-INVITE offered, how often that met one of the PBX, and until it goes again. */
  offered: 'sendonly' | 'sendrecv'
  glares: number
  waiting: Disarm | undefined
}

export const createLeg = (role: Leg['role'], { token }: World, onRefused?: (why: string) => void): Leg => ({
  played: createCall('phone', Number.parseInt(token(28), 16)),
  role,
  phase: 'setting-up',
  ringer: undefined,
  pickUp: undefined,
  onRefused,
  offered: 'sendrecv',
  glares: 0,
  waiting: undefined,
})

type Body = Pick<SendOptions, 'body' | 'contentType'>

/** Our side of the media of a call; nothing where there is none to offer, or none that both speak. */
export type Describe = {
  readonly offer: (leg: Leg, direction?: With['direction']) => Body | undefined
  readonly answer: (leg: Leg, request: Request) => Body | undefined
}

/** As the contract has it. */
export const describeBy = (contract: Contract, advertise: string | undefined): Describe => {
  const { profile, numbers } = contract
  const scope: Scope = { profile, numbers, matrix: {}, kept: {}, edges: [], peer: '' }
  const asBody = (body: ReturnType<typeof offerBody>): Body | undefined =>
    body.ok && body.value !== undefined ? { body: body.value, contentType: 'application/sdp' } : undefined
  return {
    offer: ({ played }, direction) =>
      asBody(offerBody(played, direction === undefined ? {} : { direction }, contract, scope, advertise)),
    answer: ({ played }, request) => asBody(answerBody(played, request, {}, contract, scope, advertise)),
  }
}

/** Sends back what comes in, as far as both descriptions let it. */
export const sound = ({ played }: Leg): void => {
  const agreed = agreement(played)
  const sends = agreed?.direction === 'sendrecv' || agreed?.direction === 'sendonly'
  const { encoding } = agreed?.codec ?? {}
  if (agreed === undefined || !sends || (encoding !== 'PCMU' && encoding !== 'PCMA')) {
    played.media?.stop()
    return
  }
  const { codec, ptimeMs, remote } = agreed
  played.media?.play({
    remote,
    payloadType: codec.payloadType,
    codec: encoding,
    ptimeMs,
    source: { kind: 'echo' },
    cause: 'phone: audio',
  })
}

/** Presses digits as telephone-events; `false` where those are not agreed on. */
export const pressDigits = ({ played }: Leg, digits: string): boolean => {
  const agreed = agreement(played)
  if (agreed?.dtmf === undefined) return false
  const { dtmf, remote, ptimeMs } = agreed
  void played.media?.press({ digits, remote, payloadType: dtmf.payloadType, ptimeMs, cause: 'phone: press' })
  return true
}
