import { z } from 'zod'
import type { Side } from '../core/finding.ts'
import type { WireBend } from '../agent/user-agent.ts'
import { codecNames } from '../sdp/codecs.ts'
import { isKnownPath } from '../sip/view.ts'
import { dictionaryOf, listOf, mapOf, oneOf, portRange, text, wholeNumber } from '../profile/phrases.ts'
import { bendMessage, messageBends } from './bend-message.ts'
import { type Bridge, type PacketBend, createPacketBend, packetBend } from './bend-packet.ts'
import { opennesses } from './policy.ts'

const numberFormat = oneOf(['e164-plus', 'e164-bare', 'e164']).exactOptional()
const template = text('a text with the names of a shape').exactOptional()
const fields = dictionaryOf(
  text('a field name'),
  text('a text with the names of a shape'),
  'a map of fields',
).exactOptional()
const codecs = listOf(oneOf(codecNames), 'a list of codecs').exactOptional()

const fieldPathAllowed = 'a field path as in From.host'
const fieldPath = text(fieldPathAllowed).refine(isKnownPath, fieldPathAllowed)

const partyPatch = {
  shape: mapOf({ requestUri: template, from: template, to: template, contact: template, fields }).exactOptional(),
  writes: mapOf({ called: numberFormat, caller: numberFormat }).exactOptional(),
  codecs,
  alsoOffers: codecs,
  respondsOn: oneOf(['same', 'new']).exactOptional(),
  digitsBy: oneOf(['rfc4733', 'info']).exactOptional(),
  unshared: oneOf(['refuse', 'answer']).exactOptional(),
  answers: oneOf(opennesses).exactOptional(),
  reoffers: z.union([wholeNumber(400, 699), z.literal('inactive')], 'a status, or inactive').exactOptional(),
  fromElsewhere: wholeNumber(400, 699).exactOptional(),
  mediaAddress: text('an IP address').exactOptional(),
  mediaPorts: portRange.exactOptional(),
  admits: listOf(text('an address block'), 'a list of address blocks').exactOptional(),
  refuses: listOf(
    mapOf({ path: fieldPath, holds: text('a part of its value').exactOptional(), status: wholeNumber(400, 699) }),
    'a list of field paths with what they hold and the status that they get',
  ).exactOptional(),
  channels: mapOf({ count: wholeNumber(1, 1000), status: wholeNumber(400, 699) }).exactOptional(),
}

/** A patch of a party's own settings (`policy.ts`): what is not named stays as the contract has it. */
const patches = {
  trunk: mapOf({
    ...partyPatch,
    signallingAddress: text('an IP address').exactOptional(),
    hosts: oneOf(['any']).exactOptional(),
    realm: text('a realm').exactOptional(),
    withoutHops: oneOf(['served']).exactOptional(),
    literalHosts: oneOf(['serve', 'ignore']).exactOptional(),
    accepts: oneOf(['right', 'any-user', 'any', 'unasked', 'none']).exactOptional(),
    otherRealm: oneOf(['refuse', 'challenge', 'accept']).exactOptional(),
    owned: oneOf(['any']).exactOptional(),
    forwarding: mapOf({
      udp: text('a URI with {number}').exactOptional(),
      tcp: text('a URI with {number}').exactOptional(),
    }).exactOptional(),
    dials: oneOf(['to', 'request-uri']).exactOptional(),
    unassigned: oneOf(['refuse', 'answer']).exactOptional(),
    loops: mapOf({
      caller: text('a number').exactOptional(),
      called: text('a number').exactOptional(),
      fields: oneOf(['kept', 'dropped']).exactOptional(),
      audio: oneOf(['both', 'one-way']).exactOptional(),
      digits: oneOf(['kept', 'dropped']).exactOptional(),
    }).exactOptional(),
    refusal: z.union([wholeNumber(400, 699), z.literal('challenge')], 'a status, or challenge').exactOptional(),
  }),
  pbx: mapOf({
    ...partyPatch,
    advertise: text('a host and port').exactOptional(),
    asks: text('a realm').exactOptional(),
    credentials: mapOf({
      username: text('a user name').exactOptional(),
      password: text('a password').exactOptional(),
    }).exactOptional(),
    answersRealm: text('a realm').exactOptional(),
    knowsRealm: text('a realm, or any').exactOptional(),
    insists: wholeNumber(1, 10).exactOptional(),
    dialPlan: listOf(
      mapOf({ prefix: z.string('a text'), becomes: z.string('a text') }),
      'a list of prefixes with what they become',
    ).exactOptional(),
    calls: oneOf(['ring', 'answered']).exactOptional(),
    phone: oneOf(['released', 'left']).exactOptional(),
  }),
} as const satisfies Record<Side, z.ZodType>

/**
 * Schema of what a fault does at a party: a patch of its settings, or a bend of what it puts on the wire. It reads these
 * keys out of a larger map.
 */
export const seamSpecOf = <S extends Side>(side: S) =>
  z.discriminatedUnion(
    'seam',
    [
      z.object({ seam: z.literal('policy'), policy: patches[side] }),
      z.object({ seam: z.literal('wire'), wire: messageBends }),
      z.object({ seam: z.literal('packet'), packet: packetBend }),
    ],
    'a map whose seam is one of: policy, wire, packet',
  )
export type SeamSpec = z.infer<ReturnType<typeof seamSpecOf<Side>>>

/** Where a party lets itself be bent. */
export type Seams = {
  /** Its settings with the patch in place. */
  readonly settings: <P extends object>(policy: P) => P
  readonly outgoing: WireBend | undefined
  /** A bend for the packets of one media port. */
  readonly packets: (() => PacketBend) | undefined
  /** Whether a patched setting was read, or anything on the wire was bent. */
  readonly fired: () => boolean
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Maps merge, all else is replaced. A patched setting tells when it is read: a fault that no one met must not count. */
const patched = <P extends object>(policy: P, patch: Readonly<Record<string, unknown>>, onRead: () => void): P => {
  const settings = { ...policy }
  for (const [key, value] of Object.entries(patch)) {
    const own: unknown = Object.getOwnPropertyDescriptor(policy, key)?.value
    const whole = isRecord(own) && isRecord(value) ? { ...own, ...value } : value
    Object.defineProperty(settings, key, {
      enumerable: true,
      get: () => {
        onRead()
        return whole
      },
    })
  }
  return settings
}

/** The seams of a party as one fault sets them; without a spec the party is as the contract has it. */
export const seamsOf = (spec?: SeamSpec): Seams => {
  let hits = 0
  const bridge: Bridge = new Map()
  const hit = (): void => {
    hits += 1
  }
  return {
    settings: (policy) => (spec?.seam === 'policy' ? patched(policy, spec.policy, hit) : policy),
    outgoing:
      spec?.seam === 'wire'
        ? (message) => {
            const bent = bendMessage(spec.wire, message)
            if (bent.length !== 1 || bent[0] !== message) hit()
            return bent
          }
        : undefined,
    packets: spec?.seam === 'packet' ? () => createPacketBend(spec.packet, bridge, hit) : undefined,
    fired: () => hits > 0,
  }
}
