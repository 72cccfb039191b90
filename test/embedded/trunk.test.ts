import { describe, expect, test } from 'vitest'
import type { EmbeddedParty } from '../../src/embedded/party.ts'
import type { SeamSpec } from '../../src/embedded/seam.ts'
import { startTrunk } from '../../src/embedded/trunk.ts'
import { parseRtp } from '../../src/rtp/packet.ts'
import { connectionOf, directionOf } from '../../src/sdp/description.ts'
import { agreed } from '../../src/sdp/offer-answer.ts'
import { parseSdp } from '../../src/sdp/parse.ts'
import { retryFields } from '../../src/session/challenge.ts'
import { type FieldDraft, type Response, fieldValue } from '../../src/sip/message.ts'
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
  optionsFor,
} from './peer.ts'

const set = async (profile = 'sinch/eu', spec?: SeamSpec): Promise<{ trunk: EmbeddedParty; peer: Peer }> => {
  const peer = kept(await openPeer())
  const trunk = kept(await startTrunk(optionsFor(profile, peer, spec)))
  return { trunk, peer }
}

const sinch = contractOf('sinch/eu')
const host = sinch.domain
const {
  callee = '',
  callerId = '',
  busy = '',
  unassigned = '',
  noAnswer = '',
  hangsUp = '',
  earlyMedia = '',
} = sinch.numbers

type Dial = {
  readonly to?: string
  /** User part of To, where it is another one than that of the Request-URI. */
  readonly toUser?: string
  readonly from?: string
  readonly host?: string
  readonly codecs?: readonly string[]
  readonly password?: string
  readonly username?: string
  /** Realm of the credentials, where it is not that of the challenge. */
  readonly realm?: string
  readonly port?: number
  readonly fields?: readonly FieldDraft[]
}

/** Calls, answers the challenge, and gives the transaction of the second INVITE. */
const dial = async ({ trunk, peer }: Awaited<ReturnType<typeof set>>, how: Dial = {}) => {
  const { to = callee, from = callerId, realm, password = credentials.password, username = credentials.username } = how
  const requestUri = `sip:${to}@${how.host ?? host}`
  const body = offer(how.port ?? 40000, how.codecs)
  const { tx, call } = peer.ua.request({
    cause: 'test',
    method: 'INVITE',
    requestUri,
    from: `<sip:${from}@${host}>`,
    to: `<sip:${how.toUser ?? to}@${host}>`,
    destination: trunk.local,
    ...(how.fields === undefined ? {} : { fields: how.fields }),
    ...body,
  })
  const challenge = (await finalResponse(peer)).received.message
  const request = { method: 'INVITE', requestUri, body: body.body }
  const fields = retryFields(challenge, request, { username, password }, { cnonce: 'c', nc: 1, realm })
  if (!fields.ok) throw new Error(fields.fault.rule)
  return {
    challenge,
    call,
    fields: fields.value,
    ...peer.ua.again(tx, { cause: 'test', fields: fields.value, ...body }),
  }
}

const final = async (peer: Peer): Promise<Response> => (await finalResponse(peer)).received.message

const described = (message: { readonly body: Uint8Array }) => {
  const sdp = parseSdp(message.body)
  const media = sdp.ok ? sdp.value.media[0] : undefined
  if (!sdp.ok || media === undefined) throw new Error('no description')
  return {
    sdp: sdp.value,
    direction: directionOf(sdp.value, media),
    address: connectionOf(sdp.value, media)?.address,
    media,
  }
}

