import type { Failed } from '../core/result.ts'

export type CaptureLink = { readonly name: string; readonly linkType: number }

/** Keys of TLS that a capture brings (draft-ietf-opsawg-pcapng §4.7). */
export type CaptureSecrets = { readonly type: number; readonly data: Uint8Array }

/** Takes what a format finds. */
export type Sink = {
  /** Interfaces count from 0 over the whole file. */
  readonly link: (link: CaptureLink) => void
  readonly packet: (
    onInterface: number,
    timeUs: number,
    data: Uint8Array,
    at: number,
    end: number,
    originalLength: number,
    comments: readonly string[],
  ) => void
  readonly secrets: (secrets: CaptureSecrets) => void
  /** A unit that would be read if it were not too large. */
  readonly passed: (what: string) => void
  /** A unit that is no packet, but has a number among them. */
  readonly numbered: (what: string) => void
}

/** A capture file format as a row of units: its header, its records or blocks. */
export type Format = {
  /** Bytes of the unit at `data[at..end)`; at first only as many as it takes to know. */
  readonly size: (data: Uint8Array, at: number, end: number) => number | Failed
  /** Reads the unit, which is there as a whole. */
  readonly take: (data: Uint8Array, at: number, length: number) => Failed | undefined
  /** Bytes behind the unit just taken that nobody reads: they need not be kept to be passed over. */
  readonly skips: () => number
}
