import { describe, expect, test } from 'vitest'
import { literalOf, nextHopOf, pastOwnEdges } from '../../src/agent/next-hop.ts'
import type { Dialog } from '../../src/dialog/dialog.ts'

const source = { address: '127.0.0.1', port: 25060 }

test('the endpoint of a URI with an IP literal; port 5060 where it names none (RFC 3263 §4.2)', () => {
  expect(literalOf('sip:bob@192.0.2.4:5070;transport=udp')).toEqual({ address: '192.0.2.4', port: 5070 })
  expect(literalOf('sip:[2001:DB8::0:4]')).toEqual({ address: '2001:db8::4', port: 5060 })
  expect(literalOf('sip:bob@pbx.example.net')).toBeUndefined()
  expect(literalOf('tel:+12025550100')).toBeUndefined()
  expect(literalOf('')).toBeUndefined()
})

describe('where a request in a dialog goes', () => {
  const loose = () => ({ address: '127.0.0.1', port: 1 })

  test('to an address of the scope of the source, as it stands', () => {
    expect(nextHopOf('sip:bob@127.0.0.9:5070', source, loose)).toEqual({ address: '127.0.0.9', port: 5070 })
  })

  test('for an address of another scope, or a name, where the user of the agent says', () => {
    expect(nextHopOf('sip:bob@18.184.175.4', source, loose)).toEqual({ address: '127.0.0.1', port: 1 })
    expect(nextHopOf('sip:bob@pbx.example.net', source, loose)).toEqual({ address: '127.0.0.1', port: 1 })
  })

  test('where it says nothing, to the address, or back to the source', () => {
    expect(nextHopOf('sip:bob@18.184.175.4', source, undefined)).toEqual({ address: '18.184.175.4', port: 5060 })
    expect(nextHopOf('sip:bob@pbx.example.net', source, () => undefined)).toEqual(source)
  })
})

describe('a party with several edges that recorded itself in the route', () => {
  const edges = [5060, 5062].map((port) => ({
    transport: 'udp' as const,
    local: { address: '127.0.0.1', port },
    host: 'edge.example',
    port,
  }))
  const dialog = (...routeSet: readonly string[]): Dialog => ({
    role: 'uac',
    phase: 'confirmed',
    callId: 'a',
    localTag: 'l',
    remoteTag: 'r',
    local: '<sip:a>;tag=l',
    remote: '<sip:b>;tag=r',
    localSeq: 1,
    remoteSeq: undefined,
    remoteTarget: 'sip:b@127.0.0.1:9',
    routeSet,
  })

  test('takes itself off, and sends from that edge (RFC 3261 §16.4)', () => {
    const { beyond, edge } = pastOwnEdges(dialog('<sip:127.0.0.1:5062;lr>', '<sip:127.0.0.1:7000;lr>'), 0, edges)
    expect(beyond.routeSet).toEqual(['<sip:127.0.0.1:7000;lr>'])
    expect(edge).toBe(1)
  })

  test('takes off all of its own at the top', () => {
    const { beyond, edge } = pastOwnEdges(dialog('<sip:127.0.0.1:5062;lr=on>', '<sip:127.0.0.1:5060;lr>'), 1, edges)
    expect(beyond.routeSet).toEqual([])
    expect(edge).toBe(0)
  })

  test('leaves the routes of others, and those below them', () => {
    const others = dialog('<sip:127.0.0.1:7000;lr>', '<sip:127.0.0.1:5062;lr>')
    expect(pastOwnEdges(others, 0, edges)).toEqual({ beyond: others, edge: 0 })
    expect(pastOwnEdges(dialog(), 1, edges)).toEqual({ beyond: dialog(), edge: 1 })
  })
})