describe('the embedded trunk is called', () => {
  test.each([
    ['sinch/eu', 401, 'WWW-Authenticate'],
    ['vonage/eu', 407, 'Proxy-Authenticate'],
  ])('%s challenges every call with %i', async (profile, status, field) => {
    const both = await set(profile)
    const { domain } = contractOf(profile)
    const { challenge } = await dial(both)
    expect(challenge.status).toBe(status)
    expect(fieldValue(challenge, field)).toContain(`realm="${domain}"`)
    expect(fieldValue(challenge, field)).toContain('qop="auth"')
  })

  test('a call to an address gets no answer, not even 100 (SINCH-HOST-08)', async () => {
    const { trunk, peer } = await set()
    const addresses = { from: `<sip:${callerId}@${host}>`, to: `<sip:${callee}@${host}>`, destination: trunk.local }
    const [, named] = [bind, host].map((target) =>
      peer.ua.request({ cause: target, method: 'INVITE', requestUri: `sip:${callee}@${target}`, ...addresses }),
    )
    expect((await peer.next('response')).tx).toBe(named?.tx)
    expect((await peer.next('timeout')).tx).not.toBe(named?.tx)
  })

  test('a call with no hop left goes no further (RFC 3261 §16.3)', async () => {
    const both = await set()
    await dial(both, { fields: [['Max-Forwards', '0']] })
    expect((await final(both.peer)).status).toBe(483)
  })

  test('the number in To is called, whatever the Request-URI says (SINCH-FLOW-03)', async () => {
    const both = await set()
    await dial(both, { to: callee, toUser: busy })
    expect((await final(both.peer)).status).toBe(486)
  })

  test('right credentials let the call in: it rings, is answered, echoes and takes BYE', async () => {
    const both = await set()
    const { peer } = both
    const ear = await openEar()
    kept(ear.media)
    const { call } = await dial(both, { port: ear.media.local.port })
    const provisional = new Set<number>()
    const { received } = await finalResponse(peer, (event) => provisional.add(event.received.message.status))
    expect([provisional, received.message.status]).toEqual([new Set([180]), 200])
    const answer = described(received.message)
    expect([answer.address, answer.direction]).toEqual([bind, 'sendrecv'])
    expect(answer.media.port).toBeGreaterThanOrEqual(10000)
    expect(answer.media.port).toBeLessThanOrEqual(60000)

    const local = parseSdp(offer(ear.media.local.port).body)
    const agreement = local.ok ? agreed(local.value, answer.sdp) : local
    if (!agreement.ok) throw new Error(agreement.fault.rule)
    const echoed = ear.heard()
    ear.media.play({
      remote: agreement.value.remote,
      payloadType: 8,
      codec: 'PCMA',
      ptimeMs: 20,
      source: { kind: 'tone', hz: 1000 },
      cause: 'test',
    })
    const packet = parseRtp(await echoed)
    expect(packet.ok && [packet.value.payloadType, new Set(packet.value.payload).size > 4]).toEqual([8, true])

    peer.ua.within(call, 'BYE', { cause: 'test' })
    expect((await finalResponse(peer)).received.message.status).toBe(200)
  })

  test.each([
    ['wrong credentials', { password: 'guessed' }, 403],
    ['the name of nobody', { username: 'nobody' }, 403],
    ['credentials for another realm', { realm: 'sip.example.org' }, 403],
    ['a number without +', { to: callee.slice(1) }, 404],
    ['a number with 00', { to: sinch.numbers.malformed ?? '' }, 404],
    ['a host that is not its own', { host: 'sip.example.org' }, 404],
    ['a caller id that the account does not own', { from: sinch.numbers.foreign ?? '' }, 403],
    ['an offer without a codec of the provider', { codecs: ['G722'] }, 488],
    ['a number that nobody has', { to: unassigned }, 404],
    ['a busy number', { to: busy }, 486],
  ] satisfies [string, Dial, number][])('%s: %i', async (_, how, status) => {
    const both = await set()
    await dial(both, how)
    expect((await final(both.peer)).status).toBe(status)
  })

  test('a nonce whose count was used before is stale (RFC 7616 §3.4)', async () => {
    const both = await set()
    const { fields } = await dial(both, { to: busy })
    await final(both.peer)
    both.peer.ua.request({
      cause: 'test',
      method: 'INVITE',
      requestUri: `sip:${busy}@${host}`,
      from: `<sip:${callerId}@${host}>`,
      to: `<sip:${busy}@${host}>`,
      destination: both.trunk.local,
      ...offer(40000),
      fields,
    })
    const again = await final(both.peer)
    expect([again.status, fieldValue(again, 'WWW-Authenticate')?.includes('stale=true')]).toEqual([401, true])
  })

  test('early media is heard before the answer, and both carry one description', async () => {
    const both = await set()
    const ear = await openEar()
    kept(ear.media)
    const packet = ear.heard()
    await dial(both, { to: earlyMedia, port: ear.media.local.port })
    const early: Response[] = []
    let answered = false
    const heardLate = packet.then(() => answered)
    const { received } = await finalResponse(both.peer, (event) => early.push(event.received.message))
    answered = true
    expect([early[0]?.status, received.message.status, await heardLate]).toEqual([183, 200, false])
    expect(early[0]?.body).toEqual(received.message.body)
  })

  test('a number that nobody answers rings until CANCEL', async () => {
    const both = await set()
    const { tx } = await dial(both, { to: noAnswer })
    const ringing = await both.peer.next('response')
    expect([100, 180]).toContain(ringing.received.message.status)
    both.peer.ua.cancel(tx, { cause: 'test' })
    const statuses: (string | number)[][] = []
    for (let n = 0; n < 2; n += 1) {
      const { method, received } = await finalResponse(both.peer)
      statuses.push([method, received.message.status])
    }
    expect(statuses).toContainEqual(['CANCEL', 200])
    expect(statuses).toContainEqual(['INVITE', 487])
  })

  test('a number that hangs up sends BYE', async () => {
    const both = await set()
    await dial(both, { to: hangsUp })
    expect((await final(both.peer)).status).toBe(200)
    const { received, inDialog } = await both.peer.next('request')
    expect([received.message.method, inDialog]).toEqual(['BYE', true])
  })

  test('an offer to hold is answered recvonly, and one to resume sendrecv (RFC 3264 §6.1)', async () => {
    const both = await set()
    const { call } = await dial(both)
    await final(both.peer)
    const directions: string[] = []
    for (const direction of ['sendonly', 'sendrecv'] as const) {
      both.peer.ua.within(call, 'INVITE', { cause: 'test', ...offer(40000, ['PCMA'], direction) })
      directions.push(described(await final(both.peer)).direction)
    }
    expect(directions).toEqual(['recvonly', 'sendrecv'])
  })
})

