import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { visible } from '../../src/core/visible.ts'

describe('what a peer wrote, made visible', () => {
  for (const [text, shown] of [
    ['Zürich 東京 🎵', 'Zürich 東京 🎵'],
    ['a\r\nb\tc\u0000', 'a␍␊b␉c␀'],
    ['\u001b[31m\u007f', '␛[31m␡'],
    ['\u009b31m', '\\x9b31m'],
    ['\u202egnp.exe\u200b\ufeff', '\\u202egnp.exe\\u200b\\ufeff'],
    ['\u{e0041}', '\\ue0041'],
    ['\ud800 \uffff', '\ufffd \ufffd'],
  ] as const)
    test(JSON.stringify(text), () => {
      expect(visible(text)).toBe(shown)
    })

  test('whatever it was, no control, no direction mark and no half character is left, and twice is once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
        expect(visible(visible(text))).toBe(visible(text))
      }),
    )
  })
})
