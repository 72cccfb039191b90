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
const clearCalls = (ua: UserAgent, { calls, ending }: PostambleOptions, cause: string): void => {
  for (const name of ua.openCalls()) {
    if (ending.has(name)) continue
    const view = ua.call(name)
    const played = [...calls.values()].find((call) => call.ua === name)
    if (view?.phase === 'confirmed') ua.within(name, 'BYE', { cause: `${cause}: BYE` })
    else if (view?.role === 'uac' && played?.inviteTx !== undefined)
      ua.cancel(played.inviteTx, { cause: `${cause}: CANCEL` })
    else if (view?.role === 'uas') for (const tx of ua.pending(name)) ua.respond(tx, 480, { cause: `${cause}: 480` })
  }
}

/** How often is looked whether all has ended. */
const glanceMs = 10

/**
 * Hangs up what is up, and stays until nothing is awaited any more, so that late ACKs and answers are seen. Gives the calls
 * that did not end.
 */
export const postamble = async (ua: UserAgent, options: PostambleOptions): Promise<readonly string[]> => {
  const { clock, patienceMs } = options
  clearCalls(ua, options, 'postamble')
  const deadlineMs = clock.nowMs() + patienceMs
  const busy = (): boolean => ua.openCalls().length > 0 || !ua.settled()
  while (busy() && clock.nowMs() < deadlineMs) await new Promise<void>((resolve) => void clock.after(glanceMs, resolve))
  return ua.openCalls()
}
