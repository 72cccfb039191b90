import { isIpLiteral, scopeOf } from '../core/address.ts'
import type { Endpoint } from '../core/frame.ts'
import { ok } from '../core/result.ts'
import { openSipSocket } from '../net/sip-socket.ts'
import type { NextHop } from '../config/next-hop.ts'
import { type Checked, type Refusal, refuse } from './refusal.ts'
import { parseBind } from './words.ts'

/** What the system says of a socket that cannot be bound, in words that tell what to do. */
const bindTrouble = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (code === 'EADDRNOTAVAIL') return 'this host has no such address'
  if (code === 'EADDRINUSE') return 'another program has that port'
  return code === 'EACCES' ? 'the system does not let you have that port' : code
}

export const unlikeAddresses = ({ address }: Endpoint, { host, uri }: NextHop): Refusal | undefined =>
  isIpLiteral(host) && host.includes(':') !== address.includes(':')
    ? refuse(`--bind ${address} and ${uri} are not both IPv4 or both IPv6`, 'an address of the same kind')
    : undefined

/** Our own address, tried: that it is ours and that its port is free is known before the first ladder. */
export const bindOf = async (
  text: string | undefined,
  named: NextHop | undefined,
): Promise<Checked<Endpoint | undefined>> => {
  if (text === undefined) return ok(undefined)
  const isNamed = named !== undefined
  const bind = parseBind(text)
  if (bind === undefined) return refuse(`--bind ${text} is no IP address`, '--bind 10.0.0.9:5060')
  if (!isNamed && scopeOf(bind.address) !== 'loopback')
    return refuse(`--bind ${text}: without --trunk or --pbx nothing leaves loopback`, '--bind 127.0.0.2 or --bind ::1')
  const unlike = named && unlikeAddresses(bind, named)
  if (unlike !== undefined) return unlike
  try {
    const socket = await openSipSocket(named?.transport ?? 'udp', { ...bind, port: isNamed ? bind.port : 0 })
    await socket.close()
    return ok(bind)
  } catch (error) {
    return refuse(`--bind ${text}: ${bindTrouble(error)}`, 'an address of this host, without a port or with a free one')
  }
}
