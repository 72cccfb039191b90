/** One thing that `preflight` looked at. */
export type Line = {
  readonly check: 'configuration' | 'addresses' | 'ports' | 'clock' | 'dns' | 'next-hop'
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly saw: string
  readonly advice: string | null
}

export const good = (check: Line['check'], saw: string): Line => ({ check, verdict: 'ok', saw, advice: null })

export const warn = (check: Line['check'], saw: string, advice: string): Line => ({
  check,
  verdict: 'warn',
  saw,
  advice,
})

export const fail = (check: Line['check'], saw: string, advice: string): Line => ({
  check,
  verdict: 'fail',
  saw,
  advice,
})
