import { type Param, parseUri } from '../sip/uri.ts'

const valueOf = (params: readonly Param[], name: string): string | true | undefined => {
  const found = params.find((param) => param.name.toLowerCase() === name)
  return found === undefined ? undefined : (found.value ?? true)
}

/** The same parameters with the same values in whatever order; those of `apart` do not count. */
export const sameParams = (a: readonly Param[], b: readonly Param[], apart: readonly string[] = []): boolean =>
  [...a, ...b].every(({ name }) => {
    const key = name.toLowerCase()
    return apart.includes(key) || valueOf(a, key) === valueOf(b, key)
  })

/**
 * Whether two URIs are the same in all that they say: stricter than RFC 3261 §19.1.4, which lets most parameters stand in
 * one of them only. Headers (`?name=value`) do not count: they are not allowed in a Request-URI (§19.1.1).
 */
export const sameInAll = (a: string, b: string): boolean => {
  if (a === b) return true
  const [left, right] = [parseUri(a), parseUri(b)]
  if (!left.ok || !right.ok) return false
  const [x, y] = [left.value, right.value]
  if (!('host' in x) || !('host' in y)) return false
  return (
    x.scheme === y.scheme &&
    x.user === y.user &&
    x.host.toLowerCase() === y.host.toLowerCase() &&
    x.port === y.port &&
    sameParams(x.params, y.params)
  )
}
