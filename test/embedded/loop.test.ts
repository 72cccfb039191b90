import { afterEach, describe, expect, test } from 'vitest'
import type { SeamSpec } from '../../src/embedded/seam.ts'
import { startTrunk } from '../../src/embedded/trunk.ts'
import { retryFields } from '../../src/session/challenge.ts'
import { fieldAt } from '../../src/sip/view.ts'
import { type FieldDraft, fieldValue } from '../../src/sip/message.ts'
import { contractOf, credentials, finalResponse, offer, openPeer, optionsFor, takePorts } from './peer.ts'

const open: { close: () => Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ close }) => close()))
})

const { domain: host, numbers } = contractOf('sinch/eu')
const { loop = '', callerId = '' } = numbers
const cause = 'test'

/** Calls the number that comes back. */
const dialled = async (spec?: SeamSpec) => {
  const peer = await openPeer()
  const trunk = await startTrunk(optionsFor('sinch/eu', peer, spec))
  open.push(peer, trunk)
  const body = offer(40000)
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
const looped = async () => {
  const { peer, out } = await dialled()
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
    const rings = await peer.next('response')
    expect([rings.call, rings.received.message.status]).toEqual([out.call, 180])
    peer.ua.respond(back.tx, 200, { cause, ...offer(40002) })
    const events = [await peer.next('ack'), await peer.next('response')]
    expect(events.map(({ call }) => call)).toEqual([back.call, out.call])
    peer.ua.within(out.call, 'BYE', { cause })
    const ended = [await peer.next('response'), await peer.next('request')] as const
    expect([ended[0].method, ended[0].call]).toEqual(['BYE', out.call])
    expect([ended[1].received.message.method, ended[1].call]).toEqual(['BYE', back.call])
  })

  test('is refused as the other end refuses it', async () => {
    const { peer, back } = await looped()
    peer.ua.respond(back.tx, 486, { cause })
    expect((await finalResponse(peer)).received.message.status).toBe(486)
  })

  test('is refused where no port is free for the call back (RFC 3261 §21.5.4)', async () => {
    const { ports, close } = await takePorts()
    await close() // one pair, for the call out
    const { peer, out } = await dialled({ seam: 'policy', policy: { mediaPorts: ports } })
    const { tx, received } = await finalResponse(peer)
    expect([tx, received.message.status]).toEqual([out.tx, 503])
  })

  test('is cancelled at the other end when the caller gives up', async () => {
    const { peer, out, back } = await looped()
    peer.ua.respond(back.tx, 180, { cause })
    await peer.next('response')
    peer.ua.cancel(out.tx, { cause })
    const ended = [await peer.next('response'), await peer.next('response')]
    expect(ended.map(({ received }) => received.message.status).sort()).toEqual([200, 487])
    expect((await peer.next('cancelled')).call).toBe(back.call)
  })
})
