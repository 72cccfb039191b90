import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { showLoadFault } from '../../src/profile/document.ts'

const faultsOf = (text: string): string => {
  const loaded = loadConfig('trunkproof.yaml', text)
  return loaded.ok ? '' : loaded.faults.map(showLoadFault).join('\n')
}

test('a whole file', () => {
  const text = `
profile: sinch/eu
pbx: sip:10.0.0.5
numbers: { callerId: "+46733478561", did: "+19876543210", callee: "+12345678900" }
credentials: { username: { env: TRUNK_USER }, password: { file: /run/secrets/trunk } }
stimulus: { dial: { command: [asterisk, -rx, "channel originate PJSIP/\${to}@trunk application Echo"] } }
supports: { refer: false }
limits: { calls: 50, seconds: 600 }
echoes: true
waivers:
  - { check: from-host, owner: Ann, reason: The PBX cannot., until: 2027-01-01, ladder: "termination/*" }
`
  expect(loadConfig('trunkproof.yaml', text)).toEqual({
    ok: true,
    value: {
      profile: 'sinch/eu',
      pbx: 'sip:10.0.0.5',
      numbers: { callerId: '+46733478561', did: '+19876543210', callee: '+12345678900' },
      credentials: { username: { env: 'TRUNK_USER' }, password: { file: '/run/secrets/trunk' } },
      stimulus: { dial: { command: ['asterisk', '-rx', 'channel originate PJSIP/${to}@trunk application Echo'] } },
      supports: { refer: false },
      limits: { calls: 50, seconds: 600 },
      echoes: true,
      waivers: [
        { check: 'from-host', owner: 'Ann', reason: 'The PBX cannot.', until: '2027-01-01', ladder: 'termination/*' },
      ],
    },
  })
})

describe('safety', () => {
  test('an emergency number is refused when the file is read', () => {
    expect(faultsOf('numbers: { callee: "112" }')).toBe(
      'trunkproof.yaml:1:20: numbers.callee: found "112", allowed: numbers that may be called: 112 is an emergency number',
    )
  })
  test('a number that YAML takes for one must be quoted', () => {
    expect(faultsOf('numbers: { callee: +12345678900 }')).toContain('allowed: a telephone number as a quoted text')
  })
  test('a name that is not of the closed set is refused with those that are', () => {
    expect(faultsOf('numbers: { calee: "+12345678900" }')).toContain(
      'found the key "calee", allowed: one of: callee, callerId',
    )
  })
  test('a secret in the file is refused, and not printed', () => {
    const shown = faultsOf('credentials: { username: { env: A }, password: hunter2 }')
    expect(shown).toContain('credentials.password: found a text, allowed: a map { env: NAME } or { file: path }')
    expect(shown).not.toContain('hunter2')
  })
  test('a secret under a wrong key is not printed either', () => {
    expect(faultsOf('credentials: { username: { env: A }, password: { value: hunter2 } }')).not.toContain('hunter2')
    expect(faultsOf('credentials: { username: { env: A }, password: { env: "hunter 2" } }')).not.toContain('hunter')
  })
  test('a command is a list, so that no shell reads it', () => {
    expect(faultsOf('stimulus: { dial: { command: "rm -rf /" } }')).toContain(
      'stimulus.dial.command: found "rm -rf /", allowed: a command as a list: the program, then its arguments',
    )
  })
  test.each(['http://user:hunter2@10.0.0.5/dial', 'http://hunter2@10.0.0.5/', 'http://10.0.0.5:hunter2/'])(
    'a URL with user and password, or of no place, is refused and not printed: %s',
    (url) => {
      const shown = faultsOf(`stimulus: { dial: { http: { url: "${url}" } } }`)
      expect(shown).toContain(
        'stimulus.dial.http.url: found a text, allowed: a URL as in http://10.0.0.5/dial?to=${to}',
      )
      expect(shown).toContain('without user and password, which go into headers')
      expect(shown).not.toContain('hunter2')
    },
  )
  test.each(['calls: 0', 'calls: 100000', 'seconds: -1', 'seconds: 1.5'])('limits are bounded: %s', (limit) => {
    expect(faultsOf(`limits: { ${limit} }`)).toContain('a whole number from 1')
  })
  test('a forwarding URI is refused with the reason', () => {
    expect(faultsOf('forwarding: "sips:{number}@pbx.example.com"')).toContain(
      'allowed: a URI as in "sip:{number}@pbx.example.com:5060;transport=tcp" (sips: is no documented form',
    )
    expect(faultsOf('forwarding: "sip:{did}@pbx.example.com"')).toContain('{number} is the only placeholder')
  })
  test.each([
    ['sip::::', 'uri.'],
    ['sip:10.0.0.5:99999', 'uri.port'],
    ['sip:10.0.0.5:0', 'nothing listens on port 0'],
    ['sip:10.0.0.5;transport=tls', 'tls is not spoken yet'],
    ['sips:10.0.0.5', 'a SIP URI as in sip:10.0.0.5:5060, over UDP or TCP'],
  ])('what cannot be a next hop is refused, with the reason: %s', (uri, why) => {
    for (const key of [`pbx: "${uri}"`, `trunk: "${uri}"`]) {
      const faults = faultsOf(key)
      expect(faults.split('\n')).toHaveLength(1)
      expect(faults).toContain(why)
    }
  })
  test.each(['2026-99-99', '2026-13-01', '2026-02-30'])('a waiver until no day of the calendar: %s', (until) => {
    expect(faultsOf(`waivers: [{ check: a, owner: b, reason: c, until: ${until} }]`)).toBe(
      `trunkproof.yaml:1:${'waivers: [{ check: a, owner: b, reason: c, until: '.length + 1}: waivers[0].until: found "${until}", allowed: a date as in 2026-12-31`,
    )
  })
  test('a next hop with white space or brackets is no URI', () => {
    expect(faultsOf('pbx: "sip:10.0.0.5 >x"')).toContain('pbx: found')
    expect(faultsOf('trunk: 10.0.0.5')).toContain('allowed: a SIP URI as in sip:10.0.0.5:5060')
  })
  test('a password in a URI is refused, and not printed', () => {
    const faults = faultsOf('pbx: sip:key:hunter2@10.0.0.5')
    expect(faults).toContain('found "sip:key:***@10.0.0.5"')
    expect(faults).toContain('without a password, which goes into credentials')
    expect(faultsOf('pbx: "sip:key@[2001:db8::1]:5060;transport=tcp"')).toBe('')
  })
  test('a PBX and a trunk cannot both be under test', () => {
    expect(faultsOf('{ pbx: "sip:10.0.0.5", trunk: "sip:10.0.0.6" }')).toContain('pbx or trunk: the side under test')
  })
})

