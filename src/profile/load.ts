import { type Loaded, type YamlFile, checkShape, faultAt, readYaml, refused } from './document.ts'
import type { Profile } from './profile.ts'
import { profileSchema } from './schema.ts'

/** What a profile that others extend holds, by its id; `undefined` where there is none of that name. */
export type ReadBase = (id: string) => unknown

const noBase: ReadBase = () => undefined

type Map = Readonly<Record<string, unknown>>
const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Maps merge, all else is replaced. */
const merged = (base: Map, own: Map): Map => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(own).map(([key, value]) => {
      const below = Object.hasOwn(base, key) ? base[key] : undefined
      return [key, isMap(below) && isMap(value) ? merged(below, value) : value]
    }),
  ),
})

const without = (map: Map, ...keys: readonly string[]): Map =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))

/** The data of a file with what it extends, one level deep. */
const wholeOf = (yaml: YamlFile, readBase: ReadBase): Loaded<unknown> => {
  const { data } = yaml
  if (!isMap(data) || !('extends' in data)) return { ok: true, value: data }
  const base = typeof data.extends === 'string' ? readBase(data.extends) : undefined
  if (!isMap(base) || !isBase(base)) return refused(faultAt(yaml, ['extends'], 'the id of a profile that is a base'))
  return { ok: true, value: merged(without(base, 'base'), without(data, 'extends')) }
}

/** Whether the data of a file is what others extend, and no trunk by itself. */
export const isBase = (data: unknown): boolean => isMap(data) && data.base === true

/** A profile from the text of its file; `file` is only named in faults. */
export const loadProfile = (file: string, text: string, readBase: ReadBase = noBase): Loaded<Profile> => {
  const yaml = readYaml(file, text)
  if (!yaml.ok) return yaml
  const whole = wholeOf(yaml.value, readBase)
  return whole.ok ? checkShape(yaml.value, profileSchema, [], whole.value) : whole
}
