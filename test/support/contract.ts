import { readFileSync } from 'node:fs'
import { loadProfile } from '../../src/profile/load.ts'
import { readBase } from '../../src/run/catalogue.ts'
import { embeddedContract } from '../../src/run/contract.ts'

const read = (id: string) => {
  const loaded = loadProfile(id, readFileSync(new URL(`../../profiles/${id}.yaml`, import.meta.url), 'utf8'), readBase)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.value
}

/** The contract of an embedded run of Sinch Europe. */
export const sampleContract = embeddedContract(read('sinch/eu'), '127.0.0.1', 'trunk-user')
