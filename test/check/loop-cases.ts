import type { StepOutcome } from '../../src/core/outcome.ts'
import type { Frame } from '../../src/core/frame.ts'
import { type Bend, addField, createScript, describe, fold, media, setBody, setField, setUri } from '../support/flow.ts'
import { type Played, callIn, callOut } from '../support/calls.ts'
import { setOctet, sipp } from './digit-cases.ts'
import type { Case } from './provider-cases.ts'

const number = '+12025550150'
const caller = '+447700900123'
const unbent: Bend = (message) => message
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
  /** What becomes of the packets of the digits 1 and 2 on their way through the trunk; none are pressed where it is left out. */
  readonly digits?: (packets: readonly string[]) => readonly string[]
  /** Whether the end at which they come out takes telephone-events. */
  readonly takesEvents?: boolean
  readonly supports?: Readonly<Record<string, boolean>>
  readonly profile?: string
}

const packetsOf = (hex: readonly string[]): readonly Uint8Array[] =>
  hex.map((one) => Uint8Array.from(Buffer.from(one, 'hex')))

/** The media of the call that comes back has ports of its own. */
const ports = { pbx: media.pbx.port + 10, trunk: media.trunk.port + 10 } as const

/** The frames of the call that comes back, which begin there. */
const cameBack = (invite: Bend, after: Frame | undefined, options: Loop): readonly Frame[] => {
  const { uri = number, to = uri, digits, takesEvents = true } = options
  const ours = inOrder(other, setField('To', `<sip:${to}@203.0.113.10:5060;transport=udp>;tag=callee`))
  const formats = takesEvents ? {} : { formats: ['0'], rtpmaps: ['0 PCMU/8000'] }
  const { frames } = callIn({
    sut: 'trunk',
    bends: {
      'INVITE 1': inOrder(invite, setBody(describe('trunk', { port: ports.trunk }))),
      200: inOrder(ours, setBody(describe('pbx', { port: ports.pbx, ...formats }))),
      180: ours,
      ACK: ours,
    },
    pbx: null,
    trunk: null,
    talkMs: 10,
    until: digits === undefined ? '180' : 'BYE',
  })
  const script = createScript('trunk')
  script.pass(frames.at(-1)?.timeMs ?? 0)
  const way = {
    source: { ...media.trunk, port: ports.trunk },
    destination: { ...media.pbx, port: ports.pbx },
  }
  for (const bytes of packetsOf(digits?.(sipp) ?? [])) {
    script.pass(20)
    script.send('trunk', bytes, way)
  }
  return [...frames, ...script.frames].map((frame, index) => ({
    ...frame,
    number: (after?.number ?? 0) + index + 1,
    timeMs: (after?.timeMs ?? 0) + 10 + frame.timeMs,
  }))
}

/** A call of ours to our own number, and the first messages of the call as which it comes back. */
export const looped = (options: Loop): Played => {
  const { uri = number, to = uri, from = caller, back = unbent } = options
  const { hz = 700, hears = 700, profile = 'sinch/eu', digits, supports } = options
  const out = callOut({
    profile,
    contract: { numbers: { loop: number, callerId: caller }, ...(supports === undefined ? {} : { supports }) },
    bends: { 'INVITE 1': dialled, 'INVITE 2': dialled },
    trunk: { hz },
    ...(digits === undefined ? {} : { presses: { digits: '12', out: packetsOf(sipp) } }),
    until: 'BYE',
    breaks: ['to-is-target'],
  })
  const last = out.frames.at(-1)
  const behind = cameBack(inOrder(came(uri, to, from), back), last, options)
  const frames = [...out.frames, ...behind]
  const toMs = frames.at(-1)?.timeMs ?? 0
  const outcomes = out.evidence.outcomes.map((outcome): StepOutcome => {
    const { facts } = outcome
    if (facts?.verb === 'audio') return { ...outcome, facts: { ...facts, hearsHz: hears } }
    return facts?.verb === 'dtmf' ? { ...outcome, facts: { ...facts, toMs, reaches: 'back' } } : outcome
  })
  const backs: StepOutcome = {
    step: outcomes.length + 1,
    section: 'ladder',
    head: 'trunk -> pbx: INVITE',
    call: 'back',
    status: 'met',
    frames: behind.slice(0, 1).map((frame) => frame.number),
    timeMs: toMs,
  }
  return { frames, evidence: { ...out.evidence, trace: fold(frames, 'trunk'), outcomes: [...outcomes, backs] } }
}

/** The second digit once more, as an event of its own. */
const again = (packets: readonly string[]): readonly string[] => [
  ...packets,
  ...packets.slice(10).map((hex) => setOctet(setOctet(hex, 5, 1), 2, 0x20)),
]

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
  ['digits that come back as they were pressed', looped({ digits: (same) => same }), []],
  ['digits that do not come back', looped({ digits: () => [] }), ['loop-digits call 1/dtmf 1 fail trunk']],
  [
    'a digit that comes back as another',
    looped({ digits: (packets) => packets.map((hex, index) => (index < 10 ? setOctet(hex, 12, 3) : hex)) }),
    ['loop-digits call 1/dtmf 1 fail trunk'],
  ],
  [
    'a digit that does not come back',
    looped({ digits: (packets) => packets.slice(10) }),
    ['loop-digits call 1/dtmf 1 fail trunk'],
  ],
  ['a digit that comes back twice', looped({ digits: again }), ['loop-digits call 1/dtmf 1 fail trunk']],
  [
    'a digit that comes back without its end: the check of events alone tells it',
    looped({ digits: (packets) => packets.slice(0, 17) }),
    ['dtmf-events stream trunk>pbx 2 fail trunk'],
  ],
  ['our own tone instead of that of the other end', looped({ hz: 1000 }), ['loop-audio call 1/audio 1 fail trunk']],
  [
    'a call to another number: it is not the one that we made',
    looped({ uri: '+12025559999', from: '+12025550142' }),
    [],
  ],
]
