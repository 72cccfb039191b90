import { describe, expect, test } from 'vitest'
import { seamSpecOf, seamsOf } from '../../src/embedded/seam.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf } from '../../src/sip/text.ts'

const settings = { realm: 'sip.example.com', writes: { called: 'e164-plus', caller: 'e164-plus' }, refusal: 403 }

const bye = (() => {
  const text = 'BYE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP b;branch=z9hG4bK1\r\nCSeq: 1 BYE\r\n\r\n'
  const parsed = parseMessage(bytesOf(text))
  if (!parsed.ok) throw new Error(parsed.fault.rule)
  return parsed.value
})()

describe('seams of an embedded party', () => {
  test('without a fault nothing is bent and nothing fires', () => {
    const seams = seamsOf()
    expect(seams.settings(settings)).toBe(settings)
    expect([seams.outgoing, seams.packets, seams.fired()]).toEqual([undefined, undefined, false])
  })

  test('a patch replaces values and merges maps', () => {
    const spec = seamSpecOf('trunk').parse({ seam: 'policy', policy: { realm: 'x', writes: { called: 'e164-bare' } } })
    expect(seamsOf(spec).settings(settings)).toEqual({
      realm: 'x',
      writes: { called: 'e164-bare', caller: 'e164-plus' },
      refusal: 403,
    })
  })

  test('a patched setting fires when it is read, and no other does', () => {
    const seams = seamsOf(seamSpecOf('trunk').parse({ seam: 'policy', policy: { realm: 'x' } }))
    const patched = seams.settings(settings)
    expect([patched.refusal, seams.fired()]).toEqual([403, false])
    expect([patched.realm, seams.fired()]).toEqual(['x', true])
  })

  test('a wire seam fires when it bends a message', () => {
    const seams = seamsOf(
      seamSpecOf('pbx').parse({ seam: 'wire', wire: [{ on: { request: 'BYE' }, bend: 'strip-request-uri-params' }] }),
    )
    expect([seams.outgoing?.(bye), seams.fired()]).toEqual([[bye], false])
    const dropping = seamsOf(
      seamSpecOf('pbx').parse({ seam: 'wire', wire: [{ on: { request: 'BYE' }, bend: 'drop' }] }),
    )
    expect([dropping.outgoing?.(bye), dropping.fired()]).toEqual([[], true])
  })

  test('a packet seam bends each media port for itself, and fires when it bends a packet', () => {
    const seams = seamsOf(
      seamSpecOf('pbx').parse({ seam: 'packet', packet: { bend: 'payload-type', to: 111, every: 2 } }),
    )
    const packet = new Uint8Array([0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xff])
    const [first, second] = [seams.packets?.(), seams.packets?.()]
    expect(seams.fired()).toBe(false)
    expect([first?.(packet)[0]?.[1], first?.(packet)[0]?.[1], second?.(packet)[0]?.[1]]).toEqual([111, 0, 111])
    expect(seams.fired()).toBe(true)
  })

  test('a setting that only the other party has is refused', () => {
    const policy = { seam: 'policy', policy: { realm: 'x' } }
    expect(seamSpecOf('trunk').safeParse(policy).success).toBe(true)
    expect(seamSpecOf('pbx').safeParse(policy).success).toBe(false)
  })
})
