import { type Side, otherSide } from '../core/finding.ts'
import { type Endpoint, showEndpoint } from '../core/frame.ts'
import { type Result, fault, ok } from '../core/result.ts'
import { createUserAgent } from '../agent/create-user-agent.ts'
import { openMedia } from '../agent/media.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import { type SipSocket, openSipSocket } from '../net/sip-socket.ts'
import { type PlayedCall, createCall } from '../play/call.ts'
import { type Player, createPlayer } from '../play/player.ts'
import type { Ladder } from '../scenario/ladder.ts'
import type { Contract } from '../profile/contract.ts'
import { namesUsed } from '../scenario/names.ts'
import { stepsOf } from '../scenario/phone-steps.ts'
import type { LadderRecord } from './assemble.ts'
import type { LadderEnd, LadderMeta } from './header.ts'
import type { LadderRunOptions } from './ladder-options.ts'
import { withPhone } from './ladder-phone.ts'
import type { Planned } from './plan.ts'
import type { LadderRecorder } from './recorder.ts'
import { createScreen } from './screen.ts'

export const metaOf = ({ ladder, side, cell }: Planned): LadderMeta => ({
  id: ladder.id,
  side,
  cell: cell.name,
  title: ladder.title,
  breaks: ladder.breaks,
})

/** A PBX that registers before it calls must find a registrar in the trunk that we play. */
const methods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']

const edgesOf = (ladder: Ladder): number =>
  Math.max(1, ...stepsOf(ladder).map((step) => (step.kind === 'message' ? (step.edge ?? 1) : 1)))

/** Those that we play towards the SUT: the phone's leg has media of its own. */
const callNames = (ladder: Ladder): ReadonlySet<string> =>
  new Set(stepsOf(ladder).flatMap((step) => (step.kind === 'verb' && step.phone !== undefined ? [] : [step.call])))

/** Calls whose 2xx stays without our ACK, because the ladder says `without: ACK`. */
const withoutAck = (ladder: Ladder): ReadonlySet<string> =>
  new Set(
    stepsOf(ladder).flatMap((step) => (step.kind === 'message' && step.without.includes('ACK') ? [step.call] : [])),
  )

/** The address that the ladder wants an edge to have, by the variables of the cell. */
const wantedAddress = (edge: number, { ladder, cell }: Planned): string | undefined => {
  const [source] = stepsOf(ladder).flatMap((step) =>
    step.kind === 'message' && (step.edge ?? 1) === edge + 1 && step.with.source !== undefined
      ? [step.with.source]
      : [],
  )
  const [name] = source === undefined ? [] : namesUsed([source])
  return name === undefined ? source : cell.values[name]
}

/** Of the provider, where our side has some: each further edge is then on one of its own. */
const sourceOf = (
  edge: number,
  { planned: { side }, contract: { sources = [] } }: LadderRunOptions,
): string | undefined =>
  edge === 0 || side === 'trunk' ? undefined : sources[(edge - 1) % Math.max(1, sources.length)]

/** The first edge has the port that was asked for, the others any. */
const openEdge = (edge: number, options: LadderRunOptions): Promise<SipSocket> => {
  const { planned, bind, loopbackOnly } = options
  return openSipSocket(planned.cell.transport, {
    address: wantedAddress(edge, planned) ?? sourceOf(edge, options) ?? bind.address,
    ...(bind.port === 0 || edge > 0 ? {} : { port: bind.port }),
    loopbackOnly,
  })
}

const openCall = async (name: string, options: LadderRunOptions, record: LadderRecorder): Promise<PlayedCall> => {
  const { planned, contract, world, ticker, bind, rtpPorts, loopbackOnly } = options
  const ports = rtpPorts ?? (planned.side === 'pbx' ? contract.mediaPorts : undefined)
  const call = createCall(name, Number.parseInt(world.token(28), 16))
  call.media = await openMedia({
    address: bind.address,
    world,
    ticker,
    record: record.media,
    loopbackOnly,
    ...(ports === undefined ? {} : { ports }),
  })
  return call
}

type Ours = { readonly sockets: readonly SipSocket[]; readonly calls: ReadonlyMap<string, PlayedCall> }

const closeMedia = async (calls: Ours['calls']): Promise<void> => {
  await Promise.all([...calls.values()].map(async ({ media }) => media?.close()))
}

