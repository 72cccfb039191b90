import type { World } from '../core/world.ts'
import { createUserAgent } from '../agent/create-user-agent.ts'
import type { Recorder, UserAgentEvent, UserAgentOptions } from '../agent/user-agent.ts'
import { openSipSocket } from '../net/sip-socket.ts'
import type { Ticker } from '../net/ticker.ts'
import type { Contract } from '../profile/contract.ts'
import type { PortRange } from '../profile/profile.ts'
import { showHost } from '../sip/uri.ts'
import { hear } from './call.ts'
import { type PhoneEvents, createPhoneEvents } from './phone-events.ts'
import { createIncoming } from './phone-incoming.ts'
import { describeBy, pressDigits, sound } from './phone-leg.ts'
import { createLegs } from './phone-legs.ts'
import { createOutgoing } from './phone-outgoing.ts'
import { type Account, type Registrar, type Registration, createRegistration } from './phone-registration.ts'
import { postamble } from './postamble.ts'

export type PhoneOptions = {
  /** The first dials; all of them ring. */
  readonly accounts: readonly Account[]
  readonly registrar: Registrar
  readonly contract: Contract
  readonly world: World
  readonly ticker: Ticker
  readonly timers: UserAgentOptions['timers']
  /** IP literal. */
  readonly bind: string
  readonly advertise: string | undefined
  readonly rtpPorts: PortRange | undefined
  readonly loopbackOnly: boolean
  /** How long a registrar, or the end of a call, is waited for. */
  readonly patienceMs: number
  readonly record: { readonly signalling: Recorder; readonly media: Recorder }
}

/** A telephone behind the PBX: it rings, picks up by itself, and sends back what it hears. */
export type Phone = {
  /** Why it could not be registered; nothing where it is. */
  readonly register: () => Promise<string | undefined>
  /** Each gives the reason where it could not. */
  readonly dial: (number: string, onRefused?: (why: string) => void) => Promise<string | undefined>
  readonly hangUp: () => string | undefined
  /** Picks up what rings, before it does so by itself. */
  readonly pickUp: () => void
  /** Whether that has come to pass, waited for no longer than that. */
  readonly until: PhoneEvents['until']
  readonly hold: (on: boolean) => string | undefined
  readonly press: (digits: string) => string | undefined
  /** Hangs up, takes its registrations away and closes, once. Gives the calls that did not end. */
  readonly close: () => Promise<readonly string[]>
}

/** How long it rings before it is picked up, in T1. */
const ringTime = 1

/** A phone on a port of its own, over the transport of its registrar. */
export const openPhone = async (options: PhoneOptions): Promise<Phone> => {
  const { accounts, registrar, world, ticker, record, bind, advertise, rtpPorts, timers, patienceMs } = options
  const { loopbackOnly } = options
  const [dialler] = accounts
  const socket = await openSipSocket(registrar.transport, { address: bind, loopbackOnly })
  const ua = await createUserAgent({
    world,
    sockets: [socket],
    timers,
    record: record.signalling,
    onEvent: (event) => {
      onEvent(event)
    },
    userAgent: 'trunkproof phone',
    allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'NOTIFY'],
    ...(dialler === undefined ? {} : { contactUser: dialler.user }),
    ...(advertise === undefined ? {} : { advertise }),
  })
  const place = `${showHost(advertise ?? socket.local.address)}:${socket.local.port}`
  const way = registrar.transport === 'udp' ? '' : `;transport=${registrar.transport}`
  const registrations: readonly Registration[] = accounts.map((account) =>
    createRegistration({ ua, world, account, registrar, contact: `sip:${account.user}@${place}${way}`, patienceMs }),
  )

  const legs = createLegs({
    address: bind,
    world,
    ticker,
    record: record.media,
    loopbackOnly,
    ...(rtpPorts === undefined ? {} : { ports: rtpPorts }),
  })
  const events = createPhoneEvents(world.clock)
  /** Calls whose BYE is under way: they have ended for the phone. */
  const ending = new Set<string>()
  const common = { ua, legs, events, describe: describeBy(options.contract, advertise), world }
  const incoming = createIncoming({ ...common, ringMs: ringTime * timers.t1Ms })
  const outgoing = createOutgoing({
    ...common,
    dialler,
    registrar,
    realms: () => registrations[0]?.realms() ?? new Set(),
    ending,
    t1Ms: timers.t1Ms,
  })

  const onEvent = (event: UserAgentEvent): void => {
    for (const registration of registrations) registration.onEvent(event)
    if (event.type === 'malformed') return
    const leg = legs.of(event.call)
    if (event.type === 'request') incoming.onRequest(event)
    else if (event.type === 'response') outgoing.onResponse(event)
    else if (leg === undefined) return
    else if (event.type === 'ack') {
      if (event.received.message.body.length === 0) return
      hear(leg.played, event.received.message)
      sound(leg)
    } else if (event.type !== 'cancelled') legs.end(leg)
    else if (leg.phase !== 'up') {
      // A re-INVITE that is cancelled leaves the call as it was (RFC 3261 §14.1).
      legs.end(leg)
      events.note('is-released')
    }
  }

  const shut = async (): Promise<readonly string[]> => {
    events.close()
    const calls = new Map(legs.all().flatMap(({ played }) => (played.ua === undefined ? [] : [[played.ua, played]])))
    const silent = legs.close()
    const left = await postamble(ua, { calls, clock: world.clock, patienceMs, ending })
    for (const registration of registrations) await registration.remove()
    await ua.close()
    await silent
    return left
  }
  let shutting: Promise<readonly string[]> | undefined

  return {
    register: async () => {
      for (const [index, registration] of registrations.entries()) {
        const why = await registration.register()
        if (why !== undefined) return `the phone ${accounts[index]?.user ?? ''} is not registered: ${why}`
      }
      return undefined
    },
    dial: outgoing.dial,
    hangUp: outgoing.hangUp,
    pickUp: incoming.pickUp,
    until: events.until,
    hold: outgoing.hold,
    press: (digits) => {
      const leg = legs.all().find(({ phase }) => phase === 'up')
      return leg !== undefined && pressDigits(leg, digits)
        ? undefined
        : 'the phone has no call in which telephone-event is agreed on'
    },
    close: () => (shutting ??= shut()),
  }
}
