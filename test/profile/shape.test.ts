import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadProfile } from '../../src/profile/load.ts'
import { readBase } from '../../src/run/catalogue.ts'
import { recordedOver, shapeOf } from '../../src/profile/shape.ts'

const profile = (id: string) => {
  const loaded = loadProfile(id, readFileSync(`profiles/${id}.yaml`, 'utf8'), readBase)
  if (!loaded.ok) throw new Error('the profile does not load')
  return loaded.value
}

describe('shapes are the INVITEs that the provider prints', () => {
  test('Sinch, SIP termination example, upgraded infrastructure', () => {
    const shape = shapeOf(profile('sinch/eu').termination, {
      callee: '+12345678900',
      callerId: '+19876543210',
      host: 'euc1.vp.sip.sinch.com',
      edge: '10.186.9.38:51103',
      transport: 'udp',
      token: '',
    })
    expect(shape).toEqual({
      ok: true,
      value: {
        requestUri: 'sip:+12345678900@euc1.vp.sip.sinch.com',
        from: '"+19876543210" <sip:+19876543210@euc1.vp.sip.sinch.com>',
        to: '<sip:+12345678900@euc1.vp.sip.sinch.com>',
        contact: '"+19876543210" <sip:+19876543210@10.186.9.38:51103;ob>',
        tag: '',
        fields: [],
      },
    })
  })
  test('Sinch, SIP origination example, upgraded infrastructure', () => {
    const shape = shapeOf(profile('sinch/eu').origination, {
      did: '+123456789',
      caller: '+46733478561',
      pbx: '52.214.25.57:5060',
      host: 'euc1.vp.sip.sinch.com',
      edge: '206.146.136.0',
      transport: 'udp',
      token: '27e.fecc2a1',
    })
    expect(shape).toEqual({
      ok: true,
      value: {
        requestUri: 'sip:+123456789@52.214.25.57:5060;transport=udp',
        from: '<sip:+46733478561@18.194.168.245>',
        to: '<sip:+123456789@52.214.25.57:5060;transport=udp>',
        contact: '<sip:+46733478561@206.146.136.0;did=27e.fecc2a1>',
        tag: '27e.fecc2a1',
        fields: [['X-My-Header', 'This is my header']],
      },
    })
  })
  test('Vonage, Caller ID example', () => {
    const shape = shapeOf(profile('vonage/eu').termination, {
      callee: '12345678900',
      callerId: '447700900000',
      host: 'sip-eu.vonage.com',
      edge: '192.0.2.1:5060',
      transport: 'udp',
      token: '',
    })
    expect(shape).toMatchObject({ ok: true, value: { from: '<sip:447700900000@sip-eu.vonage.com>', fields: [] } })
  })
})

test('a shape that needs what is not there is a fault with the names that are', () => {
  const shape = shapeOf(profile('sinch/eu').termination, { host: 'h', transport: 'udp', token: '' })
  expect(shape).toMatchObject({ ok: false, fault: { rule: 'template.name' } })
})

describe('a Contact tells of a transport that is not UDP, for without it UDP is meant (RFC 3263 §4.1)', () => {
  const contactOf = (contact: string, transport: string) => {
    const shape = { ...profile('sinch/eu').termination, contact }
    const shaped = shapeOf(shape, {
      callee: '+12345678900',
      callerId: '+19876543210',
      host: 'h.example',
      edge: '192.0.2.1:5060',
      transport,
      token: 't',
    })
    return shaped.ok ? shaped.value.contact : shaped.fault.saw
  }

  test.each([
    ['udp', '"${callerId}" <sip:${callerId}@${edge};ob>', '"+19876543210" <sip:+19876543210@192.0.2.1:5060;ob>'],
    ['tcp', '<sip:${callerId}@${edge};ob>', '<sip:+19876543210@192.0.2.1:5060;ob;transport=tcp>'],
    ['tcp', '<sip:a@${edge};transport=tls>;x=1', '<sip:a@192.0.2.1:5060;transport=tls>;x=1'],
    ['tcp', '<tel:${callerId}>', '<tel:+19876543210>'],
  ])('over %s, %s', (transport, contact, expected) => {
    expect(contactOf(contact, transport)).toBe(expected)
  })

  test('and so does each route that is recorded; other fields stay', () => {
    const routes = '<sip:192.0.2.1;lr=on>, <sip:192.0.2.2;lr;transport=tls>'
    expect(recordedOver(['record-route', routes], 'udp')).toEqual(['record-route', routes])
    expect(recordedOver(['Record-Route', routes], 'tcp')).toEqual([
      'Record-Route',
      '<sip:192.0.2.1;lr=on;transport=tcp>, <sip:192.0.2.2;lr;transport=tls>',
    ])
    expect(recordedOver(['Referred-By', '<sip:192.0.2.1>'], 'tcp')).toEqual(['Referred-By', '<sip:192.0.2.1>'])
  })
})
