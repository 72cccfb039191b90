import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Check } from '../../src/check/check.ts'
import type { Profile } from '../../src/profile/profile.ts'
import { readChecks, readProfiles } from '../../src/run/catalogue.ts'
import { inspectCapture } from '../../src/run/inspect.ts'

const shared = process.env.TRUNKPROOF_SHARED

/**
 * Captures of real programs and of strangers, each read by hand with tshark: what broke their calls and registrations, in
 * order. What is not here is healthy, or has nothing to judge.
 */
const broken: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'captures/sipp-kamailio-udp-digest-badpass.pcapng': [['wrong-password']],
  // Asterisk registers at a phone, which answers 501.
  'corpora/pcap/live/ast-baresip-udp-srtp-sdes-pcma.pcap': [['registration-failing']],
  // 205 packets from the softphone, and 369 numbers missing in three jumps.
  'corpora/pcap/sipnab/Asterisk_ZFONE_XLITE.pcap': [['packet-loss']],
  'corpora/pcap/sipnab/DTMFsipinfo.pcap': [['dtmf-info-despite-rfc4733']],
  // 603 at once; in the next call both streams begin 22.5 s behind the answer.
  'corpora/pcap/sipnab/SIP_DTMF2.cap': [['call-forbidden'], ['late-media']],
  // One phone sends a single packet to the other one, past the Asterisk between them: heard on both legs.
  'corpora/pcap/sipnab/b2bua-asterisk.pcapng': [['one-way-audio'], ['one-way-audio']],
  // The offer has audio with port 0.
  'corpora/pcap/sipnab/sip-488-codec-reject.pcapng': [['no-common-codec']],
  'corpora/pcap/sipnab/sip-auth-failure.pcapng': [['wrong-password', 'registration-failing']],
  'corpora/pcap/sipnab/sip-routing-error.pcapng': [['number-unknown'], ['number-unknown']],
  // Of a stream over 6.3 s, its author kept five packets.
  'corpora/pcap/sipnab/sip-rtp-opus-hybrid.pcap': [['packet-loss']],
  // 408 behind 34 s of nothing; "403 Wrong password or domain" twice, and once to REGISTER.
  'corpora/pcap/sngrep/aaa.pcap': [
    ['no-response'],
    ['wrong-password'],
    ['wrong-password'],
    ['wrong-password', 'registration-failing'],
  ],
}

/** Of these nothing can be judged: their signalling is encrypted, or there is none. */
const dark = ['baresip-baresip-tls-srtp-sdes.pcapng', 'sipp361-baresip-tls13-client-stall.pcapng']

const folders = ['captures', ...['live', 'sipnab', 'sipp', 'sngrep'].map((name) => `corpora/pcap/${name}`)]

/** Files of a format that is none of ours: their names end like captures. */
const foreign = ['c07-sip-r2.cap', 'rtsp-packets.cap']

const captures = folders.flatMap((folder) => {
  const path = join(shared ?? '', folder)
  const names = shared !== undefined && existsSync(path) ? readdirSync(path) : []
  return names
    .filter((name) => /\.(pcap|pcapng|cap)$|^SIP_CALL/.test(name) && !foreign.includes(name))
    .map((name) => `${folder}/${name}`)
})

describe.skipIf(shared === undefined)('a capture of real programs (TRUNKPROOF_SHARED is set)', () => {
  let checks: readonly Check[] = []
  let profiles: readonly Profile[] = []
  beforeAll(async () => {
    checks = await readChecks()
    const read = readProfiles()
    profiles = read.ok ? read.value : []
  })

  test.each(captures)('%s has the causes that it is known to have, and no other', async (name) => {
    const inspected = await inspectCapture(name, join(shared ?? '', name), {
      checks,
      profiles,
      version: '0',
      profile: undefined,
      call: undefined,
      trunkAddresses: [],
      pbxAddresses: [],
    })
    if (!inspected.ok) throw new Error(inspected.fault.saw)
    const { calls, registrations, findings } = inspected.value.inspection
    const found = [...calls, ...registrations].map(({ causes }) => causes.map(({ id }) => id))
    expect(found.filter((ids) => ids.length > 0)).toEqual(broken[name] ?? [])
    if (!name.startsWith('captures/')) return
    // Nothing to judge is never a pass.
    expect(findings.length > 0).toBe(!dark.includes(name.replace('captures/', '')))
    expect(findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([])
  })
})
