import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { createUserAgent } from '../../src/agent/create-user-agent.ts'
import { openUdp } from '../../src/net/udp.ts'
import { type Registration, createRegistration } from '../../src/play/phone-registration.ts'
import { timers, world } from '../embedded/peer.ts'
import { type Answering, type Responder, openResponder, sentValue } from '../support/responder.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()))
})

const contact = 'sip:201@127.0.0.1:5099'

const registering = async (answering: Answering, patienceMs = 5000) => {
  const registrar = await openResponder(answering)
  const told: Registration[] = [] // the agent is there before its registration
  const ua = await createUserAgent({
    world,
    sockets: [await openUdp({ address: '127.0.0.1', loopbackOnly: true })],
    timers,
    onEvent: (event) => told.forEach((each) => each.onEvent(event)),
    allow: [],
  })
  opened.push(ua.close, registrar.close)
  const registration = createRegistration({
    ua,
    world,
    account: { user: '201', credentials: { username: 'desk', password: 'secret' } },
    registrar: {
      endpoint: { address: '127.0.0.1', port: registrar.port },
      transport: 'udp',
      domain: 'pbx.example.com',
    },
    contact,
    patienceMs,
  })
  told.push(registration)
  return { registration, registrar }
}

const challenge = ['SIP/2.0 401 Unauthorized', 'WWW-Authenticate: Digest realm="pbx", nonce="n1"']
const bindings = ['SIP/2.0 200 OK', `Contact: <${contact}>;expires=60`]
const isAuthorized = (request: string): boolean => sentValue(request, 'Authorization') !== ''
const asked = ({ requests }: Responder, name: string) => requests.map((request) => sentValue(request, name))

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

describe('a phone registers', () => {
  test('for its address, with the credentials that the challenge asks for (RFC 3261 §10.2, §22.2)', async () => {
    const { registration, registrar } = await registering((request) => (isAuthorized(request) ? bindings : challenge))
    expect(await registration.register()).toBeUndefined()
    expect(registrar.requests.map((request) => request.split('\r\n', 1)[0])).toEqual(
      Array(2).fill('REGISTER sip:pbx.example.com SIP/2.0'),
    )
    expect(asked(registrar, 'To')).toEqual(Array(2).fill('<sip:201@pbx.example.com>'))
    expect(asked(registrar, 'Contact')).toEqual(Array(2).fill(`<${contact}>`))
    // RFC 2617 §3.2.2.1, by another program's MD5
    const response = md5(`${md5('desk:pbx:secret')}:n1:${md5('REGISTER:sip:pbx.example.com')}`)
    expect(asked(registrar, 'Authorization')[1]).toContain(`response="${response}"`)
    await registration.remove()
  })

  test('and takes the binding away again, all in one Call-ID with a CSeq that grows (RFC 3261 §10.2, §10.2.2)', async () => {
    const { registration, registrar } = await registering((request) => (isAuthorized(request) ? bindings : challenge))
    await registration.register()
    await registration.remove()
    expect(asked(registrar, 'Expires')).toEqual(['600', '600', '0', '0'])
    expect(asked(registrar, 'CSeq')).toEqual(['1 REGISTER', '2 REGISTER', '3 REGISTER', '4 REGISTER'])
    expect(new Set(asked(registrar, 'Call-ID')).size).toBe(1)
  })

  test('for as long as the registrar wants at least (RFC 3261 §10.2.8)', async () => {
    const { registration, registrar } = await registering((request) =>
      sentValue(request, 'Expires') === '3600' ? bindings : ['SIP/2.0 423 Interval Too Brief', 'Min-Expires: 3600'],
    )
    expect(await registration.register()).toBeUndefined()
    expect(asked(registrar, 'Expires')).toEqual(['600', '3600'])
  })

  test('again in half of the time that it was granted', async () => {
    let seen = (): void => undefined
    const twice = new Promise<void>((resolve) => (seen = resolve))
    const { registration, registrar } = await registering((request) => {
      if (sentValue(request, 'CSeq') === '2 REGISTER') seen()
      return ['SIP/2.0 200 OK', `Contact: <${contact}>;expires=1`]
    })
    await registration.register()
    await twice
    await registration.remove()
    expect(asked(registrar, 'Expires').slice(0, 2)).toEqual(['600', '600'])
    expect(asked(registrar, 'Expires').at(-1)).toBe('0')
  })
})

test('a phone that leaves while it renews its registration does not register again', async () => {
  let left = Promise.resolve()
  const { registration, registrar } = await registering((request) => {
    if (sentValue(request, 'CSeq') === '3 REGISTER') left = registration.remove()
    if (!isAuthorized(request)) return challenge
    return ['SIP/2.0 200 OK', `Contact: <${contact}>;expires=1`]
  })
  await registration.register()
  await expect.poll(() => registrar.requests.length, { timeout: 5000 }).toBeGreaterThan(2)
  await left
  expect(asked(registrar, 'Expires')).toEqual(['600', '600', '600', '0', '0'])
})

test('a phone registers where a proxy challenges, and then the registrar, with credentials for both (RFC 3261 §22.3)', async () => {
  const { registration, registrar } = await registering((request) => {
    if (sentValue(request, 'Proxy-Authorization') === '')
      return ['SIP/2.0 407 Proxy Authentication Required', 'Proxy-Authenticate: Digest realm="proxy", nonce="p1"']
    return isAuthorized(request) ? bindings : challenge
  })
  expect(await registration.register()).toBeUndefined()
  expect(asked(registrar, 'CSeq')).toEqual(['1 REGISTER', '2 REGISTER', '3 REGISTER'])
  await registration.remove()
})

describe('a phone whose nonce is stale', () => {
  test('registers with the new one (RFC 7616 §3.3)', async () => {
    const stale = [challenge[0] ?? '', 'WWW-Authenticate: Digest realm="pbx", nonce="n2", stale=true']
    const { registration, registrar } = await registering((request) => {
      const authorization = sentValue(request, 'Authorization')
      if (authorization === '') return challenge
      return authorization.includes('nonce="n2"') ? bindings : stale
    })
    expect(await registration.register()).toBeUndefined()
    expect(asked(registrar, 'CSeq')).toEqual(['1 REGISTER', '2 REGISTER', '3 REGISTER'])
    await registration.remove()
  })

  test('gives up on a registrar that calls each one stale', async () => {
    const { registration, registrar } = await registering((request) => [
      challenge[0] ?? '',
      `WWW-Authenticate: Digest realm="pbx", nonce="n${sentValue(request, 'CSeq')}", stale=true`,
    ])
    expect(await registration.register()).toBe('401 Unauthorized')
    expect(registrar.requests).toHaveLength(5)
  })
})

describe('a phone that cannot register', () => {
  test('tells the refusal, and has nothing to take away', async () => {
    const { registration, registrar } = await registering(() => ['SIP/2.0 403 Forbidden'])
    expect(await registration.register()).toBe('403 Forbidden')
    await registration.remove()
    expect(registrar.requests).toHaveLength(1)
  })

  test('does not show credentials again that were refused (RFC 3261 §22.1)', async () => {
    const { registration, registrar } = await registering((request) => [
      challenge[0] ?? '',
      `WWW-Authenticate: Digest realm="pbx", nonce="n${sentValue(request, 'CSeq')}"`,
    ])
    expect(await registration.register()).toBe('401 Unauthorized')
    expect(registrar.requests).toHaveLength(2)
  })

  test('does not wait for ever', async () => {
    const { registration } = await registering(() => undefined, 20)
    expect(await registration.register()).toBe('no answer')
  })
})
