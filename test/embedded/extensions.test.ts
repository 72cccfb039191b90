import { afterEach, expect, test } from 'vitest'
import type { Transport } from '../../src/core/frame.ts'
import { startPbx } from '../../src/embedded/pbx.ts'
import type { SeamSpec } from '../../src/embedded/seam.ts'
import { openPhone } from '../../src/play/phone.ts'
import { fieldAt } from '../../src/sip/view.ts'
import {
  bind,
  contractOf,
  finalResponse,
  offer,
  openEar,
  openPeer,
  optionsFor,
  takePorts,
  ticker,
  timers,
  world,
} from './peer.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

const contract = contractOf('sinch/eu')
const { did = '', callerId = '' } = contract.numbers
const account = { user: '201', credentials: { username: '201', password: 'phone-secret' } }

/** A phone, the embedded PBX before it, and a trunk that a test moves by hand. */
const behind = async (password = 'phone-secret', transport: Transport = 'udp', spec?: SeamSpec) => {
  const trunk = await openPeer(transport)
  const pbx = await startPbx({ ...optionsFor('sinch/eu', trunk, spec, transport), extension: account })
  const kept = (draft: object) => ({ ...draft, number: 0, timeMs: 0 })
  if (pbx.phones === undefined) throw new Error('the PBX has no phones')
  const phone = await openPhone({
    accounts: [{ ...account, credentials: { ...account.credentials, password } }],
    registrar: pbx.phones,
    contract,
    world,
    ticker,
    timers,
    bind,
    advertise: undefined,
    rtpPorts: undefined,
    loopbackOnly: true,
    patienceMs: 1000,
    record: { signalling: (draft) => ({ ...kept(draft), ...draft }), media: (draft) => ({ ...kept(draft), ...draft }) },
  })
  opened.push(phone.close, pbx.close, trunk.close)
  return { trunk, pbx, phone }
}

const callIn = async ({ trunk, pbx }: Awaited<ReturnType<typeof behind>>) => {
  const ear = await openEar()
  opened.push(ear.media.close)
  return trunk.ua.request({
    cause: 'test',
    method: 'INVITE',
    requestUri: `sip:${did}@${bind}:${pbx.local.port}`,
    from: `<sip:${callerId}@192.0.2.1>`,
    to: `<sip:${did}@${bind}>`,
    destination: pbx.local,
    ...offer(ear.media.local.port),
  })
}

test('a phone with a wrong password is not registered, and is told so (RFC 3261 §22.1)', async () => {
  const { phone } = await behind('wrong')
  expect(await phone.register()).toContain('403')
})

test.each([
  ['0012025550150', '+12025550150'],
  ['07700900456', '+447700900456'],
  ['+12025550100', '+12025550100'],
])('what the phone dials as %s is called as %s at the trunk', async (number, called) => {
  const { trunk, phone } = await behind()
  expect(await phone.register()).toBeUndefined()
  expect(await phone.dial(number)).toBeUndefined()
  const { received, tx } = await trunk.next('request')
  expect(fieldAt(received.message, 'Request-URI.user')).toBe(called)
  expect(fieldAt(received.message, 'From.user')).toBe(callerId)
  trunk.ua.respond(tx, 486, { cause: 'test' })
})

test('a refusal of the trunk reaches the phone with its status', async () => {
  const { trunk, phone } = await behind()
  await phone.register()
  const refused = new Promise<string>((resolve) => void phone.dial('0012025550150', resolve))
  const { tx } = await trunk.next('request')
  trunk.ua.respond(tx, 486, { cause: 'test' })
  expect(await refused).toBe('486 Busy Here')
})

test('a call of the phone is refused where no port is free towards the trunk (RFC 3261 §21.5.4)', async () => {
  const { ports, close } = await takePorts()
  opened.push(close)
  const { phone } = await behind('phone-secret', 'udp', { seam: 'policy', policy: { mediaPorts: ports } })
  await phone.register()
  const refused = new Promise<string>((resolve) => void phone.dial('0012025550150', resolve))
  expect(await refused).toBe('503 Service Unavailable')
})

test.each(['udp', 'tcp'] as const)(
  'a call in over %s rings the phone, is up when the phone picks up, and its BYE reaches the phone',
  async (transport) => {
    const all = await behind('phone-secret', transport)
    const { trunk, phone } = all
    await phone.register()
    const { call } = await callIn(all)
    expect(await phone.until('rings', 2000)).toBe(true)
    phone.pickUp()
    expect((await finalResponse(trunk)).received.message.status).toBe(200)
    trunk.ua.within(call, 'BYE', { cause: 'test' })
    expect(await phone.until('is-released', 2000)).toBe(true)
  },
)

test('a hang-up at the phone ends the call at the trunk', async () => {
  const all = await behind()
  const { trunk, phone } = all
  await phone.register()
  await callIn(all)
  await finalResponse(trunk)
  expect(await phone.until('is-up', 2000)).toBe(true)
  expect(phone.hangUp()).toBeUndefined()
  expect((await trunk.next('request')).received.message.method).toBe('BYE')
})

test('a caller who gives up ends the ringing of the phone', async () => {
  const all = await behind()
  const { trunk, phone } = all
  await phone.register()
  const { tx } = await callIn(all)
  expect(await phone.until('rings', 2000)).toBe(true)
  trunk.ua.cancel(tx, { cause: 'test' })
  for (;;) if ((await finalResponse(trunk)).method === 'INVITE') break
  expect(await phone.until('is-released', 2000)).toBe(true)
  expect(phone.hangUp()).toBe('the phone has no call to hang up')
})

test('a phone that has gone is not rung: the PBX answers by itself', async () => {
  const all = await behind()
  await all.phone.register()
  await all.phone.close()
  await callIn(all)
  expect((await finalResponse(all.trunk)).received.message.status).toBe(200)
})
