import { describe, expect, test } from 'vitest'
import type { Check } from '../../src/check/check.ts'
import byeAnswered from '../../src/check/checks/bye-answered.ts'
import { diagnose } from '../../src/check/diagnose.ts'
import { judge } from '../../src/check/judge.ts'
import type { Trace } from '../../src/observation/trace.ts'
import { sampleContract } from '../support/catalogue.ts'
import { portUnreachable } from '../support/pcap.ts'
import { type Words, at, audioAt, bytesOf, createWiretap, sip } from '../support/tapped.ts'

const [inside, outside] = [at('10.0.0.5'), at('198.51.100.2')]
const invite = 'INVITE sip:+12025550142@example.net SIP/2.0'
const tagged = '<sip:bob@example.net>;tag=b'
const ok = (cseq: string, words: Words = {}) => sip('SIP/2.0 200 OK', { cseq, to: tagged, ...words })

const rolesOf = ({ hops }: Trace): readonly string[] =>
  hops.map(({ pbx, trunk, sure }) => `${pbx.address} > ${trunk.address}${sure ? '' : ' ?'}`)

describe('who is the PBX of a hop', () => {
  test('is told by addresses that are known, of either side, whoever speaks first or challenges', () => {
    const tap = createWiretap()
    tap.add({ source: outside, destination: inside, bytes: sip(invite) })
    tap.add({ source: inside, destination: outside, bytes: sip('SIP/2.0 401 Unauthorized', { cseq: '1 INVITE' }) })
    expect(rolesOf(tap.fold({ trunkAddresses: ['198.51.100.0/24'] }))).toEqual(['10.0.0.5 > 198.51.100.2'])
    expect(rolesOf(tap.fold({ pbxAddresses: ['10.0.0.5/32'] }))).toEqual(['10.0.0.5 > 198.51.100.2'])
    expect(rolesOf(tap.fold({ pbxAddresses: ['198.51.100.2/32'] }))).toEqual(['198.51.100.2 > 10.0.0.5'])
  })
  test('is guessed: the private address of a private and a public one', () => {
    const tap = createWiretap()
    tap.add({ source: outside, destination: inside, bytes: sip(invite) })
    expect(rolesOf(tap.fold())).toEqual(['10.0.0.5 > 198.51.100.2 ?'])
  })
  test('is guessed: who sends the first request', () => {
    const tap = createWiretap()
    tap.add({ source: at('203.0.113.1'), destination: outside, bytes: sip('SIP/2.0 200 OK', { cseq: '7 OPTIONS' }) })
    tap.add({ source: outside, destination: at('203.0.113.1'), bytes: sip('OPTIONS sip:x SIP/2.0') })
    expect(rolesOf(tap.fold())).toEqual(['198.51.100.2 > 203.0.113.1 ?'])
  })
  test('is guessed: who is challenged, and all that was seen before turns with it', () => {
    const [a, b] = [at('203.0.113.1'), at('203.0.113.2')]
    const tap = createWiretap()
    tap.add({ source: a, destination: b, bytes: sip(invite, { body: audioAt(at(a.address, 30_000)) }) })
    tap.add({ source: b, destination: a, bytes: sip('OPTIONS sip:x SIP/2.0', { callId: 'o', branch: 'o' }) })
    tap.add({ source: a, destination: b, bytes: bytesOf('SIP/2.0 nonsense\r\n\r\n') })
    expect(tap.fold().calls[0]?.caller).toBe('pbx')
    const challenge = { callId: 'o', branch: 'o', cseq: '1 OPTIONS' }
    tap.add({ source: a, destination: b, bytes: sip('SIP/2.0 407 Proxy Authentication Required', challenge) })
    const trace = tap.fold()
    expect(rolesOf(trace)).toEqual(['203.0.113.2 > 203.0.113.1 ?'])
    expect(trace.messages.map(({ sender }) => sender)).toEqual(['trunk', 'pbx', 'trunk'])
    expect(trace.transactions.map(({ client }) => client)).toEqual(['trunk', 'pbx'])
    expect(trace.calls.map(({ caller, negotiations }) => [caller, negotiations[0]?.offerer])).toEqual([
      ['trunk', 'trunk'],
    ])
    expect(trace.malformed).toMatchObject([{ sender: 'trunk' }])
  })
  test('holds for a hop whatever ports its ends use, and for each hop by itself', () => {
    const tap = createWiretap()
    tap.add({ source: at('10.0.0.5', 40_001), destination: outside, bytes: sip('OPTIONS sip:x SIP/2.0') })
    tap.add({
      source: at('10.0.0.5', 40_002),
      destination: outside,
      bytes: sip('OPTIONS sip:x SIP/2.0', { callId: '2' }),
    })
    tap.add({ source: outside, destination: at('10.0.0.9'), bytes: sip('OPTIONS sip:x SIP/2.0', { callId: '3' }) })
    expect(rolesOf(tap.fold())).toEqual(['10.0.0.5 > 198.51.100.2 ?', '10.0.0.9 > 198.51.100.2 ?'])
  })
})

