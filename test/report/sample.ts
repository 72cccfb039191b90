import type { Finding } from '../../src/core/finding.ts'
import type { LadderResult, LadderRow, RunResult } from '../../src/report/result.ts'
import { summarize } from '../../src/report/summary.ts'

export const finding = (over: Partial<Finding> & Pick<Finding, 'check' | 'subject' | 'verdict'>): Finding => ({
  expected: null,
  actual: null,
  frames: [],
  requirements: [],
  atFault: null,
  advice: null,
  ...over,
})

const message = (
  frame: number,
  timeMs: number,
  from: 'pbx' | 'trunk',
  label: string,
  others: number[] = [],
): LadderRow => ({
  frame,
  timeMs,
  from,
  to: from === 'pbx' ? 'trunk' : 'pbx',
  label,
  copies: others.length,
  others,
})
const interval = (first: number, last: number, timeMs: number, from: 'pbx' | 'trunk', label: string): LadderRow => ({
  ...message(0, timeMs, from, label),
  frame: null,
  others: [first, last],
})

export const answeredRows: readonly LadderRow[] = [
  message(1, 0, 'pbx', 'INVITE (SDP)'),
  message(2, 1.204, 'trunk', '401 Unauthorized'),
  message(3, 1.911, 'pbx', 'ACK'),
  message(4, 2.5, 'pbx', 'INVITE (SDP)', [5]),
  message(6, 104.021, 'trunk', '100 Trying'),
  message(7, 140.77, 'trunk', '180 Ringing'),
  message(8, 440.1, 'trunk', '200 OK (SDP)'),
  message(9, 441, 'pbx', 'ACK'),
  interval(10, 207, 442, 'pbx', 'audio 1000 Hz, 99 packets'),
  interval(11, 208, 462.3, 'trunk', 'silence, 99 packets, 1 lost'),
  message(209, 2450, 'pbx', 'BYE'),
  message(210, 2451.3, 'trunk', '200 OK to BYE'),
]

export const answered: LadderResult = {
  id: 'termination/answered-call',
  side: 'trunk',
  cell: 'codec=PCMU',
  title: 'A call out is challenged, authenticated, answered, heard both ways and hung up',
  verdict: 'fail',
  durationMs: 2460,
  findings: [
    finding({
      check: 'ladder',
      subject: 'run',
      verdict: 'pass',
      expected: 'every step is met',
      actual: '9 of 9 steps met',
      frames: [1, 210],
    }),
    finding({
      check: 'auth-realm',
      subject: 'call 1/INVITE 1',
      verdict: 'fail',
      expected: 'realm "euc1.vp.sip.sinch.com"',
      actual: 'realm "asterisk"',
      frames: [2],
      requirements: ['SINCH-AUTH-02'],
      atFault: 'trunk',
      advice: 'Check the SIP credentials and the authentication realm.',
    }),
    finding({
      check: 'audio-heard',
      subject: 'stream trunk>pbx 1',
      verdict: 'fail',
      expected: 'audio above -40 dBov',
      actual: '1980 ms of silence',
      frames: [11, 208],
      requirements: ['SINCH-RTP-04'],
      atFault: 'trunk',
      advice: 'Look for a codec that both sides name alike and decode differently, and for a muted source.',
    }),
    finding({
      check: 'auth-credentials',
      subject: 'call 1/INVITE 2',
      verdict: 'inconclusive',
      actual: 'because of auth-realm',
    }),
    finding({
      check: 'from-host',
      subject: 'call 1/INVITE 1',
      verdict: 'warn',
      expected: 'euc1.vp.sip.sinch.com',
      actual: '10.0.0.5 \u001b[31m<&>"\u0000\u202e',
      frames: [1],
      requirements: [],
      atFault: 'pbx',
      advice: 'Send the provider host in From.',
    }),
    finding({
      check: 'rtp-arrives',
      subject: 'stream trunk>pbx 1',
      verdict: 'info',
      actual: 'jitter 0.4 ms #1',
      frames: [11],
    }),
    finding({
      check: 'rtp-port-range',
      subject: 'stream trunk>pbx 1',
      verdict: 'waived',
      expected: 'a port of 10000-60000',
      actual: 'port 8000; waived by Ada until 2027-01-31: known, ticket #12',
      frames: [11],
      atFault: 'trunk',
    }),
  ],
  reason: null,
  steps: [],
  rows: answeredRows,
}

/** Another cell of the same ladder: what is wrong there is the same. */
export const answeredAgain: LadderResult = {
  ...answered,
  cell: 'codec=PCMA',
  findings: answered.findings.slice(0, 2),
}

export const clean: LadderResult = {
  ...answered,
  id: 'options/answered',
  cell: '',
  title: 'OPTIONS is answered',
  verdict: 'pass',
  durationMs: 12,
  findings: [
    finding({
      check: 'options-answered',
      subject: 'OPTIONS 1',
      verdict: 'pass',
      expected: 'a final response',
      actual: '200 OK',
      frames: [212, 213],
      requirements: ['SINCH-OPT-01'],
    }),
  ],
  rows: [message(212, 2500, 'pbx', 'OPTIONS'), message(213, 2501, 'trunk', '200 OK to OPTIONS')],
}

export const notPlayed: LadderResult = {
  ...clean,
  id: 'call/far-end-hangs-up',
  title: 'The far end hangs up',
  verdict: 'not-applicable',
  durationMs: 0,
  findings: [],
  reason: 'trunkproof.yaml gives no number for hangsUp',
  rows: [],
}

export const runOf = (ladders: readonly LadderResult[], over: Partial<RunResult> = {}): RunResult => ({
  tool: 'trunkproof',
  version: '0.1.0',
  profile: 'sinch/eu',
  sut: 'sip:127.0.0.1:25060',
  startedAt: '2026-11-20T19:28:00.123Z',
  durationMs: 5123,
  interrupted: false,
  summary: summarize(ladders),
  ladders,
  notes: [],
  ...over,
})

export const mixed = runOf([answered, answeredAgain, clean, notPlayed])
