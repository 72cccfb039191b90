import { basename, join, resolve } from 'node:path'
import { parseCidr } from '../core/address.ts'
import { type Result, explain, ok } from '../core/result.ts'
import { inspectionJson } from '../report/inspection-json.ts'
import { faultLines, readChecks, readProfiles } from './catalogue.ts'
import { exportCalls } from './export-calls.ts'
import { exportWav } from './export-wav.ts'
import { type InspectOptions, inspectCapture } from './inspect.ts'
import type { InspectedFile } from './inspection.ts'
import { files as names, writeReports } from './output.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Surroundings } from './own-file.ts'
import { unknownProfile } from './request.ts'
import { makeOutputFolder, writeFileWhole } from './store.ts'
import { packageVersion } from './version.ts'

/** The words of the command line, as they were typed. */
export type InspectFlags = {
  readonly profile?: string
  readonly call?: string
  readonly trunkAddress?: readonly string[]
  readonly pbxAddress?: readonly string[]
  readonly export?: readonly string[]
  readonly keepSecrets?: boolean
  readonly out?: string
}

export type InspectedHere = InspectedFile & {
  readonly written: { readonly folder: string; readonly files: readonly string[] } | undefined
}

const exporters = { call: exportCalls, wav: exportWav }

/** What `--export` knows. */
export const exportable: readonly string[] = Object.keys(exporters)
type Exportable = keyof typeof exporters

const isExportable = (text: string): text is Exportable => Object.hasOwn(exporters, text)

const blocksOf = (texts: readonly string[] = []): Result<readonly string[]> => {
  for (const text of texts) {
    const parsed = parseCidr(text)
    if (!parsed.ok) return parsed
  }
  return ok(texts)
}

type Prepared = InspectOptions & {
  readonly exports: readonly Exportable[]
  readonly keepSecrets: boolean
  readonly folder: string | undefined
}

const prepare = async (
  files: readonly string[],
  flags: InspectFlags,
  { cwd }: Surroundings,
): Promise<{ readonly ok: true; readonly value: Prepared } | Refusal> => {
  const profiles = readProfiles()
  if (!profiles.ok) return refuse(faultLines(profiles.faults).trim(), 'trunkproof validate')
  const { profile } = flags
  if (profile !== undefined && !profiles.value.some(({ id }) => id === profile))
    return unknownProfile(profile, { profiles: profiles.value })
  const [trunk, pbx] = [blocksOf(flags.trunkAddress), blocksOf(flags.pbxAddress)]
  if (!trunk.ok) return refuse(`--trunk-address: ${explain(trunk.fault)}`, 'an address or a block, as 192.0.2.0/24')
  if (!pbx.ok) return refuse(`--pbx-address: ${explain(pbx.fault)}`, 'an address or a block, as 10.0.0.5')
  const exports = flags.export ?? []
  const unknown = exports.find((what) => !isExportable(what))
  if (unknown !== undefined) return refuse(`nothing to export is called ${JSON.stringify(unknown)}`, 'call or wav')
  if (exports.length > 0 && flags.out === undefined) return refuse('--export has no folder to write to', '--out DIR')
  if (exports.length > 0 && files.includes('-'))
    return refuse('--export reads the capture again, which standard input cannot', 'a file')
  if (files.filter((file) => file === '-').length > 1) return refuse('standard input is named twice', 'naming it once')
  const folder = flags.out === undefined ? ok(undefined) : makeOutputFolder(resolve(cwd, flags.out))
  if (!folder.ok) return refuse(`--out ${flags.out ?? ''}: ${folder.fault.saw}`, 'a folder that can be written')
  return ok({
    checks: await readChecks(),
    profiles: profiles.value,
    version: packageVersion(),
    profile,
    call: flags.call,
    trunkAddresses: trunk.value,
    pbxAddresses: pbx.value,
    exports: exports.filter(isExportable),
    keepSecrets: flags.keepSecrets === true,
    folder: folder.value,
  })
}

/** Of several captures each has its own folder, named as it is. */
const folderOf = (folder: string, files: readonly string[], index: number): string =>
  files.length === 1 ? folder : join(folder, `${index + 1}-${basename(files[index] ?? '')}`)

/** Judges captures as the command line asks for, writes reports and exports, and gives back what to tell. */
export const inspectFiles = async (
  files: readonly string[],
  flags: InspectFlags,
  around: Surroundings,
): Promise<{ readonly ok: true; readonly value: readonly InspectedHere[] } | Refusal> => {
  const prepared = await prepare(files, flags, around)
  if (!prepared.ok) return prepared
  const { exports, folder, keepSecrets } = prepared.value
  const inspected: InspectedHere[] = []
  for (const [index, file] of files.entries()) {
    const path = file === '-' ? file : resolve(around.cwd, file)
    const one = await inspectCapture(file, path, prepared.value)
    if (!one.ok) return refuse(`${file}: ${one.fault.saw}`, adviceFor(one.fault.rule))
    if (folder === undefined) {
      inspected.push({ ...one.value, written: undefined })
      continue
    }
    const own = folderOf(folder, files, index)
    const written = [...writeReports(own, one.value.result), names.inspection]
    writeFileWhole(join(own, names.inspection), [...inspectionJson([one.value.inspection])].join(''))
    for (const what of exports) {
      const exported = await exporters[what]({ path, file, folder: own, inspected: one.value, keepSecrets })
      if (!exported.ok) return refuse(`${file}: ${exported.fault.saw}`, '--call TEXT, to name one')
      written.push(...exported.value)
    }
    inspected.push({ ...one.value, written: { folder: own, files: written } })
  }
  return ok(inspected)
}

const adviceFor = (rule: string): string =>
  rule === 'inspect.no-call' ? 'without --call, which lists them all' : 'a pcap or pcapng file, also gzipped'
