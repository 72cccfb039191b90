import { describe, expect, test } from 'vitest'
import { showEndpoint } from '../../src/core/frame.ts'
import type { EmbeddedParty } from '../../src/embedded/party.ts'
import { startPbx } from '../../src/embedded/pbx.ts'
import type { SeamSpec } from '../../src/embedded/seam.ts'
import { openUdp } from '../../src/net/udp.ts'
import { parseRtp } from '../../src/rtp/packet.ts'
import { connectionOf, directionOf, serializeSdp } from '../../src/sdp/description.ts'
import { makeAnswer } from '../../src/sdp/offer-answer.ts'
import { parseSdp } from '../../src/sdp/parse.ts'
import { type Authenticator, createAuthenticator } from '../../src/session/authenticate.ts'
import { type Request, fieldValue } from '../../src/sip/message.ts'
import { fieldAt } from '../../src/sip/view.ts'
import {
  type Peer,
  bind,
  contractOf,
  credentials,
  finalResponse,
  kept,
  offer,
  openEar,
  openPeer,
  takePorts,
  optionsFor,
  world,
} from './peer.ts'

const set = async (profile = 'sinch/eu', spec?: SeamSpec): Promise<{ pbx: EmbeddedParty; peer: Peer }> => {
  const peer = kept(await openPeer())
  const pbx = kept(await startPbx(optionsFor(profile, peer, spec)))
  return { pbx, peer }
}

const sinch = contractOf('sinch/eu')
const { callee = '', callerId = '', did = '', unassigned = '' } = sinch.numbers

const directionIn = ({ body }: Request): string => {
  const sdp = parseSdp(body)
  const media = sdp.ok ? sdp.value.media[0] : undefined
  if (!sdp.ok || media === undefined) throw new Error('no description')
  expect(connectionOf(sdp.value, media)?.address).toBe(bind)
  return directionOf(sdp.value, media)
}

const answerTo = (request: Request, port = 40000) => {
  const sdp = parseSdp(request.body)
  if (!sdp.ok) throw new Error(sdp.fault.rule)
  const own = { address: bind, port, codecs: ['PCMA'], ptimeMs: 20, sessionId: 1, sessionVersion: 1, dtmf: true }
  const answer = makeAnswer(sdp.value, { ...own, direction: 'sendrecv' })
  if (!answer.ok) throw new Error(answer.fault.rule)
  return { body: serializeSdp(answer.value.answer), contentType: 'application/sdp' }
}

/** A call to the PBX as the trunk places it. */
const ring = ({ pbx, peer }: Awaited<ReturnType<typeof set>>, to: string, port = 40000) =>
  peer.ua.request({
    cause: 'test',
    method: 'INVITE',
    requestUri: `sip:${to}@${bind}:${pbx.local.port};transport=udp`,
    from: `<sip:${callerId}@192.0.2.1>`,
    to: `<sip:${to}@${bind}>`,
    destination: pbx.local,
    ...offer(port),
  })

