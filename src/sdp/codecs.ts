import { attributeValues } from './description.ts'
import type { MediaDescription } from './description.ts'

/** One payload type and what it carries (RFC 8866 §6.6, §6.15). */
export type Format = {
  readonly payloadType: number
  readonly encoding: string
  readonly clockRate: number
  readonly channels?: number
  readonly fmtp?: string
}

export const codecNames = [
  'PCMU',
  'PCMA',
  'G722',
  'G729',
  'opus',
  'iLBC',
  'speex',
  'GSM',
  'QCELP',
  'telephone-event',
] as const
export type CodecName = (typeof codecNames)[number]

/** Codecs whose sound we make and understand. */
export const speakable = ['PCMU', 'PCMA'] as const satisfies readonly CodecName[]

/** How we offer each codec: payload type (static of RFC 3551 §6, or ours of 96 to 127), clock rate and parameters. */
export const codecs = {
  PCMU: { payloadType: 0, encoding: 'PCMU', clockRate: 8000 },
  PCMA: { payloadType: 8, encoding: 'PCMA', clockRate: 8000 },
  // RFC 3551 §4.5.2: G722 samples at 16 kHz, its RTP clock runs at 8 kHz all the same.
  G722: { payloadType: 9, encoding: 'G722', clockRate: 8000 },
  G729: { payloadType: 18, encoding: 'G729', clockRate: 8000 },
  opus: { payloadType: 107, encoding: 'opus', clockRate: 48000, channels: 2 }, // RFC 7587 §7
  iLBC: { payloadType: 97, encoding: 'iLBC', clockRate: 8000, fmtp: 'mode=20' }, // RFC 3952 §5
  speex: { payloadType: 98, encoding: 'speex', clockRate: 8000 }, // RFC 5574 §4.1
  GSM: { payloadType: 3, encoding: 'GSM', clockRate: 8000 },
  QCELP: { payloadType: 12, encoding: 'QCELP', clockRate: 8000 },
  'telephone-event': { payloadType: 101, encoding: 'telephone-event', clockRate: 8000, fmtp: '0-16' }, // RFC 4733 §2.5.1
} as const satisfies Record<CodecName, Format>

/** Payload types that need no rtpmap (RFC 3551 §6, tables 4 and 5). */
const staticTypes: Readonly<Record<string, { encoding: string; clockRate: number; channels?: number }>> = {
  0: { encoding: 'PCMU', clockRate: 8000 },
  3: { encoding: 'GSM', clockRate: 8000 },
  4: { encoding: 'G723', clockRate: 8000 },
  5: { encoding: 'DVI4', clockRate: 8000 },
  6: { encoding: 'DVI4', clockRate: 16000 },
  7: { encoding: 'LPC', clockRate: 8000 },
  8: { encoding: 'PCMA', clockRate: 8000 },
  9: { encoding: 'G722', clockRate: 8000 },
  10: { encoding: 'L16', clockRate: 44100, channels: 2 },
  11: { encoding: 'L16', clockRate: 44100 },
  12: { encoding: 'QCELP', clockRate: 8000 },
  13: { encoding: 'CN', clockRate: 8000 },
  14: { encoding: 'MPA', clockRate: 90000 },
  15: { encoding: 'G728', clockRate: 8000 },
  16: { encoding: 'DVI4', clockRate: 11025 },
  17: { encoding: 'DVI4', clockRate: 22050 },
  18: { encoding: 'G729', clockRate: 8000 },
  25: { encoding: 'CelB', clockRate: 90000 },
  26: { encoding: 'JPEG', clockRate: 90000 },
  28: { encoding: 'nv', clockRate: 90000 },
  31: { encoding: 'H261', clockRate: 90000 },
  32: { encoding: 'MPV', clockRate: 90000 },
  33: { encoding: 'MP2T', clockRate: 90000 },
  34: { encoding: 'H263', clockRate: 90000 },
}

/** Encoding name of a payload type that needs no description (RFC 3551 §6). */
export const staticEncoding = (payloadType: number): string | undefined => staticTypes[payloadType]?.encoding

/** The codec of that name; encoding names know no case (RFC 4855 §3). */
export const codecNamed = (name: string): CodecName | undefined =>
  codecNames.find((known) => known.toLowerCase() === name.toLowerCase())

/** Whether two formats are the same codec, whatever their payload types: encoding, clock rate and channels. */
export const sameCodec = (a: Format, b: Format): boolean =>
  a.encoding.toLowerCase() === b.encoding.toLowerCase() &&
  a.clockRate === b.clockRate &&
  (a.channels ?? 1) === (b.channels ?? 1)

/** The text behind `<payload type> ` in the first such attribute. */
const mapped = (media: MediaDescription, name: string, payloadType: string): string | undefined => {
  const prefix = `${payloadType} `
  return attributeValues(media.attributes, name)
    .find((value) => value.startsWith(prefix))
    ?.slice(prefix.length)
    .trim()
}

const describe = (media: MediaDescription, payloadType: string): Omit<Format, 'payloadType' | 'fmtp'> | undefined => {
  const [encoding = '', clockRate = '', channels = '1'] = mapped(media, 'rtpmap', payloadType)?.split('/') ?? []
  if (encoding === '' || !/^[1-9][0-9]{0,8}$/.test(clockRate) || !/^[1-9][0-9]{0,2}$/.test(channels))
    return staticTypes[payloadType]
  return { encoding, clockRate: Number(clockRate), ...(channels === '1' ? {} : { channels: Number(channels) }) }
}

/** Payload types of an RTP media description in its order of preference; one that nothing describes is left out. */
export const formatsOf = (media: MediaDescription): readonly Format[] => {
  if (!media.protocol.toUpperCase().includes('RTP/')) return []
  return [...new Set(media.formats)].flatMap((text) => {
    const format = /^[0-9]{1,3}$/.test(text) && Number(text) < 128 ? describe(media, text) : undefined
    if (format === undefined) return []
    const fmtp = mapped(media, 'fmtp', text)
    return [{ payloadType: Number(text), ...format, ...(fmtp === undefined ? {} : { fmtp }) }]
  })
}
