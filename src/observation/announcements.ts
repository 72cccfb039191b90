import { type Side, otherSide } from '../core/finding.ts'
import type { Endpoint } from '../core/frame.ts'
import { normalizeAddress } from '../core/address.ts'
import { type Format, formatsOf } from '../sdp/codecs.ts'
import { type SessionDescription, connectionOf } from '../sdp/description.ts'
import type { OpenCall } from './transactions.ts'
import type { Seen } from './trace.ts'

/** Which call a packet belongs to, and what its receiver's description says of payload types. */
export type Binding = { readonly call: OpenCall; readonly formats: readonly Format[] }

/** Where each side wants to hear media, by the session descriptions seen so far. */
export type Announcements = {
  readonly announce: (call: OpenCall, seen: Seen, sdp: SessionDescription) => void
  /** By the receiver's announced address, else by the sender's (symmetric RTP, RFC 4961). */
  readonly bind: (sender: Side, source: Endpoint, destination: Endpoint) => Binding | undefined
  /** Grows with every announcement: a binding holds as long as it stands still. */
  readonly epoch: () => number
}

const keyOf = (side: Side, { address, port }: Endpoint): string => `${side} ${port} ${address}`

export const createAnnouncements = (): Announcements => {
  const byEndpoint = new Map<string, Binding>()
  const latest = new Map<string, readonly Format[]>()
  let epoch = 0
  const announce: Announcements['announce'] = (call, { sender }, sdp) => {
    epoch += 1
    for (const media of sdp.media) {
      const connection = connectionOf(sdp, media)
      const formats = formatsOf(media)
      if (media.port === 0 || connection === undefined || formats.length === 0) continue
      const endpoint = { address: normalizeAddress(connection.address), port: media.port }
      byEndpoint.set(keyOf(sender, endpoint), { call, formats })
      latest.set(`${sender} ${call.name}`, formats)
    }
  }
  const bind: Announcements['bind'] = (sender, source, destination) => {
    const receiver = otherSide(sender)
    const announced = byEndpoint.get(keyOf(receiver, destination))
    if (announced !== undefined) return announced
    const own = byEndpoint.get(keyOf(sender, source))
    return own && { call: own.call, formats: latest.get(`${receiver} ${own.call.name}`) ?? [] }
  }
  return { announce, bind, epoch: () => epoch }
}