describe('the embedded PBX is called', () => {
  test('on its DID it rings, answers, echoes and takes BYE', async () => {
    const both = await set()
    const ear = await openEar()
    kept(ear.media)
    const { call } = ring(both, did, ear.media.local.port)
    const provisional = new Set<number>()
    const { received } = await finalResponse(both.peer, (event) => provisional.add(event.received.message.status))
    expect([provisional, received.message.status]).toEqual([new Set([180]), 200])
    const sdp = parseSdp(received.message.body)
    const media = sdp.ok ? sdp.value.media[0] : undefined
    const echoed = ear.heard()
    ear.media.play({
      remote: { address: bind, port: media?.port ?? 0 },
      payloadType: 8,
      codec: 'PCMA',
      ptimeMs: 20,
      source: { kind: 'tone', hz: 1000 },
      cause: 'test',
    })
    const packet = parseRtp(await echoed)
    expect(packet.ok && [packet.value.payloadType, new Set(packet.value.payload).size > 4]).toEqual([8, true])
    both.peer.ua.within(call, 'BYE', { cause: 'test' })
    expect((await finalResponse(both.peer)).received.message.status).toBe(200)
  })

  // All of 127.0.0.0/8 is there on Linux alone.
  test.skipIf(process.platform !== 'linux')(
    'a request in a call is taken from any address, or refused from another than the call came from',
    async () => {
      const bound: SeamSpec = { seam: 'policy', policy: { fromElsewhere: 403 } }
      for (const [spec, status] of [[undefined, 200] as const, [bound, 403] as const]) {
        const both = await set('sinch/eu', spec)
        const stranger = await openUdp({ address: '127.0.0.2', loopbackOnly: true })
        kept(stranger)
        const answered = new Promise<Uint8Array>((resolve) => stranger.onDatagram(resolve))
        ring(both, did)
        const { message } = (await finalResponse(both.peer)).received
        const fields = ['From', 'To', 'Call-ID'].map((name) => `${name}: ${fieldValue(message, name) ?? ''}\r\n`)
        const via = `Via: SIP/2.0/UDP ${showEndpoint(stranger.local)};branch=z9hG4bKelsewhere\r\n`
        const bye = `BYE sip:${bind} SIP/2.0\r\n${via}Max-Forwards: 70\r\n${fields.join('')}CSeq: 2 BYE\r\n\r\n`
        stranger.send(Buffer.from(bye), both.pbx.local)
        expect(Buffer.from(await answered).toString()).toMatch(new RegExp(`^SIP/2\\.0 ${status} `))
      }
    },
  )

  test('on any other number it knows nobody', async () => {
    const both = await set()
    ring(both, unassigned)
    expect((await finalResponse(both.peer)).received.message.status).toBe(404)
  })

  test('it picks up at once when told to answer', async () => {
    const both = await set()
    ring(both, did)
    const { received } = await finalResponse(both.peer, () => both.pbx.stimulate('answer', {}))
    expect(received.message.status).toBe(200)
  })

  test('it hangs up when told to, with BYE to the whole Contact (RFC 3261 §12.2.1.1)', async () => {
    const both = await set()
    const { peer, pbx } = both
    const contact = `sip:caller@${bind}:${peer.local.port};did=27e.fecc2a1`
    peer.ua.request({
      cause: 'test',
      method: 'INVITE',
      requestUri: `sip:${did}@${bind}`,
      from: `<sip:${callerId}@192.0.2.1>`,
      to: `<sip:${did}@${bind}>`,
      contact: `<${contact}>`,
      destination: pbx.local,
      ...offer(40000),
    })
    await finalResponse(peer)
    pbx.stimulate('hang-up', {})
    const { received } = await peer.next('request')
    expect([received.message.method, received.message.requestUri]).toEqual(['BYE', contact])
  })

  test('in-dialog requests behind a Contact out of reach come back to the source of the packets', async () => {
    const both = await set()
    const { peer, pbx } = both
    peer.ua.request({
      cause: 'test',
      method: 'INVITE',
      requestUri: `sip:${did}@${bind}`,
      from: `<sip:${callerId}@192.0.2.1>`,
      to: `<sip:${did}@${bind}>`,
      contact: '<sip:caller@206.146.136.0>',
      destination: pbx.local,
      ...offer(40000),
    })
    await finalResponse(peer)
    pbx.stimulate('hang-up', {})
    expect((await peer.next('request')).received.message.requestUri).toBe('sip:caller@206.146.136.0')
  })

  test('OPTIONS is answered', async () => {
    const { pbx, peer } = await set()
    const uri = `sip:${bind}`
    peer.ua.request({
      cause: 'test',
      method: 'OPTIONS',
      requestUri: uri,
      from: `<${uri}>`,
      to: `<${uri}>`,
      destination: pbx.local,
    })
    expect((await finalResponse(peer)).received.message.status).toBe(200)
  })
})

