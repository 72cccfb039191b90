/** A place in a specification: RFC number and section, as in `3261 §8.1.1.5`. */
export type Citation = string

/** What is wrong with bytes that a peer or a file gave us: a value, never thrown. */
export type Fault = {
  /** Stable name of the rule, as in `cseq.syntax`. */
  readonly rule: string
  readonly cite: Citation
  /** Byte offset in the input where the rule broke. */
  readonly at: number
  /** What stood there, cut to a printable length. */
  readonly saw: string
}

export type Failed = { readonly ok: false; readonly fault: Fault }
export type Result<T> = { readonly ok: true; readonly value: T } | Failed

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })

export const fault = (rule: string, cite: Citation, saw: string, at = 0): Failed => ({
  ok: false,
  fault: { rule, cite, at, saw: saw.length > 120 ? `${saw.slice(0, 117)}...` : saw },
})

/** The same fault, placed in a larger text that begins `by` bytes earlier. */
export const shifted = (failed: Failed, by: number): Failed => ({
  ok: false,
  fault: { ...failed.fault, at: failed.fault.at + by },
})

export const explain = (f: Fault): string => `${f.rule} at byte ${f.at}, saw ${JSON.stringify(f.saw)} (RFC ${f.cite})`
