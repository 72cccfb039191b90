import type { Endpoint } from '../../src/core/frame.ts'
import type { Token } from '../../src/core/world.ts'
import { createUserAgent } from '../../src/agent/create-user-agent.ts'
import type { Recorder, UserAgent, UserAgentEvent, UserAgentOptions } from '../../src/agent/user-agent.ts'
import { timersOf } from '../../src/session/timers.ts'
import { type Message, type Request, fieldValue } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf } from '../../src/sip/text.ts'
import { createHandClock } from '../support/hand-clock.ts'
import { createMemoryLink } from '../support/memory-udp.ts'

/** `INVITE`, `180 INVITE`. */
export const short = (message: Message): string =>
  message.kind === 'request' ? message.method : `${message.status} ${fieldValue(message, 'CSeq')?.split(' ')[1] ?? ''}`

export type Sent = { readonly atMs: number; readonly what: string; readonly cause: string; readonly message: Message }

/** A user agent on the link: all that it sent, and all that it told. */
export type Party = {
  readonly agent: UserAgent
  readonly local: Endpoint
  readonly sent: Sent[]
  readonly events: UserAgentEvent[]
  /** `INVITE (step)` of each message sent. */
  readonly lines: () => readonly string[]
}

/** A peer that is no user agent: it says what a test tells it to. */
export type Puppet = {
  readonly local: Endpoint
  readonly heard: Message[]
  readonly say: (to: Endpoint, ...lines: readonly string[]) => void
}

export const createBench = () => {
  const hand = createHandClock()
  const link = createMemoryLink(hand.clock)
  let made = 0
  const token: Token = (bits) => (made += 1).toString(16).padStart(Math.ceil(bits / 4), '0')

  const party = async (
    address: string,
    onEvent: (event: UserAgentEvent, agent: UserAgent) => void = () => undefined,
    more: Partial<UserAgentOptions> = {},
  ): Promise<Party & { readonly fail: (error: Error) => void }> => {
    const socket = link.open(address, 5060)
    const sent: Sent[] = []
    const events: UserAgentEvent[] = []
    let frames = 0
    const record: Recorder = (draft, cause) => {
      const message = parseMessage(draft.bytes)
      if (draft.tap === 'sent' && message.ok)
        sent.push({
          atMs: hand.clock.nowMs(),
          what: short(message.value),
          cause: cause ?? 'NONE',
          message: message.value,
        })
      return { number: (frames += 1), timeMs: hand.clock.nowMs() }
    }
    const agent: UserAgent = await createUserAgent({
      world: { clock: hand.clock, token },
      sockets: [socket],
      timers: timersOf(500),
      record,
      onEvent: (event) => {
        events.push(event)
        onEvent(event, agent)
      },
      allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE'],
      ...more,
    })
    const lines = () => sent.map(({ what, cause }) => `${what} (${cause})`)
    return { agent, local: socket.local, sent, events, lines, fail: socket.fail }
  }

  const puppet = (address: string, hear: (message: Message, self: Puppet) => void = () => undefined): Puppet => {
    const socket = link.open(address, 5060)
    const self: Puppet = {
      local: socket.local,
      heard: [],
      say: (to, ...lines) => socket.send(bytesOf(`${lines.join('\r\n')}\r\n\r\n`), to),
    }
    socket.onDatagram((bytes) => {
      const message = parseMessage(bytes)
      if (!message.ok) throw new Error(message.fault.rule)
      self.heard.push(message.value)
      hear(message.value, self)
    })
    return self
  }

  return { ...hand, link, party, puppet }
}

export type Bench = ReturnType<typeof createBench>

/** An INVITE to a party on the bench. */
export const callTo = (destination: Endpoint, more: Partial<Parameters<UserAgent['request']>[0]> = {}) => ({
  method: 'INVITE',
  requestUri: `sip:bob@${destination.address}`,
  from: '<sip:alice@example.com>',
  to: '<sip:bob@example.com>',
  destination,
  cause: 'step',
  ...more,
})

/** Lines of a response to a request that a puppet heard. */
export const replyTo = (
  request: Request,
  status: number,
  tag: string,
  ...more: readonly string[]
): readonly string[] => [
  `SIP/2.0 ${status} Whatever`,
  `Via: ${fieldValue(request, 'Via') ?? ''}`,
  `From: ${fieldValue(request, 'From') ?? ''}`,
  `To: ${fieldValue(request, 'To') ?? ''}${status === 100 ? '' : `;tag=${tag}`}`,
  `Call-ID: ${fieldValue(request, 'Call-ID') ?? ''}`,
  `CSeq: ${fieldValue(request, 'CSeq') ?? ''}`,
  ...more,
]

export const valueOf = (message: Message | undefined, name: string): string =>
  (message === undefined ? undefined : fieldValue(message, name)) ?? ''
