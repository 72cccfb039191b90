import type { Finding } from '../core/finding.ts'
import { addTo } from '../core/group.ts'

/** A finding with what only the judge needs: the call, to tell which findings explain which. */
export type Judged = { readonly call: string | undefined; readonly finding: Finding }

/** In a call without harm there are two streams, and a few more where it is moved. */
const mostAlike = 3
const mostFrames = 20

const keyOf = ({ call, finding: { verdict, atFault } }: Judged): string => `${call ?? ''}|${verdict}|${atFault ?? ''}`

const isWrong = ({ finding: { verdict, subject } }: Judged): boolean =>
  verdict !== 'pass' && subject.startsWith('stream ')

/**
 * What one check finds wrong in a stream of a call: beyond a few it is told once, with their number. Anybody can send
 * packets that each begin a stream.
 */
export const withoutFlood = (judged: readonly Judged[]): readonly Judged[] => {
  const alike = new Map<string, Judged[]>()
  for (const one of judged) if (isWrong(one)) addTo(alike, keyOf(one), one)
  return judged.flatMap((one) => {
    const group = isWrong(one) ? (alike.get(keyOf(one)) ?? []) : []
    if (group.length <= mostAlike) return [one]
    if (one !== group[0]) return []
    const frames = group.flatMap(({ finding }) => finding.frames).slice(0, mostFrames)
    const { finding } = one
    const actual = `${finding.actual ?? ''}, and so ${group.length - 1} other streams`
    return [{ ...one, finding: { ...finding, actual, frames: [...new Set(frames)].sort((a, b) => a - b) } }]
  })
}
