import type { Endpoint, Transport } from '../core/frame.ts'
import type { Disarm, World } from '../core/world.ts'
import type { UserAgent, UserAgentEvent } from '../agent/user-agent.ts'
import { followChallenges } from '../session/challenge.ts'
import { bindingsOf, registerFields } from '../session/register.ts'
import type { Credentials } from '../sip/digest.ts'
import { challengesOf } from '../sip/fields/challenge.ts'
import { numberOf } from '../sip/fields/tokens.ts'
import type { FieldDraft, Response } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { parseUri, sameUri } from '../sip/uri.ts'

/** An account of the PBX. */
export type Account = {
  readonly user: string
  readonly credentials: Credentials
}

/** Where the accounts are registered and calls are sent to. */
export type Registrar = {
  readonly endpoint: Endpoint
  readonly transport: Transport
  /** Host, with its port where it has one, as it stands in addresses. */
  readonly domain: string
}

type Answer = Response | { readonly why: string }

export type Registration = {
  /** Why the account could not be registered; nothing where it is. */
  readonly register: () => Promise<string | undefined>
  /** Takes the binding away again, if there is one. */
  readonly remove: () => Promise<void>
  readonly onEvent: (event: UserAgentEvent) => void
  /** Realms for which the registrar has asked for credentials: those that the account is of. */
  readonly realms: () => ReadonlySet<string>
}

export type RegistrationOptions = {
  readonly ua: UserAgent
  readonly world: World
  readonly account: Account
  readonly registrar: Registrar
  /** URI at which the phone is reached. */
  readonly contact: string
  /** How long an answer is waited for. */
  readonly patienceMs: number
}

/** More than any ladder takes; a registrar may grant less, and then it is renewed. */
const wantedS = 600
const mostS = 86_400
/** Challenges before and after a registrar has asked for a longer time (§10.2.8): more than that has no end. */
const maxRetries = 6
/** A registrar has one; a hostile one has as many as it likes. */
const maxRealms = 8

export const createRegistration = (options: RegistrationOptions): Registration => {
  const { ua, world, account, registrar, contact, patienceMs } = options
  const { clock } = world
  const aor = `sip:${account.user}@${registrar.domain}`
  const requestUri = `sip:${registrar.domain}`
  const callId = world.token(128)
  const waiting = new Map<string, (answer: Answer) => void>()
  let seq = 0
  const realms = new Set<string>()
  let renewal: Disarm | undefined
  let bound = false
  let leaving = false
  /** The registration that is under way. */
  let underWay: Promise<string | undefined> | undefined

  /** RFC 3261 §10.2: all of them have one Call-ID, and a CSeq that grows. */
  const send = (expiresS: number, more: readonly FieldDraft[]): Promise<Answer> =>
    new Promise((resolve) => {
      seq += 1
      const { tx } = ua.request({
        cause: 'phone: REGISTER',
        method: 'REGISTER',
        requestUri,
        from: aor,
        to: aor,
        destination: registrar.endpoint,
        fields: [['Call-ID', callId], ['CSeq', `${seq} REGISTER`], ...registerFields(contact, expiresS), ...more],
      })
      const disarm = clock.after(patienceMs, () => end({ why: 'no answer' }))
      const end = (answer: Answer): void => {
        disarm()
        waiting.delete(tx)
        resolve(answer)
      }
      waiting.set(tx, end)
    })

  /** Follows challenges and a wish for a longer time. */
  const ask = async (expiresS: number): Promise<Answer> => {
    let wanted = expiresS
    let fields: readonly FieldDraft[] = []
    let follow = followChallenges(account.credentials, world.token)
    for (let retries = 0; ; retries += 1) {
      const answer = await send(wanted, fields)
      if (!('status' in answer) || retries === maxRetries || (leaving && expiresS > 0)) return answer
      const least = answer.status === 423 ? numberOf(answer, 'Min-Expires') : undefined
      if (least?.ok === true && least.value !== undefined && least.value > wanted && least.value <= mostS) {
        wanted = least.value
        fields = []
        follow = followChallenges(account.credentials, world.token)
      } else if (answer.status === 401 || answer.status === 407) {
        for (const { challenge } of challengesOf(answer)) if (realms.size < maxRealms) realms.add(challenge.realm)
        const credentials = follow(answer, { method: 'REGISTER', requestUri })
        if (!credentials.ok) return answer
        fields = credentials.value
      } else return answer
    }
  }

  const isOurs = (uri: string): boolean => {
    const [theirs, ours] = [parseUri(uri), parseUri(contact)]
    return theirs.ok && ours.ok && sameUri(theirs.value, ours.value)
  }

  const renewIn = (seconds: number): void => {
    renewal = clock.after(seconds * 500, () => void register())
  }

  const register: Registration['register'] = () => (underWay = bind())

  const bind = async (): Promise<string | undefined> => {
    const answer = await ask(wantedS)
    if (!('status' in answer)) return answer.why
    if (answer.status < 200 || answer.status >= 300) return displayText(`${answer.status} ${answer.reason}`.trim())
    bound = true
    const bindings = bindingsOf(answer)
    const granted = bindings.ok ? bindings.value.find(({ uri }) => isOurs(uri))?.expiresS : undefined
    if (!leaving) renewIn(Math.max(granted ?? wantedS, 2))
    return undefined
  }

  return {
    register,
    realms: () => realms,
    remove: async () => {
      leaving = true
      renewal?.()
      await underWay
      if (bound) await ask(0)
      bound = false
    },
    onEvent: (event) => {
      if (!('tx' in event)) return
      const end = waiting.get(event.tx)
      if (event.type === 'response' && event.received.message.status >= 200) end?.(event.received.message)
      else if (event.type === 'timeout') end?.({ why: 'no answer' })
      else if (event.type === 'unreachable') end?.({ why: event.reason })
    },
  }
}
