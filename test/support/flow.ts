import type { Contract } from '../../src/profile/contract.ts'
import type { Check, Evidence } from '../../src/check/check.ts'
import { judge } from '../../src/check/judge.ts'
import { type Side, otherSide } from '../../src/core/finding.ts'
import type { Endpoint, Frame } from '../../src/core/frame.ts'
import type { StepOutcome } from '../../src/core/outcome.ts'
import { createObserver } from '../../src/observation/observe.ts'
import type { Trace } from '../../src/observation/trace.ts'
import { type G711, encode } from '../../src/rtp/g711.ts'
import { serializeRtp } from '../../src/rtp/packet.ts'
import { toneSamples } from '../../src/rtp/tone.ts'
import type { FieldDraft, Message } from '../../src/sip/message.ts'
import { buildRequest, buildResponse, rebuild } from '../../src/sip/serialize.ts'
import { sampleContract } from './catalogue.ts'
import { sdpBytes } from './sdp.ts'

/** Where the two sides of these flows are: documented addresses of the profile, and one for documentation. */
export const signalling = {
  pbx: { address: '203.0.113.10', port: 5060 },
  trunk: { address: '18.184.175.4', port: 5060 },
} as const satisfies Record<Side, Endpoint>
export const media = {
  pbx: { address: '203.0.113.10', port: 30000 },
  trunk: { address: '206.146.136.128', port: 20000 },
} as const satisfies Record<Side, Endpoint>

const host = 'euc1.vp.sip.sinch.com'
const ssrcs = { pbx: 0x11111111, trunk: 0x22222222 } as const

/** Frames as they are written down, in order. */
export type Script = {
  readonly frames: Frame[]
  readonly say: (sender: Side, message: Message, way?: { source?: Endpoint; destination?: Endpoint }) => number
  readonly send: (sender: Side, bytes: Uint8Array, way?: { source?: Endpoint; destination?: Endpoint }) => number
  readonly pass: (ms: number) => void
  readonly now: () => number
  /** The next RTP sequence number of each side. */
  readonly sequences: Record<Side, number>
}

export const createScript = (sut: Side): Script => {
  const frames: Frame[] = []
  let nowMs = 0
  const send: Script['send'] = (sender, bytes, way = {}) => {
    frames.push({
      number: frames.length + 1,
      timeMs: nowMs,
      tap: sender === sut ? 'received' : 'sent',
      layer: 'datagram',
      source: way.source ?? signalling[sender],
      destination: way.destination ?? signalling[otherSide(sender)],
      bytes,
    })
    return frames.length
  }
  return {
    frames,
    send,
    say: (sender, message, way) => {
      nowMs += 10
      return send(sender, message.wire, way)
    },
    pass: (ms) => {
      nowMs += ms
    },
    now: () => nowMs,
    sequences: { pbx: 65_530, trunk: 100 },
  }
}

export const fold = (frames: readonly Frame[], sut: Side): Trace => {
  const observer = createObserver({ played: otherSide(sut) })
  for (const frame of frames) observer.observe(frame)
  return observer.finish()
}

export type Description = {
  readonly formats?: readonly string[]
  readonly rtpmaps?: readonly string[]
  readonly direction?: string
  readonly ptime?: number
  readonly address?: string
  readonly port?: number
}

/** A session description of one side. */
export const describe = (side: Side, of: Description = {}): Uint8Array =>
  sdpBytes(
    [
      'v=0',
      `o=- 1 1 IN IP4 ${of.address ?? media[side].address}`,
      's=-',
      `c=IN IP4 ${of.address ?? media[side].address}`,
      't=0 0',
      `m=audio ${of.port ?? media[side].port} RTP/AVP ${(of.formats ?? ['0', '101']).join(' ')}`,
      ...(of.rtpmaps ?? ['0 PCMU/8000', '101 telephone-event/8000']).map((map) => `a=rtpmap:${map}`),
      ...(of.ptime === undefined ? ['a=ptime:20'] : of.ptime === 0 ? [] : [`a=ptime:${of.ptime}`]),
      `a=${of.direction ?? 'sendrecv'}`,
    ].join('\n'),
  )

export type Talk = {
  readonly hz?: number
  readonly silent?: boolean
  readonly payloadType?: number
  readonly codec?: G711
  readonly ptimeMs?: number
  readonly source?: Endpoint
  readonly destination?: Endpoint
  /** Of so many packets, each nth is not sent. */
  readonly loses?: number
}

