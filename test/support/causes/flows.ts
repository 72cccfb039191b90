import {
  type Dialog,
  type Places,
  type Say,
  type Sent,
  type Talk,
  type Tape,
  createDialog,
  publicPlaces,
  retries,
  sdpOf,
  talk,
} from '../cause-flow.ts'
import type { Side } from '../../../src/core/finding.ts'
import type { Packet } from '../pcap.ts'

/** A capture that shows one cause. */
export type CauseCapture = {
  readonly name: string
  /** What is to be found, most likely first. */
  readonly causes: readonly string[]
  readonly atFault: string
  readonly shows: string
  /** What tshark says of it: a display filter, and on how many frames it holds. */
  readonly filter: string
  readonly frames: number
  readonly write: (tape: Tape) => void
}

export const { signalling, media } = publicPlaces
export const offer: Say = { sdp: sdpOf(media.pbx) }
export const answer: Say = { sdp: sdpOf(media.trunk) }
export const inner = { address: '192.168.1.10', port: 30_000 } as const

export const dialogOf = (
  tape: Tape,
  name: string,
  caller: Side = 'pbx',
  places?: Places,
  layer?: Packet['layer'],
): Dialog => createDialog(tape, name, caller, places, layer)

export type Answered = { readonly dialog: Dialog; readonly invite: Sent; readonly ok: Sent }

export type SetUp = {
  readonly invite?: Say
  readonly ok?: Say
  readonly ack?: Say
  readonly caller?: Side
  readonly ringMs?: number
}

/** INVITE, 180, 200, ACK. */
export const setUp = (tape: Tape, of: SetUp = {}): Answered => {
  const caller = of.caller ?? 'pbx'
  const [first, second] = caller === 'pbx' ? [offer, answer] : [answer, offer]
  const dialog = dialogOf(tape, 'a84b4c76e66710', caller)
  const invite = dialog.request(caller, 'INVITE', { ...first, ...of.invite })
  dialog.respond(invite, '100 Trying')
  dialog.respond(invite, '180 Ringing')
  tape.pass(of.ringMs ?? 1000)
  const ok = dialog.respond(invite, '200 OK', { ...second, ...of.ok })
  dialog.request(caller, 'ACK', of.ack, invite)
  return { dialog, invite, ok }
}

export const hangUp = ({ dialog }: Answered, side: Side = 'pbx'): void => {
  dialog.respond(dialog.request(side, 'BYE'), '200 OK')
}

/** A whole call, with that audio. */
export const callOf =
  (ms: number, sides: Partial<Record<Side, Talk>>, of: SetUp = {}) =>
  (tape: Tape): void => {
    const answered = setUp(tape, of)
    talk(tape, ms, sides)
    hangUp(answered)
  }

/** A call that is refused at once. */
export const refusedWith =
  (status: string, of: { readonly invite?: Say; readonly refusal?: Say } = {}) =>
  (tape: Tape): void => {
    const dialog = dialogOf(tape, 'a84b4c76e66710')
    const invite = dialog.request('pbx', 'INVITE', { ...offer, ...of.invite })
    dialog.respond(invite, status, of.refusal)
    dialog.request('pbx', 'ACK', { uri: invite.uri, via: invite.via, tagless: false }, invite)
    tape.pass(3000)
    ping(tape)
  }

/** An OPTIONS that is answered: time has passed, and the path is alive. */
export const ping = (tape: Tape): void => {
  const dialog = dialogOf(tape, 'ping', 'trunk')
  dialog.respond(dialog.request('trunk', 'OPTIONS', { tagless: true, uri: 'sip:203.0.113.10' }), '200 OK')
}

export const challenge = (nonce: string, more = ''): Say => ({
  fields: [`Proxy-Authenticate: Digest realm="sip.example.com", nonce="${nonce}", algorithm=MD5, qop="auth"${more}`],
})
export const credentials = (nonce: string, realm = 'sip.example.com', name = 'Proxy-Authorization'): Say => ({
  fields: [
    `${name}: Digest username="trunk-user", realm="${realm}", nonce="${nonce}", uri="sip:+442079460123@sip.example.com", response="0123456789abcdef0123456789abcdef", algorithm=MD5, qop=auth, cnonce="0a4f113b", nc=00000001`,
  ],
})

export const ackOf = (dialog: Dialog, invite: Sent): void =>
  void dialog.request(invite.side, 'ACK', { uri: invite.uri, via: invite.via, tagless: false }, invite)

/** Challenged, and again with credentials: each answer a challenge or a final word. */
export const authenticated =
  (realm: string, ...answers: readonly (readonly [status: string, say: Say])[]) =>
  (tape: Tape): void => {
    const dialog = dialogOf(tape, 'a84b4c76e66710')
    const first = dialog.request('pbx', 'INVITE', offer)
    dialog.respond(first, '407 Proxy Authentication Required', challenge('n0'))
    ackOf(dialog, first)
    for (const [index, [status, say]] of answers.entries()) {
      const again = dialog.request('pbx', 'INVITE', {
        ...offer,
        ...credentials(`n${index}`, realm),
        tagless: true,
        uri: first.uri,
      })
      dialog.respond(again, status, say)
      ackOf(dialog, again)
    }
    tape.pass(3000)
    ping(tape)
  }

export const copiesOf = (dialog: Dialog, sent: Sent, count = 5): void => dialog.again(sent, retries.slice(0, count))

/** A re-INVITE that is accepted. */
export const negotiate = ({ dialog }: Answered, side: Side, offered: string, answered: string): void => {
  const again = dialog.request(side, 'INVITE', { sdp: offered, tagless: false })
  dialog.respond(again, '200 OK', { sdp: answered })
  dialog.request(side, 'ACK', {}, again)
}

/** Held by the PBX for two seconds and resumed. */
export const heldCall = (resumed: Say, after: Partial<Record<Side, Talk>>) => (tape: Tape) => {
  const answered = setUp(tape)
  const { dialog } = answered
  talk(tape, 2000, { pbx: {}, trunk: {} })
  const hold = dialog.request('pbx', 'INVITE', { sdp: sdpOf(media.pbx, { direction: 'sendonly' }), tagless: false })
  dialog.respond(hold, '200 OK', { sdp: sdpOf(media.trunk, { direction: 'recvonly' }) })
  dialog.request('pbx', 'ACK', {}, hold)
  talk(tape, 2000, { pbx: {} })
  const resume = dialog.request('pbx', 'INVITE', { ...offer, tagless: false })
  dialog.respond(resume, '200 OK', resumed)
  dialog.request('pbx', 'ACK', {}, resume)
  talk(tape, 3000, after)
  hangUp(answered)
}

export const largeFields = Array.from(
  { length: 16 },
  (_, index) => `X-Route-${index + 1}: ${'0123456789abcdef'.repeat(5)}`,
)

export const register = (dialog: Dialog, say: Say = {}): Sent =>
  dialog.request('pbx', 'REGISTER', {
    uri: 'sip:sip.example.com',
    to: '<sip:+12025550142@sip.example.com>',
    ...say,
    fields: ['Expires: 60', ...(say.fields ?? [])],
    tagless: true,
  })
