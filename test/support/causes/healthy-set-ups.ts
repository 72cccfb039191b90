import { ackOf, answer, challenge, credentials, dialogOf, hangUp, media, offer, ping, refusedWith } from './flows.ts'
import { type Dialog, type Sent, type Tape, retries, sdpOf, talk } from '../cause-flow.ts'
import type { HealthyCapture } from './healthy-media.ts'

/** An INVITE that was challenged, again with credentials. */
const retry = (dialog: Dialog, first: Sent, nonce: string): Sent =>
  dialog.request('pbx', 'INVITE', { ...offer, ...credentials(nonce), tagless: true, uri: first.uri })

/** Accepts it, lets both talk, and hangs up. */
const goOn = (tape: Tape, dialog: Dialog, invite: Sent): void => {
  const ok = dialog.respond(invite, '200 OK', answer)
  dialog.request('pbx', 'ACK', {}, invite)
  talk(tape, 3000)
  hangUp({ dialog, invite, ok })
}

/** Rings for that long. */
const ringing = (tape: Tape, ms: number) => {
  const dialog = dialogOf(tape, 'a84b4c76e66710')
  const invite = dialog.request('pbx', 'INVITE', offer)
  dialog.respond(invite, '100 Trying')
  dialog.respond(invite, '180 Ringing')
  tape.pass(ms)
  return { dialog, invite }
}

/** Rings, and is refused with that status. */
const rungOut = (status: string) => (tape: Tape) => {
  const { dialog, invite } = ringing(tape, 20_000)
  dialog.respond(invite, status)
  ackOf(dialog, invite)
  tape.pass(3000)
  ping(tape)
}

const cancel = (tape: Tape, dialog: Dialog, invite: Sent): void => {
  const cancelled = dialog.request('pbx', 'CANCEL', { via: invite.via, uri: invite.uri, tagless: true }, invite)
  dialog.respond(cancelled, '200 OK')
  dialog.respond(invite, '487 Request Terminated')
  ackOf(dialog, invite)
  tape.pass(8000)
  ping(tape)
}

