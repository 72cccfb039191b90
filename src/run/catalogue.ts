import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Check } from '../check/check.ts'
import { type LoadFault, type Loaded, readYaml, refused, showLoadFault } from '../profile/document.ts'
import { type ReadBase, isBase, loadProfile } from '../profile/load.ts'
import type { Profile } from '../profile/profile.ts'
import type { Ladder } from '../scenario/ladder.ts'
import { loadLadder } from '../scenario/load.ts'
import { type CatalogueFault, loadFault } from './fault.ts'
import { listFiles, readText } from './store.ts'

/** All that trunkproof knows: found by listing folders, so that adding to it touches one file. Sorted by id. */
export type Catalogue = {
  readonly profiles: readonly Profile[]
  readonly ladders: readonly Ladder[]
  readonly checks: readonly Check[]
  readonly faults: readonly CatalogueFault[]
}

/** The folder of the package, from `src/run` as from `dist/run`. */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url))

/** A line for each fault of a file, for a person. */
export const faultLines = (faults: readonly LoadFault[]): string =>
  faults.map((fault) => `${showLoadFault(fault)}\n`).join('')

const byId = <T extends { readonly id: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1))

const unreadable = (file: string, why: string): LoadFault => ({
  file,
  line: 1,
  column: 1,
  path: '',
  found: why,
  allowed: 'a file that can be read',
})

/** Reads every YAML file of a folder of the package; an id must be that of its file. */
const readFolder = <T extends { readonly id: string }>(
  folder: string,
  load: (file: string, text: string) => Loaded<T>,
  isMeant: (path: string) => boolean = () => true,
): Loaded<readonly T[]> => {
  const items: T[] = []
  const faults: LoadFault[] = []
  for (const path of listFiles(join(packageFolder, folder), '.yaml').filter(isMeant)) {
    const file = `${folder}/${path}`
    const text = readText(join(packageFolder, folder, path))
    const loaded = text.ok ? load(file, text.value) : refused(unreadable(file, text.fault.saw))
    if (!loaded.ok) faults.push(...loaded.faults)
    else if (`${loaded.value.id}.yaml` === path) items.push(loaded.value)
    else
      faults.push({
        ...unreadable(file, `the id ${loaded.value.id}`),
        path: 'id',
        allowed: 'the path of the file as its id',
      })
  }
  return faults.length > 0 ? refused(...faults) : { ok: true, value: byId(items) }
}

const dataOf = (id: string): unknown => {
  const text = readText(join(packageFolder, 'profiles', `${id}.yaml`))
  const yaml = text.ok ? readYaml(id, text.value) : undefined
  return yaml?.ok === true ? yaml.value.data : undefined
}

/** What a profile of the package that others extend holds. */
export const readBase: ReadBase = (id) => (/^[a-z0-9/-]+$/.test(id) ? dataOf(id) : undefined)

const readProfileFiles = (isMeant: (id: string) => boolean): Loaded<readonly Profile[]> =>
  readFolder(
    'profiles',
    (file, text) => loadProfile(file, text, readBase),
    (path) => isMeant(path.slice(0, -5)) && !isBase(dataOf(path.slice(0, -5))),
  )

/** All that can be run: what others extend is left out. */
export const readProfiles = (): Loaded<readonly Profile[]> => readProfileFiles(() => true)

/** The one of this id, if there is one: a run reads no other. */
export const readProfile = (id: string): Loaded<Profile | undefined> => {
  const read = readProfileFiles((one) => one === id)
  return read.ok ? { ok: true, value: read.value[0] } : read
}

export const readLadders = (): Loaded<readonly Ladder[]> => readFolder('scenarios', loadLadder)
export const readFaults = (): Loaded<readonly CatalogueFault[]> => readFolder('faults', loadFault)

/** Every module of `check/checks` by its default export. */
export const readChecks = async (): Promise<readonly Check[]> => {
  const folder = new URL('../check/checks/', import.meta.url)
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const files = listFiles(fileURLToPath(folder), ending).filter((file) => !file.endsWith('.d.ts'))
  const modules = files.map(async (file) => {
    const module = (await import(new URL(file, folder).href)) as { readonly default: Check }
    return module.default
  })
  return byId(await Promise.all(modules))
}

/** The whole catalogue, or every fault of its files. */
export const readCatalogue = async (): Promise<Loaded<Catalogue>> => {
  const [profiles, ladders, faults] = [readProfiles(), readLadders(), readFaults()]
  if (!profiles.ok) return profiles
  if (!ladders.ok) return ladders
  if (!faults.ok) return faults
  return {
    ok: true,
    value: { profiles: profiles.value, ladders: ladders.value, faults: faults.value, checks: await readChecks() },
  }
}
