import { describe, expect, test } from 'vitest'
import { checkShape, readYaml, showLoadFault } from '../../src/profile/document.ts'
import { listOf, mapOf, portRange, text, wholeNumber } from '../../src/profile/phrases.ts'

const schema = mapOf({
  name: text('a name'),
  ports: mapOf({ udp: wholeNumber(1, 65535) }).exactOptional(),
  range: portRange.exactOptional(),
  items: listOf(text('a text'), 'a list of texts').exactOptional(),
})

const faultsOf = (yaml: string): readonly string[] => {
  const read = readYaml('x.yaml', yaml)
  const loaded = read.ok ? checkShape(read.value, schema) : read
  return loaded.ok ? [] : loaded.faults.map(showLoadFault)
}

describe('a wrong file is refused with file, line, column, what was found and what is allowed', () => {
  test('a value of the wrong kind', () => {
    expect(faultsOf('name: x\nports:\n  udp: abc\n')).toEqual([
      'x.yaml:3:8: ports.udp: found "abc", allowed: a whole number from 1 to 65535',
    ])
  })
  test('a value out of range', () => {
    expect(faultsOf('name: x\nports: { udp: 70000 }')).toEqual([
      'x.yaml:2:15: ports.udp: found 70000, allowed: a whole number from 1 to 65535',
    ])
  })
  test('a key that is missing stands where its map stands', () => {
    expect(faultsOf('items: [a]')).toEqual(['x.yaml:1:1: name: found nothing, allowed: a name'])
  })
  test('an unknown key, with those that are known', () => {
    expect(faultsOf('name: x\nport: 1')).toEqual([
      'x.yaml:2:1: found the key "port", allowed: one of: name, ports, range, items',
    ])
  })
  test('an item of a list', () => {
    expect(faultsOf('name: x\nitems:\n  - a\n  - 7\n')).toEqual(['x.yaml:4:5: items[1]: found 7, allowed: a text'])
  })
  test('several faults of one file at once', () => {
    expect(faultsOf('name: 1\nitems: []')).toEqual([
      'x.yaml:1:7: name: found 1, allowed: a name',
      'x.yaml:2:8: items: found an empty list, allowed: a list of texts',
    ])
  })
  test.each(['60000-10000', '1-65536', '1', '1-2-3', 'a-b', '0-5'])('%s is no port range', (range) => {
    expect(faultsOf(`name: x\nrange: "${range}"`)).toHaveLength(1)
  })
})

describe('a hostile file is refused before it can do harm', () => {
  test('deep nesting, which would exhaust the stack', () => {
    expect(faultsOf('['.repeat(20_000))).toEqual([expect.stringContaining('very deep nesting')])
    expect(faultsOf(`name: ${'{a: '.repeat(3000)}`)).toEqual([expect.stringContaining('very deep nesting')])
    expect(faultsOf('- '.repeat(5000))).toEqual([expect.stringContaining('a very long line')])
  })
  test('a file of more than 256 KiB', () => {
    expect(faultsOf(`name: "${'x\n'.repeat(200_000)}"`)).toEqual([expect.stringContaining('characters')])
  })
  test('aliases, which multiply', () => {
    expect(faultsOf('name: &a x\nitems: [*a, *a]')).toContain(
      'x.yaml:2:9: found an anchor, alias or tag, allowed: plain values',
    )
  })
  test('tags', () => {
    expect(faultsOf('name: !!binary aGVsbG8=')).toEqual([expect.stringContaining('an anchor, alias or tag')])
  })
  test('a second document', () => {
    expect(faultsOf('name: x\n---\nname: y\n')).toEqual([expect.stringContaining('allowed: YAML 1.2')])
  })
  test('a key twice', () => {
    expect(faultsOf('name: x\nname: y\n')).toEqual([expect.stringContaining('x.yaml:2:1: found the same key twice')])
  })
  test('keys of an object prototype are keys like any other', () => {
    expect(faultsOf('name: x\n__proto__: { udp: 1 }\n')).toEqual([expect.stringContaining('found the key "__proto__"')])
    expect(faultsOf('constructor: x')).toHaveLength(2)
  })
  test.each(['', '# only a comment', '"text"', '- a', ': :', '{', '\t- x', '\0', '? - a\n: b'])(
    'never throws: %j',
    (yaml) => {
      expect(faultsOf(yaml).length).toBeGreaterThan(0)
    },
  )
})

test('an unquoted telephone number is a number to YAML, and is refused as such', () => {
  expect(faultsOf('name: +46733478561')).toEqual(['x.yaml:1:7: name: found 46733478561, allowed: a name'])
})
