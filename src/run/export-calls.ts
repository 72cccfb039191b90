import { join } from 'node:path'
import { type Result, ok } from '../core/result.ts'
import { type Patch, patchPayload } from '../capture/patch.ts'
import type { CaptureSummary } from '../capture/reader.ts'
import { type NamedAddress, interfaceBlock, nameBlock, packetBlock, sectionHeader } from '../capture/write.ts'
import { openCapture, readCaptureFrom } from './capture-file.ts'
import { type ExportRequest, type Named, chosenCalls, namedFiles } from './exporting.ts'
import { createMasked } from './masked-packets.ts'
import { frameComments } from './output.ts'
import { sliceOf } from './slice.ts'
import { type AppendFile, openAppend } from './store.ts'
import { packageVersion } from './version.ts'
import type { WholeCall } from './whole-call.ts'

/** Packets of the file by number, and which of the calls they belong to. */
type Chosen = ReadonlyMap<number, readonly number[]>

type Choice = {
  readonly chosen: Chosen
  readonly patches: ReadonlyMap<number, readonly Patch[]>
  readonly unfit: ReadonlySet<number>
  readonly summary: CaptureSummary
}

/** The first pass: which packets, and what is secret in them. */
const choose = async (path: string, calls: readonly WholeCall[], keepSecrets: boolean): Promise<Result<Choice>> => {
  const source = await openCapture(path)
  if (!source.ok) return source
  const slices = calls.map(sliceOf)
  const masked = createMasked()
  const chosen = new Map<number, number[]>()
  const summary = await readCaptureFrom(source.value, {
    give: (frame) => {
      let isSignalling = false
      for (const [index, slice] of slices.entries()) {
        const held = slice.holds(frame)
        if (held === undefined) continue
        isSignalling ||= held === 'signalling'
        for (const number of frame.parts ?? [frame.number]) {
          const of = chosen.get(number)
          if (of === undefined) chosen.set(number, [index])
          else if (!of.includes(index)) of.push(index)
        }
      }
      // The bytes of a connection hang together, whoever's they are.
      if (!keepSecrets && (isSignalling || frame.layer === 'tcp')) masked.observe(frame)
    },
  })
  return summary.ok ? ok({ chosen, ...masked.finish(), summary: summary.value }) : summary
}

const namesOf = ({ hops, trace }: WholeCall): readonly NamedAddress[] => {
  const names = new Map<string, Set<string>>()
  for (const { call } of hops) {
    const hop = trace.hops[call.hop]
    if (hop === undefined) continue
    for (const side of ['pbx', 'trunk'] as const)
      names.set(hop[side].address, new Set([...(names.get(hop[side].address) ?? []), side]))
  }
  return [...names].map(([address, sides]) => ({ address, names: [[...sides].sort().join('-and-')] }))
}

const begin = (path: string, file: string, { call, name }: Named, { summary }: Choice): AppendFile => {
  const sink = openAppend(join(path, name))
  const title = `${call.facts.from} to ${call.facts.to}, Call-ID ${call.callId}, out of ${file}`
  sink.append(
    sectionHeader({ application: `trunkproof ${packageVersion()}`, comment: title, startedAtUs: summary.startUs }),
  )
  for (const { name: interfaceName, linkType } of summary.interfaces)
    sink.append(interfaceBlock({ name: interfaceName, description: '', linkType }))
  const named = namesOf(call)
  if (named.length > 0) sink.append(nameBlock(named))
  return sink
}

/**
 * The packets of each call as the capture has them, with their findings as comments. Secrets are overwritten in place; a
 * packet with a part of one alone is left out.
 */
export const exportCalls = async (request: ExportRequest): Promise<Result<readonly string[]>> => {
  const { path, file, folder, inspected, keepSecrets } = request
  const calls = chosenCalls(inspected.calls)
  if (!calls.ok) return calls
  const choice = await choose(path, calls.value, keepSecrets)
  if (!choice.ok) return choice
  const { chosen, patches, unfit } = choice.value
  const source = await openCapture(path)
  if (!source.ok) return source
  const named = namedFiles(calls.value, 'pcapng')
  const sinks = named.map((one) => begin(folder, file, one, choice.value))
  const comments = frameComments(inspected.result)
  type Waiting = {
    readonly number: number
    readonly data: Uint8Array
    readonly block: (data: Uint8Array) => Uint8Array
  }
  let waiting: (Waiting & { readonly base: number; readonly buffer: ArrayBufferLike }) | undefined
  const write = (): void => {
    if (waiting !== undefined)
      for (const index of chosen.get(waiting.number) ?? []) sinks[index]?.append(waiting.block(waiting.data))
    waiting = undefined
  }
  const read = await readCaptureFrom(source.value, {
    raw: (packet, data, at, end, originalLength) => {
      write()
      const { number, timeUs, interface: id } = packet
      if (!chosen.has(number) || unfit.has(number)) return
      const told = [...(comments.get(number) ?? []), ...packet.comments, `frame ${number} of ${file}`]
      waiting = {
        number,
        data: data.slice(at, end),
        base: data.byteOffset + at,
        buffer: data.buffer,
        block: (bytes) =>
          packetBlock({ interface: id, timeUs, data: bytes, originalLength, comments: told, tap: 'observed' }),
      }
    },
    give: ({ number, bytes, layer, source: { port } }) => {
      const patch = patches.get(number)
      if (patch === undefined || waiting?.number !== number || bytes.buffer !== waiting.buffer) return
      if (layer !== 'datagram' && layer !== 'tcp') return
      patchPayload(waiting.data, { at: bytes.byteOffset - waiting.base, layer, sourcePort: port }, patch)
    },
  })
  write()
  for (const sink of sinks) sink.close()
  return read.ok ? ok(named.map(({ name }) => name)) : read
}
