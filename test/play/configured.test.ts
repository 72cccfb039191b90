import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/net/clock.ts'
import { type Ask, type ConfiguredOptions, type Means, configuredStimuli } from '../../src/play/configured.ts'
import { createHandClock } from '../support/hand-clock.ts'

const args = { from: '+46733478561', to: '+12345678900', codecs: [], callId: 'c1@host' }
const never = new AbortController().signal
const nobody: Ask = () => Promise.resolve(false)

const plain: ConfiguredOptions = { ask: nobody, clock: systemClock(), signal: never, secrets: [] }

/** Why the PBX was not moved. */
const fire = async (means: Means, more: Partial<ConfiguredOptions> = {}) =>
  (await configuredStimuli({ dial: means }, { ...plain, ...more }).fire('dial', args))?.reason

type Taken = { readonly method: string; readonly url: string; readonly key: string; readonly body: string }

describe('a stimulus by HTTP', () => {
  const taken: Taken[] = []
  const read = async (request: IncomingMessage): Promise<string> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    return Buffer.concat(parts).toString()
  }
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { method = '', url = '', headers } = request
      taken.push({ method, url, key: String(headers['x-key']), body })
      if (url.startsWith('/away')) response.setHeader('Location', '/dial')
      response.statusCode = url.startsWith('/refused') ? 403 : url.startsWith('/away') ? 302 : 204
      response.end()
    })
  })
  const place = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  const http = (path: string): Means => ({
    http: { url: place(path), method: 'POST', headers: { 'X-Key': 'secret' }, body: '{"to":"${to}","from":"${from}"}' },
  })

  test('sends the numbers, in the URL as the URL has it and in the body as JSON has it', async () => {
    expect(await fire(http('/dial?to=${to}'))).toBeUndefined()
    expect(taken.at(-1)).toEqual({
      method: 'POST',
      url: '/dial?to=%2B12345678900',
      key: 'secret',
      body: '{"to":"+12345678900","from":"+46733478561"}',
    })
  })
  test('tells why it did not work, and no secret of the query', async () => {
    expect(await fire(http('/refused?token=hidden'))).toBe(`the stimulus POST ${place('/refused')} was answered 403`)
    expect(await fire(http('/away'))).toContain('failed: ')
    const closed = { http: { url: 'http://127.0.0.1:9/', method: 'GET', headers: {}, body: undefined } }
    expect(await fire(closed)).toMatch(/^the stimulus GET http:\/\/127\.0\.0\.1:9\/ failed: ./)
  })
  test('of which no request can be made is told without its query and header fields', async () => {
    const bad = (url: string, headers: Record<string, string>): Means => ({
      http: { url, method: 'GET', headers, body: undefined },
    })
    expect(await fire(bad('http://127.0.0.1:99999/dial?key=hidden#hidden', {}))).toBe(
      'the stimulus GET http://127.0.0.1:99999/dial failed: Invalid URL',
    )
    expect(await fire(bad('http://127.0.0.1:9/dial', { 'X-Key': 'hidden\nhidden' }))).toBe(
      'the stimulus GET http://127.0.0.1:9/dial failed: no such request can be made: look at its url and headers',
    )
  })
})

describe('a stimulus by a person', () => {
  test('asks with the numbers, and waits for the answer', async () => {
    const asked: string[] = []
    const ask: Ask = (question) => {
      asked.push(question)
      return Promise.resolve(true)
    }
    expect(await fire({ prompt: 'dial ${to} from ${from}' }, { ask })).toBeUndefined()
    expect(asked).toEqual(['dial +12345678900 from +46733478561'])
  })
  test('fails where nobody answers', async () => {
    expect(await fire({ prompt: 'pick up' })).toBe('nobody answered the prompt "pick up"')
  })
})

describe('a stimulus by a command', () => {
  const node = (script: string): Means => ({ command: [process.execPath, '-e', script, '${to}'] })
  test('gets the numbers as arguments, without a shell', async () => {
    expect(await fire(node('process.exit(process.argv[1] === "+12345678900" ? 0 : 1)'))).toBeUndefined()
  })
  test('tells how it ended', async () => {
    expect(await fire(node('console.error("no such channel"); process.exit(3)'))).toMatch(/ended 3: no such channel$/)
    expect(await fire(node('process.exit(4)'))).toMatch(/ended 4$/)
  })
  test.each([[['/nowhere/to/be/found']], [['']], [[process.execPath, 'a\0b']]])(
    '%j, which cannot be started, is told and leaves no timer behind',
    async (command) => {
      const { clock, armed } = createHandClock()
      expect(await fire({ command }, { clock })).toContain('did not start: ')
      expect(armed()).toBe(0)
    },
  )
  test('that goes on for ever is ended after 10 seconds, and is told so', async () => {
    const { clock, advance, armed } = createHandClock()
    const told = fire(node('setInterval(() => undefined, 1000)'), { clock })
    advance(10_000)
    expect(await told).toBe(`the stimulus command ${process.execPath} did not end within 10 s`)
    expect(armed()).toBe(0)
  })
})

describe('what a program says on its way out is told without the secrets of the run', () => {
  const saying = (words: string): Means => ({
    command: [process.execPath, '-e', `process.stderr.write(${words}); process.exit(1)`],
  })
  const reasonFor = (words: string, ...secrets: readonly string[]) => fire(saying(words), { secrets })
  test.each([
    ['"refused: key=hunter2"', ['hunter2'], 'refused: key=***'],
    ['"hunter22 and hunter2"', ['hunter2', 'hunter22'], '*** and ***'],
    ['"token xyz"', ['Bearer xyz'], 'token ***'],
    ['"$& is the password"', ['$&'], '*** is the password'],
  ])('%s, of %j', async (words, secrets, told) => {
    expect(await reasonFor(words, ...secrets)).toMatch(/ ended 1: /)
    expect((await reasonFor(words, ...secrets))?.split(' ended 1: ')[1]).toBe(told)
  })
  test('a secret that is cut off shows no part of itself', async () => {
    const secret = 'k'.repeat(3000)
    expect(await reasonFor(`"a ${secret} ${secret}".slice(0, 4500)`, secret)).toMatch(/ ended 1: a \*\*\*$/)
  })
  test('of a long line 300 characters are shown', async () => {
    expect(await reasonFor('"a ".repeat(5000)')).toHaveLength(300)
  })
})

test('what is not configured is not available, and says so', async () => {
  const stimuli = configuredStimuli({ dial: { prompt: 'x' } }, plain)
  expect([...stimuli.available]).toEqual(['dial'])
  expect(await stimuli.fire('hold', args)).toEqual({
    reason: 'nothing is configured for the stimulus hold',
    by: 'means',
  })
})

test('what a person is asked for is not available where nobody can be asked', () => {
  const { available, unasked } = configuredStimuli(
    { dial: { prompt: 'x' }, hold: { command: ['true'] } },
    { ...plain, ask: undefined },
  )
  expect({ available: [...available], unasked: [...(unasked ?? [])] }).toEqual({
    available: ['hold'],
    unasked: ['dial'],
  })
})
