import { z } from 'zod'
import {
  fileId,
  checkId,
  dictionaryOf,
  listOf,
  mapOf,
  oneOf,
  text,
  wholeNumber,
  word,
  yesOrNo,
} from '../profile/phrases.ts'
import { namesIn } from '../profile/template.ts'
import type { Party } from '../core/finding.ts'

export const parties = ['phone', 'pbx', 'trunk', 'backend'] as const satisfies readonly Party[]

const templateAllowed = 'a text (telephone numbers are quoted), with each ${ closed by }'
const template = text(templateAllowed).refine((value) => namesIn(value).ok, templateAllowed)

const fieldName = word(/^[A-Za-z0-9-]+$/, 'the name of a header field')
const codecs = listOf(template, 'a list of codec names')

const durationAllowed = 'a time with its unit, as in 500ms or 30s'
/** `500ms`, `30s` to milliseconds. */
const duration = z
  .string(durationAllowed)
  .regex(/^\d{1,6}(?:ms|s)$/, durationAllowed)
  .transform((value) => (value.endsWith('ms') ? Number(value.slice(0, -2)) : Number(value.slice(0, -1)) * 1000))

const name = word(/^[a-z][a-zA-Z0-9]*$/, 'a name of letters and digits as in first')
const side = oneOf(['pbx', 'trunk'])

const withSchema = mapOf({
  to: template.exactOptional(),
  from: template.exactOptional(),
  requestUri: template.exactOptional(),
  contact: template.exactOptional(),
  offer: z.union([z.literal('none'), codecs], 'none, or a list of codec names').exactOptional(),
  answer: codecs.exactOptional(),
  direction: oneOf(['sendrecv', 'sendonly', 'recvonly', 'inactive']).exactOptional(),
  credentials: oneOf(['configured', 'wrong', 'unknown-user', 'other-realm']).exactOptional(),
  realm: template.exactOptional(),
  reason: template.exactOptional(),
  fields: dictionaryOf(fieldName, template, 'header fields').exactOptional(),
  customHeaders: template.exactOptional(),
  source: template.exactOptional(),
  lacking: listOf(fieldName, 'a list of header field names').exactOptional(),
})

const expected = z.union([template, wholeNumber(0, 4294967295), listOf(template, 'a list of texts')], {
  error: 'a text, a number, "${…}", present, absent, or a list of texts',
})

/** The call that a step is of, in the ladder's own words; those without are all of one. */
const ofCall = name.exactOptional()

/** Words beside the head of a step, by the kind of the head. */
export const modifiers = {
  message: mapOf({
    with: withSchema.default({}),
    expect: dictionaryOf(z.string(), expected, 'field paths').default({}),
    as: name.exactOptional(),
    within: duration.exactOptional(),
    after: duration.exactOptional(),
    optional: yesOrNo.default(false),
    send: yesOrNo.default(false),
    without: oneOf(['ACK']).exactOptional(),
    again: wholeNumber(1, 10).default(1),
    edge: wholeNumber(1, 4).exactOptional(),
    stimulus: oneOf(['none']).exactOptional(),
    call: ofCall,
  }),
  'any-of': mapOf({
    from: side,
    with: withSchema.default({}),
    within: duration.exactOptional(),
    as: name.exactOptional(),
    call: ofCall,
  }),
  never: mapOf({ from: side.exactOptional(), until: name.exactOptional(), call: ofCall }),
  /** `hears`: the call whose sound comes out of this one, where the SUT connects the two. */
  verb: mapOf({ for: duration, hears: ofCall, call: ofCall }),
  phone: mapOf({ with: mapOf({ to: template.exactOptional() }).default({}), within: duration.default(5000) }),
  /** `reaches`: the call in which they come out, where the SUT connects the two. */
  dtmf: mapOf({
    digits: word(/^[0-9*#A-D]{1,32}$/, 'up to 32 digits in quotes: 0 to 9, *, #, A to D'),
    for: duration.exactOptional(),
    reaches: ofCall,
    call: ofCall,
  }),
} as const

/** Steps in any order, at the same time where they are ours. */
export const unorderedSchema = mapOf({ unordered: z.array(z.unknown(), 'a list of steps').min(2, 'two steps or more') })

/** Words of the plan that no ladder here needs: the grammar keeps them free. */
export const laterWords: readonly string[] = ['either', 'repeat', 'at', 'over', 'leg']

const method = word(/^[A-Z]+$/, 'a method as in OPTIONS')
const steps = z.array(z.unknown(), 'a list of steps').max(100, 'a list of at most 100 steps')

/** A ladder file, its steps not yet read. */
export const ladderSchema = mapOf({
  id: fileId,
  title: text('a title'),
  purpose: text('one or two sentences: why this ladder exists'),
  tests: listOf(side, 'a list of the sides that may be under test: pbx, trunk'),
  matrix: dictionaryOf(
    name,
    z.union([template, listOf(text('a text'), 'a list of texts')], 'a list of texts, or "${profile.…}"'),
    'variables to their values',
  ).default({}),
  needs: listOf(checkId, 'a list of capabilities').default([]),
  breaks: listOf(checkId, 'a list of checks').default([]),
  meanwhile: dictionaryOf(method, wholeNumber(200, 699), 'methods to the status that answers them').default({}),
  setup: steps.default([]),
  ladder: steps.min(1, 'a list of steps'),
  finally: steps.default([]),
})
export type LadderFile = z.infer<typeof ladderSchema>
