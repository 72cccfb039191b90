import { describe, expect, test } from 'vitest'
import auth from '../../src/check/checks/auth-credentials.ts'
import { judge } from '../../src/check/judge.ts'
import { setField } from '../support/flow.ts'
import { type CallOptions, type Played, callOut } from '../support/calls.ts'
import { rebuild } from '../../src/sip/serialize.ts'

const findings = ({ evidence }: Played) =>
  judge([auth], evidence).map(({ subject, verdict, actual }) => `${subject} ${verdict}: ${actual ?? ''}`)

/** The call whose INVITE with credentials gets that instead of 180 and 200. */
const answeredBy = (
  status: number,
  reason: string,
  challenge: string | undefined,
  { field = 'WWW-Authenticate', ...options }: CallOptions & { readonly field?: string } = {},
) =>
  callOut({
    ...options,
    until: '200',
    bends: {
      '180': (message) => {
        const bent = rebuild(message, { status, reason })
        return challenge === undefined ? bent : setField(field, challenge)(bent)
      },
    },
  })

const again = 'Digest realm="euc1.vp.sip.sinch.com", nonce="n2"'
const wrong = { breaks: ['auth-credentials'] }
const challenged = 'call 1/INVITE 1 pass: 401 Unauthorized'

describe('a trunk under test', () => {
  test('refuses a wrong password as the provider documents', () => {
    expect(findings(answeredBy(403, 'Forbidden', undefined, wrong))).toEqual([
      challenged,
      'call 1/INVITE 2 pass: 403 Forbidden',
    ])
  })
  test('must not challenge a wrong password again', () => {
    expect(findings(answeredBy(401, 'Unauthorized', again, wrong))[1]).toBe(
      'call 1/INVITE 2 fail: 401 Unauthorized, a challenge again',
    )
  })
  test('may say that a nonce is stale: that is not decided yet (RFC 7616 §3.3)', () => {
    expect(findings(answeredBy(401, 'Unauthorized', `${again}, stale=true`, wrong))).toEqual([challenged])
    expect(findings(answeredBy(401, 'Unauthorized', `${again}, stale=true`))).toEqual([challenged])
  })
  test('must not challenge right credentials again, whoever is wrong about them', () => {
    const [, finding] = judge([auth], answeredBy(401, 'Unauthorized', again).evidence)
    expect(finding).toMatchObject({ verdict: 'fail', atFault: 'undecided' })
  })
  test('may ask for those of another realm, or as a proxy beside the server (RFC 3261 §22.2, §22.3)', () => {
    const other = 'Digest realm="edge.example.net", nonce="n2"'
    expect(findings(answeredBy(401, 'Unauthorized', other))).toEqual([challenged])
    const proxy = answeredBy(407, 'Proxy Authentication Required', again, { field: 'Proxy-Authenticate' })
    expect(findings(proxy)).toEqual([challenged])
  })
  test('may challenge any request of a call, and must then accept right credentials', () => {
    const fields = 'Digest username="user", realm="euc1.vp.sip.sinch.com", nonce="n3", uri="sip:x", response="00"'
    const bye = (status: number, reason: string) =>
      callOut({
        bends: {
          BYE: setField('Authorization', fields),
          '200 BYE': (message) => setField('WWW-Authenticate', again)(rebuild(message, { status, reason })),
        },
      })
    expect(findings(bye(200, 'OK'))[0]).toBe('call 1/BYE 1 pass: 200 OK')
    expect(findings(bye(401, 'Unauthorized'))[0]).toBe('call 1/BYE 1 fail: 401 Unauthorized, a challenge again')
    expect(findings(bye(481, 'Gone'))).toHaveLength(2)
  })
  test('that refuses right credentials fails, but not where the ladder breaks another rule on purpose', () => {
    expect(findings(answeredBy(403, 'Forbidden', undefined))[1]).toBe('call 1/INVITE 2 fail: 403 Forbidden')
    expect(findings(answeredBy(403, 'Forbidden', undefined, { breaks: ['number-format'] }))).toEqual([challenged])
  })
  test('that is busy has accepted them; one that fails has told nothing', () => {
    expect(findings(answeredBy(486, 'Busy Here', undefined))[1]).toBe('call 1/INVITE 2 pass: 486 Busy Here')
    expect(findings(answeredBy(503, 'Service Unavailable', undefined))).toEqual([challenged])
  })
  test('must challenge a call without credentials (VON-AUTH-01)', () => {
    const open = callOut({
      until: 'ACK 401',
      bends: { '401': (message) => rebuild(message, { status: 200, reason: 'OK' }) },
    })
    expect(findings(open)).toEqual(['call 1/INVITE 1 fail: 200 OK without credentials'])
  })
})

describe('a PBX under test', () => {
  const pbx = { sut: 'pbx' } as const
  const withFact = (played: Played, credentials: string): Played => ({
    ...played,
    evidence: {
      ...played.evidence,
      outcomes: played.evidence.outcomes.map((one) =>
        one.head.endsWith('INVITE 2') ? { ...one, facts: { credentials } } : one,
      ),
    },
  })
  test('is judged by the digest that the player compared', () => {
    expect(findings(withFact(callOut(pbx), 'right'))).toEqual(['call 1/INVITE 2 pass: a digest that matches'])
    expect(findings(withFact(callOut(pbx), 'wrong'))).toEqual(['call 1/INVITE 2 fail: a digest that does not match'])
  })
  test('is not judged where nobody compared it', () => {
    expect(findings(callOut(pbx))).toEqual([])
  })
  test('gives up when it is refused (RFC 3261 §22.1)', () => {
    expect(findings(answeredBy(403, 'Forbidden', undefined, { ...pbx, ...wrong }))).toEqual([
      'call 1/INVITE 2 pass: it gave up',
    ])
  })
  test('is not refused where another realm asks beside (RFC 3261 §22.3)', () => {
    const other = 'Digest realm="edge.example.net", nonce="n2"'
    expect(findings(withFact(answeredBy(401, 'Unauthorized', other, pbx), 'right'))).toEqual([
      'call 1/INVITE 2 pass: a digest that matches',
    ])
  })
  test('must not try the same user name again', () => {
    const refused = callOut({
      ...pbx,
      until: '180',
      bends: {
        'INVITE 1': setField(
          'Authorization',
          'Digest username="user", realm="euc1.vp.sip.sinch.com", nonce="n", uri="sip:x", response="00"',
        ),
      },
    })
    expect(findings(refused)[0]).toBe('call 1/INVITE 1 fail: the same user name again')
  })
})
