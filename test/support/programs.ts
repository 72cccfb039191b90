import { existsSync } from 'node:fs'

/** Programs that tests use, and the Debian package that brings each. */
const packages = {
  sipp: 'sip-tester',
  kamailio: 'kamailio',
  baresip: 'baresip-core',
  linphonec: 'linphone-cli',
  tshark: 'tshark',
  xmllint: 'libxml2-utils',
  prove: 'perl',
  script: 'bsdutils',
} as const

export type Program = keyof typeof packages

/** Debian keeps servers out of the path of all but root. */
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].filter(
  (folder) => folder !== '',
)

export const programPath = (program: Program): string | undefined =>
  folders.map((folder) => `${folder}/${program}`).find((path) => existsSync(path))

/**
 * Whether a test that needs these programs must be skipped; for `describe.skipIf`. Says which is missing.
 * With `TRUNKPROOF_REQUIRE_PEERS=1` a missing one is an error, so that a run on CI never skips unseen.
 */
export const lacking = (...programs: readonly Program[]): boolean => {
  const missing = programs.filter((program) => programPath(program) === undefined)
  if (missing.length === 0) return false
  const text = missing.map((program) => `${program} (Debian package ${packages[program]})`).join(', ')
  if (process.env.TRUNKPROOF_REQUIRE_PEERS === '1')
    throw new Error(`TRUNKPROOF_REQUIRE_PEERS is set, and there is no ${text}`)
  console.warn(`skipped, for want of ${text}`)
  return true
}
