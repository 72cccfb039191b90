import { describe, expect, test } from 'vitest'
import {
  type ImportTable,
  type ModuleTable,
  cyclesOf,
  forbiddenEdges,
  forbiddenModules,
  forbiddenWays,
  importsOf,
  longFiles,
  readSources,
} from './support/imports.ts'

/** The import table of docs/architecture.md. A folder that does not exist yet stands here when its place is decided. */
const table = {
  core: [],
  sip: ['core'],
  sdp: ['core'],
  rtp: ['core'],
  tls: ['core'],
  capture: ['core'],
  locate: ['core', 'sip'],
  transaction: ['core', 'sip'],
  dialog: ['core', 'sip'],
  session: ['core', 'sip', 'sdp', 'transaction', 'dialog'],
  observation: ['core', 'sip', 'sdp', 'rtp'],
  profile: ['core', 'sip', 'sdp'],
  // `profile/document.ts` gives every YAML file its `file:line:column` messages.
  config: ['core', 'sip', 'sdp', 'profile'],
  check: ['core', 'sip', 'sdp', 'rtp', 'observation', 'profile'],
  scenario: ['core', 'sip', 'sdp', 'observation', 'profile'],
  report: ['core', 'sip', 'sdp', 'observation', 'capture'],
  net: ['core'],
  agent: ['core', 'sip', 'sdp', 'rtp', 'locate', 'transaction', 'dialog', 'session', 'net'],
  play: ['core', 'sip', 'sdp', 'rtp', 'session', 'scenario', 'agent', 'net', 'observation', 'profile', 'config'],
  embedded: ['core', 'sip', 'sdp', 'rtp', 'session', 'agent', 'net', 'profile'],
  run: [
    ...['core', 'sip', 'sdp', 'rtp', 'tls', 'capture', 'locate', 'transaction', 'dialog', 'session', 'observation'],
    ...['profile', 'config', 'check', 'scenario', 'report', 'net', 'agent', 'play', 'embedded'],
  ],
  cli: ['core', 'run'],
} satisfies ImportTable

const schemas = ['src/profile/', 'src/config/', 'src/scenario/', 'src/embedded/', 'src/run/']

const modules = {
  yaml: schemas,
  zod: schemas,
  commander: ['src/cli/'],
  chalk: ['src/cli/'],
  listr2: ['src/cli/'],
  // Hashes and ciphers are pure; the linter keeps its entropy to src/net.
  'node:crypto': ['src/'],
  'node:util': ['src/'],
  'node:path': ['src/run/', 'src/cli/'],
  'node:url': ['src/run/', 'src/cli/'],
  'node:os': ['src/net/', 'src/run/', 'src/cli/'],
  'node:dgram': ['src/net/'],
  'node:net': ['src/net/'],
  'node:tls': ['src/net/'],
  'node:dns': ['src/net/'],
  'node:dns/promises': ['src/net/'],
  'node:perf_hooks': ['src/net/'],
  'node:events': ['src/run/run.ts'],
  'node:stream': ['src/run/capture-file.ts'],
  'node:readline/promises': ['src/cli/'],
  'node:zlib': ['src/run/capture-file.ts'],
  'node:v8': ['src/cli/inspect.ts'],
  'node:fs': ['src/run/store.ts', 'src/cli/'],
  'node:fs/promises': ['src/run/store.ts', 'src/cli/'],
  'node:process': ['src/run/', 'src/cli/'],
  'node:child_process': ['src/play/command.ts'],
} satisfies ModuleTable

const sources = readSources(new URL('..', import.meta.url).pathname, 'src')

describe('the house', () => {
  test('every folder imports only what the table lists', () => {
    expect(forbiddenEdges(sources, table)).toEqual([])
  })
  test('the embedded parties never reach a check or a ladder, even through others', () => {
    expect(forbiddenWays(sources, 'embedded', ['check', 'scenario'])).toEqual([])
  })
  test('no file imports itself, through whatever others', () => {
    expect(cyclesOf(sources)).toEqual([])
  })
  test('packages and modules of Node are imported only where the table gives leave', () => {
    expect(forbiddenModules(sources, modules)).toEqual([])
  })
  test('no file is longer than 400 lines', () => {
    expect(longFiles(sources, 400)).toEqual([])
  })
})

