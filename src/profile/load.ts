import { type Loaded, checkShape, readYaml } from './document.ts'
import type { Profile } from './profile.ts'
import { profileSchema } from './schema.ts'

/** A profile from the text of its file; `file` is only named in faults. */
export const loadProfile = (file: string, text: string): Loaded<Profile> => {
  const yaml = readYaml(file, text)
  return yaml.ok ? checkShape(yaml.value, profileSchema) : yaml
}
