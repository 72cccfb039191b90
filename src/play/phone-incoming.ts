import type { World } from '../core/world.ts'
import type { UserAgent, UserAgentEvent } from '../agent/user-agent.ts'
import type { Request } from '../sip/message.ts'
import { answerByTheBook } from './book.ts'
import type { PhoneEvents } from './phone-events.ts'
import { type Describe, type Leg, createLeg, sound } from './phone-leg.ts'
import type { Legs } from './phone-legs.ts'

export type IncomingOptions = {
  readonly ua: UserAgent
  readonly legs: Legs
  readonly events: PhoneEvents
  readonly describe: Describe
  readonly world: World
  /** How long it rings before it is picked up. */
  readonly ringMs: number
}

export type Incoming = {
  readonly onRequest: (event: Extract<UserAgentEvent, { type: 'request' }>) => void
  /** Picks up what rings, before it does so by itself. */
  readonly pickUp: () => void
}

/** More calls at a time than any ladder has; each takes two ports. */
const mostCalls = 10

/** What comes to a phone: calls, which ring and are picked up, and what comes within them. */
export const createIncoming = (options: IncomingOptions): Incoming => {
  const { ua, legs, events, describe, world, ringMs } = options

  const respond = (tx: string, status: number): void => {
    ua.respond(tx, status, { cause: `phone: ${status}` })
  }

  const accept = (tx: string, leg: Leg, request: Request): void => {
    const body = describe.answer(leg, request)
    if (body === undefined) {
      respond(tx, 488)
      if (leg.phase === 'setting-up') legs.end(leg)
      return
    }
    leg.phase = 'up'
    ua.respond(tx, 200, { cause: 'phone: 200', ...body })
    sound(leg)
    events.note('is-up')
  }

  const ring = async (tx: string, call: string, request: Request): Promise<void> => {
    if (legs.isClosed() || legs.all().length >= mostCalls) {
      respond(tx, legs.isClosed() ? 480 : 486)
      return
    }
    const leg = createLeg('uas', world)
    leg.played.ua = call
    const why = await legs.open(leg)
    if (why !== undefined) respond(tx, 503) // no free port in the range
    if (leg.phase === 'over') return // or it was cancelled meanwhile
    respond(tx, 180)
    leg.pickUp = () => {
      leg.pickUp = undefined
      leg.ringer?.()
      accept(tx, leg, request)
    }
    leg.ringer = world.clock.after(ringMs, leg.pickUp)
    events.note('rings')
  }

  return {
    onRequest: ({ tx, call, received, inDialog }) => {
      const { message } = received
      const leg = legs.of(call)
      if (message.method === 'INVITE' && !inDialog) void ring(tx, call, message)
      else if (message.method === 'INVITE' && leg !== undefined) accept(tx, leg, message)
      else answerByTheBook(ua, { tx, message }, undefined, 'phone', undefined)
      if (message.method !== 'BYE') return
      if (leg !== undefined) legs.end(leg)
      events.note('is-released')
    },
    pickUp: () => {
      for (const leg of legs.all()) leg.pickUp?.()
    },
  }
}
