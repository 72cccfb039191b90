import { inCidr, scopeOf } from '../core/address.ts'
import { type Side, otherSide } from '../core/finding.ts'
import { type Endpoint, type Frame, sameEndpoint } from '../core/frame.ts'
import type { Message } from '../sip/message.ts'
import type { Hop, ObserverOptions, RolesOption } from './trace.ts'

/** One end of a hop: who sent a message. Which side it is may yet turn out; what it is called by never changes. */
export type Origin = {
  readonly hop: number
  /** Unlike that of any other end. */
  readonly key: string
  readonly side: () => Side
  readonly other: () => Origin
}

export type Hops = {
  /** The sender of a frame; `undefined` where neither party that we know of has the tap. */
  readonly senderOf: (frame: Frame) => Origin | undefined
  /** Learns from a message which side its sender is, and whether the other one has spoken. */
  readonly learn: (sender: Origin, message: Message, isInDialog: boolean) => void
  /** The origin at that address, where all hops that have it agree. */
  readonly originAt: (address: string) => Origin | undefined
  readonly list: () => readonly Hop[]
}

/** How well a role is known: each outweighs those before it. */
const weights = { guess: 0, request: 1, scope: 2, challenge: 3, address: 4 } as const

type Open = {
  readonly ends: readonly [Endpoint, Endpoint]
  readonly origins: readonly [Origin, Origin]
  /** Index of the end that is the PBX. */
  pbx: 0 | 1
  weight: number
  readonly spoke: [boolean, boolean]
  /** The other end has shown that this one spoke. */
  readonly answeredTo: [boolean, boolean]
}

const copyOf = ({ address, port }: Endpoint): Endpoint => ({ address, port })

const openHop = (number: number, first: Endpoint, second: Endpoint): Open => {
  const origin = (end: 0 | 1): Origin => ({
    hop: number,
    key: `${number}.${end}`,
    side: () => (open.pbx === end ? 'pbx' : 'trunk'),
    other: () => open.origins[end === 0 ? 1 : 0],
  })
  const open: Open = {
    ends: [copyOf(first), copyOf(second)],
    origins: [origin(0), origin(1)],
    pbx: 0,
    weight: weights.guess,
    spoke: [false, false],
    answeredTo: [false, false],
  }
  return open
}

const sideOfAddress = (address: string, roles: RolesOption): Side | undefined => {
  const isTrunk = roles.trunkAddresses.some((block) => inCidr(address, block))
  const isPbx = roles.pbxAddresses.some((block) => inCidr(address, block))
  return isTrunk === isPbx ? undefined : isTrunk ? 'trunk' : 'pbx'
}

const isFar = (address: string): boolean => ['public', 'documentation'].includes(scopeOf(address))

const decide = (open: Open, pbx: 0 | 1, weight: number): void => {
  if (weight <= open.weight) return
  open.pbx = pbx
  open.weight = weight
}

const decideByAddresses = (open: Open, roles: RolesOption): void => {
  const [first, second] = open.ends.map(({ address }) => address)
  if (first === undefined || second === undefined) return
  const told = sideOfAddress(first, roles)
  const toldOfSecond = sideOfAddress(second, roles)
  const side = told ?? (toldOfSecond && otherSide(toldOfSecond))
  if (side !== undefined && told !== toldOfSecond) decide(open, side === 'pbx' ? 0 : 1, weights.address)
  if (isFar(first) !== isFar(second)) decide(open, isFar(first) ? 1 : 0, weights.scope)
}

const unseenOf = (open: Open): Side | undefined => {
  const end = open.spoke.findIndex((spoke, index) => !spoke && open.answeredTo[index])
  return end < 0 ? undefined : end === open.pbx ? 'pbx' : 'trunk'
}

const hopOf = (open: Open): Hop => ({
  pbx: open.ends[open.pbx],
  trunk: open.ends[open.pbx === 0 ? 1 : 0],
  sure: open.weight === weights.address,
  unseen: unseenOf(open),
})

const endOf = ({ key }: Origin): 0 | 1 => (key.endsWith('1') ? 1 : 0)

