import { z } from 'zod'
import {
  checkId,
  cidr,
  day,
  dictionaryOf,
  fileId,
  hostName,
  listOf,
  mapOf,
  oneOf,
  portRange,
  text,
  wholeNumber,
  word,
} from './phrases.ts'
import type { Profile } from './profile.ts'
import { shapeNames } from './shape.ts'
import { namesIn } from './template.ts'

const port = wholeNumber(1, 65535).exactOptional()
const addresses = listOf(cidr, 'a list of address blocks').exactOptional()

const templateAllowed = `a text over ${shapeNames.map((name) => `\${${name}}`).join(', ')}`
const template = text(templateAllowed).refine((value) => {
  const names = namesIn(value)
  return names.ok && names.value.every((name) => shapeNames.some((known) => known === name))
}, templateAllowed)

const shape = mapOf({
  requestUri: template,
  from: template,
  to: template,
  contact: template,
  fields: dictionaryOf(
    word(/^[A-Za-z0-9-]+$/, 'the name of a header field'),
    template,
    'header fields',
  ).exactOptional(),
})

const numberFormat = oneOf(['e164-plus', 'e164-bare', 'e164'])

const requirementRow = mapOf({
  side: oneOf(['pbx', 'trunk']).exactOptional(),
  ladders: listOf(fileId, 'a list of ladders').exactOptional(),
  ids: listOf(
    word(/^[A-Z0-9][A-Z0-9.-]*$/, 'the id of a documented statement as in SINCH-NUM-01'),
    'a list of statement ids',
  ),
  strength: oneOf(['MUST', 'SHOULD', 'ADVICE']).exactOptional(),
  advice: text('a sentence').exactOptional(),
})

/** `profiles/**.yaml`. */
export const profileSchema: z.ZodType<Profile> = mapOf({
  id: fileId,
  title: text('a title'),
  source: mapOf({
    document: text('the title of a document'),
    read: day('a date as in 2026-11-20'),
  }),
  signalling: mapOf({
    hosts: listOf(hostName, 'a list of host names'),
    ports: mapOf({ udp: port, tcp: port, tls: port }),
    addresses,
    literalHosts: oneOf(['ignored']).exactOptional(),
    platform: text('the name of a platform').exactOptional(),
    otherPlatform: mapOf({
      name: text('the name of a platform'),
      hosts: listOf(hostName, 'a list of host names'),
    }).exactOptional(),
  }),
  authentication: mapOf({
    scheme: oneOf(['digest']),
    realm: text('a realm').exactOptional(),
    challenge: oneOf([401, 407]),
    refusal: wholeNumber(400, 699),
    otherRealm: oneOf(['refused']).exactOptional(),
  }),
  numbers: mapOf({
    requestUri: numberFormat,
    to: numberFormat,
    from: numberFormat,
    origination: numberFormat,
    callerId: oneOf(['owned', 'any']),
    dialled: oneOf(['to']).exactOptional(),
  }),
  customHeaders: mapOf({
    prefix: text('a prefix of header field names'),
    maxNameLength: wholeNumber(1, 1000),
    maxTotalBytes: wholeNumber(1, 65535),
  }).exactOptional(),
  media: mapOf({
    ports: portRange.exactOptional(),
    addresses,
    codecs: listOf(word(/^[A-Za-z0-9-]+$/, 'the encoding name of a codec as in PCMU'), 'a list of codecs'),
    dtmf: oneOf(['rfc4733']).exactOptional(),
    ptimeMs: wholeNumber(10, 200),
  }),
  forwarding: oneOf(['sip-uri']).exactOptional(),
  termination: shape,
  origination: shape,
  requirements: dictionaryOf(
    checkId,
    listOf(requirementRow, 'a list of rows with ids'),
    'checks to their documented statements',
  ),
  troubleshooting: z
    .array(
      mapOf({ symptom: text('a symptom'), advice: text('a sentence'), checks: listOf(checkId, 'a list of checks') }),
      'a list of symptoms with advice',
    )
    .default([]),
})
