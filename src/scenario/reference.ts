import { type Result, fault, ok } from '../core/result.ts'
import type { Numbers } from '../profile/contract.ts'
import { numberNames } from '../profile/contract.ts'
import type { Profile } from '../profile/profile.ts'
import { fill } from '../profile/template.ts'
import type { Message } from '../sip/message.ts'
import { fieldAt } from '../sip/view.ts'
import type { Template } from './ladder.ts'

/** What `${…}` of a ladder may refer to. */
export type Scope = {
  readonly profile: Profile
  readonly numbers: Numbers
  /** Values of this cell's matrix variables. */
  readonly matrix: Readonly<Record<string, string>>
  /** Messages kept by `as`. */
  readonly kept: Readonly<Record<string, Message>>
  /** Addresses of the party that we play, as `host:port`: `${edge.1}`, `${edge.2}`. */
  readonly edges: readonly string[]
  /** Address of the far end, as the host of a URI: `${peer}`. */
  readonly peer: string
}

/** Names that no matrix variable and no `as` may take. */
export const reservedNames = ['profile', 'numbers', 'edge', 'peer'] as const

const own = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined

/** The value at `media.codecs` of a profile; `undefined` where it documents none. */
export const profileValue = (profile: Profile, path: string): unknown => path.split('.').reduce<unknown>(own, profile)

const missing = (name: string, why: string) => fault('ladder.reference', 'none', `\${${name}}: ${why}`)

const scalar = (name: string, value: unknown): Result<string> => {
  if (typeof value === 'string' || typeof value === 'number') return ok(String(value))
  return missing(name, value === undefined ? 'the profile documents none' : 'not one value but a list or a map')
}

const lookUp = (name: string, scope: Scope): Result<string> => {
  const dot = name.indexOf('.')
  const root = dot < 0 ? name : name.slice(0, dot)
  const path = dot < 0 ? '' : name.slice(dot + 1)
  if (root === 'profile') return scalar(name, profileValue(scope.profile, path))
  if (root === 'numbers') {
    const number = numberNames.find((known) => known === path)
    const value = number === undefined ? undefined : scope.numbers[number]
    return value === undefined ? missing(name, 'no such number is configured') : ok(value)
  }
  if (root === 'edge') {
    const edge = scope.edges[Number(path) - 1]
    return edge === undefined ? missing(name, `there are ${scope.edges.length} edges`) : ok(edge)
  }
  if (name === 'peer') return ok(scope.peer)
  const cell = scope.matrix[name]
  if (cell !== undefined) return ok(cell)
  const message = scope.kept[root]
  if (message === undefined) return missing(name, 'no message of that name has come yet')
  const value = fieldAt(message, path)
  return value === undefined ? missing(name, `the message has no ${path}`) : ok(value)
}

/** A template with each `${…}` replaced by what it refers to. */
export const resolve = (template: Template, scope: Scope): Result<string> =>
  fill(template, (name) => lookUp(name, scope))
