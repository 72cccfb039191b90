import { type Endpoint, sameEndpoint } from '../core/frame.ts'

/** What a stream is known by on the wire. */
type Placed = {
  readonly ssrc: number
  readonly source: Endpoint
  readonly destination: Endpoint
  /** Who sent it, where the tap tells. */
  readonly sender?: object | undefined
}

/** Streams by SSRC and way. Of several on one way the last that was added counts. */
export type StreamPlaces<S extends Placed> = {
  readonly add: (stream: S) => void
  readonly remove: (stream: S) => void
  /** `sender`: only one of that sender. What we send to ourselves through a far end that relays nothing is seen twice. */
  readonly find: (ssrc: number, source: Endpoint, destination: Endpoint, sender?: object) => S | undefined
  /** The stream that an RTCP packet on that way tells of: on the ports below (RFC 3550 §11), or on the same (RFC 5761). */
  readonly reported: (ssrc: number, source: Endpoint, destination: Endpoint) => S | undefined
}

/** The last ones of an SSRC; `more`: there may be others. */
type Recent<S> = { readonly streams: S[]; more: boolean }

/** As many are looked through: programs that give each stream the same SSRC would else make looking slow. */
const maxRecent = 8

const keyOf = (ssrc: number, source: Endpoint, destination: Endpoint): string =>
  [ssrc, source.port, destination.port, source.address, destination.address].join(' ')

const below = ({ address, port }: Endpoint): Endpoint => ({ address, port: port - 1 })

export const createStreamPlaces = <S extends Placed>(): StreamPlaces<S> => {
  /** By SSRC as a signed number: those need no object of their own. */
  const bySsrc = new Map<number, Recent<S>>()
  const byWay = new Map<string, S>()

  const find: StreamPlaces<S>['find'] = (ssrc, source, destination, sender) => {
    const recent = bySsrc.get(ssrc | 0)
    if (recent === undefined) return undefined
    for (let i = recent.streams.length - 1; i >= 0; i--) {
      const stream = recent.streams[i]
      if (stream === undefined || (sender !== undefined && stream.sender !== sender)) continue
      if (sameEndpoint(stream.source, source) && sameEndpoint(stream.destination, destination)) return stream
    }
    return recent.more ? byWay.get(keyOf(ssrc, source, destination)) : undefined
  }

  const add: StreamPlaces<S>['add'] = (stream) => {
    const { ssrc, source, destination } = stream
    const recent = bySsrc.get(ssrc | 0) ?? { streams: [], more: false }
    bySsrc.set(ssrc | 0, recent)
    recent.streams.push(stream)
    if (recent.streams.length > maxRecent) {
      recent.streams.shift()
      recent.more = true
    }
    byWay.set(keyOf(ssrc, source, destination), stream)
  }

  const remove: StreamPlaces<S>['remove'] = (stream) => {
    const { ssrc, source, destination } = stream
    const key = keyOf(ssrc, source, destination)
    if (byWay.get(key) === stream) byWay.delete(key)
    const recent = bySsrc.get(ssrc | 0)
    const place = recent?.streams.indexOf(stream) ?? -1
    if (recent === undefined || place < 0) return
    recent.streams.splice(place, 1)
    if (recent.streams.length === 0 && !recent.more) bySsrc.delete(ssrc | 0)
  }

  const reported: StreamPlaces<S>['reported'] = (ssrc, source, destination) =>
    find(ssrc, below(source), below(destination)) ??
    find(ssrc, source, destination) ??
    bySsrc
      .get(ssrc | 0)
      ?.streams.findLast(
        (stream) => stream.source.address === source.address || stream.destination.address === destination.address,
      )

  return { add, remove, find, reported }
}
