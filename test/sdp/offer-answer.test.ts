import { describe, expect, test } from 'vitest'
import { codecNames, codecs, speakable } from '../../src/sdp/codecs.ts'
import { serializeSdp } from '../../src/sdp/description.ts'
import type { SessionDescription } from '../../src/sdp/description.ts'
import { agreed, makeAnswer, makeOffer } from '../../src/sdp/offer-answer.ts'
import type { OwnSide } from '../../src/sdp/offer-answer.ts'
import { sdpOf } from '../support/sdp.ts'

const own: OwnSide = {
  address: '192.0.2.7',
  port: 40_000,
  codecs: ['PCMU', 'PCMA'],
  ptimeMs: 20,
  direction: 'sendrecv',
  sessionId: 42,
  sessionVersion: 1,
  dtmf: false,
}

const linesOf = (sdp: SessionDescription): readonly string[] =>
  Buffer.from(serializeSdp(sdp)).toString('latin1').split('\r\n').slice(0, -1)

const answerTo = (offer: SessionDescription, change: Partial<OwnSide> = {}): ReturnType<typeof makeAnswer> =>
  makeAnswer(offer, { ...own, ...change })

/** What an answer must be taken for; a fault fails the test. */
const answered = (
  offer: SessionDescription,
  change: Partial<OwnSide> = {},
): ReturnType<typeof answerTo> & { ok: true } => {
  const result = answerTo(offer, change)
  if (!result.ok) throw new Error(result.fault.rule)
  return result
}

/** RFC 3264 §10.1, with an address in place of the name. */
const offer3264 = sdpOf(`
  v=0
  o=alice 2890844526 2890844526 IN IP4 192.0.2.1
  s=
  c=IN IP4 192.0.2.1
  t=0 0
  m=audio 49170 RTP/AVP 0
  a=rtpmap:0 PCMU/8000
  m=video 51372 RTP/AVP 31
  a=rtpmap:31 H261/90000
  m=video 53000 RTP/AVP 32
  a=rtpmap:32 MPV/90000`)

/** RFC 4317 §2.1, offer and the answers of §2.1, §2.2 and §2.3. */
const offer4317 = sdpOf(`
  v=0
  o=alice 2890844526 2890844526 IN IP4 192.0.2.1
  s=
  c=IN IP4 192.0.2.1
  t=0 0
  m=audio 49170 RTP/AVP 0 8 97
  a=rtpmap:0 PCMU/8000
  a=rtpmap:8 PCMA/8000
  a=rtpmap:97 iLBC/8000
  m=video 51372 RTP/AVP 31 32
  a=rtpmap:31 H261/90000
  a=rtpmap:32 MPV/90000`)

const answer4317 = (media: string): SessionDescription =>
  sdpOf(`
  v=0
  o=bob 2808844564 2808844564 IN IP4 192.0.2.2
  s=
  c=IN IP4 192.0.2.2
  t=0 0
  ${media}`)

