import { parseSdp } from '../../src/sdp/parse.ts'
import type { SessionDescription } from '../../src/sdp/description.ts'

/** The bytes of a description written as in an RFC: indented, one line a line. */
export const sdpBytes = (text: string): Uint8Array =>
  new Uint8Array(
    Buffer.from(
      text
        .trim()
        .split('\n')
        .map((line) => `${line.trim()}\r\n`)
        .join(''),
      'utf8',
    ),
  )

export const sdpOf = (text: string): SessionDescription => {
  const parsed = parseSdp(sdpBytes(text))
  if (!parsed.ok) throw new Error(`${parsed.fault.rule}: ${parsed.fault.saw}`)
  return parsed.value
}
