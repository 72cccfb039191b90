import { loadConfig } from '../config/load.ts'
import { type LoadFault, type Loaded, readYaml, showLoadFault } from '../profile/document.ts'
import { isBase, loadProfile } from '../profile/load.ts'
import { loadLadder } from '../scenario/load.ts'
import { readBase } from './catalogue.ts'
import { type Kind, type Known, crossCheck, readKnown } from './crosscheck.ts'
import { loadFault } from './fault.ts'
import { readText } from './store.ts'

const loaders: Readonly<Record<Kind, (file: string, text: string) => Loaded<unknown>>> = {
  profile: (file, text) => loadProfile(file, text, readBase),
  // It is right where the profiles that extend it are.
  base: readYaml,
  ladder: loadLadder,
  fault: loadFault,
  configuration: loadConfig,
}

/** Keys that only one kind of file has. */
const kindOf = (data: unknown): Kind => {
  if (isBase(data)) return 'base'
  const keys = typeof data === 'object' && data !== null ? Object.keys(data) : []
  if (keys.includes('ladder') || keys.includes('tests')) return 'ladder'
  if (keys.includes('seam') || keys.includes('check')) return 'fault'
  return keys.includes('extends') ||
    keys.includes('signalling') ||
    keys.includes('authentication') ||
    keys.includes('media')
    ? 'profile'
    : 'configuration'
}

/** What a file is and what is wrong in it, one line each: `file:line:column: path: found …, allowed: …`. */
export type Validation = { readonly file: string; readonly kind: Kind | undefined; readonly faults: readonly string[] }

const shown = (file: string, kind: Kind | undefined, faults: readonly LoadFault[]): Validation => ({
  file,
  kind,
  faults: faults.map(showLoadFault),
})

/**
 * Finds out whether a file is a profile, a ladder, a fault or a `trunkproof.yaml`, and holds it to that schema and to what
 * the catalogue, which is read once for all files, knows.
 */
export const createValidator = (): ((file: string, path: string) => Promise<Validation>) => {
  let known: Promise<Known> | undefined
  return async (file, path) => {
    const text = readText(path)
    if (!text.ok) {
      const advice = 'try a file that can be read, as in trunkproof validate trunkproof.yaml'
      return { file, kind: undefined, faults: [`${file}: ${text.fault.saw}; ${advice}`] }
    }
    const yaml = readYaml(file, text.value)
    if (!yaml.ok) return shown(file, undefined, yaml.faults)
    const kind = kindOf(yaml.value.data)
    const loaded = loaders[kind](file, text.value)
    if (!loaded.ok) return shown(file, kind, loaded.faults)
    known ??= readKnown()
    return shown(file, kind, crossCheck(yaml.value, kind, await known))
  }
}
