import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaLine, schemas, written } from './generate.ts'

/** `npm run schemas`: writes `schemas/`, and names them in each profile and ladder that does not yet. */

const root = new URL('../../', import.meta.url).pathname

mkdirSync(join(root, 'schemas'), { recursive: true })
for (const [name, schema] of Object.entries(schemas()))
  writeFileSync(join(root, 'schemas', `${name}.json`), written(schema))

for (const [folder, name] of [
  ['profiles', 'profile'],
  ['scenarios', 'ladder'],
] as const)
  for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.yaml')) continue
    const file = `${folder}/${path}`
    const text = readFileSync(join(root, file), 'utf8')
    if (!text.startsWith('# yaml-language-server:'))
      writeFileSync(join(root, file), `${schemaLine(file, name)}\n${text}`)
  }
