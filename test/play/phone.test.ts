import { afterEach, describe, expect, test } from 'vitest'
import { parseSdp } from '../../src/sdp/parse.ts'
import { verifyAuthorization } from '../../src/sip/digest.ts'
import { parseAuthorization } from '../../src/sip/fields/authorization.ts'
import { fieldValue } from '../../src/sip/message.ts'
import { bind, offer, openEar } from '../embedded/peer.ts'
import { alsoClose, behind, closeAll, direction, openPorts, takenPorts } from './phone-behind.ts'

afterEach(closeAll)

/** A call that the phone has dialled and the PBX has answered. */
const dialled = async () => {
  const { phone, pbx } = await behind()
  const ear = await openEar()
  alsoClose(ear.media.close)
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

  test('answers one challenge, and gives up where its credentials are refused (RFC 3261 §22.1)', async () => {
    const { phone, pbx } = await behind()
    await phone.dial('0012345678900')
    const first = await pbx.next('request')
    const fields = [['Proxy-Authenticate', 'Digest realm="pbx", nonce="n1", qop="auth"']] as const
    pbx.ua.respond(first.tx, 407, { cause: 'test', fields })
    const second = await pbx.next('request')
    const sent = parseAuthorization(fieldValue(second.received.message, 'Proxy-Authorization') ?? '')
    expect(sent.ok && sent.value.username).toBe('desk')
    expect(sent.ok && verifyAuthorization(sent.value, { password: 'secret', method: 'INVITE' })).toBe(true)
    const refused = [['Proxy-Authenticate', 'Digest realm="pbx", nonce="n2", qop="auth"']] as const
    pbx.ua.respond(second.tx, 407, { cause: 'test', fields: refused })
    expect(await phone.close()).toEqual([])
  })

  test('answers again where its nonce was stale, and each realm beside the others (RFC 7616 §3.3, RFC 3261 §22.3)', async () => {
    const { phone, pbx } = await behind()
    await phone.dial('0012345678900')
    const challenges = [
      [407, 'Proxy-Authenticate', 'Digest realm="proxy", nonce="n1", qop="auth"'],
      [407, 'Proxy-Authenticate', 'Digest realm="proxy", nonce="n2", qop="auth", stale=true'],
      [401, 'WWW-Authenticate', 'Digest realm="pbx", nonce="n3"'],
    ] as const
    for (const [status, name, value] of challenges)
      pbx.ua.respond((await pbx.next('request')).tx, status, { cause: 'test', fields: [[name, value]] })
    const { message } = (await pbx.next('request')).received
    expect(fieldValue(message, 'CSeq')).toBe('4 INVITE')
    const [proxy, server] = ['Proxy-Authorization', 'Authorization'].map((name) => {
      const sent = parseAuthorization(fieldValue(message, name) ?? '')
      return sent.ok ? sent.value : undefined
    })
    expect(proxy).toMatchObject({ realm: 'proxy', nonce: 'n2', nc: '00000002' })
    expect(server).toMatchObject({ realm: 'pbx', nonce: 'n3' })
    for (const one of [proxy, server])
      expect(one !== undefined && verifyAuthorization(one, { password: 'secret', method: 'INVITE' })).toBe(true)
  })

  test('gives its account to the realm of its registrar, and not to a trunk whose challenge is handed down', async () => {
    const { phone, pbx } = await behind()
    const asked = (realm: string) => ({
      cause: 'test',
      fields: [['WWW-Authenticate', `Digest realm="${realm}", nonce="n1"`]] as const,
    })
    void phone.register()
    pbx.ua.respond((await pbx.next('request')).tx, 401, asked('pbx'))
    pbx.ua.respond((await pbx.next('request')).tx, 200, { cause: 'test' })
    const refused: string[] = []
    await phone.dial('0012345678900', (why) => refused.push(why))
    pbx.ua.respond((await pbx.next('request')).tx, 401, asked('trunk'))
    await expect.poll(() => refused).toEqual(['401 Unauthorized'])
  })

  test('does not dial again what it has hung up when the challenge comes', async () => {
    const { phone, pbx } = await behind()
    const refused: string[] = []
    await phone.dial('0012345678900', (why) => refused.push(why))
    const { tx } = await pbx.next('request')
    phone.hangUp()
    const fields = [['WWW-Authenticate', 'Digest realm="pbx", nonce="n1"']] as const
    pbx.ua.respond(tx, 401, { cause: 'test', fields })
    await expect.poll(() => refused).toEqual(['401 Unauthorized'])
    expect(await phone.close()).toEqual([])
  })

  test('hangs up a call whose answer crosses its CANCEL (RFC 3261 §9.1)', async () => {
    const { phone, pbx } = await behind()
    await phone.dial('0012345678900')
    const { tx } = await pbx.next('request')
    phone.hangUp()
    pbx.ua.respond(tx, 200, { cause: 'test', ...offer(9, ['PCMU']) })
    await pbx.next('ack')
    expect((await pbx.next('request')).received.message.method).toBe('BYE')
  })

  test('tells why where no port is free for its media, and sends nothing', async () => {
    const { first, last } = await takenPorts()
    const { phone, pbx } = await behind({ rtpPorts: { first, last } })
    expect(await phone.dial('0012345678900')).toBe(
      `the phone has no port for its media: no free pair of RTP ports within ${first}-${last} on ${bind}`,
    )
    expect(phone.hangUp()).toBe('the phone has no call to hang up')
    void phone.register()
    expect((await pbx.next('request')).received.message.method).toBe('REGISTER')
  })

  test('and is closed meanwhile sends nothing, and leaves no port open', async () => {
    const { phone, pbx } = await behind()
    const dialling = phone.dial('0012345678900')
    const closed = phone.close()
    expect(await dialling).toBe('the phone hung up before it had dialled')
    expect(await closed).toEqual([])
    await pbx.close()
    await expect.poll(openPorts).toBe(0)
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

  test('holds again where its re-INVITE met one of the PBX (RFC 3261 §14.1)', async () => {
    const { phone, pbx } = await dialled()
    expect(phone.hold(true)).toBeUndefined()
    pbx.ua.respond((await pbx.next('request')).tx, 491, { cause: 'test' })
    const again = await pbx.next('request')
    expect(direction(again.received.message)).toBe('sendonly')
    pbx.ua.respond(again.tx, 491, { cause: 'test' })
    // One that waits does not keep the phone.
    expect(phone.hangUp()).toBeUndefined()
    const bye = await pbx.next('request')
    expect(bye.received.message.method).toBe('BYE')
    pbx.ua.respond(bye.tx, 200, { cause: 'test' })
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

  test('answers a challenge to its BYE, too', async () => {
    const { phone, pbx } = await dialled()
    phone.hangUp()
    const fields = [['Proxy-Authenticate', 'Digest realm="pbx", nonce="n1"']] as const
    pbx.ua.respond((await pbx.next('request')).tx, 407, { cause: 'test', fields })
    const bye = await pbx.next('request')
    const sent = parseAuthorization(fieldValue(bye.received.message, 'Proxy-Authorization') ?? '')
    expect(sent.ok && verifyAuthorization(sent.value, { password: 'secret', method: 'BYE' })).toBe(true)
    pbx.ua.respond(bye.tx, 200, { cause: 'test' })
    expect(await phone.close()).toEqual([])
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
