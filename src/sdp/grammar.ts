import type { Fault } from '../core/result.ts'
import type { Line } from './description.ts'
import { lineFault } from './fields.ts'

/** Order of the lines of a session and of a media description (RFC 8866 §5 and §9). */
const sessionOrder = 'vosiuepcbtrzka'
const mediaOrder = 'micbka'
const onceInSession = 'vosiuck'
const onceInMedia = 'mik'
/** `r=` and `z=` belong to the `t=` before them, so more of these may follow in any number. */
const timeLines = 'trz'

const maxDeviations = 32

/** `t=<start-time> <stop-time>` (RFC 8866 §5.9). */
export const timePattern = /^(0|[1-9][0-9]{9,}) (0|[1-9][0-9]{9,})$/

const valuePatterns: Readonly<
  Record<string, { readonly pattern: RegExp; readonly rule: string; readonly cite: string }>
> = {
  s: { pattern: /^./s, rule: 'sdp.session-name', cite: '8866 §5.3' },
  b: { pattern: /^[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+:[0-9]+$/, rule: 'sdp.bandwidth', cite: '8866 §5.8' },
  t: { pattern: timePattern, rule: 'sdp.time', cite: '8866 §5.9' },
}

const rankOf = (type: string, inMedia: boolean): number => {
  if (inMedia) return mediaOrder.indexOf(type)
  return timeLines.includes(type) ? sessionOrder.indexOf('t') : sessionOrder.indexOf(type)
}

const orderDeviation = (line: Line, seen: readonly Line[], inMedia: boolean): Fault | undefined => {
  const last = seen.at(-1)
  const once = inMedia ? onceInMedia : onceInSession
  if (once.includes(line.type) && seen.some(({ type }) => type === line.type))
    return lineFault('sdp.duplicate', '8866 §5', line).fault
  if (rankOf(line.type, inMedia) < (last === undefined ? 0 : rankOf(last.type, inMedia)))
    return lineFault('sdp.order', '8866 §5', line).fault
  if (line.type === 'r' && last?.type !== 't' && last?.type !== 'r')
    return lineFault('sdp.order', '8866 §5.10', line).fault
  if (line.type === 'z' && last?.type !== 'r') return lineFault('sdp.order', '8866 §5.11', line).fault
  return undefined
}

/** Breaches of one section's grammar that leave its meaning clear. The first line names the section: `m=` or not. */
export const deviationsOf = (lines: readonly Line[]): readonly Fault[] => {
  const deviations: Fault[] = []
  const seen: Line[] = []
  const inMedia = lines[0]?.type === 'm'
  for (const line of lines) {
    if (deviations.length >= maxDeviations) break
    if (line.ending !== '\r\n' && seen.every(({ ending }) => ending === '\r\n'))
      deviations.push(lineFault('sdp.line-ending', '8866 §5', line).fault)
    if (line.type === '') {
      deviations.push(lineFault('sdp.blank-line', '8866 §9', line).fault)
      continue
    }
    const order = orderDeviation(line, seen, inMedia)
    if (order !== undefined) deviations.push(order)
    const value = valuePatterns[line.type]
    if (value !== undefined && !value.pattern.test(line.value))
      deviations.push(lineFault(value.rule, value.cite, line).fault)
    // What stands in the wrong place is no measure for those that follow.
    if (order?.rule !== 'sdp.order') seen.push(line)
  }
  return deviations
}
