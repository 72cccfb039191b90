import { describe, expect, test } from 'vitest'
import { showLoadFault } from '../../src/profile/document.ts'
import type { Step } from '../../src/scenario/ladder.ts'
import { loadLadder } from '../../src/scenario/load.ts'

const head = 'id: a/b\ntitle: T\npurpose: P\ntests: [pbx, trunk]\n'
const headLines = 4

const load = (rest: string, before = '') => loadLadder('l.yaml', `${head}${before}ladder:\n${rest}`)

/** Faults without the file name; the first step stands in line 1. */
const faultsOf = (rest: string, before = ''): readonly string[] => {
  const loaded = load(rest, before)
  if (loaded.ok) return []
  const first = headLines + 1 + before.split('\n').length - 1
  return loaded.faults.map((fault) => showLoadFault({ ...fault, line: fault.line - first }).slice('l.yaml:'.length))
}

const stepsOf = (rest: string, before = ''): readonly Step[] => {
  const loaded = load(rest, before)
  if (!loaded.ok) throw new Error(loaded.faults.map(showLoadFault).join('\n'))
  return loaded.value.ladder
}

const first = (rest: string): Step | undefined => stepsOf(rest)[0]

describe('the head of a step', () => {
  test.each([
    ['INVITE', { kind: 'request', method: 'INVITE', how: 'new' }],
    ['INVITE again', { kind: 'request', method: 'INVITE', how: 'again' }],
    ['re-INVITE', { kind: 'request', method: 'INVITE', how: 'within' }],
    ['BYE', { kind: 'request', method: 'BYE', how: 'within' }],
    ['CANCEL', { kind: 'request', method: 'CANCEL', how: 'within' }],
    ['OPTIONS', { kind: 'request', method: 'OPTIONS', how: 'new' }],
    ['200', { kind: 'response', statuses: [200] }],
    ['[401, 407]', { kind: 'response', statuses: [401, 407] }],
    ['200 to BYE', { kind: 'response', statuses: [200], to: 'BYE' }],
  ])('pbx -> trunk: %s', (value, pattern) => {
    expect(first(`  - pbx -> trunk: ${value}`)).toMatchObject({
      kind: 'message',
      head: `pbx -> trunk: ${value}`,
      number: 1,
      from: 'pbx',
      to: 'trunk',
      pattern,
      call: '1',
      again: 1,
      optional: false,
      send: false,
      without: [],
      expect: [],
    })
  })

  test('is an interval where a verb stands', () => {
    expect(first('  - pbx <-> trunk: audio\n    for: 1s')).toMatchObject({
      kind: 'verb',
      verb: 'audio',
      between: ['pbx', 'trunk'],
      direction: 'both',
      forMs: 1000,
    })
    expect(first('  - trunk -> pbx: audio\n    for: 250ms')).toMatchObject({ direction: 'forward', forMs: 250 })
  })

  test('is any of some statuses, from one side', () => {
    expect(first('  - any of: [180, 183]\n    from: trunk')).toMatchObject({
      kind: 'any-of',
      head: 'any of: [180, 183]',
      statuses: [180, 183],
      from: 'trunk',
    })
  })

  test('is what must not come, until a named message', () => {
    const steps = stepsOf('  - never: 200 to INVITE\n    from: trunk\n    until: x\n  - pbx -> trunk: BYE\n    as: x')
    expect(steps[0]).toMatchObject({
      kind: 'never',
      until: 'x',
      from: 'trunk',
      pattern: { statuses: [200], to: 'INVITE' },
    })
  })

  test('stands once: two are an error at that line', () => {
    expect(faultsOf('  - pbx -> trunk: INVITE\n    trunk -> pbx: 200')).toEqual([
      '2:5: ladder[0]: found the key "trunk -> pbx", allowed: exactly one head: an arrow as in `pbx -> trunk`, `any of`, `unordered` or `never`; this step has two: a dash is missing?',
    ])
  })
  test('stands once: so is the same arrow twice', () => {
    expect(faultsOf('  - pbx -> trunk: INVITE\n    pbx -> trunk: BYE')).toEqual([
      '2:5: found the same key twice, allowed: each key once (in a list of steps: a dash is missing?)',
    ])
  })
  test('is not left out', () => {
    expect(faultsOf('  - within: 3s')).toEqual([
      '1:5: ladder[0]: found a map, allowed: exactly one head: an arrow as in `pbx -> trunk`, `any of`, `unordered` or `never`',
    ])
    expect(faultsOf('  - INVITE')).toEqual([expect.stringContaining('ladder[0]: found "INVITE"')])
  })
  test.each(['pbx -> pbx', 'pbx - > trunk', 'alice -> trunk', 'pbx ->trunk'])('%s is no arrow', (arrow) => {
    expect(faultsOf(`  - ${arrow}: INVITE`)).toHaveLength(1)
  })
  test.each([
    'INVITES',
    'invite',
    '99',
    '700',
    '[]',
    '[180, x]',
    '200 to',
    '200 to ACK',
    '200 for BYE',
    '{ a: 1 }',
    '',
  ])('pbx -> trunk: %s says nothing', (value) => {
    expect(faultsOf(`  - pbx -> trunk: ${value}`)).toEqual([expect.stringContaining('1:')])
  })
  test('a message goes one way', () => {
    expect(faultsOf('  - pbx <-> trunk: INVITE')).toEqual([
      expect.stringContaining('allowed: an interval (audio, pause, dtmf)'),
    ])
  })
  test('digits go one way, and take a time of their own', () => {
    expect(faultsOf("  - pbx -> trunk: dtmf\n    digits: '159*0#'")).toEqual([])
    expect(faultsOf("  - pbx <-> trunk: dtmf\n    digits: '1'")).toEqual([
      expect.stringContaining('an arrow of one direction for dtmf'),
    ])
    expect(faultsOf("  - pbx -> trunk: dtmf\n    digits: '1x'")).toEqual([
      expect.stringContaining('up to 32 digits in quotes'),
    ])
  })
  test('any of is a list of statuses', () => {
    expect(faultsOf('  - any of: 180\n    from: trunk')).toEqual([expect.stringContaining('a list of statuses')])
    expect(faultsOf('  - any of: [180]')).toEqual([expect.stringContaining('ladder[0].from: found nothing')])
  })
})

