import { buildRequest, buildResponse } from '../../src/sip/serialize.ts'
import type { Contract } from '../../src/profile/contract.ts'
import type { Check, Evidence } from '../../src/check/check.ts'
import { judge } from '../../src/check/judge.ts'
import { type Side, otherSide } from '../../src/core/finding.ts'
import type { Endpoint, Frame } from '../../src/core/frame.ts'
import type { StepOutcome } from '../../src/core/outcome.ts'
import { type FieldDraft, type Message, fieldValue } from '../../src/sip/message.ts'
import { sampleContract } from './catalogue.ts'
import {
  signalling,
  type Script,
  createScript,
  fold,
  describe,
  media,
  type Talk,
  talk,
  type Bend,
  host,
  setField,
} from './flow.ts'

export type CallOptions = {
  readonly sut?: Side
  /** Bends by the names of the lines below, as in `200` or `ACK`. */
  readonly bends?: Readonly<Record<string, Bend>>
  readonly pbx?: Talk | null
  readonly trunk?: Talk | null
  readonly talkMs?: number
  readonly contract?: Partial<Contract>
  readonly profile?: string
  readonly breaks?: readonly string[]
  /** The trunk talks for that long once it rings. */
  readonly earlyMs?: number
  /** Ends before the line of that name. */
  readonly until?: string
  /** How often a line is repeated in time, as where its answer is lost. */
  readonly again?: Readonly<Record<string, number>>
  /** Signalling in one connection each way, and Contacts that say so. */
  readonly over?: 'tcp' | undefined
  /** Behind the audio the PBX presses these: what goes out for them, RTP packets every 20 ms or messages. */
  readonly presses?: { readonly digits: string; readonly out: readonly (Uint8Array | Message)[] }
  /** Messages, by name, that take another way than from port 5060 to port 5060. */
  readonly ways?: Readonly<Record<string, { readonly source?: Endpoint; readonly destination?: Endpoint }>>
}

export type Played = { readonly frames: readonly Frame[]; readonly evidence: Evidence }

const sdpType: FieldDraft = ['Content-Type', 'application/sdp']

type Line = { readonly name: string; readonly sender: Side; readonly message: Message } | 'audio'

const numbers = { pbx: '+447700900123', trunk: '+12025550100' } as const

type Frameless = {
  readonly caller: Side
  readonly callerUri: string
  readonly calledUri: string
  readonly requestUri: string
  readonly over?: 'tcp' | undefined
}

/** The frame of a message as the stream has it. */
const onStream = (frame: Frame): Frame => ({ ...frame, layer: 'tcp', stream: { connection: 1, gap: false } })

