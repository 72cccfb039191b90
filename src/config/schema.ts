import { z } from 'zod'
import { type DialExample, type NumberName, numberNames } from '../profile/contract.ts'
import { explain } from '../core/result.ts'
import { forwardingTransport } from '../profile/forwarding.ts'
import {
  checkId,
  day,
  dictionaryOf,
  fileId,
  hostName,
  listOf,
  mapOf,
  oneOf,
  text,
  wholeNumber,
  word,
  yesOrNo,
} from '../profile/phrases.ts'
import { refusedNumber } from './emergency.ts'
import { parseNextHop } from './next-hop.ts'

/** Where a secret is read from; it never stands in the file itself. */
export type SecretSource = { readonly env: string } | { readonly file: string }

/** What the system under test can be moved to do. */
export const stimulusNames = ['dial', 'hang-up', 'hang-up-one', 'hold', 'resume', 'answer', 'options', 'press'] as const
export type ConfiguredStimulus = (typeof stimulusNames)[number]

/** One of three ways to move it: a program, a request to an interface of the PBX, a person who is asked. */
export type ConfiguredMeans = {
  readonly command?: readonly string[]
  readonly http?: {
    readonly url: string
    readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
    readonly headers?: Readonly<Record<string, string | SecretSource>>
    readonly body?: string
  }
  readonly prompt?: string
}

/** An account of the PBX under test, at which the phone that we play registers. */
export type PhoneExtension = {
  readonly user: string
  readonly password: SecretSource
  /** User name of the digest, where it is not `user`. */
  readonly authUser?: string
  /** The number under which it is reached from outside; `numbers.did` where absent. */
  readonly did?: string
}

/** The phone behind the PBX: the default stimulus of a named one. */
export type PhoneConfig = {
  /** Where it registers and sends its calls; the PBX under test, over the transport of the ladder, where absent. */
  readonly registrar?: string
  /** Host of its address and of what it dials; that of the registrar where absent. */
  readonly domain?: string
  /** The first one dials and answers. */
  readonly extensions: readonly PhoneExtension[]
  readonly dialPlan?: readonly DialExample[]
}

/** Findings that the user knows of and accepts, until a day. */
export type Waiver = {
  readonly check: string
  readonly owner: string
  readonly reason: string
  readonly until: string
  readonly profile?: string
  readonly ladder?: string
  readonly subject?: string
}

/** `trunkproof.yaml`: what a user says of the own side. */
export type UserConfig = {
  readonly profile?: string
  /** The next hop, where no `--pbx` or `--trunk` is given. */
  readonly pbx?: string
  readonly trunk?: string
  /** SIP URI that calls in are forwarded to, as it is entered at the provider; `{number}` stands for the number called. */
  readonly forwarding?: string
  readonly numbers?: Readonly<Partial<Record<NumberName, string>>>
  readonly credentials?: { readonly username: SecretSource; readonly password: SecretSource }
  readonly stimulus?: Readonly<Partial<Record<ConfiguredStimulus, ConfiguredMeans>>>
  readonly phone?: PhoneConfig
  readonly supports?: Readonly<Record<string, boolean>>
  readonly limits?: { readonly calls?: number; readonly seconds?: number }
  /** The far end plays back what it hears. */
  readonly echoes?: boolean
  readonly waivers?: readonly Waiver[]
}

