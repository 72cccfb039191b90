import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRtp, serializeRtp } from '../../src/rtp/packet.ts'
import { isRtcp } from '../../src/rtp/rtcp.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

/**
 * First packet of a stream of baresip 1.0.0, PCMU, as `tshark -T fields -e udp.payload` gives it, its payload cut to 16 octets;
 * tshark's rtp.seq, rtp.timestamp, rtp.ssrc, rtp.p_type, rtp.marker.
 */
const baresip = {
  bytes: hex('80805c160000f374e03020ce ff6243b7969099c71e111323b3969098'),
  sequence: 23_574,
  timestamp: 62_324,
  ssrc: 0xe03020ce,
  payloadType: 0,
  marker: true,
}

describe('an RTP packet (RFC 3550 §5.1)', () => {
  test('reads as tshark reads it', () => {
    const { bytes, ...fields } = baresip
    expect(parseRtp(bytes)).toMatchObject({ ok: true, value: { ...fields, csrcs: [], paddingLength: 0 } })
  })

  test('comes back byte for byte', () => {
    const parsed = parseRtp(baresip.bytes)
    expect(parsed.ok && serializeRtp(parsed.value)).toStrictEqual(baresip.bytes)
  })

  test('has contributing sources, an extension and padding, and none of these in its payload', () => {
    const bytes = hex('b2 08 0001 00000002 00000003 0000000a 0000000b bede 0001 11223344 d5d5 00 00 03')
    expect(parseRtp(bytes)).toMatchObject({
      value: {
        csrcs: [10, 11],
        extension: { profile: 0xbede, data: hex('11223344') },
        payload: hex('d5d5'),
        paddingLength: 3,
      },
    })
  })

  for (const [what, bytes, rule] of [
    ['nothing', '', 'rtp.short'],
    ['11 octets', '80005c160000f374e03020', 'rtp.short'],
    ['version 1', '40005c160000f374e03020ce', 'rtp.version'],
    ['contributing sources that are not there', '8f005c160000f374e03020ce', 'rtp.csrc'],
    ['an extension cut short', '90005c160000f374e03020ce bede', 'rtp.extension'],
    ['an extension longer than the packet', '90005c160000f374e03020ce bede0002 11223344', 'rtp.extension'],
    ['padding of no octets', 'a0005c160000f374e03020ce 00', 'rtp.padding'],
    ['more padding than payload', 'a0005c160000f374e03020ce d502 04', 'rtp.padding'],
    ['padding and no octet to count it', 'a0005c160000f374e03020ce', 'rtp.padding'],
  ] as const)
    test(`${what} is a fault`, () => {
      expect(parseRtp(hex(bytes))).toMatchObject({ ok: false, fault: { rule } })
    })

  test('any packet that we write reads the same', () => {
    const packet = fc.record({
      marker: fc.boolean(),
      payloadType: fc.nat(127),
      sequence: fc.nat(0xffff),
      timestamp: fc.nat(0xffffffff),
      ssrc: fc.nat(0xffffffff),
      csrcs: fc.array(fc.nat(0xffffffff), { maxLength: 15 }),
      payload: fc.uint8Array({ maxLength: 40 }),
      paddingLength: fc.nat(255),
    })
    fc.assert(
      fc.property(packet, (written) => {
        const read = parseRtp(serializeRtp(written))
        expect(read.ok && { ...read.value, payload: new Uint8Array(read.value.payload) }).toEqual(written)
      }),
    )
  })

  test('no bytes throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => typeof parseRtp(bytes).ok === 'boolean'))
  })

  test('what fits in no header is our own mistake', () => {
    const parsed = parseRtp(baresip.bytes)
    if (!parsed.ok) throw new Error(parsed.fault.rule)
    const packet = parsed.value
    expect(() => serializeRtp({ ...packet, payloadType: 128 })).toThrow(RangeError)
    expect(() => serializeRtp({ ...packet, csrcs: Array<number>(16).fill(0) })).toThrow(RangeError)
    expect(() => serializeRtp({ ...packet, extension: { profile: 0, data: new Uint8Array(3) } })).toThrow(RangeError)
  })
})

describe('RTCP among RTP (RFC 5761 §4)', () => {
  for (const [what, bytes, is] of [
    ['an APP packet of baresip (204)', '80cc000305f79ffe50494e47504f4e47', true],
    ['a sender report of baresip (200)', '81c8000c05f79ffeeeaac4aa0e66559f', true],
    ['an RTP packet with the marker and payload type 0', '80805c160000f374e03020ceff62', false],
    ['an RTP packet of payload type 101', '80e55c160000f374e03020ceff62', false],
    ['a STUN binding request', '000100002112a442', false],
    ['less than a header', '80c80000', false],
  ] as const)
    test(`${what} is ${is ? '' : 'not '}RTCP`, () => {
      expect(isRtcp(hex(bytes))).toBe(is)
    })
})