const linesOf = (flow: Frameless, challenged: boolean): readonly Line[] => {
  const { caller, callerUri, calledUri, requestUri, over = 'udp' } = flow
  const contactOf = (side: Side, withDid = false): string =>
    `<sip:${numbers[side]}@${signalling[side].address}:5060${withDid ? ';did=27e.fecc2a1' : ''}${over === 'tcp' ? ';transport=tcp' : ''}>`
  const callee = otherSide(caller)
  const from = `<${callerUri}>;tag=caller`
  const to = `<${calledUri}>`
  const toTagged = `${to};tag=callee`
  const via = (side: Side, branch: string): FieldDraft => [
    'Via',
    `SIP/2.0/${over.toUpperCase()} ${signalling[side].address}:5060;branch=z9hG4bK${branch};rport`,
  ]
  const dialog = (fromValue: string, toValue: string, cseq: string): readonly FieldDraft[] => [
    ['From', fromValue],
    ['To', toValue],
    ['Call-ID', 'c1@example.org'],
    ['CSeq', cseq],
  ]
  const invite = (seq: number, fields: readonly FieldDraft[] = []): Line => ({
    name: `INVITE ${seq}`,
    sender: caller,
    message: buildRequest({
      method: 'INVITE',
      requestUri,
      fields: [
        via(caller, `invite${seq}`),
        ['Max-Forwards', '70'],
        ...dialog(from, to, `${seq} INVITE`),
        ['Contact', contactOf(caller, caller === 'trunk')],
        ...fields,
        sdpType,
      ],
      body: describe(caller),
    }),
  })
  const answer = (
    name: string,
    sender: Side,
    status: number,
    reason: string,
    fields: readonly FieldDraft[],
    body?: Uint8Array,
  ): Line => ({
    name,
    sender,
    message: buildResponse({
      status,
      reason,
      fields: body === undefined ? fields : [...fields, sdpType],
      ...(body === undefined ? {} : { body }),
    }),
  })
  const challenge: readonly Line[] = [
    invite(1),
    answer('401', callee, 401, 'Unauthorized', [
      via(caller, 'invite1'),
      ...dialog(from, `${to};tag=refused`, '1 INVITE'),
      ['WWW-Authenticate', `Digest realm="${host}", nonce="n1", algorithm=MD5, qop="auth"`],
    ]),
    {
      name: 'ACK 401',
      sender: caller,
      message: buildRequest({
        method: 'ACK',
        requestUri,
        fields: [via(caller, 'invite1'), ['Max-Forwards', '70'], ...dialog(from, `${to};tag=refused`, '1 ACK')],
      }),
    },
  ]
  const seq = challenged ? 2 : 1
  const credentials: readonly FieldDraft[] = [
    [
      'Authorization',
      `Digest username="user", realm="${host}", nonce="n1", uri="${requestUri}", response="0123456789abcdef0123456789abcdef", algorithm=MD5, qop=auth, cnonce="c", nc=00000001`,
    ],
  ]
  const inDialog = (name: string, method: string, cseq: number): Line => ({
    name,
    sender: caller,
    message: buildRequest({
      method,
      requestUri: contactOf(callee).slice(1, -1),
      fields: [via(caller, name.toLowerCase()), ['Max-Forwards', '70'], ...dialog(from, toTagged, `${cseq} ${method}`)],
    }),
  })
  const responseFields = [via(caller, `invite${seq}`), ...dialog(from, toTagged, `${seq} INVITE`)]
  return [
    ...(challenged ? challenge : []),
    invite(seq, challenged ? credentials : []),
    answer('180', callee, 180, 'Ringing', [...responseFields, ['Contact', contactOf(callee)]]),
    answer('200', callee, 200, 'OK', [...responseFields, ['Contact', contactOf(callee)]], describe(callee)),
    inDialog('ACK', 'ACK', seq),
    'audio',
    inDialog('BYE', 'BYE', seq + 1),
    answer('200 BYE', callee, 200, 'OK', [via(caller, 'bye'), ...dialog(from, toTagged, `${seq + 1} BYE`)]),
  ]
}

/** A response gives back From as its request had it, however that was bent (RFC 3261 §8.2.6.2). */
const echoing = (message: Message, sent: readonly Message[]): Message => {
  const cseq = fieldValue(message, 'CSeq')
  const request = sent.find((one) => fieldValue(one, 'CSeq') === cseq)
  const from = request && fieldValue(request, 'From')
  return message.kind === 'request' || from === undefined ? message : (setField('From', from)(message) ?? message)
}

const press = (
  script: Script,
  { digits, out }: NonNullable<CallOptions['presses']>,
  note: (head: string, frames: readonly number[], facts: NonNullable<StepOutcome['facts']>) => void,
): void => {
  const fromMs = script.now()
  for (const one of out) {
    if (one instanceof Uint8Array) script.send('pbx', one, { source: media.pbx, destination: media.trunk })
    else script.say(one.kind === 'request' ? 'pbx' : 'trunk', one)
    script.pass(20)
  }
  const facts = { verb: 'dtmf', digits, fromMs, toMs: script.now(), direction: 'pbx>trunk', negotiated: true }
  note('pbx -> trunk: dtmf', [], facts)
}

