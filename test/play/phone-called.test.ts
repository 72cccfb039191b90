import { afterEach, describe, expect, test } from 'vitest'
import { bind, finalResponse, offer } from '../embedded/peer.ts'
import { called, closeAll, direction, openPorts, takenPorts } from './phone-behind.ts'

afterEach(closeAll)

describe('a phone that is called', () => {
  test('rings, picks up, and is there until the other side hangs up', async () => {
    const { phone, pbx, call: callIn } = await called()
    const { call } = callIn()
    const heard: number[] = []
    const answer = await finalResponse(pbx, ({ received }) => heard.push(received.message.status))
    expect(heard).toEqual([180])
    expect(answer.received.message.status).toBe(200)
    expect(direction(answer.received.message)).toBe('sendrecv')
    pbx.ua.within(call, 'BYE', { cause: 'test' })
    expect((await finalResponse(pbx)).received.message.status).toBe(200)
    expect(phone.hangUp()).toBe('the phone has no call to hang up')
  })

  test('without a free port for its media answers 503 (RFC 3261 §21.5.4)', async () => {
    const { pbx, call } = await called({ rtpPorts: await takenPorts() })
    call()
    expect((await finalResponse(pbx)).received.message.status).toBe(503)
  })

  test('once more while ten calls ring answers 486', async () => {
    const { pbx, call } = await called()
    for (let calls = 0; calls < 11; calls += 1) call()
    expect((await finalResponse(pbx)).received.message.status).toBe(486)
  })

  test('and hung up at once, in the same segment, rings nobody and leaves no port open (RFC 3261 §9.2)', async () => {
    const { phone, pbx, uri, destination } = await called({ transport: 'tcp' })
    const { body } = offer(9)
    const request = (method: string, more: readonly string[], length: number): string =>
      [
        `${method} ${uri()} SIP/2.0`,
        `Via: SIP/2.0/TCP ${bind}:${pbx.local.port};branch=z9hG4bKhurried`,
        'Max-Forwards: 70',
        'From: <sip:outside@pbx.example.com>;tag=a',
        `To: <${uri()}>`,
        'Call-ID: hurried',
        `CSeq: 1 ${method}`,
        ...more,
        `Content-Length: ${length}`,
        '\r\n',
      ].join('\r\n')
    const contact = `Contact: <sip:${bind}:${pbx.local.port};transport=tcp>`
    const invite = request('INVITE', [contact, 'Content-Type: application/sdp'], body.length)
    const bytes = Buffer.concat([Buffer.from(invite), body, Buffer.from(request('CANCEL', [], 0))])
    pbx.ua.raw(bytes, destination, 'test')
    expect(await phone.until('is-released', 2000)).toBe(true)
    expect(phone.hangUp()).toBe('the phone has no call to hang up')
    await expect.poll(openPorts).toBe(0)
    expect(await phone.until('rings', 0)).toBe(false)
  })
})
