import type { StepOutcome } from '../../src/core/outcome.ts'
import { type Bend, addField, fold, setField, setUri } from '../support/flow.ts'
import { type Played, callIn, callOut } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

const number = '+12025550150'
const caller = '+447700900123'
const header: Bend = addField('X-Loop', 'there and back')

const inOrder =
  (...bends: readonly Bend[]): Bend =>
  (message) =>
    bends.reduce<ReturnType<Bend>>((bent, bend) => bent && bend(bent), message)

const dialled = inOrder(setUri(`sip:${number}@euc1.vp.sip.sinch.com`), header)
const other = setField('Call-ID', 'c2@example.org')
const came = (uri: string, to: string, from: string): Bend =>
  inOrder(
    other,
    setUri(`sip:${uri}@203.0.113.10:5060;transport=udp`),
    setField('To', `<sip:${to}@203.0.113.10:5060;transport=udp>`),
    setField('From', `<sip:${from}@18.194.168.245>;tag=caller`),
    header,
  )

type Loop = {
  readonly uri?: string
  readonly to?: string
  readonly from?: string
  /** What is bent of the INVITE that comes back. */
  readonly back?: Bend
  /** The tone that comes out of the trunk, and the one that we sent in at the other end. */
  readonly hz?: number
  readonly hears?: number
  readonly profile?: string
}

/** A call of ours to our own number, and the first messages of the call as which it comes back. */
const looped = ({ uri = number, to = uri, from = caller, back = (same) => same, ...options }: Loop): Played => {
  const { hz = 700, hears = 700, profile = 'sinch/eu' } = options
  const out = callOut({
    profile,
    contract: { numbers: { loop: number, callerId: caller } },
    bends: { 'INVITE 1': dialled, 'INVITE 2': dialled },
    trunk: { hz },
    until: 'BYE',
  })
  const into = callIn({ sut: 'trunk', bends: { 'INVITE 1': inOrder(came(uri, to, from), back) }, until: '180' })
  const last = out.frames.at(-1)
  const behind = into.frames.map((frame, index) => ({
    ...frame,
    number: (last?.number ?? 0) + index + 1,
    timeMs: (last?.timeMs ?? 0) + 10 * (index + 1),
  }))
  const frames = [...out.frames, ...behind]
  const hearing = (outcome: StepOutcome): StepOutcome =>
    outcome.facts?.verb === 'audio' ? { ...outcome, facts: { ...outcome.facts, hearsHz: hears } } : outcome
  const outcomes = out.evidence.outcomes.map(hearing)
  return { frames, evidence: { ...out.evidence, trace: fold(frames, 'trunk'), outcomes } }
}

export const loopCases: readonly Case[] = [
  ['a call that comes back through the trunk as it was made', looped({}), []],
  [
    'a caller ID that comes back as another',
    looped({ from: '+12025550142' }),
    ['loop-caller-id call 2/INVITE 1 fail trunk'],
  ],
  [
    'a caller who comes back without a number (RFC 3323 §4.1.1.3)',
    looped({ back: setField('From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=caller') }),
    ['loop-caller-id call 2/INVITE 1 fail trunk'],
  ],
  [
    'a number that comes back with the code of another country',
    looped({ uri: '+442025550150' }),
    ['loop-number call 2/INVITE 1 fail trunk'],
  ],
  [
    'a number that comes back in To as another',
    looped({ to: '+12025550142' }),
    ['loop-number call 2/INVITE 1 fail trunk'],
  ],
  [
    'a number that comes back without its +, where a form is documented: the check of the form alone tells it',
    looped({ uri: number.slice(1) }),
    ['number-format call 2/INVITE 1 fail trunk'],
  ],
  [
    'a private header field that does not come back',
    looped({ back: setField('X-Loop', 'another value') }),
    ['loop-headers call 2/INVITE 1 warn trunk'],
  ],
  ['our own tone instead of that of the other end', looped({ hz: 1000 }), ['loop-audio call 1/audio 1 fail trunk']],
  [
    'a call to another number: it is not the one that we made',
    looped({ uri: '+12025559999', from: '+12025550142' }),
    [],
  ],
]
