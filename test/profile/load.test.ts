import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { showLoadFault } from '../../src/profile/document.ts'
import { loadProfile } from '../../src/profile/load.ts'
import { readBase } from '../../src/run/catalogue.ts'

const sinch = readFileSync('profiles/sinch/eu.yaml', 'utf8')

const vonage = readFileSync('profiles/vonage/eu.yaml', 'utf8')

const faultsOf = (from: string, to: string): readonly string[] => {
  // One that stands alone, where it has the text; else one that extends another.
  const text = [vonage, sinch].find((one) => one.includes(from))
  if (text === undefined) throw new Error(`no profile has ${from}`)
  const loaded = loadProfile('p.yaml', text.replace(from, to), readBase)
  return loaded.ok ? [] : loaded.faults.map(showLoadFault)
}

test('a profile is plain data; port ranges are two numbers', () => {
  const loaded = loadProfile('p.yaml', sinch, readBase)
  expect(loaded).toMatchObject({
    ok: true,
    value: {
      id: 'sinch/eu',
      media: { ports: { first: 10000, last: 60000 }, codecs: ['PCMU', 'PCMA', 'opus', 'G729'] },
    },
  })
})

describe('what a profile may not say', () => {
  test.each([
    ['udp: 5060', 'udp: 0', 'signalling.ports.udp: found 0, allowed: a whole number from 1 to 65535'],
    ['challenge: 407', 'challenge: 403', 'authentication.challenge: found 403, allowed: one of: 401, 407'],
    ['callerId: any', 'callerId: mine', 'numbers.callerId: found "mine", allowed: one of: owned, any'],
    ['206.146.136.0/28', '206.146.136.0/33', 'found "206.146.136.0/33", allowed: an address block as in 192.0.2.0/24'],
    ['[SINCH-AUTH-02, SINCH-INFRA-01]', '[sinch]', 'requirements.auth-realm[0].ids[0]: found "sinch"'],
    ['read: 2026-11-20', 'read: today', 'source.read: found "today", allowed: a date as in 2026-11-20'],
    ['auth-realm:', 'Auth Realm:', 'found the key "Auth Realm", allowed: the id of a check as in auth-realm'],
    ['media:', 'media:\n  ports: 10000', 'media.ports: found 10000, allowed: a port range as in 10000-60000'],
    [
      "'sip:${callee}@${host}'",
      "'sip:${calle}@${host}'",
      'termination.requestUri: found "sip:${calle}@${host}", allowed: a text over',
    ],
    ["'sip:${callee}@${host}'", "'sip:${callee'", 'termination.requestUri: found "sip:${callee"'],
    ['authentication:', 'Authentication:', 'authentication: found nothing'],
  ])('%s -> %s', (from, to, expected) => {
    expect(faultsOf(from, to).join('\n')).toContain(expected)
  })
})

describe('a profile that extends another', () => {
  const whole = loadProfile('p.yaml', sinch, readBase)
  if (!whole.ok) throw new Error('no profile')

  test('has what is its own over what it extends, map by map', () => {
    expect(whole.value.signalling).toMatchObject({
      hosts: ['euc1.vp.sip.sinch.com'],
      ports: { udp: 5060, tcp: 5060, tls: 5061 },
      addresses: ['18.184.175.4/32', '18.196.245.254/32', '206.146.136.0/28'],
      literalHosts: 'ignored',
    })
    expect(Object.keys(whole.value.requirements)).toEqual(expect.arrayContaining(['auth-realm', 'ptime']))
  })
  test('extends only what is there and is made for it', () => {
    for (const id of ['sinch/nowhere', 'vonage/eu', '../../package'])
      expect(faultsOf('extends: sinch/base', `extends: ${id}`)).toEqual([
        `p.yaml:4:10: extends: found "${id}", allowed: the id of a profile that is a base`,
      ])
  })
})
