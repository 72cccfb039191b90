import type { Side } from '../core/finding.ts'
import { otherSide } from '../core/finding.ts'
import { type Endpoint, showEndpoint } from '../core/frame.ts'
import type { World } from '../core/world.ts'
import { createUserAgent } from '../agent/create-user-agent.ts'
import { openMedia } from '../agent/media.ts'
import type { UserAgent, UserAgentOptions } from '../agent/user-agent.ts'
import { type UdpSocket, openUdp } from '../net/udp.ts'
import type { Ticker } from '../net/ticker.ts'
import type { Contract } from '../profile/contract.ts'
import type { PortRange } from '../profile/profile.ts'
import type { Credentials } from '../sip/digest.ts'
import { type PlayedCall, createCall } from '../play/call.ts'
import { createPlayer } from '../play/player.ts'
import type { Stimuli } from '../play/stimulus.ts'
import type { Ladder } from '../scenario/ladder.ts'
import type { LadderRecord } from './assemble.ts'
import type { LadderEnd, LadderMeta } from './header.ts'
import type { Planned } from './plan.ts'
import type { LadderRecorder, RunRecorder } from './recorder.ts'

/** The far end of one ladder run: where it listens, how it is moved, and how it is stopped. */
export type FarEnd = { readonly peer: Endpoint; readonly stimuli: Stimuli; readonly close: () => Promise<void> }

export type LadderRunOptions = {
  readonly planned: Planned
  readonly contract: Contract
  readonly credentials: Credentials | undefined
  readonly world: World
  readonly ticker: Ticker
  readonly timers: UserAgentOptions['timers']
  readonly bind: Endpoint
  readonly advertise: string | undefined
  readonly rtpPorts: PortRange | undefined
  readonly loopbackOnly: boolean
  readonly recorder: RunRecorder
  readonly signal: AbortSignal
  /** Brings up the SUT, or says where it is; `us` gives our first edge. */
  readonly farEnd: (side: Side, us: () => Endpoint) => Promise<FarEnd>
}

export const metaOf = ({ ladder, side, cell }: Planned): LadderMeta => ({
  id: ladder.id,
  side,
  cell: cell.name,
  title: ladder.title,
  breaks: ladder.breaks,
})

/** A PBX that registers before it calls must find a registrar in the trunk that we play. */
const methods = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']

const stepsOf = (ladder: Ladder) => [...ladder.setup, ...ladder.ladder, ...ladder.finally]

const edgesOf = (ladder: Ladder): number =>
  Math.max(1, ...stepsOf(ladder).map((step) => (step.kind === 'message' ? step.edge : 1)))

const callNames = (ladder: Ladder): ReadonlySet<string> => new Set(stepsOf(ladder).map((step) => step.call))

/** Calls whose 2xx stays without our ACK, because the ladder says `without: ACK`. */
const withoutAck = (ladder: Ladder): ReadonlySet<string> =>
  new Set(
    stepsOf(ladder).flatMap((step) => (step.kind === 'message' && step.without.includes('ACK') ? [step.call] : [])),
  )

const openEdges = (count: number, options: LadderRunOptions): Promise<readonly UdpSocket[]> => {
  const { bind, loopbackOnly } = options
  const open = (edge: number) =>
    openUdp({ address: bind.address, ...(bind.port === 0 || edge > 0 ? {} : { port: bind.port }), loopbackOnly })
  return Promise.all(Array.from({ length: count }, (_, edge) => open(edge)))
}

/** Where in-dialog requests go when a Contact's host cannot be reached from here: back to where the packet came from. */
const looseContact = (loopbackOnly: boolean) =>
  loopbackOnly ? { looseContact: (_uri: string, source: Endpoint) => source } : {}

/** Plays one ladder against one far end and gives back what was seen. All that it opened is closed. */
export const runLadder = async (options: LadderRunOptions): Promise<LadderRecord> => {
  const { planned, contract, world, recorder, advertise } = options
  const { ladder, side } = planned
  const us = otherSide(side)
  const meta = metaOf(planned)
  const begunMs = world.clock.nowMs()
  const heard: { onSent?: (frame: number) => void } = {} // the player comes later than the recorder that it is told by
  const record: LadderRecorder = recorder.ladder(meta, (frame) => {
    heard.onSent?.(frame)
  })
  const sockets = await openEdges(edgesOf(ladder), options)
  const first = sockets[0]
  if (first === undefined) throw new Error('a ladder run without a socket')
  const far = await options.farEnd(side, () => first.local)
  const calls = await openCalls(options, record)
  const edges = sockets.map(({ local }) => showEndpoint({ ...local, address: advertise ?? local.address }))
  const player = createPlayer({
    ladder,
    cell: planned.cell.values,
    us,
    contract,
    credentials: options.credentials,
    peer: far.peer,
    world,
    defaultWithinMs: 64 * options.timers.t1Ms,
    calls,
    edges,
    advertise,
    withoutAck: withoutAck(ladder),
    stimuli: far.stimuli,
    signal: options.signal,
    onOutcome: record.outcome,
  })
  heard.onSent = player.onSent
  const ua: UserAgent = await createUserAgent({
    world,
    sockets,
    timers: options.timers,
    record: record.signalling,
    onEvent: player.onEvent,
    userAgent: 'trunkproof',
    allow: us === 'trunk' ? [...methods, 'REGISTER'] : methods,
    ...looseContact(options.loopbackOnly),
    ...(advertise === undefined ? {} : { advertise }),
  })
  try {
    const { outcomes, left } = await player.play(ua)
    const unfinished = options.signal.aborted && outcomes.some(({ status }) => status === 'not-reached')
    const end: LadderEnd = {
      outcomes,
      durationMs: world.clock.nowMs() - begunMs,
      left,
      ...(unfinished || outcomes.length === 0 ? { cut: 'the run was interrupted' } : {}),
    }
    record.end(end)
    return { meta, end, trace: record.trace() }
  } finally {
    await ua.close()
    await Promise.all([...calls.values()].map(async (call) => call.media?.close()))
    await far.close()
  }
}

const openCalls = async (
  options: LadderRunOptions,
  record: LadderRecorder,
): Promise<ReadonlyMap<string, PlayedCall>> => {
  const { planned, contract, world, ticker, bind, rtpPorts, loopbackOnly } = options
  const ports = rtpPorts ?? (planned.side === 'pbx' ? contract.mediaPorts : undefined)
  const opened = [...callNames(planned.ladder)].map(async (name) => {
    const call = createCall(name, Number.parseInt(world.token(28), 16))
    call.media = await openMedia({
      address: bind.address,
      world,
      ticker,
      record: record.media,
      loopbackOnly,
      ...(ports === undefined ? {} : { ports }),
    })
    return [name, call] as const
  })
  return new Map(await Promise.all(opened))
}
