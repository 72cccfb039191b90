import type { Side } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { Clock } from '../core/world.ts'
import type { Check } from '../check/check.ts'
import type { NextHop } from '../config/next-hop.ts'
import { probe } from '../net/probe.ts'
import { resolveHost } from '../net/resolve.ts'
import type { Contract } from '../profile/contract.ts'
import type { LadderResult } from '../report/result.ts'
import { timersOf } from '../session/timers.ts'
import type { Stimulus } from '../scenario/ladder.ts'
import type { Stimuli } from '../play/stimulus.ts'
import { portUnreachable } from '../capture/icmp.ts'
import { ladderResult } from './assemble.ts'
import type { LadderMeta } from './header.ts'
import type { RunRecorder } from './recorder.ts'
import type { Sut } from './run.ts'

/** T1 of RFC 3261 §17.1.1.1 against programs and networks that are not ours. */
export const namedTimers = timersOf(500)

const probeMs = 1000

/** RFC 5626 §4.4.1 keep-alive: no SIP element answers it or takes harm from it, and a closed port refuses it. */
export const keepAlive = new TextEncoder().encode('\r\n\r\n')

export type NamedSutOptions = {
  readonly side: Side
  readonly hop: NextHop
  readonly stimuli: Stimuli
  /** What the phone behind it moves it to do beside them. */
  readonly moves: ReadonlySet<Stimulus> | undefined
  readonly clock: Clock
  readonly contract: Contract
  readonly checks: readonly Check[]
  readonly resolve: ReadonlyMap<string, string>
}

const probeMeta = (side: Side, transport: Transport): LadderMeta => ({
  id: 'probe/next-hop',
  side,
  cell: transport === 'udp' ? '' : `transport=${transport}`,
  title: 'The next hop can be reached',
  breaks: [],
})

/** A real trunk or PBX. It is probed before each ladder, so that one that is gone is known at once. */
export const namedSut = async (
  options: NamedSutOptions,
): Promise<{ readonly sut: Sut; readonly local: string | undefined }> => {
  const { side, hop, stimuli, clock, contract, checks } = options
  const resolved = await resolveHost(hop.host, options.resolve)
  const address = resolved.ok ? resolved.value : undefined
  const peer: Endpoint = { address: address ?? hop.host, port: hop.port }
  const first =
    address === undefined ? undefined : await probe(hop.transport, peer, keepAlive, { timeoutMs: probeMs, clock })

  const tell = (
    recorder: RunRecorder,
    transport: Transport,
    local: Endpoint | undefined,
    why: string,
  ): LadderResult => {
    const meta = probeMeta(side, transport)
    const ladder = recorder.ladder(meta, () => undefined)
    // A refused connection is no datagram: the kernel's word is all that there is to show.
    if (local !== undefined && transport === 'udp') {
      ladder.signalling({ tap: 'sent', layer: 'datagram', source: local, destination: peer, bytes: keepAlive }, 'probe')
      const bytes = portUnreachable(local, peer, keepAlive)
      ladder.signalling({ tap: 'received', layer: 'icmp', source: peer, destination: local, bytes, made: why })
    }
    const end = { outcomes: [], durationMs: 0, left: [], unreachable: why }
    ladder.end(end)
    return ladderResult({ meta, end, trace: ladder.trace() }, checks, contract)
  }

  const unreachable: NonNullable<Sut['unreachable']> = async (recorder, transport) => {
    if (!resolved.ok) return tell(recorder, transport, undefined, `the DNS has no address for ${hop.host}`)
    const found = await probe(transport, peer, keepAlive, { timeoutMs: refusalMs, clock })
    if (found.refused)
      return tell(recorder, transport, found.local, 'the kernel reported ECONNREFUSED: nothing listens on that port')
    return found.error === undefined
      ? undefined
      : tell(recorder, transport, undefined, `there is no way to ${peer.address} (${found.error})`)
  }

  const sut: Sut = {
    name: hop.uri,
    sides: [side],
    stimuli: () => new Set([...stimuli.available, ...(options.moves ?? [])]),
    unasked: stimuli.unasked,
    farEnd: () => Promise.resolve({ peer, stimuli, close: () => Promise.resolve() }),
    unreachable,
  }
  return { sut, local: first === undefined || first.local.port === 0 ? undefined : first.local.address }
}

/** A refusal on this host or its network comes back at once; silence proves nothing and is not waited for long. */
export const refusalMs = 150