describe('the embedded PBX calls', () => {
  const authenticator = (): Authenticator =>
    createAuthenticator({
      realm: sinch.domain,
      challenge: 401,
      algorithms: ['SHA-256', 'MD5'],
      world,
      nonceLifeMs: 60_000,
    })

  test('in the documented shape, with rport, and answers one challenge', async () => {
    const { pbx, peer } = await set()
    const gate = authenticator()
    pbx.stimulate('dial', { to: callee, from: callerId })
    const first = await peer.next('request')
    const invite = first.received.message
    expect(invite.requestUri).toBe(`sip:${callee}@${sinch.domain}`)
    expect(fieldAt(invite, 'From.user')).toBe(callerId)
    expect(fieldAt(invite, 'From.host')).toBe(sinch.domain)
    expect(fieldValue(invite, 'Via')).toContain(';rport')
    expect(gate.check(invite, credentials)).toBe('none')
    peer.ua.respond(first.tx, 401, { cause: 'test', fields: gate.challengeFields(false) })

    const second = await peer.next('request')
    expect(gate.check(second.received.message, credentials)).toBe('right')
    expect(fieldValue(second.received.message, 'Call-ID')).toBe(fieldValue(invite, 'Call-ID'))
    expect(second.received.message.body).toEqual(invite.body)
    peer.ua.respond(second.tx, 200, { cause: 'test', ...answerTo(second.received.message) })
    await peer.next('ack')
    pbx.stimulate('hang-up', {})
    expect((await peer.next('request')).received.message.method).toBe('BYE')
  })

  test.each([
    ['gives no credentials for a realm that is not its own', undefined, 'response'],
    ['gives them for any, where it is told so', 'any', 'request'],
  ] as const)('and %s', async (_, knowsRealm, next) => {
    const { pbx, peer } = await set('sinch/eu', {
      seam: 'policy',
      policy: knowsRealm === undefined ? {} : { knowsRealm },
    })
    const fields = [['WWW-Authenticate', 'Digest realm="stranger.invalid", nonce="n", qop="auth"']] as const
    pbx.stimulate('dial', {})
    peer.ua.respond((await peer.next('request')).tx, 401, { cause: 'test', fields })
    // Its answer to OPTIONS comes behind an INVITE, if there is one.
    const uri = `sip:${bind}`
    const to = { requestUri: uri, from: `<${uri}>`, to: `<${uri}>`, destination: pbx.local }
    peer.ua.request({ cause: 'test', method: 'OPTIONS', ...to })
    expect((await peer.next(next)).type).toBe(next)
  })

  test.each([401, 403])('and gives up where credentials are answered with %i', async (status) => {
    const { pbx, peer } = await set()
    const gate = authenticator()
    const fields = (): { fields?: ReturnType<Authenticator['challengeFields']> } =>
      status === 401 ? { fields: gate.challengeFields(false) } : {}
    pbx.stimulate('dial', {})
    peer.ua.respond((await peer.next('request')).tx, 401, { cause: 'test', fields: gate.challengeFields(false) })
    peer.ua.respond((await peer.next('request')).tx, status, { cause: 'test', ...fields() })
    // Its ACK and its answer to OPTIONS come in order: a third INVITE would stand before the answer.
    const uri = `sip:${bind}`
    peer.ua.request({
      cause: 'test',
      method: 'OPTIONS',
      requestUri: uri,
      from: `<${uri}>`,
      to: `<${uri}>`,
      destination: pbx.local,
    })
    expect((await finalResponse(peer)).method).toBe('OPTIONS')
  })

  test('and answers again where its nonce was stale (RFC 7616 §3.3)', async () => {
    const { pbx, peer } = await set()
    const gate = authenticator()
    pbx.stimulate('dial', {})
    for (const stale of [false, true])
      peer.ua.respond((await peer.next('request')).tx, 401, { cause: 'test', fields: gate.challengeFields(stale) })
    const third = await peer.next('request')
    expect(fieldValue(third.received.message, 'CSeq')).toBe('3 INVITE')
    expect(gate.check(third.received.message, credentials)).toBe('right')
  })

  test('and sends no INVITE where no port is free for its media', async () => {
    const { pbx, peer } = await set('sinch/eu', {
      seam: 'policy',
      policy: { mediaPorts: kept(await takePorts()).ports },
    })
    pbx.stimulate('dial', {})
    pbx.stimulate('options', {})
    expect((await peer.next('request')).received.message.method).toBe('OPTIONS')
  })

  test('and cancels a call that nobody answers when told to hang up', async () => {
    const { pbx, peer } = await set('vonage/eu')
    pbx.stimulate('dial', {})
    const { tx } = await peer.next('request')
    peer.ua.respond(tx, 180, { cause: 'test' })
    pbx.stimulate('hang-up', {})
    expect((await peer.next('cancelled')).tx).toBe(tx)
  })

  test('and ends a call whose answer crosses its hanging up (RFC 3261 §9.1)', async () => {
    const { pbx, peer } = await set()
    pbx.stimulate('dial', { codecs: ['PCMA'] })
    const { tx, received } = await peer.next('request')
    pbx.stimulate('hang-up', {})
    peer.ua.respond(tx, 200, { cause: 'test', ...answerTo(received.message) })
    await peer.next('ack')
    expect((await peer.next('request')).received.message.method).toBe('BYE')
  })

  test('and puts the other side on hold and takes it back (RFC 3264 §8.4)', async () => {
    const { pbx, peer } = await set()
    pbx.stimulate('dial', { codecs: ['PCMA'] })
    const first = await peer.next('request')
    peer.ua.respond(first.tx, 200, { cause: 'test', ...answerTo(first.received.message) })
    await peer.next('ack')
    const directions: string[] = []
    for (const stimulus of ['hold', 'resume'] as const) {
      pbx.stimulate(stimulus, {})
      const { tx, received } = await peer.next('request')
      directions.push(directionIn(received.message))
      peer.ua.respond(tx, 200, { cause: 'test', ...answerTo(received.message) })
      await peer.next('ack')
    }
    expect(directions).toEqual(['sendonly', 'sendrecv'])
  })

  test('and, told to hold before it is answered, does so right after', async () => {
    const { pbx, peer } = await set()
    pbx.stimulate('dial', { codecs: ['PCMA'] })
    const first = await peer.next('request')
    pbx.stimulate('hold', {})
    peer.ua.respond(first.tx, 200, { cause: 'test', ...answerTo(first.received.message) })
    await peer.next('ack')
    expect(directionIn((await peer.next('request')).received.message)).toBe('sendonly')
  })

  test('and, told to press before it is answered, does so right after', async () => {
    const { pbx, peer } = await set()
    const ear = await openEar()
    kept(ear.media)
    pbx.stimulate('dial', { codecs: ['PCMA'] })
    const { tx, received } = await peer.next('request')
    pbx.stimulate('press', { digits: '5' })
    peer.ua.respond(tx, 200, { cause: 'test', ...answerTo(received.message, ear.media.local.port) })
    // Its first octet is the event (RFC 4733 §2.3).
    for (;;) {
      const packet = parseRtp(await ear.heard())
      if (!packet.ok || packet.value.payloadType === 8) continue
      expect(packet.value.payload[0]).toBe(5)
      return
    }
  })

  test('and asks the trunk for a sign of life', async () => {
    const { pbx, peer } = await set()
    pbx.stimulate('options', {})
    const { received } = await peer.next('request')
    expect([received.message.method, received.message.requestUri]).toEqual(['OPTIONS', `sip:${sinch.domain}`])
  })
})