describe('an offer (RFC 3264 §5)', () => {
  test('lists the codecs in order of preference, each with its rtpmap, DTMF last', () => {
    expect(linesOf(makeOffer({ ...own, codecs: ['PCMA', 'PCMU'], dtmf: true }))).toEqual([
      'v=0',
      'o=- 42 1 IN IP4 192.0.2.7',
      's=-',
      'c=IN IP4 192.0.2.7',
      't=0 0',
      'm=audio 40000 RTP/AVP 8 0 101',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
      'a=sendrecv',
    ])
  })

  test('over IPv6 says so', () => {
    expect(linesOf(makeOffer({ ...own, address: '2001:db8::7' }))).toContain('c=IN IP6 2001:db8::7')
  })

  test('of any codec that a profile may name follows the grammar', () => {
    const offer = makeOffer({ ...own, codecs: codecNames })
    expect(offer.media[0]?.formats).toEqual(['0', '8', '9', '18', '107', '97', '98', '3', '12', '101', '96'])
    expect(linesOf(offer)).toContain('a=rtpmap:107 opus/48000/2')
  })

  test('telephone-event has the clock rate of each codec beside it (RFC 4733 §2.1)', () => {
    const lines = linesOf(makeOffer({ ...own, codecs: ['opus', 'PCMU', 'PCMA'], dtmf: true }))
    expect(lines.filter((line) => line.includes('telephone-event'))).toEqual([
      'a=rtpmap:101 telephone-event/48000',
      'a=rtpmap:96 telephone-event/8000',
    ])
    expect(makeOffer({ ...own, codecs: ['opus'], dtmf: true }).media[0]?.formats).toEqual(['107', '101'])
  })
  test('telephone-event among the codecs asks for DTMF, once', () => {
    expect(makeOffer({ ...own, codecs: ['PCMU', 'telephone-event'], dtmf: true }).media[0]?.formats).toEqual([
      '0',
      '101',
    ])
  })

  test('of a codec that no one knows is our own mistake', () => {
    expect(() => makeOffer({ ...own, codecs: ['MP3'] })).toThrow('no such codec: MP3')
  })

  test('has payload types of its own for every codec', () => {
    const types = codecNames.map((name) => codecs[name].payloadType)
    expect(new Set(types).size).toBe(types.length)
    expect(speakable.every((name) => codecNames.includes(name))).toBe(true)
  })

  test('in a session gives no codec a payload type that another one has there (§8.3.2)', () => {
    const offer = sdpOf(`
      v=0
      o=- 1 1 IN IP4 192.0.2.1
      s=-
      c=IN IP4 192.0.2.1
      t=0 0
      m=audio 49170 RTP/AVP 0 97
      a=rtpmap:97 telephone-event/8000`)
    const { answer } = answered(offer, { dtmf: true }).value
    const again = makeOffer({ ...own, codecs: ['PCMU', 'iLBC', 'speex'], dtmf: true }, answer)
    expect(linesOf(again).filter((line) => /^(m=|a=rtpmap)/.test(line))).toEqual([
      'm=audio 40000 RTP/AVP 0 96 98 97',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:96 iLBC/8000',
      'a=rtpmap:98 speex/8000',
      'a=rtpmap:97 telephone-event/8000',
    ])
  })

  test('in a session keeps its other streams in place, ended, and its payload types (§8, §8.3.2)', () => {
    const previous = sdpOf(`
      v=0
      o=- 42 1 IN IP4 192.0.2.7
      s=-
      c=IN IP4 192.0.2.7
      t=0 0
      m=video 0 RTP/AVP 31
      m=audio 40000 RTP/AVP 0 96
      a=rtpmap:96 telephone-event/8000
      m=audio 0 RTP/AVP 18`)
    const again = makeOffer({ ...own, dtmf: true, sessionVersion: 2, direction: 'sendonly' }, previous)
    expect(linesOf(again).filter((line) => /^[om]=|^a=send/.test(line))).toEqual([
      'o=- 42 2 IN IP4 192.0.2.7',
      'm=video 0 RTP/AVP 31',
      'm=audio 40000 RTP/AVP 0 8 96',
      'a=sendonly',
      'm=audio 0 RTP/AVP 18',
    ])
  })
})