/** Both sides send for that long; a side that is not named keeps silent. */
export const talk = (script: Script, forMs: number, sides: Partial<Record<Side, Talk>>): void => {
  const stepMs = 10
  const start = script.now()
  const counts = { pbx: 0, trunk: 0 }
  for (let ms = 0; ms < forMs; ms += stepMs) {
    for (const side of ['pbx', 'trunk'] as const) {
      const of = sides[side]
      const ptimeMs = of?.ptimeMs ?? 20
      if (of === undefined || ms % ptimeMs !== 0) continue
      const samples = ptimeMs * 8
      const count = counts[side]++
      const sequence = script.sequences[side]++ & 0xffff
      if (of.loses !== undefined && count % of.loses === of.loses - 1) continue
      const sound =
        of.silent === true ? new Int16Array(samples) : toneSamples(of.hz ?? 1000, 8000, samples, count * samples)
      const packet = serializeRtp({
        marker: count === 0,
        payloadType: of.payloadType ?? 0,
        sequence,
        timestamp: start * 8 + count * samples,
        ssrc: ssrcs[side],
        csrcs: [],
        payload: encode(of.codec ?? 'PCMU', sound),
        paddingLength: 0,
      })
      script.send(side, packet, {
        source: of.source ?? media[side],
        destination: of.destination ?? media[otherSide(side)],
      })
    }
    script.pass(stepMs)
  }
}

export type Bend = (message: Message) => Message | undefined

/** The field of that name replaced; added before all others where there was none. */
export const setField =
  (name: string, value: string): Bend =>
  (message) => {
    const has = message.fields.some((field) => field.name === name)
    const fields = message.fields.map((field): FieldDraft => [field.rawName, field.name === name ? value : field.value])
    return rebuild(message, { fields: has ? fields : [[name, value], ...fields] })
  }

export const lacking =
  (name: string): Bend =>
  (message) =>
    rebuild(message, { fields: message.fields.filter((field) => field.name !== name) })

export const addField =
  (name: string, value: string): Bend =>
  (message) =>
    rebuild(message, { fields: [[name, value], ...message.fields] })

export const setUri =
  (requestUri: string): Bend =>
  (message) =>
    rebuild(message, { requestUri })

export const setBody =
  (body: Uint8Array): Bend =>
  (message) =>
    rebuild(message, { body })

export const lost: Bend = () => undefined

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
}

const contactOf = (side: Side, withDid = false): string =>
  `<sip:${numbers[side]}@${signalling[side].address}:5060${withDid ? ';did=27e.fecc2a1' : ''}>`

const linesOf = (flow: Frameless, challenged: boolean): readonly Line[] => {
  const { caller, callerUri, calledUri, requestUri } = flow
  const callee = otherSide(caller)
  const from = `<${callerUri}>;tag=caller`
  const to = `<${calledUri}>`
  const toTagged = `${to};tag=callee`
  const via = (side: Side, branch: string): FieldDraft => [
    'Via',
    `SIP/2.0/UDP ${signalling[side].address}:5060;branch=z9hG4bK${branch};rport`,
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
        fields: [via(caller, 'invite1'), ...dialog(from, `${to};tag=refused`, '1 ACK')],
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

const play = (lines: readonly Line[], options: CallOptions): Played => {
  const { sut = 'trunk', bends = {}, talkMs = 1000, breaks = [], again = {} } = options
  const script = createScript(sut)
  const outcomes: StepOutcome[] = []
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
      continue
    }
    if (line.name === options.until) break
    const message = (bends[line.name] ?? ((same: Message) => same))(line.message)
    if (message === undefined) continue
    note(`${line.sender} -> ${otherSide(line.sender)}: ${line.name}`, [script.say(line.sender, message)])
    if (line.name === '180' && options.earlyMs !== undefined) {
      const fromMs = script.now()
      talk(script, options.earlyMs, { trunk: options.trunk ?? {} })
      note('trunk -> pbx: audio', [], { verb: 'audio', toneHz: 0, fromMs, toMs: script.now(), direction: 'trunk>pbx' })
    }
    for (let copy = 0; copy < (again[line.name] ?? 0); copy++) {
      script.pass(500)
      script.say(line.sender, message)
    }
  }
  const trace = fold(script.frames, sut)
  const contract = sampleContract(options.profile, options.contract)
  return { frames: script.frames, evidence: { trace, contract, sut, breaks, outcomes } }
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
        requestUri: 'sip:+12025550142@203.0.113.10:5060;transport=udp',
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
  if (status !== undefined) script.say(sut, buildResponse({ status, reason: 'Answer', fields }))
  const trace = fold(script.frames, sut)
  return { frames: script.frames, evidence: { trace, contract: sampleContract(), sut, breaks: [], outcomes: [] } }
}

/** `check subject verdict` of each finding, in order. */
export const verdicts = (checks: readonly Check[], { evidence }: Played): readonly string[] =>
  judge(checks, evidence).map(({ check, subject, verdict }) => `${check} ${subject} ${verdict}`)