describe('the embedded trunk is asked', () => {
  const ask = async (method: string): Promise<Response> => {
    const { trunk, peer } = await set()
    const uri = `sip:${host}`
    peer.ua.request({
      cause: 'test',
      method,
      requestUri: uri,
      from: `<${uri}>`,
      to: `<${uri}>`,
      destination: trunk.local,
    })
    return final(peer)
  }

  test('OPTIONS is answered with what it can do (RFC 3261 §11.2)', async () => {
    const answer = await ask('OPTIONS')
    expect([answer.status, fieldValue(answer, 'Accept')]).toEqual([200, 'application/sdp'])
    expect(fieldValue(answer, 'Allow')).toContain('INVITE')
  })

  test('REGISTER is not documented, so not allowed (RFC 3261 §8.2.1)', async () => {
    expect((await ask('REGISTER')).status).toBe(405)
  })
})

describe('the embedded trunk calls', () => {
  test('in the documented shape, and ends the call when told to', async () => {
    const { trunk, peer } = await set()
    trunk.stimulate('dial', {})
    const { tx, received } = await peer.next('request')
    const invite = received.message
    expect(invite.method).toBe('INVITE')
    expect(invite.requestUri).toBe(`sip:${sinch.numbers.did ?? ''}@pbx.example.com:5060;transport=udp`)
    expect(fieldAt(invite, 'From.user')).toBe(callerId)
    expect(fieldAt(invite, 'Contact.params.did') ?? fieldValue(invite, 'Contact')).toBeDefined()
    expect(fieldValue(invite, 'X-My-Header')).toBe('This is my header')

    peer.ua.respond(tx, 200, { cause: 'test', ...offer(40000) })
    await peer.next('ack')
    trunk.stimulate('hang-up', {})
    expect((await peer.next('request')).received.message.method).toBe('BYE')
  })

  test('and cancels when told to hang up while it rings', async () => {
    const { trunk, peer } = await set('vonage/eu')
    trunk.stimulate('dial', {})
    const { tx } = await peer.next('request')
    peer.ua.respond(tx, 180, { cause: 'test' })
    trunk.stimulate('hang-up', {})
    expect((await peer.next('cancelled')).tx).toBe(tx)
  })
})

describe('a bent trunk', () => {
  test('a patched realm is challenged with, and credentials for it are accepted', async () => {
    const both = await set('sinch/eu', { seam: 'policy', policy: { realm: 'sip.example.org' } })
    expect(both.trunk.fired()).toBe(false)
    const { challenge } = await dial(both, { to: busy })
    expect(fieldValue(challenge, 'WWW-Authenticate')).toContain('realm="sip.example.org"')
    expect([(await final(both.peer)).status, both.trunk.fired()]).toEqual([486, true])
  })

  test('wrong credentials are let in, or challenged again', async () => {
    const open = await set('sinch/eu', { seam: 'policy', policy: { accepts: 'any' } })
    await dial(open, { password: 'guessed' })
    expect((await final(open.peer)).status).toBe(200)
    const endless = await set('sinch/eu', { seam: 'policy', policy: { refusal: 'challenge' } })
    await dial(endless, { password: 'guessed' })
    expect((await final(endless.peer)).status).toBe(401)
  })

  test.each([
    ['a name that is not its own', { accepts: 'any-user' }, { username: 'nobody' }, 200],
    ['but no password that is not', { accepts: 'any-user' }, { password: 'guessed' }, 403],
    ['credentials for another realm', { otherRealm: 'accept' }, { realm: 'sip.example.org' }, 200],
    ['or asks again for those of its own (RFC 3261 §22.3)', { otherRealm: 'challenge' }, { realm: 'x' }, 401],
  ] as const satisfies [string, object, Dial, number][])('takes %s', async (_, policy, how, status) => {
    const both = await set('sinch/eu', { seam: 'policy', policy })
    await dial(both, how)
    expect([(await final(both.peer)).status, both.trunk.fired()]).toEqual([status, true])
  })

  test('an offer of which it speaks nothing is answered with its own codecs', async () => {
    const both = await set('sinch/eu', { seam: 'policy', policy: { unshared: 'answer' } })
    await dial(both, { codecs: ['G722'] })
    const answer = await final(both.peer)
    expect([answer.status, described(answer).media.formats]).toEqual([200, ['0', '8', '101']])
  })

  test('media comes from another address, in the description too', async () => {
    const both = await set('sinch/eu', { seam: 'policy', policy: { mediaAddress: '127.0.0.9' } })
    await dial(both)
    expect(described(await final(both.peer)).address).toBe('127.0.0.9')
  })
})