describe('the words beside the head', () => {
  test('are read', () => {
    const steps = stepsOf(
      [
        '  - pbx -> trunk: INVITE',
        '    with: { to: "${numbers.callee}", offer: ["${codec}"], fields: { X-A: b }, lacking: [Contact] }',
        '    as: one',
        '    again: 2',
        '    edge: 2',
        '    after: 300ms',
        '  - trunk -> pbx: 200',
        '    expect: { Call-ID: "${one.Call-ID}", To.tag: present, Reason: absent, Contact.host: [a, b], CSeq.seq: 7 }',
        '    without: ACK',
        '    within: 30s',
        '    optional: true',
        '    send: true',
        '  - trunk -> pbx: BYE',
        '    stimulus: none',
      ].join('\n'),
      'matrix: { codec: [PCMU] }\n',
    )
    expect(steps).toMatchObject([
      {
        with: { to: '${numbers.callee}', offer: ['${codec}'], fields: { 'X-A': 'b' }, lacking: ['Contact'] },
        as: 'one',
        again: 2,
        edge: 2,
        afterMs: 300,
      },
      {
        expect: [
          { path: 'Call-ID', is: 'equal', to: '${one.Call-ID}' },
          { path: 'To.tag', is: 'present' },
          { path: 'Reason', is: 'absent' },
          { path: 'Contact.host', is: 'one-of', of: ['a', 'b'] },
          { path: 'CSeq.seq', is: 'equal', to: '7' },
        ],
        without: ['ACK'],
        withinMs: 30_000,
        optional: true,
        send: true,
      },
      { stimulus: 'none' },
    ])
  })

  test('are refused where they do not belong, with those that do', () => {
    expect(faultsOf('  - pbx <-> trunk: audio\n    for: 1s\n    within: 3s')).toEqual([
      '3:5: ladder[0]: found the key "within", allowed: one of: for, hears, call',
    ])
    expect(faultsOf('  - pbx <-> trunk: audio')).toEqual([
      '1:5: ladder[0].for: found nothing, allowed: a time with its unit, as in 500ms or 30s',
    ])
  })
  test.each(['3', '3 s', '3m', 's', '-1s', '1.5s', '9999999s'])('within: %s is no time', (time) => {
    expect(faultsOf(`  - pbx -> trunk: BYE\n    within: ${time}`)).toEqual([
      expect.stringContaining('a time with its unit'),
    ])
  })
  test('a telephone number without quotes is refused', () => {
    expect(faultsOf('  - pbx -> trunk: INVITE\n    with: { to: +12345678900 }')).toEqual([
      '2:17: ladder[0].with.to: found 12345678900, allowed: a text (telephone numbers are quoted), with each ${ closed by }',
    ])
  })
  test('a field path that cannot be read is refused', () => {
    expect(faultsOf('  - trunk -> pbx: 200\n    expect: { To.username: x }')).toEqual([
      expect.stringContaining('2:15: ladder[0].expect: found the key "To.username"'),
    ])
  })
})

