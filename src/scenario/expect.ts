import type { Message } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { fieldAt } from '../sip/view.ts'
import type { Expectation } from './ladder.ts'
import { type Scope, resolve } from './reference.ts'

const shown = (value: string | undefined): string => (value === undefined ? 'nothing' : displayText(value))

const broken = (expectation: Expectation, value: string | undefined, scope: Scope): string | undefined => {
  if (expectation.is === 'present') return value === undefined ? 'expected to be there' : undefined
  if (expectation.is === 'absent') return value === undefined ? undefined : 'expected to be absent'
  const wanted: string[] = []
  for (const template of 'of' in expectation ? expectation.of : 'to' in expectation ? [expectation.to] : []) {
    const resolved = resolve(template, scope)
    if (!resolved.ok) return `cannot be compared: ${resolved.fault.saw}`
    wanted.push(resolved.value)
  }
  return value !== undefined && wanted.includes(value) ? undefined : `expected ${wanted.map(displayText).join(' or ')}`
}

/** The first `expect:` that a message does not meet, as one line; `undefined` where it meets all. */
export const unmet = (expectations: readonly Expectation[], message: Message, scope: Scope): string | undefined => {
  for (const expectation of expectations) {
    const value = fieldAt(message, expectation.path)
    const reason = broken(expectation, value, scope)
    if (reason !== undefined) return `${expectation.path}: ${reason}, got ${shown(value)}`
  }
  return undefined
}