describe('an answer (RFC 3264 §6)', () => {
  test('has as many m= lines as the offer, in its order, and refuses with port 0', () => {
    const { answer } = answered(offer3264).value
    expect(answer.media.map(({ lines }) => lines[0]?.value)).toEqual([
      'audio 40000 RTP/AVP 0',
      'video 0 RTP/AVP 31',
      'video 0 RTP/AVP 32',
    ])
    expect(answer.deviations).toEqual([])
  })

  test('takes the first audio stream of which it can speak a codec (RFC 4317 §2.6)', () => {
    const offer = sdpOf(`
      v=0
      o=alice 2890844526 2890844526 IN IP4 192.0.2.1
      s=
      c=IN IP4 192.0.2.1
      t=0 0
      m=audio 49170 RTP/AVP 97 101
      a=rtpmap:97 iLBC/8000
      a=rtpmap:101 telephone-event/8000
      m=audio 51372 RTP/AVP 0`)
    const { answer } = answered(offer, { dtmf: true }).value
    expect(answer.media.map(({ lines }) => lines[0]?.value)).toEqual([
      'audio 0 RTP/AVP 97 101',
      'audio 40000 RTP/AVP 0',
    ])
  })

  test('repeats t= of the offer', () => {
    const offer = sdpOf(`
      v=0
      o=- 1 1 IN IP4 192.0.2.1
      s=-
      c=IN IP4 192.0.2.1
      t=3724394400 3724398000
      m=audio 9 RTP/AVP 0`)
    expect(linesOf(answered(offer).value.answer)).toContain('t=3724394400 3724398000')
  })

  test('writes no t= that the grammar refuses, whatever the offer has', () => {
    const offer = sdpOf('v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=now\nm=audio 9 RTP/AVP 0')
    expect(linesOf(answered(offer).value.answer)).toContain('t=0 0')
  })

  test('lists what is shared in the order of the offer (§6.1)', () => {
    const { answer, codec } = answered(offer4317, { codecs: ['PCMA', 'iLBC', 'PCMU'] }).value
    expect(answer.media[0]?.formats).toEqual(['0', '8', '97'])
    expect(codec).toEqual({ payloadType: 0, encoding: 'PCMU', clockRate: 8000 })
  })

  test('keeps the payload types of the offer, also for DTMF, and the names know no case (§6.1)', () => {
    const offer = sdpOf(`
      v=0
      o=- 1 1 IN IP4 192.0.2.1
      s=-
      c=IN IP4 192.0.2.1
      t=0 0
      m=audio 9 RTP/AVP 96 120 110
      a=rtpmap:96 opus/48000/2
      a=rtpmap:120 pcma/8000
      a=rtpmap:110 telephone-event/8000
      a=fmtp:110 0-15`)
    const { answer, codec, dtmf } = answered(offer, { dtmf: true }).value
    expect(codec).toMatchObject({ payloadType: 120, encoding: 'PCMA' })
    expect(dtmf).toMatchObject({ payloadType: 110 })
    expect(linesOf(answer).slice(5)).toEqual([
      'm=audio 40000 RTP/AVP 120 110',
      'a=rtpmap:120 pcma/8000',
      'a=rtpmap:110 telephone-event/8000',
      'a=fmtp:110 0-16',
      'a=ptime:20',
      'a=sendrecv',
    ])
  })

  test('offers no DTMF that it was not offered, and takes none that it does not want', () => {
    expect(answered(offer4317, { dtmf: true }).value.dtmf).toBeUndefined()
    const withDtmf = sdpOf(
      'v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000',
    )
    expect(answered(withDtmf).value.answer.media[0]?.formats).toEqual(['0'])
  })

  test('does not take another clock rate for the same codec', () => {
    const offer = sdpOf(
      'v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 96\na=rtpmap:96 PCMU/16000',
    )
    expect(answerTo(offer)).toMatchObject({ fault: { rule: 'sdp.no-shared-codec' } })
  })

  for (const [what, media] of [
    ['no shared codec', 'm=audio 9 RTP/AVP 18'],
    ['nothing but DTMF', 'm=audio 9 RTP/AVP 101\na=rtpmap:101 telephone-event/8000'],
    ['a stream that the offer itself has ended', 'm=audio 0 RTP/AVP 0'],
    ['another transport', 'm=audio 9 RTP/SAVP 0'],
    ['no audio', 'm=video 9 RTP/AVP 31'],
    ['no stream at all', ''],
  ] as const)
    test(`${what} is a fault, for a 488 (§6)`, () => {
      const offer = sdpOf(`v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n${media}`)
      expect(answerTo(offer, { dtmf: true })).toMatchObject({ fault: { rule: 'sdp.no-shared-codec', cite: '3264 §6' } })
    })

  const offerOf = (direction: string, address = '192.0.2.1'): SessionDescription =>
    sdpOf(`v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 ${address}\nt=0 0\nm=audio 9 RTP/AVP 0\na=${direction}`)

  for (const [offered, wanted, direction] of [
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendrecv', 'recvonly', 'recvonly'],
    ['sendrecv', 'inactive', 'inactive'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['sendonly', 'sendonly', 'inactive'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['recvonly', 'recvonly', 'inactive'],
    ['inactive', 'sendrecv', 'inactive'],
    ['inactive', 'sendonly', 'inactive'],
  ] as const)
    test(`${offered}, where we want ${wanted}, is answered ${direction} (§6.1)`, () => {
      expect(linesOf(answered(offerOf(offered), { direction: wanted }).value.answer).at(-1)).toBe(`a=${direction}`)
    })

  test('nothing is to be sent to 0.0.0.0, the hold of old (§8.4)', () => {
    expect(linesOf(answered(offerOf('sendrecv', '0.0.0.0')).value.answer).at(-1)).toBe('a=recvonly')
    expect(linesOf(answered(offerOf('recvonly', '0.0.0.0')).value.answer).at(-1)).toBe('a=inactive')
  })

  for (const [lines, ptimeMs] of [
    ['a=ptime:30', 30],
    ['a=x', 20],
    ['a=maxptime:10', 10],
    ['a=ptime:40\na=maxptime:30', 30],
    ['a=ptime:0', 20],
    ['a=ptime:100000', 20],
    ['a=ptime:0.001', 20],
    ['a=maxptime:x', 20],
  ] as const)
    test(`we send packets of ${ptimeMs} ms where the offer has ${JSON.stringify(lines)} (§6.1)`, () => {
      const offer = sdpOf(
        `v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 0\n${lines}`,
      )
      expect(answered(offer).value.ptimeMs).toBe(ptimeMs)
    })

  test('to the largest offer that we read is still made', () => {
    const start = 'v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 0\na=fmtp:0 '
    const offer = sdpOf(`${start}${'x'.repeat(65_535 - start.length - 9)}`)
    expect(answerTo(offer).ok).toBe(true)
  })
})

describe('what offer and answer have agreed', () => {
  test('one codec of many (RFC 4317 §2.1)', () => {
    expect(
      agreed(offer4317, answer4317('m=audio 49174 RTP/AVP 0\na=rtpmap:0 PCMU/8000\nm=video 49170 RTP/AVP 32')),
    ).toEqual({
      ok: true,
      value: {
        codec: { payloadType: 0, encoding: 'PCMU', clockRate: 8000 },
        ptimeMs: 20,
        remote: { address: '192.0.2.2', port: 49_174 },
        direction: 'sendrecv',
      },
    })
  })

  test('each sends with the payload type of the other (RFC 4317 §2.3: 97 in the offer, 99 in the answer)', () => {
    const answer = answer4317('m=audio 49172 RTP/AVP 99\na=rtpmap:99 iLBC/8000\nm=video 51374 RTP/AVP 31')
    expect(agreed(offer4317, answer)).toMatchObject({ value: { codec: { payloadType: 99 } } })
    expect(agreed(answer, offer4317)).toMatchObject({
      value: { codec: { payloadType: 97 }, remote: { address: '192.0.2.1', port: 49_170 } },
    })
  })

  test('the most preferred of the other (§6.1)', () => {
    const answer = answer4317('m=audio 49172 RTP/AVP 8 0\nm=video 0 RTP/AVP 31')
    expect(agreed(offer4317, answer)).toMatchObject({ value: { codec: { encoding: 'PCMA' } } })
  })

  test('streams belong together by their place (RFC 4317 §2.6)', () => {
    const two = 'm=audio 49170 RTP/AVP 0\nm=audio 51372 RTP/AVP 8'
    const answer = answer4317(two.replace('49170', '0'))
    expect(agreed(answer4317(two), answer)).toMatchObject({
      value: { codec: { encoding: 'PCMA' }, remote: { port: 51_372 } },
    })
  })

  test('offer and answer of ours agree from both ends', () => {
    const offer = makeOffer({ ...own, dtmf: true, direction: 'sendonly' })
    const { answer } = answered(offer, { address: '2001:DB8::9', port: 50_000, ptimeMs: 30, codecs: ['PCMA'] }).value
    expect(agreed(offer, answer)).toMatchObject({
      value: {
        codec: { encoding: 'PCMA' },
        ptimeMs: 30,
        remote: { address: '2001:db8::9', port: 50_000 },
        direction: 'sendonly',
      },
    })
    expect(agreed(answer, offer)).toMatchObject({ value: { ptimeMs: 20, direction: 'recvonly' } })
  })

  test('to a peer on the hold of old we send nothing (§8.4)', () => {
    const held = sdpOf('v=0\no=- 1 2 IN IP4 192.0.2.2\ns=-\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 9 RTP/AVP 0')
    expect(agreed(makeOffer(own), held)).toMatchObject({ value: { direction: 'recvonly' } })
  })

  for (const [media, rule] of [
    ['m=audio 0 RTP/AVP 0', 'sdp.no-shared-stream'],
    ['m=video 9 RTP/AVP 31', 'sdp.no-shared-stream'],
    ['', 'sdp.no-shared-stream'],
    ['m=audio 9 RTP/AVP 18', 'sdp.no-shared-codec'],
    ['m=audio 9 RTP/AVP 0\nc=IN IP4 media.example.com', 'sdp.address-not-literal'],
  ] as const)
    test(`${JSON.stringify(media)} agrees on nothing: ${rule}`, () => {
      expect(agreed(makeOffer(own), answer4317(media))).toMatchObject({ fault: { rule } })
    })
})