describe('several calls in one ladder', () => {
  test('an interval may hear what another one says, which must be of this ladder', () => {
    const steps = (other: string) => `
  - { pbx -> trunk: INVITE, call: out }
  - { trunk -> pbx: INVITE, call: back }
  - { pbx <-> trunk: audio, for: 1s, call: out, hears: ${other} }`
    expect(stepsOf(steps('back'))[2]).toMatchObject({ kind: 'verb', call: 'out', hears: 'back' })
    expect(faultsOf(steps('home'))).toEqual([expect.stringContaining('the name of a call (`call:`) of this ladder')])
  })

  test('digits may come out in another call, which must be of this ladder', () => {
    const steps = (other: string) => `
  - { pbx -> trunk: INVITE, call: out }
  - { trunk -> pbx: INVITE, call: back }
  - { pbx -> trunk: dtmf, digits: '1', call: out, reaches: ${other} }`
    expect(stepsOf(steps('back'))[2]).toMatchObject({ verb: 'dtmf', call: 'out', reaches: 'back' })
    expect(faultsOf(steps('home'))).toEqual([expect.stringContaining('the name of a call (`call:`) of this ladder')])
  })

  test('each step names the call that it is of; those that name none are of one', () => {
    const steps = `
  - pbx -> trunk: INVITE
    call: out
  - any of: [180]
    from: trunk
    call: out
  - never: BYE
    call: in
  - pbx -> trunk: OPTIONS`
    expect(stepsOf(steps).map(({ number, kind, call }) => [number, kind, call])).toEqual([
      [1, 'message', 'out'],
      [2, 'any-of', 'out'],
      [3, 'never', 'in'],
      [4, 'message', '1'],
    ])
  })
  const both = `
  - pbx -> trunk: INVITE
  - unordered:
      - pbx <-> trunk: audio
        for: 1s
        call: out
      - pbx <-> trunk: pause
        for: 1s
        call: in
  - pbx -> trunk: BYE
    with: { reason: '\${nobody}' }`
  test('intervals of an unordered are numbered one by one and know that they belong together', () => {
    const steps = stepsOf(both.split('\n').slice(0, -1).join('\n'))
    expect(steps.map((step) => [step.number, 'group' in step ? step.group : undefined])).toEqual([
      [1, undefined],
      [2, 2],
      [3, 2],
      [4, undefined],
    ])
  })
  test('a fault behind an unordered is told at its own line', () => {
    expect(faultsOf(both.slice(1))).toEqual([expect.stringMatching(/^10:.* ladder\[2\]\.with\.reason/)])
  })
  test.each([
    ['- pbx -> trunk: BYE', 'an interval (audio, pause), each of another call'],
    ['- { pbx <-> trunk: audio, for: 1s, call: out }', 'each of another call'],
    ['- { pbx <-> trunk: audio }', 'a time with its unit'],
    ['- unordered: []', 'no unordered within another'],
  ])('of an unordered %s is refused', (step, allowed) => {
    const first = '      - { pbx <-> trunk: pause, for: 1s, call: out }'
    expect(faultsOf(`  - unordered:\n${first}\n      ${step}`)).toEqual([expect.stringContaining(allowed)])
  })
  test('an unordered of one step, or with words beside it, is refused', () => {
    expect(faultsOf('  - unordered:\n      - { pbx <-> trunk: pause, for: 1s }')).toEqual([
      expect.stringContaining('two steps or more'),
    ])
    expect(faultsOf('  - unordered: []\n    within: 1s')).toHaveLength(2)
  })
})

describe('words that no ladder needs yet are kept free', () => {
  test.each(['either: [[], []]', 'repeat: 3', 'at: wire', 'over: tcp', 'leg: b'])('%s', (word) => {
    const name = word.split(':')[0] ?? ''
    expect(faultsOf(`  - pbx -> trunk: INVITE\n    ${word}`)).toEqual([
      `2:5: ladder[0]: found the key "${name}", allowed: no ${name}: a reserved word, not yet spoken`,
    ])
  })
  test.each(['REGISTER', 'REFER', 'UPDATE', 'PRACK'])('%s', (method) => {
    expect(faultsOf(`  - pbx -> trunk: ${method}`)).toEqual([expect.stringContaining(`${method}: not yet`)])
  })
  test.each(['dns', 'fax'])('%s', (verb) => {
    expect(faultsOf(`  - pbx <-> trunk: ${verb}`)).toEqual([expect.stringContaining('not yet spoken')])
  })
  test('the party backend, and a phone that speaks to the trunk', () => {
    expect(faultsOf('  - pbx -> backend: INVITE')).toEqual([
      expect.stringContaining('backend is reserved, not yet played'),
    ])
    expect(faultsOf('  - phone -> trunk: INVITE')).toEqual([
      expect.stringContaining('phone is reserved, not yet played'),
    ])
  })
  test('a phone does what a phone can, and nothing else', () => {
    expect(faultsOf('  - phone -> pbx: OPTIONS')).toEqual([
      expect.stringContaining('a line of the phone: `phone -> pbx: INVITE`'),
    ])
    expect(faultsOf('  - pbx -> phone: BYE\n    expect: { To.user: present }')).toHaveLength(1)
  })
  test('ACK is a duty, not a step', () => {
    expect(faultsOf('  - pbx -> trunk: ACK')).toEqual([expect.stringContaining('`without: ACK` takes it away')])
  })
})