/** Our sockets and media ports. Where one cannot be had, `saw` says why, and none is left open. */
const openOurs = async (options: LadderRunOptions, record: LadderRecorder): Promise<Result<Ours>> => {
  const { ladder } = options.planned
  const sockets: SipSocket[] = []
  const calls = new Map<string, PlayedCall>()
  try {
    for (let edge = 0; edge < edgesOf(ladder); edge += 1) sockets.push(await openEdge(edge, options))
    for (const name of callNames(ladder)) calls.set(name, await openCall(name, options, record))
    return ok({ sockets, calls })
  } catch (error) {
    await Promise.all(sockets.map((socket) => socket.close()))
    await closeMedia(calls)
    const why = error instanceof Error ? error.message : String(error)
    return fault('ports.taken', 'none', `no port for our side (${why}): see --bind, --rtp-ports`)
  }
}

/** Where in-dialog requests go when a Contact's host cannot be reached from here: back to where the packet came from. */
const looseContact = (loopbackOnly: boolean) =>
  loopbackOnly ? { looseContact: (_uri: string, source: Endpoint) => source } : {}

/** Where the SUT sends from: a trunk from all that its provider documents. */
const addressesOf = (sut: Side, { address }: Endpoint, { signallingAddresses = [] }: Contract): readonly string[] =>
  sut === 'trunk' ? [address, ...signallingAddresses] : [address]

/** Plays one ladder against one far end and gives back what was seen. All that it opened is closed. */
export const runLadder = async (options: LadderRunOptions): Promise<LadderRecord> => {
  const { planned, contract, world, recorder, advertise } = options
  const { ladder, side } = planned
  const us = otherSide(side)
  const meta = metaOf(planned)
  const begunMs = world.clock.nowMs()
  const heard: { onSent?: Player['onSent'] } = {} // the player comes later than the recorder that it is told by
  const record: LadderRecorder = recorder.ladder(meta, (frame, cause) => {
    heard.onSent?.(frame, cause)
  })
  const ours = await openOurs(options, record)
  const [first] = ours.ok ? ours.value.sockets : []
  if (!ours.ok || first === undefined) {
    const end = { outcomes: [], durationMs: 0, left: [], notPlayed: ours.ok ? 'no edge' : ours.fault.saw }
    record.end(end)
    return { meta, end, trace: record.trace() }
  }
  const { sockets, calls } = ours.value
  const reached = await options.farEnd(side, () => first.local, planned.cell.transport)
  const opened = await withPhone(reached, options.phone, options, record)
  if (!opened.ok) {
    await Promise.all([...sockets.map((socket) => socket.close()), closeMedia(calls), reached.close()])
    const { why: notPlayed, advice } = opened
    const end = { outcomes: [], durationMs: world.clock.nowMs() - begunMs, left: [], notPlayed, advice }
    record.end(end)
    return { meta, end, trace: record.trace() }
  }
  const far = opened.value
  const edges = sockets.map(({ local }) => showEndpoint({ ...local, address: advertise ?? local.address }))
  const player = createPlayer({
    ladder,
    cell: planned.cell.values,
    us,
    contract,
    credentials: options.credentials,
    peer: far.peer,
    transport: planned.cell.transport,
    world,
    defaultWithinMs: 64 * options.timers.t1Ms,
    calls,
    edges,
    advertise,
    withoutAck: withoutAck(ladder),
    stimuli: far.stimuli,
    phone: far.phone,
    signal: AbortSignal.any([options.signal, record.flooded]),
    onOutcome: record.outcome,
  })
  heard.onSent = player.onSent
  const screen = options.loopbackOnly ? undefined : createScreen(addressesOf(side, far.peer, contract), contract)
  const ua: UserAgent = await createUserAgent({
    world,
    sockets,
    timers: options.timers,
    record: (draft, cause) =>
      screen?.isStrangeDatagram(draft) === true
        ? { number: 0, timeMs: world.clock.nowMs() }
        : record.signalling(draft, cause),
    ignores: ({ message, source }) => screen?.isStrange(message, source) === true,
    onEvent: player.onEvent,
    userAgent: 'trunkproof',
    allow: us === 'trunk' ? [...methods, 'REGISTER'] : methods,
    ...looseContact(options.loopbackOnly),
    ...(advertise === undefined ? {} : { advertise }),
  })
  const play = async () => {
    try {
      const played = await player.play(ua)
      return { ...played, left: [...played.left, ...((await far.phone?.close()) ?? [])] }
    } finally {
      await far.phone?.close()
      await ua.close()
      await closeMedia(calls)
      await far.close()
    }
  }
  const { outcomes, left } = await play()
  const unfinished = options.signal.aborted && outcomes.some(({ status }) => status === 'not-reached')
  const cut = unfinished || outcomes.length === 0 ? 'the run was interrupted' : undefined
  const end: LadderEnd = {
    outcomes,
    durationMs: world.clock.nowMs() - begunMs,
    left,
    strangers: screen?.told(),
    cut: record.flooded.aborted ? 'more was sent to us than is kept of one ladder, so it was ended' : cut,
  }
  record.end(end)
  return { meta, end, trace: record.trace() }
}
