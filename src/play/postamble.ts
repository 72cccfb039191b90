import type { Clock } from '../core/world.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import type { PlayedCall } from './call.ts'

export type PostambleOptions = {
  readonly calls: ReadonlyMap<string, PlayedCall>
  readonly clock: Clock
  readonly patienceMs: number
  /** Calls whose BYE is under way: they have ended for us, and need no other (RFC 3261 §15.1.1). */
  readonly ending: ReadonlySet<string>
}

/** Ends what is still up: BYE in a dialog, CANCEL before one, 480 to what rings here. */
const clearCall = (ua: UserAgent, name: string, { calls }: PostambleOptions): void => {
  const view = ua.call(name)
  const played = [...calls.values()].find((call) => call.ua === name)
  if (view?.phase === 'confirmed') ua.within(name, 'BYE', { cause: 'postamble: BYE' })
  else if (view?.role === 'uac' && played?.inviteTx !== undefined)
    ua.cancel(played.inviteTx, { cause: 'postamble: CANCEL' })
  else if (view?.role === 'uas') for (const tx of ua.pending(name)) ua.respond(tx, 480, { cause: 'postamble: 480' })
}

/** How often is looked whether all has ended. */
const glanceMs = 10

/**
 * Hangs up what is up, and stays until nothing is awaited any more, so that late ACKs and answers are seen. Gives the calls
 * that did not end.
 */
export const postamble = async (ua: UserAgent, options: PostambleOptions): Promise<readonly string[]> => {
  const { clock, patienceMs } = options
  const deadlineMs = clock.nowMs() + patienceMs
  const hungUp = new Set(options.ending)
  const clearing = new Set<string>()
  const clear = (): void => {
    for (const name of ua.openCalls()) {
      const isUp = ua.call(name)?.phase === 'confirmed'
      // A 2xx that crossed our CANCEL has set the call up all the same: it wants a BYE (RFC 3261 §9.1, §15.1.1).
      if (hungUp.has(name) || (clearing.has(name) && !isUp)) continue
      clearing.add(name)
      if (isUp) hungUp.add(name)
      clearCall(ua, name, options)
    }
  }
  const busy = (): boolean => ua.openCalls().length > 0 || !ua.settled()
  clear()
  while (busy() && clock.nowMs() < deadlineMs) {
    await new Promise<void>((resolve) => void clock.after(glanceMs, resolve))
    clear()
  }
  return ua.openCalls()
}
