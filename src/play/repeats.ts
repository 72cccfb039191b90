import type { Side } from '../core/finding.ts'
import { type Result, fault } from '../core/result.ts'
import type { Disarm, World } from '../core/world.ts'
import type { Credentials } from '../sip/digest.ts'
import type { Request, Response } from '../sip/message.ts'
import { tagIn } from '../sip/tags.ts'
import { type FollowChallenge, type NonceCounts, followChallenges } from '../session/challenge.ts'
import { mostGlares, waitAfterGlare } from '../session/glare.ts'
import type { SendOptions, UserAgent } from '../agent/user-agent.ts'
import type { PlayedCall } from './call.ts'

type Gone = { readonly tx: string }

/** A re-INVITE that may meet one of the far end. */
export type Reoffer = {
  /** The description that holds is the one from before. */
  readonly undo: () => void
  readonly again: () => Result<Gone>
}

/** What happens with a request in place of its answer: it went as `by`, or will; the time for its answer counts from `timeMs`. */
export type Repeat = { readonly tx: string; readonly by: string; readonly timeMs: number }

export type RepeatOptions = {
  readonly ua: UserAgent
  readonly us: Side
  readonly credentials: Credentials | undefined
  readonly world: World
  readonly t1Ms: number
  readonly onRepeat: (repeat: Repeat) => void
}

/** Requests of ours that go again because their answer asks for that. */
export type Repeats = {
  /** With the configured credentials for that challenge, and from then on for those that follow. */
  readonly authenticate: (tx: string, challenge: Response, options: SendOptions) => Result<Gone>
  readonly reoffered: (tx: string, reoffer: Reoffer) => void
  /** Whether the answer is dealt with so. */
  readonly follow: (tx: string, call: string, played: PlayedCall | undefined, answer: Response) => boolean
  /** What waits does not go any more. */
  readonly stop: () => void
}

const isInDialog = (request: Request): boolean => tagIn(request, 'To') !== undefined

export const createRepeats = (options: RepeatOptions): Repeats => {
  const { ua, us, credentials, world, t1Ms, onRepeat } = options
  const counts: NonceCounts = new Map()
  /** By the transaction that the request went in last. */
  const following = new Map<string, FollowChallenge>()
  const reoffers = new Map<string, Reoffer>()
  const glares = new Map<string, number>()
  const waiting = new Set<Disarm>()

  const authenticate: Repeats['authenticate'] = (tx, challenge, wanted) => {
    const request = ua.lastSent(tx)
    if (credentials === undefined || request?.kind !== 'request')
      return fault('player.cannot-send', 'none', 'no credentials are configured')
    const follow = following.get(tx) ?? followChallenges(credentials, world.token, counts)
    const fields = follow(challenge, request)
    if (!fields.ok) return fields
    const sent = ua.again(tx, { ...wanted, fields: [...fields.value, ...(wanted.fields ?? [])] })
    following.set(sent.tx, follow)
    const reoffer = reoffers.get(tx)
    if (reoffer !== undefined) reoffers.set(sent.tx, reoffer)
    glares.set(sent.tx, glares.get(tx) ?? 0)
    return { ok: true, value: sent }
  }

  /**
   * Whether we owe it credentials: a provider has none for a PBX, and the first challenge to a call is the ladder's. A CANCEL
   * cannot go again (RFC 3261 §22.1).
   */
  const isOwed = (tx: string): boolean => {
    const request = ua.lastSent(tx)
    if (us !== 'pbx' || credentials === undefined || request?.kind !== 'request') return false
    return following.has(tx) || (request.method !== 'CANCEL' && isInDialog(request))
  }

  const challenged = (tx: string, played: PlayedCall | undefined, challenge: Response): boolean => {
    const sent = isOwed(tx) ? authenticate(tx, challenge, { cause: 'duty: credentials' }) : undefined
    if (sent?.ok !== true) return false
    if (played?.inviteTx === tx) played.inviteTx = sent.value.tx
    onRepeat({ tx, by: sent.value.tx, timeMs: world.clock.nowMs() })
    return true
  }

  const crossed = (tx: string, call: string, played: PlayedCall | undefined): boolean => {
    const reoffer = reoffers.get(tx)
    const times = (glares.get(tx) ?? 0) + 1
    if (reoffer === undefined || played === undefined || times > mostGlares) return false
    reoffer.undo()
    played.crossed = true
    const waitMs = waitAfterGlare(ua.call(call)?.role === 'uac', t1Ms, world.token)
    onRepeat({ tx, by: tx, timeMs: world.clock.nowMs() + waitMs })
    const disarm = world.clock.after(waitMs, () => {
      waiting.delete(disarm)
      const sent = ua.call(call)?.phase === 'confirmed' ? reoffer.again() : undefined
      if (sent?.ok !== true) return
      glares.set(sent.value.tx, times)
      onRepeat({ tx, by: sent.value.tx, timeMs: world.clock.nowMs() })
    })
    waiting.add(disarm)
    return true
  }

  return {
    authenticate,
    reoffered: (tx, reoffer) => void reoffers.set(tx, reoffer),
    follow: (tx, call, played, answer) => {
      if (answer.status === 491) return crossed(tx, call, played)
      return (answer.status === 401 || answer.status === 407) && challenged(tx, played, answer)
    },
    stop: () => {
      for (const disarm of waiting) disarm()
      waiting.clear()
    },
  }
}
