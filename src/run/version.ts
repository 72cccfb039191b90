import { join } from 'node:path'
import { packageFolder } from './catalogue.ts'
import { readText } from './store.ts'

/** The version of the package, as its `package.json` says it. */
export const packageVersion = (): string => {
  const text = readText(join(packageFolder, 'package.json'))
  const found: unknown = text.ok ? JSON.parse(text.value) : undefined
  if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string')
    return found.version
  throw new Error('package.json of trunkproof has no version')
}
