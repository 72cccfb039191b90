import { expect, test } from 'vitest'
import { fault, ok } from '../../src/core/result.ts'
import { fill, namesIn } from '../../src/profile/template.ts'

const lookUp = (name: string) => (name === 'bad' ? fault('x', 'none', name) : ok(`<${name}>`))

test('every ${…} is replaced, all else is literal', () => {
  expect(fill('sip:${a}@${b.c};x=$y{z}', lookUp)).toEqual(ok('sip:<a>@<b.c>;x=$y{z}'))
  expect(fill('', lookUp)).toEqual(ok(''))
})

test('what is put in is not read again', () => {
  expect(fill('${a}', () => ok('${b}'))).toEqual(ok('${b}'))
})

test('a reference that is not closed or not known is a fault', () => {
  expect(fill('sip:${a', lookUp)).toMatchObject({ ok: false, fault: { rule: 'template.syntax', at: 4 } })
  expect(fill('${a}${bad}', lookUp)).toMatchObject({ ok: false })
})

test('names are listed in order', () => {
  expect(namesIn('${a}-${b}-${a}')).toEqual(ok(['a', 'b', 'a']))
  expect(namesIn('${a')).toMatchObject({ ok: false })
})
