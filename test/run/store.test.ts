import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { listFiles, openAppend, readBytes, readText, writeFileWhole } from '../../src/run/store.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-store-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('a file that cannot be read is a fault with its reason, never thrown', () => {
  expect(readText(join(folder, 'none'))).toMatchObject({
    ok: false,
    fault: { saw: 'there is no such file or folder' },
  })
  expect(readBytes(folder)).toMatchObject({ ok: false, fault: { saw: 'it is a folder' } })
})

test('a file is written whole, with its folders, and nothing is left beside it', () => {
  const path = join(folder, 'a/b/c.txt')
  writeFileWhole(path, 'one')
  writeFileWhole(path, new Uint8Array([0x74, 0x77, 0x6f]))
  expect(readText(path)).toEqual({ ok: true, value: 'two' })
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['c.txt'])
})

test('what was appended is in the file before it is closed', () => {
  const path = join(folder, 'log/journal.jsonl')
  const file = openAppend(path)
  file.append('one\n')
  file.append(new Uint8Array([0x32, 0x0a]))
  expect(readFileSync(path, 'utf8')).toBe('one\n2\n')
  file.close()
  file.close()
  file.append('late')
  expect(readFileSync(path, 'utf8')).toBe('one\n2\n')
})

test('files are listed with their folders, sorted; a folder that is not there has none', () => {
  writeFileWhole(join(folder, 'list/b/x.yaml'), '')
  writeFileWhole(join(folder, 'list/a.yaml'), '')
  writeFileSync(join(folder, 'list/a.txt'), '')
  expect(listFiles(join(folder, 'list'), '.yaml')).toEqual(['a.yaml', 'b/x.yaml'])
  expect(listFiles(join(folder, 'nothing'), '.yaml')).toEqual([])
})