test('an unknown key is refused with those that are known', () => {
  expect(faultsOf('profle: sinch/eu')).toContain(
    'trunkproof.yaml:1:1: found the key "profle", allowed: one of: profile,',
  )
})

describe('the phone', () => {
  const phone = (extension: string, more = '') => `phone: { extensions: [{ ${extension} }]${more} }`

  test('has a registrar, extensions, and examples of its dial plan', () => {
    const text = `
phone:
  registrar: sip:10.0.0.5:5070
  domain: pbx.example.com
  extensions:
    - { user: "201", password: { env: PHONE_PASS } }
    - { user: "202", authUser: desk, password: { file: /run/secrets/202 }, did: "+19876543210" }
  dialPlan:
    - { dials: "0012345678900", sends: "+12345678900" }
`
    expect(loadConfig('trunkproof.yaml', text)).toEqual({
      ok: true,
      value: {
        phone: {
          registrar: 'sip:10.0.0.5:5070',
          domain: 'pbx.example.com',
          extensions: [
            { user: '201', password: { env: 'PHONE_PASS' } },
            { user: '202', authUser: 'desk', password: { file: '/run/secrets/202' }, did: '+19876543210' },
          ],
          dialPlan: [{ dials: '0012345678900', sends: '+12345678900' }],
        },
      },
    })
  })
  test('has each extension once', () => {
    const twice = '{ user: "201", password: { env: A } }, { user: "202", password: { env: A } }'
    expect(faultsOf(`phone: { extensions: [${twice}, { user: "201", password: { env: B } }] }`)).toContain(
      'phone.extensions[2].user: found "201", allowed: each extension once',
    )
  })
  test('without an extension is none', () => {
    expect(faultsOf('phone: { extensions: [] }')).toContain(
      'phone.extensions: found an empty list, allowed: a list of extensions as in { user: "201"',
    )
  })
  test('a password in the file is refused, and not printed', () => {
    const shown = faultsOf(phone('user: "201", password: hunter2'))
    expect(shown).toContain('phone.extensions[0].password: found a text, allowed: a map { env: NAME } or')
    expect(shown).not.toContain('hunter2')
    expect(faultsOf(phone('user: "201", password: { env: "hunter 2" }'))).not.toContain('hunter')
  })
  test('an extension that YAML takes for a number must be quoted', () => {
    expect(faultsOf(phone('user: 201, password: { env: A }'))).toContain(
      'trunkproof.yaml:1:31: phone.extensions[0].user: found 201, allowed: an extension as a quoted text',
    )
  })
  test.each(['112', '00112', '9911', '0900123456', '+19005550100'])('never dials %s', (dialled) => {
    const plan = `, dialPlan: [{ dials: "${dialled}", sends: "+12345678900" }]`
    expect(faultsOf(phone('user: "201", password: { env: A }', plan))).toContain(
      `phone.dialPlan[0].dials: found "${dialled}", allowed: numbers that may be called: `,
    )
  })
  test.each(['12345678900', '0012345678900', '+0012345678'])('%s is not what reaches a provider', (sent) => {
    const plan = `, dialPlan: [{ dials: "0012345678900", sends: "${sent}" }]`
    expect(faultsOf(phone('user: "201", password: { env: A }', plan))).toContain('a number with + and country code')
  })
})
