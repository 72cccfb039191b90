import { afterEach, describe, expect, test } from 'vitest'
import { type Phone, openPhone } from '../../src/play/phone.ts'
import { phoneStimuli } from '../../src/play/phone-stimuli.ts'
import { noStimuli } from '../../src/play/stimulus.ts'
import { directionOf } from '../../src/sdp/description.ts'
import { parseSdp } from '../../src/sdp/parse.ts'
import { parseAuthorization } from '../../src/sip/fields/authorization.ts'
import { type Message, fieldValue } from '../../src/sip/message.ts'
import { verifyAuthorization } from '../../src/sip/digest.ts'
import {
  type Peer,
  bind,
  contractOf,
  finalResponse,
  offer,
  openEar,
  openPeer,
  ticker,
  timers,
  world,
} from '../embedded/peer.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

/** A phone, and the PBX that it calls through, moved by hand. */
const behind = async (): Promise<{ readonly phone: Phone; readonly pbx: Peer; readonly uri: () => string }> => {
  const pbx = await openPeer()
  let uri = ''
  const record = (draft: { readonly tap: string; readonly source: { readonly port: number } }) => {
    if (draft.tap === 'sent') uri = `sip:201@${bind}:${draft.source.port}`
  }
  const phone = await openPhone({
    accounts: [{ user: '201', credentials: { username: 'desk', password: 'secret' } }],
    registrar: { endpoint: pbx.local, domain: 'pbx.example.com' },
    contract: contractOf('sinch/eu'),
    world,
    ticker,
    timers,
    bind,
    advertise: undefined,
    rtpPorts: undefined,
    loopbackOnly: true,
    patienceMs: 200,
    record: {
      signalling: (draft) => {
        record(draft)
        return { ...draft, number: 0, timeMs: 0 }
      },
      media: (draft) => ({ ...draft, number: 0, timeMs: 0 }),
    },
  })
  opened.push(phone.close, pbx.close)
  return { phone, pbx, uri: () => uri }
}

const direction = (message: Message): string | undefined => {
  const sdp = parseSdp(message.body)
  const [audio] = sdp.ok ? sdp.value.media : []
  return sdp.ok && audio !== undefined ? directionOf(sdp.value, audio) : undefined
}

/** A call that the phone has dialled and the PBX has answered. */
const dialled = async () => {
  const { phone, pbx } = await behind()
  const ear = await openEar()
  opened.push(ear.media.close)
  expect(await phone.dial('0012345678900')).toBeUndefined()
  const invite = await pbx.next('request')
  pbx.ua.respond(invite.tx, 200, { cause: 'test', ...offer(ear.media.local.port, ['PCMU']) })
  await pbx.next('ack')
  return { phone, pbx, invite, ear }
}

