import { visible } from '../core/visible.ts'

/** Longer than any sound header field; what a hostile peer adds is not worth the screen. */
const longest = 600

/** A line broken at spaces into lines of at most `width` columns; a longer word is broken where it is. */
export const wrap = (text: string, width: number): readonly string[] => {
  const room = Math.max(20, width)
  const lines: string[] = []
  let line = ''
  for (const word of (text.length > longest ? `${text.slice(0, longest)}…` : text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
    for (; line.length > room; line = line.slice(room)) lines.push(line.slice(0, room))
  }
  return [...lines, line]
}

/** A text behind its label, indented, in lines of at most `width` columns. */
export const labelled = (label: string, text: string, width: number): readonly string[] =>
  wrap(visible(text), width - 16).map((line, index) => `    ${(index === 0 ? label : '').padEnd(11)} ${line}`)
