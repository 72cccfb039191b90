import { type Result, fault, ok } from '../core/result.ts'
import { callNumberOf } from '../report/call-table.ts'
import type { InspectedFile } from './inspection.ts'
import type { WholeCall } from './whole-call.ts'

export type ExportRequest = {
  /** Of the capture. */
  readonly path: string
  /** As it was named. */
  readonly file: string
  /** Where to write. */
  readonly folder: string
  readonly inspected: InspectedFile
  readonly keepSecrets: boolean
}

/** One file each: nobody wants more of them by accident. */
const mostCalls = 50

export const chosenCalls = (calls: readonly WholeCall[]): Result<readonly WholeCall[]> => {
  if (calls.length === 0) return fault('export.none', 'none', 'it has no calls to export')
  return calls.length > mostCalls
    ? fault('export.many', 'none', `it has ${calls.length} calls, and more than ${mostCalls} are not exported at once`)
    : ok(calls)
}

export type Named = { readonly call: WholeCall; readonly name: string }

/** `call-1.wav`; `call-1+2.wav` of a call on two hops; `call-1-2.wav` where a second ladder has a first call. */
export const namedFiles = (calls: readonly WholeCall[], suffix: string): readonly Named[] => {
  const taken = new Map<string, number>()
  return calls.map((call) => {
    const name = `call-${callNumberOf(call.hops.map((hop) => hop.call.name))}`
    const before = taken.get(name) ?? 0
    taken.set(name, before + 1)
    return { call, name: `${name}${before === 0 ? '' : `-${before + 1}`}.${suffix}` }
  })
}