describe('calls that are legs of one', () => {
  const leg = (callId: string, user: string, media: number): Uint8Array =>
    sip(`INVITE sip:${user}@example.net SIP/2.0`, { callId, branch: callId, body: audioAt(at('192.0.2.50', media)) })
  const [phone, pbx] = [at('10.0.0.20'), inside]
  test('through a proxy have one Call-ID', () => {
    const tap = createWiretap()
    tap.add({ source: phone, destination: pbx, bytes: leg('a', '100', 4000) })
    tap.add({ source: pbx, destination: outside, bytes: leg('a', '100', 4000) })
    const { calls, links } = tap.fold()
    expect(calls.map(({ name, hop }) => `${name} on ${hop}`)).toEqual(['call 1 on 0', 'call 2 on 1'])
    expect(links).toEqual([{ calls, by: 'call-id' }])
  })
  test.each([
    ['the media of one is carried over', '100', 4000, 0, 1],
    ['the called numbers end in the same seven digits', '0012025550142', 5000, 1900, 1],
    ['not where nothing is alike', '100', 5000, 0, 0],
    ['not where they are more than two seconds apart', '0012025550142', 5000, 2100, 0],
  ])('through a back-to-back user agent are guessed: %s', (_, user, port, afterMs, expected) => {
    const tap = createWiretap()
    tap.add({ source: phone, destination: pbx, bytes: leg('a', '+12025550142', 4000) })
    tap.pass(afterMs)
    tap.add({ source: pbx, destination: outside, bytes: leg('b', user, port) })
    const { links } = tap.fold()
    expect(links.map(({ by, calls }) => `${by} ${calls.length}`)).toEqual(expected === 0 ? [] : ['guess 2'])
  })
  test('are not two calls at once that a program hears on one port', () => {
    const tap = createWiretap()
    tap.add({ source: pbx, destination: outside, bytes: leg('a', '+12025550142', 4000) })
    tap.add({ source: pbx, destination: outside, bytes: leg('b', '+12025550177', 4000) })
    expect(tap.fold().links).toEqual([])
  })
})

