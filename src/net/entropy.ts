import { randomBytes } from 'node:crypto'
import type { Token } from '../core/world.ts'

/** `bits` of the system's entropy in hexadecimal, rounded up to whole digits. */
export const systemToken: Token = (bits) => {
  const digits = Math.ceil(bits / 4)
  return randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits)
}
