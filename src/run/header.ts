import { z } from 'zod'
import type { Frame } from '../core/frame.ts'
import type { Side } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import { type Result, fault, ok } from '../core/result.ts'
import type { Waiver } from '../config/schema.ts'
import type { Contract } from '../profile/contract.ts'
import { type Known, knownSchema } from './baseline.ts'

/** A ladder that was not played, and why. */
export type Skipped = {
  readonly id: string
  readonly side: Side
  readonly cell: string
  readonly title: string
  readonly reason: string
}

/** What a capture's section and a journal's first line hold, so that nothing else is needed to judge again. Free of secrets. */
export type RunHeader = {
  readonly tool: 'trunkproof'
  readonly version: string
  readonly sut: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** The same in microseconds since 1970: the base of the capture's timestamps. */
  readonly startedAtUs: number
  readonly contract: Contract
  readonly notes: readonly string[]
  readonly skipped: readonly Skipped[]
  /** What the user accepts. */
  readonly waivers: readonly Waiver[]
  /** What an earlier run found wrong, where one was named: only what is worse counts. */
  readonly baseline?: readonly Known[] | undefined
  /** Secrets stand in the capture as they were sent. */
  readonly keptSecrets: boolean
}

/** What a capture's interface says of its ladder run. */
export type LadderMeta = {
  readonly id: string
  readonly side: Side
  readonly cell: string
  readonly title: string
  readonly breaks: readonly string[]
  /** Of the phone's interface: that of its ladder run. */
  readonly of?: number
}

/** What is known when a ladder run has ended: the comment of its interface statistics. */
export type LadderEnd = {
  readonly outcomes: readonly StepOutcome[]
  readonly durationMs: number
  /** Calls that could not be ended. */
  readonly left: readonly string[]
  /** Of messages of others, which were neither answered nor judged. */
  readonly strangers?: readonly string[] | undefined
  /** Why it did not come to its end. */
  readonly cut?: string | undefined
  /** Why it was never begun, although it could be. */
  readonly notPlayed?: string | undefined
  /** What to do about that. */
  readonly advice?: string | undefined
  /** Of the probe: why the next hop cannot be reached. */
  readonly unreachable?: string | undefined
}

const side = z.enum(['pbx', 'trunk'])
const skipped = z.object({ id: z.string(), side, cell: z.string(), title: z.string(), reason: z.string() })
const contract = z.custom<Contract>(
  (value) =>
    z
      .looseObject({
        profile: z.looseObject({ id: z.string(), requirements: z.record(z.string(), z.unknown()) }),
        domain: z.string(),
        numbers: z.record(z.string(), z.string()),
        publicAddresses: z.array(z.string()),
        supports: z.record(z.string(), z.boolean()),
        overlay: z.array(z.string()),
        transports: z.array(z.enum(['udp', 'tcp'])),
      })
      .safeParse(value).success,
)
const waiver: z.ZodType<Waiver> = z.object({
  check: z.string(),
  owner: z.string(),
  reason: z.string(),
  until: z.string(),
  profile: z.string().exactOptional(),
  ladder: z.string().exactOptional(),
  subject: z.string().exactOptional(),
})
const headerSchema = z.object({
  tool: z.literal('trunkproof'),
  version: z.string(),
  sut: z.string(),
  startedAt: z.string(),
  startedAtUs: z.number(),
  contract,
  notes: z.array(z.string()),
  skipped: z.array(skipped),
  waivers: z.array(waiver),
  baseline: z.array(knownSchema).optional(),
  keptSecrets: z.boolean(),
})
const metaSchema = z.object({
  id: z.string(),
  side,
  cell: z.string(),
  title: z.string(),
  breaks: z.array(z.string()),
  of: z.number().exactOptional(),
})
const outcome: z.ZodType<StepOutcome> = z.custom<StepOutcome>(
  (value) =>
    z
      .looseObject({
        step: z.number(),
        section: z.enum(['setup', 'ladder', 'finally']),
        head: z.string(),
        call: z.string(),
        status: z.enum(['met', 'skipped', 'mismatch', 'not-reached', 'error']),
        frames: z.array(z.number()),
        timeMs: z.number(),
      })
      .safeParse(value).success,
)
const endSchema = z.object({
  outcomes: z.array(outcome),
  durationMs: z.number(),
  left: z.array(z.string()),
  strangers: z.array(z.string()).optional(),
  cut: z.string().optional(),
  notPlayed: z.string().optional(),
  advice: z.string().optional(),
  unreachable: z.string().optional(),
})

const endpoint = z.object({ address: z.string(), port: z.number() })
const signalSchema = z.object({
  frame: z.object({
    number: z.number(),
    timeMs: z.number(),
    tap: z.enum(['sent', 'received', 'observed']),
    layer: z.enum(['datagram', 'tcp', 'tls', 'icmp', 'dns']),
    source: endpoint,
    destination: endpoint,
    made: z.string().exactOptional(),
    stream: z
      .object({ connection: z.number(), gap: z.boolean(), ends: z.enum(['fin', 'reset']).exactOptional() })
      .exactOptional(),
  }),
  bytes: z.string(),
})

const asA =
  <T>(schema: z.ZodType<T>, rule: string) =>
  (value: unknown): Result<T> => {
    const parsed = schema.safeParse(value)
    return parsed.success
      ? ok(parsed.data)
      : fault(rule, 'none', value === undefined ? 'nothing' : JSON.stringify(value))
  }

/** JSON of a stranger as a value, or nothing. */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const parseAs =
  <T>(schema: z.ZodType<T>, rule: string) =>
  (text: string): Result<T> => {
    const parsed = asA(schema, rule)(readJson(text))
    return parsed.ok ? parsed : fault(rule, 'none', text)
  }

export const parseHeader = parseAs<RunHeader>(headerSchema, 'capture.not-ours')
export const asHeader = asA<RunHeader>(headerSchema, 'journal.run')
export const asEnd = asA<LadderEnd>(endSchema, 'journal.ladder-end')
export const asMeta = asA<LadderMeta>(metaSchema, 'journal.ladder')
export const asOutcome = asA<StepOutcome>(outcome, 'journal.step')
export const asSignal = asA<{ readonly frame: Omit<Frame, 'bytes'>; readonly bytes: string }>(
  signalSchema,
  'journal.frame',
)
export const parseMeta = parseAs<LadderMeta>(metaSchema, 'capture.ladder')
export const parseEnd = parseAs<LadderEnd>(endSchema, 'capture.ladder-end')
