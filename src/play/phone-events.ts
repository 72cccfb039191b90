import type { Clock } from '../core/world.ts'

/** What a phone meets with: it rings, a call of it is up, the other side has hung up. */
export type PhoneEvent = 'rings' | 'is-up' | 'is-released'

export type PhoneEvents = {
  readonly note: (what: PhoneEvent) => void
  /** Whether that has come to pass, waited for no longer than that. */
  readonly until: (what: PhoneEvent, withinMs: number) => Promise<boolean>
  /** Nothing is waited for any more. */
  readonly close: () => void
}

export const createPhoneEvents = (clock: Clock): PhoneEvents => {
  const met = new Set<PhoneEvent>()
  const waiting = new Set<() => void>()
  /** The phone is closed, or something did not come to pass in time: what follows from it will not, either. */
  let isOver = false

  const lookAgain = (): void => {
    for (const look of waiting) look()
  }

  return {
    note: (what) => {
      met.add(what)
      lookAgain()
    },
    until: (what, withinMs) =>
      new Promise((resolve) => {
        const end = (): void => {
          disarm()
          waiting.delete(look)
          isOver ||= !met.has(what)
          resolve(met.has(what))
        }
        const look = (): void => {
          if (isOver || met.has(what)) end()
        }
        const disarm = clock.after(withinMs, end)
        waiting.add(look)
        look()
      }),
    close: () => {
      isOver = true
      lookAgain()
    },
  }
}
