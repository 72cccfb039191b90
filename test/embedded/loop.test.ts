import { afterEach, describe, expect, test } from 'vitest'
import type { SeamSpec } from '../../src/embedded/seam.ts'
import { startTrunk } from '../../src/embedded/trunk.ts'
import { parseRtp } from '../../src/rtp/packet.ts'
import { parseSdp } from '../../src/sdp/parse.ts'
import { retryFields } from '../../src/session/challenge.ts'
import { fieldAt } from '../../src/sip/view.ts'
import { type FieldDraft, type Message, fieldValue } from '../../src/sip/message.ts'
import {
  bind,
  contractOf,
  credentials,
  finalResponse,
  nextResponse,
  offer,
  openEar,
  openPeer,
  optionsFor,
  takePorts,
} from './peer.ts'

const open: { close: () => Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

const portOf = (body: Uint8Array): number => {
  const sdp = parseSdp(body)
  return (sdp.ok ? sdp.value.media[0]?.port : undefined) ?? 0
}

const { domain: host, numbers } = contractOf('sinch/eu')
const { loop = '', callerId = '' } = numbers
const cause = 'test'

/** Calls the number that comes back. */
const dialled = async (body = offer(40000), spec?: SeamSpec) => {
  const peer = await openPeer()
  const trunk = await startTrunk(optionsFor('sinch/eu', peer, spec))
  open.push(peer, trunk)
  const requestUri = `sip:${loop}@${host}`
  const { tx, call } = peer.ua.request({
    cause,
    method: 'INVITE',
    requestUri,
    from: `<sip:${callerId}@${host}>`,
    to: `<sip:${loop}@${host}>`,
    destination: trunk.local,
    ...body,
  })
  const challenge = (await finalResponse(peer)).received.message
  const fields = retryFields(challenge, { method: 'INVITE', requestUri }, credentials, {
    cnonce: 'c',
    nc: 1,
  })
  if (!fields.ok) throw new Error(fields.fault.rule)
  const own: FieldDraft = ['X-Loop', 'there']
  const out = peer.ua.again(tx, { cause, fields: [...fields.value, own], ...body })
  return { peer, out: { ...out, call } }
}

/** Our INVITE, and the one that came. */
const looped = async (body = offer(40000)) => {
  const { peer, out } = await dialled(body)
  return { peer, out, back: await peer.next('request') }
}

describe('a call to the number that is routed back', () => {
  test('comes back in the documented shape, with its numbers and private header fields', async () => {
    const { back } = await looped()
    const { message } = back.received
    expect([fieldAt(message, 'Request-URI.user'), fieldAt(message, 'To.user')]).toEqual([loop, loop])
    expect(fieldAt(message, 'From.user')).toBe(callerId)
    expect(fieldValue(message, 'X-Loop')).toBe('there')
    expect(fieldAt(message, 'Request-URI.host')).toBe('pbx.example.com')
  })

  test('rings and is answered when the other end is, and ends with it', async () => {
    const { peer, out, back } = await looped()
    peer.ua.respond(back.tx, 180, { cause })
    const rings = await nextResponse(peer)
    expect([rings.call, rings.received.message.status]).toEqual([out.call, 180])
    peer.ua.respond(back.tx, 200, { cause, ...offer(40002) })
    const events = [await peer.next('ack'), await peer.next('response')]
    expect(events.map(({ call }) => call)).toEqual([back.call, out.call])
    peer.ua.within(out.call, 'BYE', { cause })
    const ended = [await peer.next('response'), await peer.next('request')] as const
    expect([ended[0].method, ended[0].call]).toEqual(['BYE', out.call])
    expect([ended[1].received.message.method, ended[1].call]).toEqual(['BYE', back.call])
  })

  test('hands digits on in the payload type that each end asks for (RFC 3264 §5.1)', async () => {
    const [near, far] = [await openEar(), await openEar()]
    open.push(near.media, far.media)
    const described = (port: number, payloadType: number) => {
      const { body, contentType } = offer(port)
      const text = Buffer.from(body)
        .toString('latin1')
        .replaceAll(/\b101\b/g, String(payloadType))
      return { body: Uint8Array.from(Buffer.from(text, 'latin1')), contentType }
    }
    const { peer, back } = await looped(described(near.media.local.port, 96))
    const asked = back.received.message
    peer.ua.respond(back.tx, 200, { cause, ...described(far.media.local.port, 118) })
    await peer.next('ack')
    const answer = (await finalResponse(peer)).received.message
    const way = (message: Message) => ({ cause, ptimeMs: 20, remote: { address: bind, port: portOf(message.body) } })
    const [there, here] = [far.heard(), near.heard()]
    void near.media.press({ ...way(answer), digits: '5', payloadType: 96 })
    void far.media.press({ ...way(asked), digits: '7', payloadType: 101 })
    const packets = [await there, await here].map(parseRtp)
    expect(packets.map((packet) => packet.ok && [packet.value.payloadType, packet.value.payload[0]])).toEqual([
      [118, 5],
      [96, 7],
    ])
  })

  test('is refused as the other end refuses it', async () => {
    const { peer, back } = await looped()
    peer.ua.respond(back.tx, 486, { cause })
    expect((await finalResponse(peer)).received.message.status).toBe(486)
  })

  test('is refused where no port is free for the call back (RFC 3261 §21.5.4)', async () => {
    const { ports, close } = await takePorts()
    await close() // one pair, for the call out
    const { peer, out } = await dialled(offer(40000), { seam: 'policy', policy: { mediaPorts: ports } })
    const { tx, received } = await finalResponse(peer)
    expect([tx, received.message.status]).toEqual([out.tx, 503])
  })

  test('is cancelled at the other end when the caller gives up', async () => {
    const { peer, out, back } = await looped()
    peer.ua.respond(back.tx, 180, { cause })
    await nextResponse(peer)
    peer.ua.cancel(out.tx, { cause })
    const ended = [await peer.next('response'), await peer.next('response')]
    expect(ended.map(({ received }) => received.message.status).sort()).toEqual([200, 487])
    expect((await peer.next('cancelled')).call).toBe(back.call)
  })
})
