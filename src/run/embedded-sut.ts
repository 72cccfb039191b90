import type { Side } from '../core/finding.ts'
import type { World } from '../core/world.ts'
import type { EmbeddedParty, Extension } from '../embedded/party.ts'
import { startPbx } from '../embedded/pbx.ts'
import { startTrunk } from '../embedded/trunk.ts'
import type { Seams } from '../embedded/seam.ts'
import type { Ticker } from '../net/ticker.ts'
import type { Credentials } from '../sip/digest.ts'
import type { UserAgentOptions } from '../agent/user-agent.ts'
import type { Stimuli } from '../play/stimulus.ts'
import type { Stimulus } from '../scenario/ladder.ts'
import type { Sut } from './run.ts'

export type EmbeddedSutOptions = {
  readonly world: World
  readonly ticker: Ticker
  readonly timers: UserAgentOptions['timers']
  readonly credentials: Credentials
  /** Of the phone behind the PBX. */
  readonly extension: Extension
  readonly bind: string
  readonly sides: readonly Side[]
  /** Made anew for each party, so that `fired` counts for one ladder run. */
  readonly seams: (side: Side) => Seams
  readonly onClosed?: (party: EmbeddedParty) => void
}

const moves: ReadonlySet<Stimulus> = new Set<Stimulus>([
  'dial',
  'hang-up',
  'hang-up-one',
  'hold',
  'resume',
  'answer',
  'options',
  'press',
])

/** Our own trunk and PBX as systems under test: a fresh one for each ladder run, on loopback only. */
export const embeddedSut = (options: EmbeddedSutOptions): Sut => ({
  name: 'embedded',
  sides: options.sides,
  stimuli: () => moves,
  farEnd: async (side, us, contract, transport) => {
    const { world, ticker, timers, credentials, bind } = options
    const start = side === 'trunk' ? startTrunk : startPbx
    const party = await start({
      contract,
      world,
      ticker,
      timers,
      credentials,
      bind,
      transport,
      peer: us,
      seams: options.seams(side),
      extension: side === 'pbx' ? options.extension : undefined,
    })
    const stimuli: Stimuli = {
      available: moves,
      fire: (stimulus, args) => {
        party.stimulate(stimulus, args)
        return Promise.resolve(undefined)
      },
    }
    const close = async (): Promise<void> => {
      await party.close()
      options.onClosed?.(party)
    }
    return { peer: party.local, phones: party.phones, stimuli, close }
  },
})
