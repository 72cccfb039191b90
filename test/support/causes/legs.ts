import { answer, callOf, dialogOf, inner, media, offer, signalling } from './flows.ts'
import { type Dialog, type Places, type Say, type Sent, type Tape, publicPlaces, sdpOf, talk } from '../cause-flow.ts'

/** Behind the trunk that the PBX knows, the next server: here it stands where a flow has its PBX. */
const beyond: Places = {
  signalling: { pbx: { address: '192.0.2.50', port: 5060 }, trunk: signalling.trunk },
  media: { pbx: { address: '192.0.2.60', port: 40_000 }, trunk: { address: media.trunk.address, port: 20_010 } },
}
const callee = {
  uri: 'sip:+442079460123@192.0.2.50',
  to: '<sip:+442079460123@sip.example.com>',
  tagless: true,
} as const satisfies Say

const onward = { sdp: sdpOf(beyond.media.trunk) }
const fromBeyond = { sdp: sdpOf(beyond.media.pbx) }

type Legs = { readonly first: Dialog; readonly second: Dialog; readonly invite: Sent; readonly next: Sent }

/** Two legs of a call: of one Call-ID through a proxy, or each of its own. */
const legsOf = (tape: Tape, isProxy: boolean): Legs => {
  const first = dialogOf(tape, 'leg1')
  const second = dialogOf(tape, isProxy ? 'leg1' : 'leg2', 'trunk', beyond)
  const invite = first.request('pbx', 'INVITE', offer)
  first.respond(invite, '100 Trying')
  const next = second.request('trunk', 'INVITE', { ...(isProxy ? offer : onward), ...callee })
  return { first, second, invite, next }
}

const acknowledge = (dialog: Dialog, invite: Sent): void =>
  void dialog.request(invite.side, 'ACK', { uri: invite.uri, via: invite.via, tagless: false }, invite)

/** The far leg is refused with one status, and then the near one with another. */
const refused = (isProxy: boolean, far: string, near: string) => (tape: Tape) => {
  const { first, second, invite, next } = legsOf(tape, isProxy)
  second.respond(next, far)
  acknowledge(second, next)
  first.respond(invite, near)
  acknowledge(first, invite)
  tape.pass(3000)
  callOf(2000, { pbx: {}, trunk: {} })(tape)
}

const silent = (isProxy: boolean) => (tape: Tape) => {
  const { first, second, invite, next } = legsOf(tape, isProxy)
  second.again(next, [500, 1000, 2000, 4000])
  tape.pass(1000)
  first.respond(invite, isProxy ? '408 Request Timeout' : '503 Service Unavailable')
  acknowledge(first, invite)
  tape.pass(3000)
}

/** Both legs are answered; the media of a proxied call goes from end to end. */
const answered = (isProxy: boolean, far: Say, relay: (tape: Tape) => void) => (tape: Tape) => {
  const { first, second, invite, next } = legsOf(tape, isProxy)
  second.respond(next, '200 OK', far)
  first.respond(invite, '200 OK', isProxy ? far : answer)
  first.request('pbx', 'ACK', {}, invite)
  second.request('trunk', 'ACK', {}, next)
  relay(tape)
  first.respond(first.request('pbx', 'BYE'), '200 OK')
  second.respond(second.request('trunk', 'BYE'), '200 OK')
}

/** Calls of two legs: what is told of each. */
export const legCaptures: readonly {
  readonly name: string
  readonly shows: string
  /** Of the near leg, and of the far one. */
  readonly causes: readonly [readonly string[], readonly string[]]
  readonly by: 'call-id' | 'guess'
  readonly write: (tape: Tape) => void
}[] = [
  {
    name: 'proxied-unknown',
    shows: 'the server behind a proxy knows no such number',
    causes: [['number-unknown'], ['number-unknown']],
    by: 'call-id',
    write: refused(true, '404 Not Found', '404 Not Found'),
  },
  {
    name: 'proxied-silent',
    shows: 'the server behind a proxy does not answer: 408',
    causes: [['no-response'], ['no-response']],
    by: 'call-id',
    write: silent(true),
  },
  {
    name: 'proxied',
    shows: 'a call through a proxy, whose media goes from end to end',
    causes: [[], []],
    by: 'call-id',
    write: answered(true, fromBeyond, (tape) =>
      talk(
        tape,
        4000,
        { pbx: { source: media.pbx, destination: beyond.media.pbx }, trunk: {} },
        {
          ...publicPlaces,
          media: { pbx: media.pbx, trunk: beyond.media.pbx },
        },
      ),
    ),
  },
  {
    name: 'b2bua-forbidden',
    shows: 'the far leg is forbidden, and the near one unavailable',
    causes: [['call-forbidden'], ['call-forbidden']],
    by: 'guess',
    write: refused(false, '403 Forbidden', '503 Service Unavailable'),
  },
  {
    name: 'b2bua-silent',
    shows: 'the far leg gets no answer, and the near one is unavailable',
    causes: [['no-response'], ['no-response']],
    by: 'guess',
    write: silent(false),
  },
  {
    name: 'b2bua-private',
    shows: 'the far end asks for audio at a private address and sends none: the near leg is silent, too',
    causes: [
      ['sdp-private-address', 'one-way-audio'],
      ['sdp-private-address', 'no-audio'],
    ],
    by: 'guess',
    write: answered(false, { sdp: sdpOf(inner) }, (tape) => talk(tape, 4000, { pbx: {} })),
  },
  {
    name: 'b2bua',
    shows: 'a call through a back-to-back user agent that relays its media',
    causes: [[], []],
    by: 'guess',
    write: answered(false, fromBeyond, (tape) => {
      talk(tape, 4000)
      talk(
        tape,
        0,
        { pbx: { fromMs: -4000, untilMs: 0, ssrc: 5 }, trunk: { fromMs: -4000, untilMs: 0, ssrc: 6 } },
        beyond,
      )
    }),
  },
]