describe('a phone that dials', () => {
  test('asks the PBX for what was dialled, as its extension', async () => {
    const { phone, pbx } = await behind()
    await phone.dial('*21#')
    const { message } = (await pbx.next('request')).received
    expect(message.requestUri).toBe('sip:*21%23@pbx.example.com')
    expect(fieldValue(message, 'From')).toMatch(/^<sip:201@pbx\.example\.com>;tag=/)
    expect(direction(message)).toBe('sendrecv')
  })

  test('answers one challenge, and gives up at the next (RFC 3261 §22.2)', async () => {
    const { phone, pbx } = await behind()
    await phone.dial('0012345678900')
    const first = await pbx.next('request')
    const fields = [['Proxy-Authenticate', 'Digest realm="pbx", nonce="n1", qop="auth"']] as const
    pbx.ua.respond(first.tx, 407, { cause: 'test', fields })
    const second = await pbx.next('request')
    const sent = parseAuthorization(fieldValue(second.received.message, 'Proxy-Authorization') ?? '')
    expect(sent.ok && sent.value.username).toBe('desk')
    expect(sent.ok && verifyAuthorization(sent.value, { password: 'secret', method: 'INVITE' })).toBe(true)
    pbx.ua.respond(second.tx, 407, { cause: 'test', fields })
    expect(await phone.close()).toEqual([])
  })

  test('sends back what it hears', async () => {
    const { ear, invite } = await dialled()
    const sdp = parseSdp(invite.received.message.body)
    const [audio] = sdp.ok ? sdp.value.media : []
    ear.media.play({
      remote: { address: bind, port: audio?.port ?? 0 },
      payloadType: 0,
      codec: 'PCMU',
      ptimeMs: 20,
      source: { kind: 'tone', hz: 1000 },
      cause: 'test',
    })
    expect((await ear.heard()).length).toBe(172)
  })

  test('holds, resumes and hangs up when it is moved to', async () => {
    const { phone, pbx, ear } = await dialled()
    for (const [on, said] of [
      [true, 'sendonly'],
      [false, 'sendrecv'],
    ] as const) {
      expect(phone.hold(on)).toBeUndefined()
      const again = await pbx.next('request')
      expect(direction(again.received.message)).toBe(said)
      pbx.ua.respond(again.tx, 200, { cause: 'test', ...offer(ear.media.local.port, ['PCMU']) })
      await pbx.next('ack')
    }
    expect(phone.hangUp()).toBeUndefined()
    expect((await pbx.next('request')).received.message.method).toBe('BYE')
  })

  test('cancels what rings, when it hangs up', async () => {
    const { phone, pbx } = await behind()
    await phone.dial('0012345678900')
    pbx.ua.respond((await pbx.next('request')).tx, 180, { cause: 'test' })
    phone.hangUp()
    await pbx.next('cancelled')
  })

  test('hangs up when it is closed, once', async () => {
    const { phone, pbx } = await dialled()
    const closed = phone.close()
    const bye = await pbx.next('request')
    expect(bye.received.message.method).toBe('BYE')
    pbx.ua.respond(bye.tx, 200, { cause: 'test' })
    expect(await closed).toEqual([])
  })
})

describe('a phone that is called', () => {
  test('rings, picks up, and is there until the other side hangs up', async () => {
    const { phone, pbx, uri } = await behind()
    await phone.dial('1') // its port is known by what it sends
    pbx.ua.respond((await pbx.next('request')).tx, 486, { cause: 'test' })
    const { call } = pbx.ua.request({
      cause: 'test',
      method: 'INVITE',
      requestUri: uri(),
      from: 'sip:+46733478561@pbx.example.com',
      to: uri(),
      destination: { address: bind, port: Number(uri().split(':').at(-1)) },
      ...offer(9),
    })
    const heard: number[] = []
    const answer = await finalResponse(pbx, ({ received }) => heard.push(received.message.status))
    expect(heard).toEqual([180])
    expect(answer.received.message.status).toBe(200)
    expect(direction(answer.received.message)).toBe('sendrecv')
    pbx.ua.within(call, 'BYE', { cause: 'test' })
    expect((await finalResponse(pbx)).received.message.status).toBe(200)
    expect(phone.hangUp()).toBe('the phone has no call to hang up')
  })
})

describe('as the stimulus of a PBX', () => {
  const args = { from: '+46733478561', to: '+12345678900', codecs: [], callId: '' }

  test('what the dial plan has an example of is dialled by that, the rest as it is', async () => {
    const { phone, pbx } = await behind()
    const stimuli = phoneStimuli(phone, [{ dials: '0012345678900', sends: '+12345678900' }], noStimuli)
    await stimuli.fire('dial', args)
    await stimuli.fire('dial', { ...args, to: '+12345678901' })
    const asked = [await pbx.next('request'), await pbx.next('request')].map(
      ({ received }) => received.message.requestUri,
    )
    expect(asked).toEqual(['sip:0012345678900@pbx.example.com', 'sip:+12345678901@pbx.example.com'])
  })

  test('what is configured goes before it', async () => {
    const { phone } = await behind()
    const fired: string[] = []
    const configured = {
      available: new Set(['dial', 'options'] as const),
      fire: (stimulus: string) => {
        fired.push(stimulus)
        return Promise.resolve(undefined)
      },
    }
    const stimuli = phoneStimuli(phone, [], configured)
    expect([...stimuli.available].sort()).toEqual(['answer', 'dial', 'hang-up', 'hold', 'options', 'press', 'resume'])
    await stimuli.fire('dial', args)
    expect(await stimuli.fire('hang-up', args)).toBe('the phone has no call to hang up')
    expect(await stimuli.fire('hold', args)).toBe('the phone has no call to hold')
    expect(fired).toEqual(['dial'])
  })
})
