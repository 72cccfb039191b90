import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createColor } from '../../src/cli/color.ts'
import { type ProgressOptions, createProgress } from '../../src/cli/progress.ts'

const color = createColor({ env: {}, isTTY: false, noColor: true })

/** A screen of some rows, and all that was written to it. */
const screen = (rows = 24) => {
  const written: string[] = []
  const sink = new PassThrough().on('data', (chunk: Buffer) => written.push(chunk.toString()))
  // All that is asked of a terminal: its size, and to be written to.
  const out = Object.assign(sink, { columns: 80, rows, isTTY: true }) as unknown as NodeJS.WriteStream
  return { out, text: () => written.join('') }
}

const play = async (options: Omit<ProgressOptions, 'color'>): Promise<void> => {
  const progress = createProgress({ ...options, color })
  progress.plan([
    { key: 7, title: 'options/answered (trunk under test)' },
    { key: 8, title: 'termination/busy (trunk under test)' },
    { key: 9, title: 'never begun' },
  ])
  progress.started(7)
  progress.started(8)
  progress.step(7, 'awaits 200 \u001b[2J')
  progress.finished(8, 'fail', '1 fail')
  progress.finished(7, 'pass', '')
  await progress.done()
}

const plainLines = [
  '  FAIL            termination/busy (trunk under test)  1 fail',
  '  PASS            options/answered (trunk under test)',
  '',
].join('\n')

describe('progress', () => {
  test('in a pipe is one plain line when a ladder is finished', async () => {
    const { out, text } = screen()
    await play({ out, isTTY: false, ci: false })
    expect(text()).toBe(plainLines)
  })
  test('in CI is the same, even on a terminal', async () => {
    const { out, text } = screen()
    await play({ out, isTTY: true, ci: true })
    expect(text()).toBe(plainLines)
  })
  test('on a terminal without rows, as some containers give, is the same', async () => {
    const { out, text } = screen(0)
    await play({ out, isTTY: true, ci: false })
    expect(text()).toBe(plainLines)
  })
  test('on a terminal paints the ladders that have begun, and clears them at the end', async () => {
    const { out, text } = screen()
    await play({ out, isTTY: true, ci: false })
    const shown = stripVTControlCharacters(text())
    expect(shown).toContain('FAIL            termination/busy (trunk under test)  1 fail')
    expect(shown).toContain('PASS            options/answered (trunk under test)')
    expect(shown).not.toContain('never begun')
    // Erase line, cursor up, erase line, first column: the last that was painted is gone; then the cursor is back.
    expect(text().slice(text().lastIndexOf('PASS'))).toMatch(/\u001b\[2K\u001b\[1A\u001b\[2K\u001b\[G.*\u001b\[\?25h$/s)
  })
  test('lets no control of a peer through', async () => {
    const { out, text } = screen()
    await play({ out, isTTY: true, ci: false })
    expect(text()).not.toContain('\u001b[2J')
  })
  test('of a run that is interrupted ends although ladders have not', async () => {
    const { out } = screen()
    const progress = createProgress({ out, isTTY: true, ci: false, color })
    progress.plan([{ key: 0, title: 'options/answered' }])
    progress.started(0)
    await expect(progress.done()).resolves.toBeUndefined()
  })
  test('without a plan ends too', async () => {
    await expect(createProgress({ out: screen().out, isTTY: true, ci: false, color }).done()).resolves.toBeUndefined()
  })
})