const play = (lines: readonly Line[], options: CallOptions): Played => {
  const { sut = 'trunk', bends = {}, talkMs = 1000, breaks = [], again = {} } = options
  const script = createScript(sut)
  const outcomes: StepOutcome[] = []
  const requests: Message[] = []
  const note = (head: string, frames: readonly number[], facts?: StepOutcome['facts']) => {
    const step = outcomes.length + 1
    outcomes.push({
      step,
      section: 'ladder',
      head,
      call: '1',
      status: 'met',
      frames,
      timeMs: script.now(),
      ...(facts === undefined ? {} : { facts }),
    })
  }
  for (const line of lines) {
    if (line === 'audio') {
      const fromMs = script.now()
      talk(script, talkMs, {
        ...(options.pbx === null ? {} : { pbx: options.pbx ?? {} }),
        ...(options.trunk === null ? {} : { trunk: options.trunk ?? {} }),
      })
      note('pbx <-> trunk: audio', [], { verb: 'audio', toneHz: 1000, fromMs, toMs: script.now(), direction: 'both' })
      if (options.presses !== undefined) press(script, options.presses, note)
      continue
    }
    if (line.name === options.until) break
    const message = (bends[line.name] ?? ((same: Message) => same))(echoing(line.message, requests))
    if (message === undefined) continue
    if (message.kind === 'request') requests.push(message)
    note(`${line.sender} -> ${otherSide(line.sender)}: ${line.name}`, [
      script.say(line.sender, message, options.ways?.[line.name]),
    ])
    if (line.name === '180' && options.earlyMs !== undefined) {
      const fromMs = script.now()
      talk(script, options.earlyMs, { trunk: options.trunk ?? {} })
      note('trunk -> pbx: audio', [], { verb: 'audio', toneHz: 0, fromMs, toMs: script.now(), direction: 'trunk>pbx' })
    }
    for (let copy = 0; copy < (again[line.name] ?? 0); copy++) {
      script.pass(500)
      script.say(line.sender, message, options.ways?.[line.name])
    }
  }
  const isSignalling = ({ source }: Frame): boolean => source.port === 5060
  const frames = script.frames.map((frame) => (options.over === 'tcp' && isSignalling(frame) ? onStream(frame) : frame))
  const trace = fold(frames, sut)
  const contract = sampleContract(options.profile, options.contract)
  return { frames, evidence: { trace, contract, sut, breaks, outcomes } }
}

/** A call out: challenged, authenticated, answered, heard, hung up by the PBX. */
export const callOut = (options: CallOptions = {}): Played =>
  play(
    linesOf(
      {
        caller: 'pbx',
        callerUri: `sip:${numbers.pbx}@${host}`,
        calledUri: `sip:${numbers.trunk}@${host}`,
        requestUri: `sip:${numbers.trunk}@${host}`,
        over: options.over,
      },
      true,
    ),
    options,
  )

/** A call in, from the provider to the DID. */
export const callIn = (options: CallOptions = {}): Played =>
  play(
    linesOf(
      {
        caller: 'trunk',
        callerUri: 'sip:+46733478561@18.194.168.245',
        calledUri: 'sip:+12025550142@203.0.113.10:5060;transport=udp',
        requestUri: `sip:+12025550142@203.0.113.10:5060;transport=${options.over ?? 'udp'}`,
        over: options.over,
      },
      false,
    ),
    { sut: 'pbx', ...options },
  )

/** An OPTIONS of the party that we play, answered or not. */
export const ping = (options: {
  readonly sut?: Side
  readonly status?: number
  readonly copies?: number
  readonly refused?: boolean
}): Played => {
  const { sut = 'trunk', status, copies = 0 } = options
  const script = createScript(sut)
  const us = otherSide(sut)
  const fields: readonly FieldDraft[] = [
    ['Via', `SIP/2.0/UDP ${signalling[us].address}:5060;branch=z9hG4bKping;rport`],
    ['Max-Forwards', '70'],
    ['From', `<sip:${host}>;tag=ping`],
    ['To', `<sip:${host}>`],
    ['Call-ID', 'ping@example.org'],
    ['CSeq', '1 OPTIONS'],
  ]
  const request = buildRequest({ method: 'OPTIONS', requestUri: `sip:${host}`, fields })
  script.say(us, request)
  for (let copy = 0; copy < copies; copy++) {
    script.pass(500)
    script.say(us, request)
  }
  if (options.refused === true)
    script.frames.push({
      number: script.frames.length + 1,
      timeMs: script.now() + 1,
      tap: 'received',
      layer: 'icmp',
      source: { address: signalling[sut].address, port: 0 },
      destination: { address: signalling[us].address, port: 0 },
      // RFC 792: type 3, code 3, and the head of the datagram that was refused: 203.0.113.10:5060 -> 18.184.175.4:5060.
      bytes: Uint8Array.from(
        Buffer.from('0303000000000000450000201234400040110000cb00710a12b8af0413c413c4000c0000', 'hex'),
      ),
    })
  const answered: readonly FieldDraft[] = fields.map(([name, value]) => [
    name,
    name === 'To' ? `${value};tag=pong` : value,
  ])
  if (status !== undefined) script.say(sut, buildResponse({ status, reason: 'Answer', fields: answered }))
  const trace = fold(script.frames, sut)
  return { frames: script.frames, evidence: { trace, contract: sampleContract(), sut, breaks: [], outcomes: [] } }
}

/** `check subject verdict` of each finding, in order. */
export const verdicts = (checks: readonly Check[], { evidence }: Played): readonly string[] =>
  judge(checks, evidence).map(({ check, subject, verdict }) => `${check} ${subject} ${verdict}`)
