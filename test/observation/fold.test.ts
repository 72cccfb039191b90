import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Frame } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { serializeRtp } from '../../src/rtp/packet.ts'
import {
  addField,
  createScript,
  describe as description,
  fold,
  lacking,
  media,
  setBody,
  setField,
  talk,
} from '../support/flow.ts'
import { callIn, callOut, ping } from '../support/calls.ts'
import { buildRequest } from '../../src/sip/serialize.ts'
import type { FieldDraft } from '../../src/sip/message.ts'

describe('messages and transactions', () => {
  const { trace } = callOut().evidence
  test('are named by call, method and number, in the order of their first frames', () => {
    expect(trace.transactions.map(({ name, client, inDialog }) => `${name} ${client} ${inDialog}`)).toEqual([
      'call 1/INVITE 1 pbx false',
      'call 1/INVITE 2 pbx false',
      'call 1/BYE 1 pbx true',
    ])
  })
  test('responses go to the request of their branch and CSeq (RFC 3261 §17.1.3)', () => {
    const [first, second] = trace.transactions
    expect(first?.responses.map((seen) => seen.message().status)).toEqual([401])
    expect(second?.responses.map((seen) => seen.message().status)).toEqual([180, 200])
  })
  test('an ACK goes to its INVITE, whatever its branch', () => {
    expect(trace.transactions.map(({ acks }) => acks.length)).toEqual([1, 1, 0])
  })
  test('an OPTIONS belongs to no call', () => {
    const [transaction] = ping({ status: 200 }).evidence.trace.transactions
    expect(transaction).toMatchObject({ name: 'OPTIONS 1', call: undefined })
  })
  test('a response with a foreign branch is put to its request by CSeq, so that a check can tell', () => {
    const spoilt = callOut({ bends: { '180': setField('Via', 'SIP/2.0/UDP x.example.org;branch=z9hG4bKother') } })
    expect(spoilt.evidence.trace.transactions[1]?.responses).toHaveLength(2)
  })
})

describe('copies', () => {
  test('byte for byte the same between the same endpoints are listed, and no new messages', () => {
    const { trace } = callOut({ again: { 'INVITE 1': 2, '200': 1, ACK: 1 } }).evidence
    const [first, second] = trace.transactions
    expect(first?.requestCopies).toEqual([2, 3])
    expect(second?.responseCopies).toEqual([9])
    expect(second?.acks.map(({ frame, copies }) => [frame, copies])).toEqual([[10, [11]]])
    expect(trace.messages.map(({ frame }) => frame).slice(0, 3)).toEqual([1, 4, 5])
    expect(trace.counted.sip).toBe(trace.messages.length + 4)
  })
  test('the same bytes to another address are a new attempt', () => {
    const { message } = { message: buildRequest({ method: 'OPTIONS', requestUri: 'sip:a', fields: options('1') }) }
    const script = createScript('trunk')
    script.say('pbx', message)
    script.say('pbx', message, { destination: { address: '192.0.2.9', port: 5060 } })
    expect(fold(script.frames, 'trunk').messages).toHaveLength(2)
  })
  test('other bytes under the same branch make no second transaction (RFC 3261 §17.2.3)', () => {
    const script = createScript('trunk')
    script.say('pbx', buildRequest({ method: 'OPTIONS', requestUri: 'sip:a', fields: options('1') }))
    script.say('pbx', buildRequest({ method: 'OPTIONS', requestUri: 'sip:a', fields: [...options('1'), ['X-N', '2']] }))
    const trace = fold(script.frames, 'trunk')
    expect([trace.messages.length, trace.transactions.length]).toEqual([2, 1])
  })
})

const options = (seq: string): readonly FieldDraft[] => [
  ['Via', 'SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bKo'],
  ['From', '<sip:a@example.org>;tag=a'],
  ['To', '<sip:b@example.org>'],
  ['Call-ID', 'o1'],
  ['CSeq', `${seq} OPTIONS`],
]