const learnInto = (open: Open, sender: Origin, message: Message, isInDialog: boolean): void => {
  const end = endOf(sender)
  const other = end === 0 ? 1 : 0
  open.spoke[end] = true
  // A response answers a request, and a tag in To was given by the other end (RFC 3261 §12.1).
  if (message.kind === 'response' || isInDialog) open.answeredTo[other] = true
  if (message.kind === 'request') decide(open, end, weights.request)
  else if (message.status === 401 || message.status === 407) decide(open, other, weights.challenge)
}

/** A run of ours: one hop, whose ends the tap tells. */
const ofRun = (played: Side): Hops => {
  let open: Open | undefined
  const fixed = openHop(0, { address: '', port: 0 }, { address: '', port: 0 })
  const [pbx, trunk] = fixed.origins
  const us = played === 'pbx' ? pbx : trunk
  const senderOf: Hops['senderOf'] = ({ tap, source, destination }) => {
    if (tap === 'observed') return undefined
    const sender = tap === 'sent' ? us : us.other()
    open ??= sender === pbx ? openHop(0, source, destination) : openHop(0, destination, source)
    return sender
  }
  const list = (): readonly Hop[] => (open === undefined ? [] : [{ ...hopOf(open), sure: true }])
  return { senderOf, learn: () => undefined, originAt: () => undefined, list }
}

const text = ({ address, port }: Endpoint): string => `${address} ${port}`

/** More than one capture of SIP has; what is beyond is told by the counts of the trace. */
const maxHops = 100_000
/** Ways that are remembered: a port may be another one in each message. */
const maxWays = 400_000

/** A capture of strangers: a hop for each pair of endpoints that talk SIP with one another. */
const ofStrangers = (roles: RolesOption): Hops => {
  const hops: Open[] = []
  const byWay = new Map<string, Open>()
  const byAddress = new Map<string, Origin | 'several'>()

  const add = (source: Endpoint, destination: Endpoint): Open => {
    const open = openHop(hops.length, source, destination)
    decideByAddresses(open, roles)
    hops.push(open)
    for (const [end, { address }] of open.ends.entries()) {
      const known = byAddress.get(address)
      const origin = open.origins[end === 0 ? 0 : 1]
      byAddress.set(address, known === undefined ? origin : 'several')
    }
    return open
  }

  /** Where the two have different addresses, a port of one may change: each request over TCP has its own. */
  const aliasesOf = (a: Endpoint, b: Endpoint, isStream: boolean): readonly string[] => {
    if (a.address === b.address) return []
    const oneOf = [`${a.address} | ${text(b)}`, `${b.address} | ${text(a)}`]
    return isStream ? [...oneOf, [a.address, b.address].sort().join(' || ')] : oneOf
  }

  const find = ({ source, destination, layer }: Frame): Open | undefined => {
    const way = `${text(source)} > ${text(destination)}`
    const known = byWay.get(way)
    if (known !== undefined) return known
    const names = [`${text(destination)} > ${text(source)}`, ...aliasesOf(source, destination, layer !== 'datagram')]
    const alike = names.flatMap((name) => byWay.get(name) ?? [])[0]
    if (alike === undefined && hops.length >= maxHops) return undefined
    const open = alike ?? add(source, destination)
    if (byWay.size >= maxWays) return open
    byWay.set(way, open)
    for (const name of aliasesOf(source, destination, true)) if (!byWay.has(name)) byWay.set(name, open)
    return open
  }

  const senderOf: Hops['senderOf'] = (frame) => {
    const open = find(frame)
    if (open === undefined) return undefined
    const [first, second] = open.ends
    const isFirst =
      first.address === second.address ? sameEndpoint(frame.source, first) : frame.source.address === first.address
    return open.origins[isFirst ? 0 : 1]
  }
  const learn: Hops['learn'] = (sender, message, isInDialog) => {
    const open = hops[sender.hop]
    if (open !== undefined) learnInto(open, sender, message, isInDialog)
  }
  const originAt: Hops['originAt'] = (address) => {
    const origin = byAddress.get(address)
    return origin === 'several' ? undefined : origin
  }
  return { senderOf, learn, originAt, list: () => hops.map(hopOf) }
}

export const createHops = (options: ObserverOptions): Hops =>
  'roles' in options ? ofStrangers(options.roles) : ofRun(options.played)