/** How calls are set up, refused and given up. */
export const healthySetUps: readonly HealthyCapture[] = [
  { name: 'busy', shows: 'the callee is busy', write: refusedWith('486 Busy Here') },
  { name: 'busy-everywhere', shows: 'the callee is busy everywhere', write: rungOut('600 Busy Everywhere') },
  { name: 'declined', shows: 'the callee declines behind the ringing', write: rungOut('603 Decline') },
  {
    name: 'unanswered',
    shows: 'nobody takes the phone: 480 behind the ringing',
    write: rungOut('480 Temporarily Unavailable'),
  },
  { name: 'timed-out', shows: 'nobody takes the phone: 408 behind the ringing', write: rungOut('408 Request Timeout') },
  {
    name: 'moved',
    shows: 'redirected with 302, and called there',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const first = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(first, '302 Moved Temporarily', { fields: ['Contact: <sip:+442079460999@sip.example.com>'] })
      ackOf(dialog, first)
      goOn(
        tape,
        dialog,
        dialog.request('pbx', 'INVITE', { ...offer, tagless: true, uri: 'sip:+442079460999@sip.example.com' }),
      )
    },
  },
  {
    name: 'cancelled',
    shows: 'the caller gives up while it rings: CANCEL, 487',
    write: (tape) => {
      const { dialog, invite } = ringing(tape, 12_000)
      cancel(tape, dialog, invite)
    },
  },
  {
    name: 'cancelled-early',
    shows: 'the caller gives up before it rings',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(invite, '100 Trying')
      tape.pass(3000)
      cancel(tape, dialog, invite)
    },
  },
  {
    name: 'challenged',
    shows: 'a challenge, answered',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const first = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(first, '407 Proxy Authentication Required', challenge('n0'))
      ackOf(dialog, first)
      goOn(tape, dialog, retry(dialog, first, 'n0'))
    },
  },
  {
    name: 'stale',
    shows: 'a challenge, answered with a nonce that is stale by then, and answered again',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const first = dialog.request('pbx', 'INVITE', { ...offer, ...credentials('n0') })
      dialog.respond(first, '407 Proxy Authentication Required', challenge('n1', ', stale=true'))
      ackOf(dialog, first)
      goOn(tape, dialog, retry(dialog, first, 'n1'))
    },
  },
  {
    name: 'forked',
    shows: 'two callees ring, one with an announcement, and the other one answers',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(invite, '183 Session Progress', { ...answer, to: `${invite.to};tag=first` })
      dialog.respond(invite, '180 Ringing', { to: `${invite.to};tag=314159` })
      talk(tape, 3000, { trunk: {} })
      goOn(tape, dialog, invite)
    },
  },
  {
    name: 'two-answers',
    shows: 'two callees answer: both are acknowledged, and one is hung up',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(invite, '180 Ringing', { to: `${invite.to};tag=first` })
      const ok = dialog.respond(invite, '200 OK', answer)
      dialog.request('pbx', 'ACK', {}, invite)
      const to = `${invite.to};tag=first`
      dialog.respond(invite, '200 OK', { sdp: sdpOf({ ...media.trunk, port: 20_008 }), to })
      dialog.request('pbx', 'ACK', { to }, invite)
      dialog.respond(dialog.request('pbx', 'BYE', { to }), '200 OK')
      talk(tape, 4000)
      hangUp({ dialog, invite, ok })
    },
  },
  {
    name: 'late-offer',
    shows: 'an INVITE without an offer: it comes in the 200, and the answer in the ACK',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710', 'trunk')
      const invite = dialog.request('trunk', 'INVITE')
      const ok = dialog.respond(invite, '200 OK', offer)
      dialog.request('trunk', 'ACK', answer, invite)
      talk(tape, 4000)
      hangUp({ dialog, invite, ok })
    },
  },
  {
    name: 'early-answer',
    shows: 'the answer in a reliable 183 (RFC 3262), and none in the 200',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', { ...offer, fields: ['Supported: 100rel'] })
      dialog.respond(invite, '183 Session Progress', { ...answer, fields: ['Require: 100rel', 'RSeq: 1'] })
      dialog.respond(dialog.request('pbx', 'PRACK', { fields: [`RAck: 1 ${invite.seq} INVITE`] }), '200 OK')
      talk(tape, 2000, { trunk: {} })
      const ok = dialog.respond(invite, '200 OK')
      dialog.request('pbx', 'ACK', {}, invite)
      talk(tape, 4000)
      hangUp({ dialog, invite, ok })
    },
  },
  {
    name: 'slow',
    shows: 'each message is sent two or three times before its answer comes',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const twice = (sent: Sent): Sent => {
        dialog.again(sent, retries.slice(0, 1))
        return sent
      }
      const invite = twice(dialog.request('pbx', 'INVITE', offer))
      dialog.respond(invite, '180 Ringing')
      const ok = dialog.respond(invite, '200 OK', answer)
      dialog.again(ok, retries.slice(0, 2))
      dialog.request('pbx', 'ACK', {}, invite)
      talk(tape, 3000)
      const bye = dialog.request('pbx', 'BYE')
      dialog.again(bye, retries.slice(0, 2))
      dialog.respond(bye, '200 OK')
    },
  },
  {
    name: 'asked-just-now',
    shows: 'the capture ends three seconds behind an INVITE',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      dialog.again(invite, retries.slice(0, 1))
      tape.pass(2500)
      ping(tape)
    },
  },
  {
    name: 'tcp',
    shows: 'a call over TCP',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710', 'pbx', undefined, 'tcp')
      const invite = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(invite, '100 Trying')
      dialog.respond(invite, '180 Ringing')
      tape.pass(8000)
      goOn(tape, dialog, invite)
    },
  },
]