describe('negotiations', () => {
  const of = (played: ReturnType<typeof callOut>) =>
    (played.evidence.trace.calls[0]?.negotiations ?? []).map(({ transaction, offerer, offer, early, answer }) => [
      transaction.name,
      offerer,
      offer.frame,
      early?.frame,
      answer?.frame,
    ])
  test('the offer of an INVITE that is refused has no answer', () => {
    expect(of(callOut())).toEqual([
      ['call 1/INVITE 1', 'pbx', 1, undefined, undefined],
      ['call 1/INVITE 2', 'pbx', 4, undefined, 6],
    ])
  })
  test('early media: the description of a 183 is the answer before it is final (RFC 3261 §13.2.1)', () => {
    const early = callIn({
      bends: {
        '180': (message) =>
          setBody(description('pbx'))(addField('Content-Type', 'application/sdp')(message) ?? message),
      },
    })
    expect(of(early)).toEqual([['call 1/INVITE 1', 'trunk', 1, 2, 3]])
  })
  test('an INVITE without offer: the 200 offers, the ACK answers', () => {
    const late = callIn({
      bends: {
        'INVITE 1': lacking('Content-Type'),
        ACK: (message) =>
          setBody(description('trunk'))(addField('Content-Type', 'application/sdp')(message) ?? message),
      },
    })
    expect(of(late)).toEqual([['call 1/INVITE 1', 'pbx', 3, undefined, 4]])
  })
})

describe('streams', () => {
  test('are put to their call by the receiver’s description, with what they carried', () => {
    const { trace } = callOut({ trunk: { hz: 440 } }).evidence
    expect(trace.calls[0]?.streams.map(({ name }) => name)).toEqual(['stream pbx>trunk 1', 'stream trunk>pbx 1'])
    expect(trace.streams[1]).toMatchObject({
      packets: 50,
      lost: 0,
      ptimeMs: 20,
      audio: { toneHz: 440, audibleMs: 1000 },
    })
    expect(trace.streams[1]?.payloadTypes).toEqual(new Map([[0, { packets: 50, firstFrame: 9 }]]))
  })
  test('are put to it by the sender’s description where the address was translated', () => {
    const { trace } = callOut({ trunk: { destination: { address: '198.51.100.7', port: 41000 } } }).evidence
    expect(trace.streams[1]).toMatchObject({ call: { name: 'call 1' }, audio: { toneHz: 1000 } })
  })
  test('that nobody announced belong to no call', () => {
    const foreign = { address: '198.51.100.7', port: 41000 }
    const { trace } = callOut({ trunk: { source: foreign, destination: foreign } }).evidence
    expect(trace.streams[1]?.call).toBeUndefined()
  })
  test('lost packets are counted (RFC 3550 A.3)', () => {
    expect(callOut({ trunk: { loses: 10 } }).evidence.trace.streams[1]?.lost).toBe(4)
  })
  test('a tone that changes makes another stretch; one that goes on does not', () => {
    const script = createScript('trunk')
    talk(script, 2000, { trunk: { hz: 400 } })
    talk(script, 2000, { trunk: { hz: 1000 } })
    const [stream] = fold(script.frames, 'trunk').streams
    const tones = stream?.stretches.map(({ audio }) => audio?.toneHz).filter((hz) => hz !== undefined)
    expect(tones).toEqual([400, 1000])
  })
  test('what is kept does not grow with the media', () => {
    const script = createScript('trunk')
    talk(script, 60_000, { trunk: {} })
    const [stream] = fold(script.frames, 'trunk').streams
    expect([stream?.packets, stream?.stretches.length, stream?.ptimes.size]).toEqual([3000, 1, 1])
  })
  test('in another call, the same ports and SSRC are another stream', () => {
    const script = createScript('trunk')
    const invite = (id: string) =>
      buildRequest({
        method: 'INVITE',
        requestUri: 'sip:b',
        fields: [
          ['Via', `SIP/2.0/UDP 203.0.113.10;branch=z9hG4bK${id}`],
          ['From', '<sip:a@example.org>;tag=a'],
          ['To', '<sip:b@example.org>'],
          ['Call-ID', id],
          ['CSeq', '1 INVITE'],
          ['Content-Type', 'application/sdp'],
        ],
        body: description('pbx'),
      })
    for (const id of ['one', 'two']) {
      script.say('pbx', invite(id))
      talk(script, 100, { trunk: {} })
    }
    expect(fold(script.frames, 'trunk').streams.map(({ name, call }) => `${name} ${call?.name ?? ''}`)).toEqual([
      'stream trunk>pbx 1 call 1',
      'stream trunk>pbx 2 call 2',
    ])
  })
  test('no more of them than a trace holds: the rest is counted', () => {
    const script = createScript('trunk')
    for (let ssrc = 1; ssrc <= 1100; ssrc++)
      script.send(
        'trunk',
        serializeRtp({
          marker: false,
          payloadType: 0,
          sequence: 1,
          timestamp: 1,
          ssrc,
          csrcs: [],
          payload: new Uint8Array(160),
          paddingLength: 0,
        }),
        { source: media.trunk, destination: media.pbx },
      )
    const trace = fold(script.frames, 'trunk')
    expect([trace.streams.length, trace.counted.rtp, trace.counted.beyond]).toEqual([1024, 1024, 76])
  })
})

