import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectCapture } from '../../src/run/inspect.ts'
import { readChecks, readProfiles } from '../../src/run/catalogue.ts'

const shared = process.env.TRUNKPROOF_SHARED
const folder = shared === undefined ? undefined : join(shared, 'captures')

/** Real calls of baresip, Kamailio, SIPp and sipsak; by file, what broke them. What is not here is healthy. */
const broken: Readonly<Record<string, readonly string[]>> = {
  'sipp-kamailio-udp-digest-badpass.pcapng': ['wrong-password'],
}

/** Of these nothing can be judged: their signalling is encrypted, or there is none. */
const dark = ['baresip-baresip-tls-srtp-sdes.pcapng', 'sipp361-baresip-tls13-client-stall.pcapng']

const captures =
  folder !== undefined && existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.pcapng')) : []

describe.skipIf(folder === undefined)('a capture of real programs (TRUNKPROOF_SHARED is set)', () => {
  test.each(captures)('%s has the causes that it is known to have, and no other', async (name) => {
    const profiles = readProfiles()
    if (!profiles.ok || folder === undefined) throw new Error('no profiles')
    const inspected = await inspectCapture(name, join(folder, name), {
      checks: await readChecks(),
      profiles: profiles.value,
      version: '0',
      profile: undefined,
      call: undefined,
      trunkAddresses: [],
      pbxAddresses: [],
    })
    if (!inspected.ok) throw new Error(inspected.fault.saw)
    const { calls, registrations, findings } = inspected.value.inspection
    expect([...calls, ...registrations].flatMap(({ causes }) => causes.map(({ id }) => id))).toEqual(broken[name] ?? [])
    // Nothing to judge is never a pass.
    expect(findings.length > 0).toBe(!dark.includes(name))
    expect(findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([])
  })
})
