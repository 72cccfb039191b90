import { expect, test } from 'vitest'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf } from '../../src/sip/text.ts'
import { catalogue, journalLines, keptRun } from '../support/embedded-run.ts'

/** Requests that our side sent in the first cell of a ladder. */
const sentIn = async (id: string) => {
  const ladders = catalogue.ladders.filter((ladder) => ladder.id === id)
  const { journal } = await keptRun({ profile: 'sinch/eu', ladders })
  return journalLines(journal).flatMap((line) => {
    if (line.type !== 'frame' || line.ladder !== 0 || line.frame.tap !== 'sent') return []
    const message = parseMessage(bytesOf(line.bytes))
    return message.ok && message.value.kind === 'request' ? [{ message: message.value, frame: line.frame }] : []
  })
}

// All of 127.0.0.0/8 is there on Linux alone.
test.skipIf(process.platform !== 'linux')(
  'a later request of a call leaves by the edge of its step, which has an address of the provider of its own',
  async () => {
    const sent = await sentIn('origination/record-routing-edge')
    expect(sent.map(({ message, frame }) => `${message.method} ${frame.source.address}`)).toEqual([
      'INVITE 127.184.175.4',
      'ACK 127.184.175.4',
      'BYE 127.196.245.254',
    ])
  },
)