describe('a bent PBX', () => {
  const invited = async (spec: SeamSpec, profile = 'sinch/eu'): Promise<{ pbx: EmbeddedParty; invite: Request }> => {
    const { pbx, peer } = await set(profile, spec)
    pbx.stimulate('dial', {})
    return { pbx, invite: (await peer.next('request')).received.message }
  }

  test('writes numbers, hosts and caller as it is told', async () => {
    const spec: SeamSpec = {
      seam: 'policy',
      policy: {
        writes: { called: 'e164-bare' },
        shape: { requestUri: 'sip:${callee}@sip.example.org', from: '<sip:+447700900999@${host}>' },
      },
    }
    const { invite, pbx } = await invited(spec)
    expect(invite.requestUri).toBe(`sip:${callee.slice(1)}@sip.example.org`)
    expect(fieldAt(invite, 'From.user')).toBe('+447700900999')
    expect(fieldAt(invite, 'To.user')).toBe(callee.slice(1))
    expect(pbx.fired()).toBe(true)
  })

  test('believes to have another address', async () => {
    const { invite } = await invited({ seam: 'policy', policy: { advertise: '192.168.77.10:5060' } })
    expect(fieldAt(invite, 'Contact.host')).toBe('192.168.77.10')
  })

  test.each([401, 403])('tries on after its credentials were answered with %i, with another digest', async (status) => {
    const { pbx, peer } = await set('sinch/eu', { seam: 'policy', policy: { insists: 1 } })
    const fields = [['WWW-Authenticate', `Digest realm="${sinch.domain}", nonce="n", qop="auth"`]] as const
    pbx.stimulate('dial', {})
    const digests = new Set<string | undefined>()
    for (const answer of [401, status, 403]) {
      const { tx, received } = await peer.next('request')
      digests.add(fieldValue(received.message, 'Authorization'))
      peer.ua.respond(tx, answer, { cause: 'test', ...(answer === 401 ? { fields } : {}) })
    }
    expect(digests.size).toBe(3)
  })

  test('offers a codec that it does not speak, last', async () => {
    const { invite } = await invited({ seam: 'policy', policy: { alsoOffers: ['G722'] } })
    const sdp = parseSdp(invite.body)
    expect(sdp.ok && sdp.value.media[0]?.formats).toEqual(['0', '8', '9', '101'])
  })

  test('asks for no rport', async () => {
    const spec: SeamSpec = {
      seam: 'wire',
      wire: [{ on: { request: 'INVITE' }, bend: 'remove-via-param', param: 'rport' }],
    }
    const { invite, pbx } = await invited(spec)
    expect(fieldValue(invite, 'Via')).not.toContain('rport')
    expect(pbx.fired()).toBe(true)
  })
})