describe('names', () => {
  test.each([
    ['${numbers.calee}', 'a number that is not of the closed set'],
    ['${codec}', 'a variable that the matrix does not have'],
    ['${later.Call-ID}', 'a message that comes later'],
    ['${edge.9}', 'an edge that no party has'],
    ['${profile}', 'a profile without a path'],
    ['${}', 'nothing'],
  ])('%s is refused: %s', (reference) => {
    const text = `  - pbx -> trunk: INVITE\n    with: { to: "${reference}" }\n  - trunk -> pbx: 200\n    as: later`
    expect(faultsOf(text)).toEqual([expect.stringContaining('2:17: ladder[0].with.to: found')])
  })
  test('a reference that is not closed is refused', () => {
    expect(faultsOf('  - pbx -> trunk: INVITE\n    with: { to: "${numbers.callee" }')).toHaveLength(1)
  })
  test('the same name for two things is refused', () => {
    expect(faultsOf('  - pbx -> trunk: INVITE\n    as: a\n  - trunk -> pbx: 200\n    as: a')).toEqual([
      '4:9: ladder[1].as: found "a", allowed: a name that nothing else has',
    ])
    expect(faultsOf('  - pbx -> trunk: INVITE\n    as: codec', 'matrix: { codec: [a] }\n')).toHaveLength(1)
    expect(faultsOf('  - pbx -> trunk: INVITE\n    as: profile')).toHaveLength(1)
    expect(faultsOf('  - pbx -> trunk: INVITE', 'matrix: { numbers: [a] }\n')).toEqual([
      expect.stringContaining('found the key "numbers", allowed: a name other than profile, numbers, edge'),
    ])
  })
  test('never until a message that no step names is refused', () => {
    expect(faultsOf('  - never: BYE\n    until: x')).toEqual([
      '2:12: ladder[0].until: found "x", allowed: the name of a step (`as:`) of this ladder',
    ])
  })
  test('a setup may name what the ladder refers to', () => {
    const setup = 'setup:\n  - pbx -> trunk: INVITE\n    as: first\n'
    expect(stepsOf('  - trunk -> pbx: 200\n    expect: { Call-ID: "${first.Call-ID}" }', setup)).toHaveLength(1)
  })
})

describe('the ladder', () => {
  test('answers by the book what the SUT asks unprompted, its own rules first', () => {
    const loaded = load('  - pbx -> trunk: INVITE', 'meanwhile: { OPTIONS: 404, SUBSCRIBE: 489 }\n')
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        meanwhile: [
          { method: 'OPTIONS', status: 404 },
          { method: 'SUBSCRIBE', status: 489 },
          { method: 'REGISTER', status: 200 },
          { method: 'NOTIFY', status: 481 },
        ],
      },
    })
  })
  test('numbers the steps of each section from 1', () => {
    const loaded = load('  - pbx -> trunk: BYE\nfinally:\n  - trunk -> pbx: BYE', 'setup:\n  - pbx -> trunk: INVITE\n')
    expect(loaded).toMatchObject({
      ok: true,
      value: { setup: [{ number: 1 }], ladder: [{ number: 1 }], finally: [{ number: 1 }] },
    })
  })
  test.each([
    ['tests: [phone]', 'tests[0]: found "phone", allowed: one of: pbx, trunk'],
    ['tests: []', 'tests: found an empty list'],
    ['id: A B', 'id: found "A B", allowed: an id of lower-case words as in sinch/eu'],
    ['title: ""', 'title: found "", allowed: a title'],
    ['steps: []', 'found the key "steps", allowed: one of: id, title, purpose'],
    ['breaks: auth', 'breaks: found "auth", allowed: a list of checks'],
  ])('%s', (line, expected) => {
    const [key = ''] = line.split(':')
    const lines = head.split('\n').filter((each) => !each.startsWith(`${key}:`))
    const loaded = loadLadder('l.yaml', `${lines.join('\n')}${line}\nladder:\n  - pbx -> trunk: INVITE\n`)
    expect(loaded.ok ? '' : loaded.faults.map(showLoadFault).join('\n')).toContain(expected)
  })
  test('has a step', () => {
    expect(loadLadder('l.yaml', `${head}ladder: []`)).toMatchObject({
      ok: false,
      faults: [{ allowed: 'a list of steps' }],
    })
  })
})