describe('what is no SIP and no RTP', () => {
  const one = (bytes: Uint8Array, layer: Frame['layer'] = 'datagram', tap: Frame['tap'] = 'received') => {
    const observer = createObserver({ played: 'pbx' })
    const endpoint = { address: '192.0.2.1', port: 5060 }
    observer.observe({ number: 1, timeMs: 0, tap, layer, source: endpoint, destination: endpoint, bytes })
    return observer.finish()
  }
  test('keep-alives are counted as other (RFC 5626 §4.4.1)', () => {
    expect(one(Buffer.from('\r\n\r\n')).counted).toMatchObject({ frames: 1, other: 1, sip: 0 })
  })
  test('bytes that look like SIP and are not are told as malformed', () => {
    expect(one(Buffer.from('INVITE sip:a SIP/2.0\r\nno colon\r\n\r\n')).malformed).toMatchObject([
      { frame: 1, sender: 'trunk' },
    ])
  })
  test('RTCP is counted', () => {
    expect(one(Uint8Array.from([0x80, 200, 0, 1, 0, 0, 0, 1])).counted.rtcp).toBe(1)
  })
  test('a frame of neither side is counted', () => {
    expect(one(Buffer.from('OPTIONS sip:a SIP/2.0\r\n\r\n'), 'datagram', 'observed').counted.other).toBe(1)
  })
  test('an ICMP error names what it refused, IPv4 and IPv6 (RFC 792, RFC 4443 §3.1)', () => {
    expect(ping({ refused: true }).evidence.trace.networkErrors).toMatchObject([
      { text: 'port unreachable', destination: { address: '18.184.175.4', port: 5060 } },
    ])
    const v6 = Buffer.from(
      `01040000000000006000000000081140${'20010db8'.padEnd(31, '0')}1${'20010db8'.padEnd(31, '0')}213c413c500080000`,
      'hex',
    )
    const observer = createObserver({ played: 'pbx' })
    const endpoint = { address: '2001:db8::2', port: 0 }
    observer.observe({
      number: 1,
      timeMs: 0,
      tap: 'received',
      layer: 'icmp',
      source: endpoint,
      destination: endpoint,
      bytes: v6,
    })
    expect(observer.finish().networkErrors).toMatchObject([
      { text: 'port unreachable', destination: { address: '2001:db8::2', port: 5061 } },
    ])
  })
  test('an ICMP echo is no error', () => {
    expect(one(Uint8Array.from([8, 0, 0, 0]), 'icmp').networkErrors).toEqual([])
  })
})

describe('whatever comes', () => {
  test('the buffer behind a frame may be used again', () => {
    const played = callOut()
    const observer = createObserver({ played: 'pbx' })
    const shared = new Uint8Array(4096)
    for (const frame of played.frames) {
      shared.set(frame.bytes)
      observer.observe({ ...frame, bytes: shared.subarray(0, frame.bytes.length) })
    }
    const again = observer.finish()
    expect(again.messages.map((seen) => seen.message().startLine)).toEqual(
      played.evidence.trace.messages.map((seen) => seen.message().startLine),
    )
  })
  test('the trace may be looked at before the end, and again', () => {
    const { frames } = callOut()
    const observer = createObserver({ played: 'pbx' })
    for (const frame of frames) {
      observer.observe(frame)
      observer.finish()
    }
    expect(observer.finish().calls[0]?.streams).toHaveLength(2)
  })
  test('bytes of any kind never throw', () => {
    const { frames } = callOut({ talkMs: 40 })
    fc.assert(
      fc.property(
        fc.nat(frames.length - 1),
        fc.array(fc.record({ at: fc.nat(2000), octet: fc.nat(255) }), { maxLength: 8 }),
        fc.nat(2000),
        (index, changes, length) => {
          const bent = frames.map((frame) => {
            if (frame.number !== index + 1) return frame
            const bytes = frame.bytes.slice(0, Math.max(1, length % (frame.bytes.length + 1)))
            for (const { at, octet } of changes) bytes[at % bytes.length] = octet
            return { ...frame, bytes }
          })
          return fold(bent, 'trunk').counted.frames === frames.length
        },
      ),
    )
  })
  test('frames that are missing, doubled or out of order never throw', () => {
    const { frames } = callIn({ talkMs: 40 })
    fc.assert(
      fc.property(fc.array(fc.nat(frames.length - 1), { maxLength: 30 }), (indexes) => {
        const some = indexes.flatMap((index) => frames[index] ?? [])
        return fold(some, 'pbx').counted.frames === some.length
      }),
    )
  })
})