describe('registrations (RFC 3261 §10)', () => {
  const register = (seq: number, expires: string, contact = '<sip:pbx@10.0.0.5>'): Uint8Array =>
    sip('REGISTER sip:example.net SIP/2.0', {
      to: '<sip:pbx@example.net>',
      cseq: `${seq} REGISTER`,
      branch: `r${seq}`,
      fields: [`Contact: ${contact}`, `Expires: ${expires}`],
    })
  const answer = (seq: number, status: string, fields: readonly string[] = []): Uint8Array =>
    sip(`SIP/2.0 ${status}`, { to: '<sip:pbx@example.net>;tag=r', cseq: `${seq} REGISTER`, branch: `r${seq}`, fields })
  const granted = ['Contact: <sip:other@10.0.0.9>;expires=9, <sip:pbx@10.0.0.5>;expires=120']
  /** Requests and answers by turns, ten milliseconds apart; a number is a pause in seconds. */
  const registered = (...steps: readonly (Uint8Array | number)[]): Trace => {
    const tap = createWiretap()
    for (const step of steps) {
      tap.pass(typeof step === 'number' ? step * 1000 : 10)
      if (typeof step === 'number') continue
      const isRequest = Buffer.from(step).toString('latin1').startsWith('REGISTER')
      tap.add({ source: isRequest ? inside : outside, destination: isRequest ? outside : inside, bytes: step })
    }
    tap.add({ source: outside, destination: inside, bytes: bytesOf('\r\n\r\n') })
    return tap.fold()
  }
  const challenged = [register(1, '300'), answer(1, '401 Unauthorized')] as const
  const held = [...challenged, register(2, '300'), answer(2, '200 OK', granted)] as const

  test.each<[string, readonly (Uint8Array | number)[], object]>([
    [
      'hold for as long as the registrar grants this contact',
      held,
      {
        state: 'registered',
        expiresS: 120,
        status: 200,
        sender: 'pbx',
        aor: 'sip:pbx@example.net',
        contact: 'sip:pbx@10.0.0.5',
      },
    ],
    [
      'are refreshed',
      [...held, 100, register(3, '300'), answer(3, '200 OK', granted), 100],
      { state: 'registered', refreshedMs: [40, 100_060] },
    ],
    ['expire without a refresh', [...held, 122], { state: 'expired' }],
    ['do not expire by a second of lateness', [...held, 120.5], { state: 'registered' }],
    [
      'hold while a refresh is challenged',
      [...held, register(3, '300'), answer(3, '401 Unauthorized')],
      { state: 'registered' },
    ],
    ['are refused', [...challenged, register(2, '300'), answer(2, '403 Forbidden')], { state: 'refused', status: 403 }],
    ['are removed by an expiry of 0', [...held, register(3, '0'), answer(3, '200 OK')], { state: 'removed' }],
    ['are removed as a whole', [...held, register(3, '0', '*'), answer(3, '200 OK')], { state: 'removed' }],
    ['are unanswered', [register(1, '300')], { state: 'unanswered', status: undefined }],
  ])('%s', (_, steps, expected) => {
    const { registrations } = registered(...steps)
    expect(registrations).toHaveLength(1)
    expect(registrations[0]).toMatchObject(expected)
  })
})

