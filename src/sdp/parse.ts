import { fault, ok } from '../core/result.ts'
import type { Fault, Result } from '../core/result.ts'
import type { Attribute, Connection, Line, MediaDescription, Origin, SessionDescription } from './description.ts'
import { lineFault, parseAttribute, parseConnection, parseMediaLine, parseOrigin } from './fields.ts'
import { deviationsOf } from './grammar.ts'
import { splitLines, wireLimits } from './lines.ts'

const knownTypes = 'vosiuepcbtrzkam'
const maxMedia = 64

type Section = {
  readonly connections: readonly Connection[]
  readonly attributes: readonly Attribute[]
  readonly deviations: readonly Fault[]
}

const readSection = (lines: readonly Line[]): Result<Section> => {
  const connections: Connection[] = []
  const attributes: Attribute[] = []
  const deviations: Fault[] = [...deviationsOf(lines)]
  for (const line of lines) {
    if (line.type === 'c') {
      const connection = parseConnection(line)
      if (!connection.ok) return connection
      connections.push(connection.value)
    }
    if (line.type === 'a') {
      const attribute = parseAttribute(line)
      if (attribute.ok) attributes.push(attribute.value)
      else deviations.push(attribute.fault)
    }
  }
  return ok({ connections, attributes, deviations })
}

const readMedia = (lines: readonly Line[]): Result<{ media: MediaDescription; deviations: readonly Fault[] }> => {
  const [first] = lines
  if (first === undefined) throw new RangeError('a media description has at least its m= line')
  const media = parseMediaLine(first)
  if (!media.ok) return media
  const section = readSection(lines)
  if (!section.ok) return section
  const { connections, attributes, deviations } = section.value
  return ok({ media: { ...media.value, connections, attributes, lines }, deviations })
}

const readOrigin = (lines: readonly Line[]): Result<Origin> => {
  const line = lines.find(({ type }) => type === 'o')
  return line === undefined ? fault('sdp.missing', '8866 §5.2', 'no o= line') : parseOrigin(line)
}

/** Cuts the lines before each `m=`. */
const sectionsOf = (lines: readonly Line[]): readonly (readonly Line[])[] => {
  const starts = [0, ...lines.flatMap(({ type }, index) => (type === 'm' ? [index] : []))]
  return starts.map((start, index) => lines.slice(start, starts[index + 1]))
}

const missing = (sdp: SessionDescription, end: number): readonly Fault[] => {
  const deviations: Fault[] = []
  const lacks = (type: string): boolean => !sdp.lines.some((line) => line.type === type)
  if (lacks('s')) deviations.push(fault('sdp.missing', '8866 §5.3', 'no s= line', end).fault)
  if (lacks('t')) deviations.push(fault('sdp.missing', '8866 §5.9', 'no t= line', end).fault)
  for (const media of sdp.media) {
    const [line] = media.lines
    if (line !== undefined && media.port > 0 && media.connections.length === 0 && sdp.connection === undefined)
      deviations.push(lineFault('sdp.missing-connection', '8866 §5.7', line).fault)
  }
  return deviations
}

/**
 * Reads a session description (RFC 8866 §9). A fault is what leaves its meaning open; what breaks the grammar and leaves it
 * clear, as an order of lines, is among `deviations`.
 */
export const parseSdp = (bytes: Uint8Array, limits = wireLimits): Result<SessionDescription> => {
  const lines = splitLines(bytes, limits)
  if (!lines.ok) return lines
  const [first] = lines.value
  if (first?.type !== 'v') return fault('sdp.version', '8866 §5.1', first === undefined ? '' : `${first.type}=`)
  if (first.value !== '0') return lineFault('sdp.version', '8866 §5.1', first, 2)
  const unknown = lines.value.find(({ type }) => type !== '' && !knownTypes.includes(type))
  if (unknown !== undefined) return lineFault('sdp.unknown-type', '8866 §5', unknown)
  const [head = [], ...rest] = sectionsOf(lines.value)
  if (rest.length > maxMedia) return fault('sdp.too-large', '8866 §5', `${rest.length} media descriptions`)
  const origin = readOrigin(head)
  if (!origin.ok) return origin
  const session = readSection(head)
  if (!session.ok) return session
  const media: MediaDescription[] = []
  const deviations: Fault[] = [...session.value.deviations]
  for (const part of rest) {
    const read = readMedia(part)
    if (!read.ok) return read
    media.push(read.value.media)
    deviations.push(...read.value.deviations)
  }
  const [connection] = session.value.connections
  const sdp = {
    origin: origin.value,
    ...(connection === undefined ? {} : { connection }),
    attributes: session.value.attributes,
    media,
    lines: head,
    deviations,
  }
  deviations.push(...missing(sdp, bytes.length))
  return ok(sdp)
}