const sipUriPattern = /^sip:(?:[^\s<>":@]*@)?[^\s<>"@]+$/
const sipUriAllowed =
  'a SIP URI as in sip:10.0.0.5:5060, over UDP or TCP, without a password, which goes into credentials'
const sipUri = word(sipUriPattern, sipUriAllowed).refine(
  (value) => !sipUriPattern.test(value) || parseNextHop(value).ok,
  {
    error: ({ input }) => {
      const hop = parseNextHop(String(input))
      return hop.ok ? sipUriAllowed : `${sipUriAllowed} (${explain(hop.fault)})`
    },
  },
)

const numberAllowed = 'a telephone number as a quoted text, as in "+12345678900"'
const callable = (pattern: RegExp, allowed: string) =>
  word(pattern, allowed).refine((value) => refusedNumber(value) === undefined, {
    error: ({ input }) => `numbers that may be called: ${refusedNumber(String(input)) ?? ''}`,
  })
const number = callable(/^\+?[0-9A-Za-z*#.-]{1,32}$/, numberAllowed)

const secretAllowed = 'a map { env: NAME } or { file: path }: a secret never stands in this file'
const secret = z.union(
  [
    mapOf({ env: word(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable') }),
    mapOf({ file: text('a path') }),
  ],
  secretAllowed,
)

const fieldName = word(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header field')

const urlAllowed = 'a URL as in http://10.0.0.5/dial?to=${to}, without user and password, which go into headers'
/** As fetch reads it, which does not take one with credentials. */
const isOpenUrl = (value: string): boolean => {
  if (!URL.canParse(value)) return false
  const { username, password } = new URL(value)
  return username === '' && password === ''
}
const urlPattern = /^https?:\/\/[^\s<>"]+$/
const stimulusUrl = word(urlPattern, urlAllowed).refine(
  (value) => !urlPattern.test(value) || isOpenUrl(value),
  urlAllowed,
)

const stimulus = mapOf({
  command: listOf(z.string('a text'), 'a command as a list: the program, then its arguments').exactOptional(),
  http: mapOf({
    url: stimulusUrl,
    method: oneOf(['GET', 'POST', 'PUT', 'DELETE']).exactOptional(),
    headers: dictionaryOf(
      fieldName,
      z.union([text('a text'), secret], 'a text, { env: NAME } or { file: path }'),
      'header fields to values',
    ).exactOptional(),
    body: text('a text', 10_000).exactOptional(),
  }).exactOptional(),
  prompt: text('what the operator is asked to do').exactOptional(),
})
  .refine((means) => Object.keys(means).length === 1, 'one of command, http and prompt')
  .meta({ minProperties: 1, maxProperties: 1 }) // the same for editors
  .exactOptional()

/** User part of an address, as it stands in a URI (RFC 3261 §25.1). */
const extension = word(/^[A-Za-z0-9_.!~*'()&=+$,;?/-]{1,64}$/, 'an extension as a quoted text, as in "201"')
const e164 = callable(/^\+[1-9][0-9]{6,14}$/, 'a number with + and country code, as in "+12345678900"')

const phone = mapOf({
  registrar: sipUri.exactOptional(),
  domain: hostName.exactOptional(),
  extensions: listOf(
    mapOf({ user: extension, password: secret, authUser: extension.exactOptional(), did: e164.exactOptional() }),
    'a list of extensions as in { user: "201", password: { env: PHONE_PASS } }',
  )
    .max(20, 'at most 20 extensions')
    .superRefine((extensions, context) => {
      const users = extensions.map(({ user }) => user)
      for (const [index, user] of users.entries())
        if (users.indexOf(user) < index)
          context.addIssue({ code: 'custom', message: 'each extension once', path: [index, 'user'] })
    }),
  dialPlan: listOf(
    mapOf({
      dials: callable(/^\+?[0-9*#]{1,32}$/, 'what is dialled as a quoted text, as in "0012345678900"'),
      sends: e164,
    }),
    'a list of examples as in { dials: "0012345678900", sends: "+12345678900" }',
  )
    .max(50, 'at most 50 examples')
    .exactOptional(),
})

const forwardingAllowed = 'a URI as in "sip:{number}@pbx.example.com:5060;transport=tcp"'

const pattern = text('an id, or a pattern with *').exactOptional()

export const configSchema: z.ZodType<UserConfig> = mapOf({
  profile: fileId.exactOptional(),
  pbx: sipUri.exactOptional(),
  trunk: sipUri.exactOptional(),
  forwarding: text(forwardingAllowed)
    .refine((value) => forwardingTransport(value).ok, {
      error: ({ input }) => {
        const checked = forwardingTransport(String(input))
        return checked.ok ? forwardingAllowed : `${forwardingAllowed} (${checked.fault.saw})`
      },
    })
    .exactOptional(),
  numbers: z
    .partialRecord(z.enum(numberNames), number, {
      error: ({ code }) =>
        code === 'invalid_type' ? 'a map of number names to telephone numbers' : `one of: ${numberNames.join(', ')}`,
    })
    .exactOptional(),
  credentials: mapOf({ username: secret, password: secret }).exactOptional(),
  stimulus: mapOf({
    dial: stimulus,
    'hang-up': stimulus,
    'hang-up-one': stimulus,
    hold: stimulus,
    resume: stimulus,
    answer: stimulus,
    options: stimulus,
    press: stimulus,
  } satisfies Record<ConfiguredStimulus, unknown>).exactOptional(),
  phone: phone.exactOptional(),
  supports: dictionaryOf(checkId, yesOrNo, 'capabilities to true or false').exactOptional(),
  limits: mapOf({
    calls: wholeNumber(1, 1000).exactOptional(),
    seconds: wholeNumber(1, 86400).exactOptional(),
  }).exactOptional(),
  echoes: yesOrNo.exactOptional(),
  waivers: listOf(
    mapOf({
      check: checkId,
      owner: text('who answers for it'),
      reason: text('a sentence'),
      until: day('a date as in 2026-12-31'),
      profile: pattern,
      ladder: pattern,
      subject: pattern,
    }),
    'a list of waivers',
    0,
  ).exactOptional(),
}).refine(({ pbx, trunk }) => pbx === undefined || trunk === undefined, 'pbx or trunk: the side under test')