describe('what the tap lacks', () => {
  const bye = sip('BYE sip:bob@198.51.100.2 SIP/2.0', { to: tagged, cseq: '2 BYE', branch: 'bye' })
  /** A call of which the tap saw what the PBX sent, a BYE that it sent four times at the end. */
  const oneSided = (withAnswer: boolean): Trace => {
    const tap = createWiretap()
    tap.add({ source: inside, destination: outside, bytes: sip(invite) })
    if (withAnswer) tap.add({ source: outside, destination: inside, bytes: ok('1 INVITE') })
    tap.add({ source: inside, destination: outside, bytes: sip('ACK sip:x SIP/2.0', { to: tagged, branch: 'ack' }) })
    for (let copy = 0; copy < 4; copy++) {
      tap.pass(8000)
      tap.add({ source: inside, destination: outside, bytes: bye })
    }
    return tap.fold()
  }
  const verdicts = (check: Check, trace: Trace): readonly string[] =>
    judge([check], { trace, contract: sampleContract(), sut: 'trunk', breaks: [], outcomes: [], observed: true }).map(
      ({ verdict, actual }) => `${verdict}: ${actual}`,
    )
  test('of a side that never shows is said, where the other one answers to it', () => {
    expect(oneSided(false).hops).toMatchObject([{ unseen: 'trunk' }])
    expect(oneSided(true).hops).toMatchObject([{ unseen: undefined }])
  })
  test('is no failure of that side, and no cause', () => {
    expect(verdicts(byeAnswered, oneSided(true))).toMatchObject([expect.stringMatching(/^fail: /)])
    expect(verdicts(byeAnswered, oneSided(false))).toMatchObject([
      expect.stringMatching(/^inconclusive: .*the capture has nothing that the trunk sent here, though it spoke$/),
    ])
    expect(diagnose(oneSided(false), [])[0]?.causes.map(({ id }) => id) ?? []).not.toContain('no-response')
  })
  test('of a request that nobody answers, in a capture that ends at once, is said of no side', () => {
    const tap = createWiretap()
    tap.add({ source: inside, destination: outside, bytes: sip(invite) })
    expect(tap.fold().hops).toMatchObject([{ unseen: undefined }])
  })
  test('because it is encrypted is counted: DTLS and TLS', () => {
    const tap = createWiretap()
    tap.add({ source: inside, destination: outside, bytes: Uint8Array.of(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) })
    tap.add({ layer: 'tcp', source: inside, destination: outside, bytes: Uint8Array.of(23, 3, 3, 0, 2, 1, 2) })
    expect(tap.fold().counted).toMatchObject({ encrypted: 2, sip: 0 })
  })
  test('is no message where bytes only look like one, and there are only so many such', () => {
    const tap = createWiretap()
    for (let n = 0; n < 10_050; n++)
      tap.add({ source: inside, destination: outside, bytes: bytesOf(`INVITE sip:${n} SIP/2.0\r\nbroken\r\n\r\n`) })
    const { messages, malformed, counted } = tap.fold()
    expect([messages.length, malformed.length, counted.beyond]).toEqual([0, 10_000, 50])
  })
})

describe('errors of the network', () => {
  test('are bound to the message, or the stream, whose datagram they quote (RFC 792)', () => {
    const tap = createWiretap()
    const [ear, mouth] = [at('10.0.0.5', 30_000), at('198.51.100.3', 20_000)]
    const bytes = sip(invite, { body: audioAt(ear) })
    tap.add({ source: inside, destination: outside, bytes })
    const icmp = (source: typeof inside, destination: typeof inside) =>
      tap.add({
        layer: 'icmp',
        source: at(destination.address, 0),
        destination: at(source.address, 0),
        bytes: portUnreachable({ source, destination, bytes }),
      })
    icmp(inside, outside)
    for (let n = 0; n < 3; n++)
      tap.add({
        source: mouth,
        destination: ear,
        bytes: Uint8Array.of(0x80, 0, 0, n, 0, 0, 0, n * 160, 0, 0, 0, 1, 255),
      })
    icmp(mouth, ear)
    icmp(at('10.9.9.9'), at('10.9.9.8'))
    const { networkErrors, calls, streams, messages } = tap.fold()
    expect(networkErrors.map(({ text }) => text)).toEqual(Array.from({ length: 3 }, () => 'port unreachable'))
    const [first, second, third] = networkErrors
    expect([first?.message === messages[0], first?.call === calls[0], first?.stream]).toEqual([true, true, undefined])
    expect([second?.message, second?.call === calls[0], second?.stream === streams[0]]).toEqual([undefined, true, true])
    expect([third?.message, third?.call, third?.stream]).toEqual([undefined, undefined, undefined])
  })
  test('are kept up to a thousand; more are counted', () => {
    const tap = createWiretap()
    const bytes = portUnreachable({ source: inside, destination: outside, bytes: new Uint8Array(8) })
    for (let n = 0; n < 1010; n++) tap.add({ layer: 'icmp', source: outside, destination: inside, bytes })
    const { networkErrors, counted } = tap.fold()
    expect([networkErrors.length, counted.beyond]).toEqual([1000, 10])
  })
})
