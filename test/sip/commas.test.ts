import { expect, test } from 'vitest'
import { commaParts, splitCommas } from '../../src/sip/commas.ts'

test.each([
  ['a, b ,c', ['a', 'b', 'c']],
  ['', []],
  [' , ', []],
  ['a,,b', ['a', 'b']],
  ['"a,b" <sip:c,d@e>, f', ['"a,b" <sip:c,d@e>', 'f']],
  ['"a\\",b", c', ['"a\\",b"', 'c']],
  ['<sip:a"@b>, c', ['<sip:a"@b>', 'c']],
  ['"never ends, a', ['"never ends, a']],
  ['<never ends, a', ['<never ends, a']],
  ['a\xa0, b', ['a\xa0', 'b']],
])('%j is %j', (text, parts) => {
  expect(splitCommas(text)).toEqual(parts)
})

test('where an empty element is a mistake, it can be seen', () => {
  expect(commaParts('a,,b,')).toEqual(['a', '', 'b', ''])
})
