import { inCidr, normalizeAddress } from '../core/address.ts'
import { type Draft, type Endpoint, showEndpoint } from '../core/frame.ts'
import type { Contract } from '../profile/contract.ts'
import { isSameSubscriber } from '../profile/numbers.ts'
import type { Request } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import { tagIn } from '../sip/tags.ts'
import { fieldAt } from '../sip/view.ts'
import { displayText } from '../sip/text.ts'

/**
 * Keeps the calls of others out of a run against a named system: whatever answers SIP in public is found by scanners. What
 * does not come from an address of the system under test, and not to a number of ours, is neither answered nor judged.
 */
export type Screen = {
  readonly isStrange: (request: Request, source: Endpoint) => boolean
  /** The same of what is received, before it is read; what cannot be read is judged where the system under test sent it. */
  readonly isStrangeDatagram: (draft: Draft) => boolean
  /** What was kept out, as people read it: a few of them. */
  readonly told: () => readonly string[]
}

const mostTold = 5

/** `addresses`: literals and CIDR blocks that the system under test sends from. */
export const createScreen = (addresses: readonly string[], { numbers, phone }: Contract): Screen => {
  const dialled = phone?.dialPlan.map(({ sends }) => sends) ?? []
  const ours = [...Object.values(numbers), ...dialled]
  const strange = new Set<string>()

  const isOfSut = (source: Endpoint): boolean =>
    addresses.some((block) => inCidr(normalizeAddress(source.address), block))
  const tell = (what: string, source: Endpoint): true => {
    if (strange.size < mostTold) strange.add(`${what} from ${showEndpoint(source)}`)
    return true
  }
  const isToUs = (request: Request): boolean => {
    const users = ['Request-URI.user', 'To.user'].map((path) => fieldAt(request, path) ?? '')
    const called = users.filter((user) => user !== '')
    return called.length === 0 || called.some((user) => ours.some((number) => isSameSubscriber(user, number)))
  }
  const isStrange: Screen['isStrange'] = (request, source) => {
    if (isOfSut(source) || tagIn(request, 'To') !== undefined || isToUs(request)) return false
    return tell(displayText(`${request.method} to ${fieldAt(request, 'To.user') ?? ''}`), source)
  }

  return {
    isStrange,
    isStrangeDatagram: ({ tap, layer, bytes, source }) => {
      // A keep-alive (RFC 5626 §3.5.1) is no message, and holds nothing open here.
      if (tap !== 'received' || layer !== 'datagram' || bytes.length <= 4 || isOfSut(source)) return false
      const parsed = parseMessage(bytes)
      if (!parsed.ok) return tell('what is no SIP message', source)
      return parsed.value.kind === 'request' && isStrange(parsed.value, source)
    },
    told: () => [...strange],
  }
}
