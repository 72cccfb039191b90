import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/core/frame.ts'
import { createObserver } from '../../src/observation/observe.ts'
import { drawLadder } from '../../src/report/draw-ladder.ts'
import { ladderRows } from '../../src/report/text-ladder.ts'
import { answeredRows } from './sample.ts'

const pbx = { address: '192.0.2.1', port: 5062 }
const trunk = { address: '198.51.100.7', port: 5060 }

const message = (startLine: string, method: string, fields: readonly string[] = [], body = ''): string =>
  [
    startLine,
    'Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK1',
    'From: <sip:+46733478561@euc1.vp.sip.sinch.com>;tag=a',
    ...(fields.some((field) => field.startsWith('To:')) ? [] : ['To: <sip:+12345678900@euc1.vp.sip.sinch.com>']),
    'Call-ID: one@192.0.2.1',
    `CSeq: 1 ${method}`,
    ...fields,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')

const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n'
const invite = message('INVITE sip:+12345678900@euc1.vp.sip.sinch.com SIP/2.0', 'INVITE', [], sdp)
const tagged = 'To: <sip:+12345678900@euc1.vp.sip.sinch.com>;tag=b'

const rowsOf = (...sent: readonly (readonly ['pbx' | 'trunk', string])[]) => {
  const observer = createObserver({ played: 'pbx' })
  for (const [index, [sender, text]] of sent.entries()) {
    const frame: Frame = {
      number: index + 1,
      timeMs: index * 10,
      tap: sender === 'pbx' ? 'sent' : 'received',
      layer: 'datagram',
      source: sender === 'pbx' ? pbx : trunk,
      destination: sender === 'pbx' ? trunk : pbx,
      bytes: new TextEncoder().encode(text),
    }
    observer.observe(frame)
  }
  return ladderRows(observer.finish())
}

describe('the rows of a ladder', () => {
  test('are messages in order, copies on their first, responses by what they answer', () => {
    const rows = rowsOf(
      ['pbx', invite],
      ['pbx', invite],
      ['trunk', message('SIP/2.0 200 OK', 'INVITE', [tagged], sdp)],
      ['pbx', message('ACK sip:trunk SIP/2.0', 'ACK', [tagged])],
      ['pbx', message('BYE sip:trunk SIP/2.0', 'BYE', [tagged])],
      ['trunk', message('SIP/2.0 200 OK', 'BYE', [tagged])],
    )
    expect(rows.map(({ frame, from, to, label, others }) => [frame, `${from}>${to}`, label, others])).toEqual([
      [1, 'pbx>trunk', 'INVITE (SDP)', [2]],
      [3, 'trunk>pbx', '200 OK (SDP)', []],
      [4, 'pbx>trunk', 'ACK', []],
      [5, 'pbx>trunk', 'BYE', []],
      [6, 'trunk>pbx', '200 OK to BYE', []],
    ])
  })
  test('tell an INVITE within a dialog from one that opens it', () => {
    const again = message('INVITE sip:trunk SIP/2.0', 'INVITE', [tagged], sdp).replace('CSeq: 1', 'CSeq: 2')
    const labels = rowsOf(
      ['pbx', invite],
      ['trunk', message('SIP/2.0 200 OK', 'INVITE', [tagged])],
      ['pbx', again.replace('z9hG4bK1', 'z9hG4bK2')],
    ).map(({ label }) => label)
    expect(labels).toEqual(['INVITE (SDP)', '200 OK', 're-INVITE (SDP)'])
  })
  test('show a reason phrase of any length and content as a short line', () => {
    const [row] = rowsOf(['trunk', message(`SIP/2.0 488 \u001b[31m${'no '.repeat(3000)}`, 'INVITE')])
    expect(row?.label).toHaveLength(80)
    expect(row?.label).not.toMatch(/\p{Cc}/u)
  })
  test('show bytes that are not SIP with the rule that they broke', () => {
    expect(rowsOf(['trunk', 'SIP/2.0 two-hundred OK\r\n\r\n'])).toMatchObject([
      { frame: 1, from: 'trunk', timeMs: null, label: expect.stringMatching(/^not SIP: [a-z.-]+$/) },
    ])
  })
})

describe('the drawing', () => {
  const marked = (around: number): readonly string[] =>
    drawLadder(answeredRows, { around: [around], context: 0 }).filter((line) => line.endsWith('<-- here'))

  test('has all rows where no frame is asked for', () => {
    expect(drawLadder(answeredRows)).toHaveLength(answeredRows.length + 1)
  })
  for (const [what, frame, label] of [
    ['of a message', 2, '401 Unauthorized'],
    ['of a copy', 5, 'INVITE (SDP)'],
    ['that begins an interval', 11, 'silence'],
    ['that ends an interval', 207, 'audio'],
    ['within an interval', 100, 'audio'],
  ] as const)
    test(`points at the row of a frame ${what}`, () => {
      expect(marked(frame)).toEqual([expect.stringContaining(label)])
    })
  test('points at every frame of a finding, around the last', () => {
    const lines = drawLadder(answeredRows, { around: [1, 2, 8], context: 6 })
    expect(lines.filter((line) => line.endsWith('<-- here')).map((line) => line.trim().split(' ')[0])).toEqual([
      '1',
      '2',
      '8',
    ])
    expect(
      drawLadder(answeredRows, { around: [1, 8], context: 1 }).filter((line) => line.endsWith('<-- here')),
    ).toHaveLength(1)
  })
  test('of a frame that has no row shows where it would stand, and points at nothing', () => {
    const lines = drawLadder(answeredRows, { around: [1000], context: 1 })
    expect(lines.at(-1)).toContain('200 OK to BYE')
    expect(lines.join('\n')).not.toContain('<-- here')
  })
  test('says how many rows it leaves out', () => {
    const lines = drawLadder(answeredRows, { around: [6], context: 1 })
    expect(lines.map((line) => line.trim())).toEqual([
      expect.stringMatching(/^frame +time +pbx +trunk$/),
      ':  3 before',
      expect.stringContaining('INVITE'),
      expect.stringContaining('100 Trying'),
      expect.stringContaining('180 Ringing'),
      ':  6 after',
    ])
  })
  test('of a flood ends after a hundred rows, and says so', () => {
    const flood = Array.from({ length: 5000 }, () => answeredRows).flat()
    expect(drawLadder(flood)).toHaveLength(102)
    expect(drawLadder(flood).at(-1)?.trim()).toBe(`:  ${flood.length - 100} after`)
  })
  test('keeps to its width, and both lifelines upright', () => {
    for (const width of [60, 72, 80, 120]) {
      const lines = drawLadder(answeredRows, { around: [8], context: 12, width }).slice(1)
      expect(lines.filter((line) => line.length > width)).toEqual([])
      expect(new Set(lines.map((line) => line.lastIndexOf('|')))).toHaveProperty('size', 1)
    }
  })
  test('cuts a label that is wider than the ladder', () => {
    const [row] = answeredRows
    const lines = row ? drawLadder([{ ...row, label: 'x'.repeat(80), copies: 3 }], { width: 60 }) : []
    expect(lines[1]).toMatch(/x… \(4 times\) -+>\|$/)
  })
  test('of nothing is nothing', () => {
    expect(drawLadder([])).toEqual([])
  })
})
