import { showEndpoint } from '../core/frame.ts'
import { expandForwarding } from '../profile/forwarding.ts'
import { writeAs } from '../profile/numbers.ts'
import { forwardedTo, shapeOf } from '../profile/shape.ts'
import type { FieldDraft } from '../sip/message.ts'
import type { Leg } from './leg.ts'
import type { Line } from './line.ts'
import type { EmbeddedOptions, StimulusArguments } from './party.ts'
import type { PartyPolicy } from './policy.ts'

export type Originator = {
  readonly line: Line
  readonly policy: PartyPolicy
  /** Number that is called where the stimulus names none. */
  readonly called: string | undefined
  /** `host:port` under which the party is reached. */
  readonly reachedAt: string
}

/** Calls the other side in the party's own shape, and with those fields beside; nothing where the line cannot. */
export const originate = (
  { line, policy, called, reachedAt }: Originator,
  { contract, world, peer, transport }: EmbeddedOptions,
  { to, from, codecs }: StimulusArguments,
  fields: readonly FieldDraft[] = [],
): Promise<Leg | undefined> => {
  const callee = writeAs(policy.writes.called, to ?? called ?? '')
  const caller = writeAs(policy.writes.caller, from ?? contract.numbers.callerId ?? '')
  const forwarding = policy.forwarding?.[transport]
  const shape =
    forwarding === undefined ? policy.shape : forwardedTo(policy.shape, expandForwarding(forwarding, callee))
  const invite = shapeOf(shape, {
    callee,
    did: callee,
    callerId: caller,
    caller,
    host: contract.domain,
    pbx: showEndpoint(peer()),
    edge: reachedAt,
    transport,
    token: world.token(64),
  })
  if (!invite.ok) throw new Error(`the shape of an INVITE cannot be filled: ${invite.fault.saw}`)
  const shaped = { ...invite.value, fields: [...invite.value.fields, ...fields] }
  return line.dial(shaped, codecs === undefined || codecs.length === 0 ? policy.codecs : codecs)
}
