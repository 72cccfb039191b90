import { explain, ok } from '../core/result.ts'
import { bindOf } from './bind.ts'
import type { ExchangeOptions } from './exchange.ts'
import { parseNextHop } from '../config/next-hop.ts'
import { type Checked, refuse } from './refusal.ts'
import { parseResolve } from './words.ts'

/** The words that the everyday tools share, as they were typed. */
export type HopFlags = { readonly bind?: string; readonly resolve?: readonly string[]; readonly timeout?: string }

/** 64*T1: how long a request is sent again (RFC 3261 §17.1.2.2). */
const mostSeconds = 32

const secondsOf = (text: string, most: number): number | undefined => {
  const value = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : 0
  return value > 0 && value <= most ? value : undefined
}

/** Where a tool is to send to, from where, and how long it waits. */
export const hopOf = async (command: string, uri: string, flags: HopFlags): Promise<Checked<ExchangeOptions>> => {
  const hop = parseNextHop(uri)
  if (!hop.ok) {
    if (hop.fault.rule.startsWith('next-hop')) return refuse(hop.fault.saw, `${command} sip:10.0.0.5:5060`)
    const meant = parseNextHop(`sip:${uri}`)
    return refuse(
      `${JSON.stringify(uri)} is no SIP URI: ${explain(hop.fault)}`,
      `${command} ${meant.ok ? meant.value.uri : 'sip:10.0.0.5:5060'}`,
    )
  }
  const resolve = parseResolve(flags.resolve ?? [])
  if (resolve === undefined) return refuse('--resolve wants host=address', '--resolve trunk.example.com=192.0.2.10')
  const bind = await bindOf(flags.bind, hop.value)
  if (!bind.ok) return bind
  const seconds = secondsOf(flags.timeout ?? String(mostSeconds), mostSeconds)
  if (seconds === undefined)
    return refuse(`--timeout ${flags.timeout ?? ''} is no time up to 32 seconds`, '--timeout 5')
  return ok({ hop: hop.value, resolve, bind: bind.value, timeoutMs: seconds * 1000 })
}