/** Small houses with one planted fault each: rules that cannot fail prove nothing. */
describe('the scanner', () => {
  const house = (files: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(files))

  test('sees every form of import, and none in a comment or a string', () => {
    const text = [
      `import { a } from './a.ts'`,
      `import type { B } from './b.ts'`,
      `import './c.ts'`,
      `export { d } from './d.ts'`,
      `export * from './e.ts'`,
      `const f = await import('./f.ts')`,
      `import {\n  type G,\n} from '../core/g.ts'`,
      `type H = import('./h.ts').H`,
      `// import './comment.ts'`,
      `/* import './block.ts' */`,
      `const s = "import './string.ts'"`,
      'const t = `import "./template.ts"`',
      `import { join } from 'node:path'`,
    ].join('\n')
    expect(
      importsOf(house({ 'src/sip/x.ts': text }))
        .map(({ to }) => to)
        .sort(),
    ).toEqual([
      'node:path',
      'src/core/g.ts',
      ...['a', 'b', 'c', 'd', 'e', 'f', 'h'].map((name) => `src/sip/${name}.ts`),
    ])
  })

  test('finds an edge that the table does not list, of a type too', () => {
    expect(forbiddenEdges(house({ 'src/sip/x.ts': `import type { Call } from '../check/check.ts'` }), table)).toEqual([
      'src/sip/x.ts -> src/check/check.ts',
    ])
  })

  test('finds a folder that the table does not know, and a way out of src', () => {
    expect(forbiddenEdges(house({ 'src/helpers/x.ts': '' }), table)).toEqual([
      'src/helpers/x.ts lives in no folder of the table',
    ])
    expect(forbiddenEdges(house({ 'src/core/x.ts': `import '../../../elsewhere.ts'` }), table)).toEqual([
      'src/core/x.ts -> ../elsewhere.ts',
    ])
  })

  test('finds a check that the embedded party reaches through another folder', () => {
    const files = house({
      'src/embedded/trunk.ts': `import '../agent/agent.ts'`,
      'src/agent/agent.ts': `import '../session/session.ts'`,
      'src/session/session.ts': `import '../check/checks/ptime.ts'`,
      'src/check/checks/ptime.ts': '',
    })
    expect(forbiddenWays(files, 'embedded', ['check', 'scenario'])).toEqual([
      'src/embedded/trunk.ts -> src/agent/agent.ts -> src/session/session.ts -> src/check/checks/ptime.ts',
    ])
  })

  test('finds a cycle over three files', () => {
    const files = house({
      'src/sip/a.ts': `import './b.ts'`,
      'src/sip/b.ts': `import type { C } from './c.ts'`,
      'src/sip/c.ts': `export * from './a.ts'`,
      'src/sip/d.ts': `import './a.ts'`,
    })
    expect(cyclesOf(files)).toEqual(['src/sip/a.ts -> src/sip/b.ts -> src/sip/c.ts -> src/sip/a.ts'])
  })

  test('finds a module of Node and a package where they have no leave', () => {
    const files = house({
      'src/sip/x.ts': `import { createSocket } from 'node:dgram'`,
      'src/report/y.ts': `import chalk from 'chalk'`,
      'src/run/z.ts': `import { readFileSync } from 'node:fs'`,
      'src/core/w.ts': `import 'left-pad'`,
      'src/core/v.ts': `import 'fs'`,
      'src/run/store.ts': `import { readFileSync } from 'node:fs'`,
    })
    expect(forbiddenModules(files, modules)).toEqual([
      'src/sip/x.ts -> node:dgram',
      'src/report/y.ts -> chalk',
      'src/run/z.ts -> node:fs',
      'src/core/w.ts -> left-pad',
      'src/core/v.ts -> fs',
    ])
  })

  test('counts 400 lines as allowed and 401 as too many', () => {
    const files = house({ 'src/sip/a.ts': 'x\n'.repeat(400), 'src/sip/b.ts': 'x\n'.repeat(401) })
    expect(longFiles(files, 400)).toEqual(['src/sip/b.ts has 401 lines'])
  })
})
