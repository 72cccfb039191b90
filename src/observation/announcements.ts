import type { Endpoint } from '../core/frame.ts'
import { normalizeAddress } from '../core/address.ts'
import { type Format, formatsOf } from '../sdp/codecs.ts'
import { type MediaDescription, type SessionDescription, connectionOf } from '../sdp/description.ts'
import type { Origin } from './hops.ts'
import type { OpenCall } from './transactions.ts'
import type { Stream } from './trace.ts'

/** Which call a packet belongs to, and what its receiver's and its sender's descriptions say of payload types. */
export type Binding = {
  readonly call: OpenCall
  readonly sender: Origin
  readonly bound: Exclude<Stream['bound'], undefined>
  readonly formats: readonly Format[]
  readonly ownFormats: readonly Format[]
  readonly encrypted: boolean
}

type Announced = {
  readonly call: OpenCall
  readonly origin: Origin
  readonly formats: readonly Format[]
  readonly encrypted: boolean
}

/** All that is announced of one endpoint: one entry for each leg of a call that has it. */
export type Slot = {
  entries: readonly Announced[]
  /** Grows with every announcement that may change a binding to this endpoint. */
  version: number
}

/** Where each end of a hop wants to hear media, by the session descriptions seen so far. */
export type Announcements = {
  readonly announce: (call: OpenCall, announcer: Origin, sdp: SessionDescription) => void
  readonly slotOf: (endpoint: Endpoint) => Slot
  /**
   * By the receiver's announced address, else by the sender's (symmetric RTP, RFC 4961): one binding for each leg, the
   * first call first. `sender` where the tap tells it.
   */
  readonly bind: (sender: Origin | undefined, source: Slot, destination: Slot) => readonly Binding[]
}

/** Datagrams that only look like media, each of another port, must not fill the memory. */
const maxSlots = 200_000
/** Media of one description, endpoints of one call, and legs that announce one endpoint. */
const maxMedia = 16
const maxEndpoints = 64
const maxLegs = 16

const isSecure = ({ protocol }: MediaDescription): boolean => protocol.toUpperCase().includes('SAVP')

export const createAnnouncements = (): Announcements => {
  const slots = new Map<string, Slot>()
  const latest = new Map<string, readonly Format[]>()
  const slotsOfCall = new Map<OpenCall, Set<Slot>>()

  const slotOf: Announcements['slotOf'] = ({ address, port }) => {
    const key = [port, address].join(' ')
    const known = slots.get(key)
    if (known !== undefined) return known
    const slot: Slot = { entries: [], version: 0 }
    if (slots.size < maxSlots) slots.set(key, slot)
    return slot
  }

  const add = (slot: Slot, announced: Announced): void => {
    const { call, origin } = announced
    // Another call on the same hop takes the endpoint over; on other hops it may be a further leg of a call that is up, and
    // from the other end of the hop one that a far end without media of its own sends back.
    const others = slot.entries.filter(
      (entry) =>
        entry.origin !== origin && !entry.call.media.ended && (entry.origin.hop !== origin.hop || entry.call !== call),
    )
    const before = slot.entries.findIndex((entry) => entry.call === call && entry.origin === origin)
    slot.entries =
      before < 0
        ? [...others.slice(1 - maxLegs), announced]
        : slot.entries.map((entry, index) => (index === before ? announced : entry))
    const ofCall = slotsOfCall.get(call) ?? new Set()
    if (ofCall.size < maxEndpoints) ofCall.add(slot)
    slotsOfCall.set(call, ofCall)
  }

  const announce: Announcements['announce'] = (call, origin, sdp) => {
    for (const media of sdp.media.slice(0, maxMedia)) {
      const connection = connectionOf(sdp, media)
      const formats = formatsOf(media)
      if (media.port === 0 || connection === undefined || formats.length === 0) continue
      const slot = slotOf({ address: normalizeAddress(connection.address), port: media.port })
      add(slot, { call, origin, formats, encrypted: isSecure(media) })
      latest.set([origin.key, call.name].join(' '), formats)
    }
    for (const slot of slotsOfCall.get(call) ?? []) slot.version += 1
  }

  const formatsBy = (origin: Origin, call: OpenCall): readonly Format[] =>
    latest.get([origin.key, call.name].join(' ')) ?? []

  /** Where nobody knows the sender, the last that took the endpoint on each hop. */
  const known = ({ entries }: Slot, sender: Origin | undefined): readonly Announced[] =>
    sender !== undefined
      ? entries
      : entries.filter(
          (entry, index) => !entries.slice(index + 1).some(({ origin }) => origin.hop === entry.origin.hop),
        )

  const bind: Announcements['bind'] = (sender, source, destination) => {
    const announced = known(destination, sender)
      .filter(({ origin }) => sender === undefined || origin === sender.other())
      .map(({ call, origin, formats, encrypted }): Binding => {
        const from = origin.other()
        return { call, sender: from, bound: 'announced', formats, ownFormats: formatsBy(from, call), encrypted }
      })
    if (announced.length > 0) return announced
    return known(source, sender)
      .filter(({ origin }) => sender === undefined || origin === sender)
      .map(({ call, origin, formats, encrypted }) => {
        const to = formatsBy(origin.other(), call)
        return { call, sender: origin, bound: 'symmetric', formats: to, ownFormats: formats, encrypted }
      })
  }
  return { announce, slotOf, bind }
}
