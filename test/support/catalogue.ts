import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { showLoadFault, type Loaded } from '../../src/profile/document.ts'
import { loadProfile } from '../../src/profile/load.ts'
import { readBase } from '../../src/run/catalogue.ts'
import { embeddedNumbers } from '../../src/run/numbers.ts'
import type { Contract } from '../../src/profile/contract.ts'
import type { Profile } from '../../src/profile/profile.ts'
import type { Ladder } from '../../src/scenario/ladder.ts'
import { loadLadder } from '../../src/scenario/load.ts'

const root = join(import.meta.dirname, '../..')

const valueOf = <T>(loaded: Loaded<T>): T => {
  if (!loaded.ok) throw new Error(loaded.faults.map(showLoadFault).join('\n'))
  return loaded.value
}

/** A profile of the package. */
export const profileNamed = (id: string): Profile =>
  valueOf(loadProfile(id, readFileSync(join(root, 'profiles', `${id}.yaml`), 'utf8'), readBase))

/** A ladder from its text. */
export const ladderOf = (text: string): Ladder => valueOf(loadLadder('test.yaml', text))

/** A ladder of the package. */
export const ladderNamed = (id: string): Ladder =>
  valueOf(loadLadder(id, readFileSync(join(root, 'scenarios', `${id}.yaml`), 'utf8')))

/** A contract of a named SUT with every number configured. */
export const sampleContract = (id = 'sinch/eu', change: Partial<Contract> = {}): Contract => {
  const profile = profileNamed(id)
  return {
    profile,
    domain: profile.signalling.hosts[0] ?? '',
    numbers: embeddedNumbers,
    phone: { dialPlan: [{ dials: '0012025550150', sends: '+12025550150' }], dids: ['+12025550142'] },
    signallingAddresses: profile.signalling.addresses,
    mediaAddresses: profile.media.addresses,
    mediaPorts: profile.media.ports,
    transports: ['udp'],
    publicAddresses: [],
    echoes: true,
    username: 'user',
    supports: {},
    overlay: [],
    ...change,
  }
}
