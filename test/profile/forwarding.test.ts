import { describe, expect, test } from 'vitest'
import { expandForwarding, forwardingOf, forwardingTransport } from '../../src/profile/forwarding.ts'

describe('a forwarding URI', () => {
  test.each([
    ['sip:22444032@213.213.1.213', 'udp'],
    ['sip:{number}@pbx.example.com', 'udp'],
    ['sip:{number}@pbx.example.com:5061', 'udp'],
    ['sip:{number}@pbx.example.com;transport=UDP', 'udp'],
    ['sip:{number}@pbx.example.com:5060;transport=tcp', 'tcp'],
    ['sip:{number}@pbx.example.com;transport=tls', 'tls'],
  ])('%s is forwarded over %s (SINCH-FWD-02 to SINCH-FWD-06)', (template, transport) => {
    expect(forwardingTransport(template)).toEqual({ ok: true, value: transport })
  })

  test.each([
    ['sips:{number}@pbx.example.com', 'sips: is no documented form'],
    ['tel:+12025550142', 'it is no SIP URI'],
    ['{number}@pbx.example.com', 'it is no SIP URI'],
    ['sip:{number}@pbx.example.com:70000', 'it is no SIP URI'],
    ['sip:{number}@pbx.example.com:0', 'is no port'],
    ['sip:pbx.example.com', 'it has no user part'],
    ['sip:{number}@1.2.3.999', 'it is no SIP URI'],
    ['sip:{number}@pbx.example.com;transport=ws', 'transport=ws: one of udp, tcp, tls'],
    ['sip:{did}@pbx.example.com', '{number} is the only placeholder'],
    ['sip:{number}@pbx.example.com;{number', '{number} is the only placeholder'],
  ])('%s is refused: %s', (template, why) => {
    const refused = forwardingTransport(template)
    expect(refused.ok ? '' : refused.fault.saw).toContain(why)
    expect(forwardingOf(template)).toEqual({})
  })

  test('{number} is the number that was called, wherever it stands (SINCH-FWD-07)', () => {
    expect(expandForwarding('sip:{number}@pbx.example.com;did={number}', '+12025550142')).toBe(
      'sip:+12025550142@pbx.example.com;did=+12025550142',
    )
  })

  test('one over TLS is not forwarded by us yet', () => {
    expect(forwardingOf('sip:{number}@pbx.example.com;transport=tls')).toEqual({})
    expect(forwardingOf('sip:1@pbx.example.com')).toEqual({ udp: 'sip:1@pbx.example.com' })
  })
})
