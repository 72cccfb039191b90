import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalLine } from '../../src/core/journal.ts'
import type { Proof } from './prove.ts'

type Said = Extract<JournalLine, { readonly type: 'frame' }>

/** The start of each message of a segment, and the method of its CSeq. */
const messages = /^(?:SIP\/2\.0 (\d{3}) |[A-Z]+ \S+ SIP\/2\.0\r)[^]*?^CSeq: *\d+ (\w+)/gm

const linesOf = ({ frame, bytes, cause }: Said): readonly string[] => {
  const duty = cause?.startsWith('duty: ') === true ? ` (${cause})` : ''
  const way = frame.tap === 'sent' ? '>' : '<'
  return [...bytes.matchAll(messages)]
    .filter(([, status = '', method]) => method !== 'ACK' && !status.startsWith('1'))
    .map(([, status, method]) => `${way} ${status === undefined ? '' : `${status} `}${method}${duty}`)
}

/** What went (`>`) and came (`<`) in each ladder of a run, duties named; provisional responses, ACK and retransmissions are left out. */
export const signallingOf = ({ folder }: Proof): readonly (readonly string[])[] => {
  const lines = readFileSync(join(folder, 'journal.jsonl'), 'latin1').split('\n').slice(0, -1)
  const ladders = new Map<number, string[]>()
  const seen = new Set<string>()
  for (const text of lines) {
    const line: JournalLine = JSON.parse(text)
    if (line.type === 'ladder') ladders.set(line.ladder, [])
    if (line.type !== 'frame' || seen.has(line.bytes)) continue
    seen.add(line.bytes)
    ladders.get(line.ladder)?.push(...linesOf(line))
  }
  return [...ladders.values()]
}
