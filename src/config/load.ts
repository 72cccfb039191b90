import { type LoadFault, type Loaded, checkShape, readYaml } from '../profile/document.ts'
import { type UserConfig, configSchema } from './schema.ts'

const isSecret = (path: string): boolean =>
  path.startsWith('credentials.') ||
  /^phone\.extensions\[\d+\]\.password/.test(path) ||
  /^stimulus\.[a-z-]+\.http\.(?:url|headers)/.test(path)

/** What stands at a secret's place may be the secret: it is not printed. */
const masked = (fault: LoadFault): LoadFault =>
  isSecret(fault.path) && fault.found.startsWith('"') ? { ...fault, found: 'a text' } : fault

/** The user's `trunkproof.yaml`; `file` is only named in faults. */
export const loadConfig = (file: string, text: string): Loaded<UserConfig> => {
  const yaml = readYaml(file, text)
  if (!yaml.ok) return yaml
  const config = checkShape(yaml.value, configSchema)
  return config.ok ? config : { ok: false, faults: config.faults.map(masked) }
}
