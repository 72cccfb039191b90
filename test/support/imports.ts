import { readFileSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** Source files by their path from the root of the repository: `src/sip/uri.ts` -> text. */
export type Sources = ReadonlyMap<string, string>

export type Import = { readonly from: string; readonly to: string }

/** Folder -> folders that its files may import, apart from its own. */
export type ImportTable = Readonly<Record<string, readonly string[]>>

/** Module or package -> the files and folders (with `/` at the end) that may import it. */
export type ModuleTable = Readonly<Record<string, readonly string[]>>

/** Reads all TypeScript under a folder such as `src`. */
export const readSources = (root: string, folder: string): Sources =>
  new Map(
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name))
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]),
  )

/** All that files name in `import`, `export from` and `import()`, of types too; relative names as paths from the root. */
export const importsOf = (sources: Sources): readonly Import[] =>
  [...sources].flatMap(([from, text]) =>
    ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => ({
      from,
      to: fileName.startsWith('.') ? posix.join(posix.dirname(from), fileName) : fileName,
    })),
  )

/** `src/check/checks/ptime.ts` -> `check`. */
export const folderOf = (path: string): string => path.split('/')[1] ?? ''

const isLocal = (name: string): boolean => name.startsWith('src/')
const show = ({ from, to }: Import): string => `${from} -> ${to}`

/** Imports between folders that the table does not list, and files in folders that it does not know. */
export const forbiddenEdges = (sources: Sources, table: ImportTable): readonly string[] => {
  const homeless = [...sources.keys()].filter((path) => table[folderOf(path)] === undefined)
  const edges = importsOf(sources).filter(({ from, to }) => {
    if (!isLocal(to)) return to.startsWith('..')
    const [importer, imported] = [folderOf(from), folderOf(to)]
    return importer !== imported && table[importer]?.includes(imported) !== true
  })
  return [...homeless.map((path) => `${path} lives in no folder of the table`), ...edges.map(show)]
}

/** Modules and packages that a file imports without leave: what the table does not name, nobody may import. */
export const forbiddenModules = (sources: Sources, table: ModuleTable): readonly string[] =>
  importsOf(sources)
    .filter(({ to }) => !isLocal(to))
    .filter(({ from, to }) => {
      const leave = table[to] ?? []
      return !leave.some((place) => (place.endsWith('/') ? from.startsWith(place) : from === place))
    })
    .map(show)

/** Files that those of `folder` reach, directly or through others, each with the way there. */
const reachedFrom = (sources: Sources, folder: string): ReadonlyMap<string, readonly string[]> => {
  const imports = importsOf(sources)
  const ways = new Map<string, readonly string[]>()
  const open = [...sources.keys()].filter((path) => folderOf(path) === folder).map((path) => [path])
  for (let way = open.shift(); way !== undefined; way = open.shift()) {
    const here = way.at(-1)!
    if (ways.has(here)) continue
    ways.set(here, way)
    for (const { from, to } of imports) if (from === here && isLocal(to)) open.push([...way, to])
  }
  return ways
}

/** Ways, however long, from a folder to folders that it must never reach. */
export const forbiddenWays = (sources: Sources, folder: string, never: readonly string[]): readonly string[] =>
  [...reachedFrom(sources, folder)]
    .filter(([path]) => never.includes(folderOf(path)))
    .map(([, way]) => way.join(' -> '))

/** Each cycle of files that import one another, found once, as `a.ts -> b.ts -> a.ts`. */
export const cyclesOf = (sources: Sources): readonly string[] => {
  const next = new Map<string, string[]>()
  for (const { from, to } of importsOf(sources)) if (isLocal(to)) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path)
    if (start >= 0) found.push([...way.slice(start), path].join(' -> '))
    if (start >= 0 || done.has(path)) return
    for (const imported of next.get(path) ?? []) visit(imported, [...way, path])
    done.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return found
}

export const longFiles = (sources: Sources, limit: number): readonly string[] =>
  [...sources]
    .map(([path, text]) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path} has ${lines} lines`)
