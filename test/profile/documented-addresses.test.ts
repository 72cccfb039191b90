import { describe, expect, test } from 'vitest'
import { catalogue } from '../support/embedded-run.ts'

type Documented = {
  readonly hosts: readonly string[]
  readonly realm?: string
  readonly signalling?: readonly string[]
  readonly media?: readonly string[]
  readonly ports?: string
}

/**
 * Retyped from the pages, not from the profiles. "SIP Trunking" of Sinch: Termination URIs, Authentication, and the tables SIP
 * and RTP of IP allowlisting; media addresses are those of the upgraded platform, which is Europe alone. "SIP Overview" of
 * Vonage: Endpoint, and the proxies of Dublin and Frankfurt under Service records; it names neither realm nor addresses.
 */
const documented: Readonly<Record<string, Documented>> = {
  'sinch/eu': {
    hosts: ['euc1.vp.sip.sinch.com'],
    realm: 'euc1.vp.sip.sinch.com',
    signalling: ['18.184.175.4/32', '18.196.245.254/32', '206.146.136.0/28'],
    media: ['206.146.136.128/32', '206.146.136.129/32'],
    ports: '10000-60000',
  },
  'sinch/use1': {
    hosts: ['use1.sip.sinch.com'],
    realm: 'sip.sinch.com',
    signalling: ['34.194.41.43/32', '34.197.97.9/32', '206.146.133.0/28'],
    ports: '10000-60000',
  },
  'sinch/sae1': {
    hosts: ['sae1.sip.sinch.com'],
    realm: 'sip.sinch.com',
    signalling: ['52.67.242.103/32', '54.233.100.129/32', '206.146.139.0/28'],
    ports: '10000-60000',
  },
  'sinch/apse1': {
    hosts: ['apse1.sip.sinch.com'],
    realm: 'sip.sinch.com',
    signalling: ['52.74.7.178/32', '54.251.177.8/32', '206.146.141.0/28'],
    ports: '10000-60000',
  },
  'sinch/apse2': {
    hosts: ['apse2.sip.sinch.com'],
    realm: 'sip.sinch.com',
    signalling: ['13.210.20.49/32', '13.210.220.180/32', '206.146.138.0/28'],
    ports: '10000-60000',
  },
  'vonage/eu': {
    hosts: [
      'sip-eu.vonage.com',
      'sip-eu-3.vonage.com',
      'sip-eu-3-1.vonage.com',
      'sip-eu-3-2.vonage.com',
      'sip-eu-4.vonage.com',
      'sip-eu-4-1.vonage.com',
      'sip-eu-4-2.vonage.com',
    ],
  },
}

describe('hosts, realm, addresses and ports are those of the page', () => {
  for (const { id, signalling, authentication, media } of catalogue.profiles)
    test(id, () => {
      const { first, last } = media.ports ?? {}
      expect({
        hosts: signalling.hosts,
        realm: authentication.realm,
        signalling: signalling.addresses,
        media: media.addresses,
        ports: first === undefined ? undefined : `${first}-${last}`,
      }).toEqual({ realm: undefined, signalling: undefined, media: undefined, ports: undefined, ...documented[id] })
    })
})

test('each region of Sinch knows the hosts of the other platform, and none of its own', () => {
  const upgraded = 'euc1.vp.sip.sinch.com'
  for (const { id, signalling } of catalogue.profiles.filter(({ id }) => id.startsWith('sinch/'))) {
    const { hosts = [], name } = signalling.otherPlatform ?? {}
    expect([id, signalling.platform, name]).toEqual([
      id,
      ...(id === 'sinch/eu' ? ['upgraded', 'original'] : ['original', 'upgraded']),
    ])
    // The example of the original platform names a host of Europe, which its list lacks.
    const original = [
      'euc1.sip.sinch.com',
      ...Object.entries(documented).flatMap(([of, { hosts: all }]) =>
        of.startsWith('sinch/') && of !== 'sinch/eu' ? all : [],
      ),
    ]
    expect([...hosts].sort()).toEqual(id === 'sinch/eu' ? original.sort() : [upgraded])
  }
})

test('there is a profile of each region that the table has', () => {
  expect(catalogue.profiles.map(({ id }) => id).sort()).toEqual(Object.keys(documented).sort())
})

test('signalling uses port 5060 over UDP and TCP, and 5061 over TLS, with each provider', () => {
  for (const { signalling } of catalogue.profiles) expect(signalling.ports).toEqual({ udp: 5060, tcp: 5060, tls: 5061 })
})
