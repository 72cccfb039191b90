import type { StimulusArguments } from './stimulus.ts'

/** A request to an interface of the PBX. `${to}`, `${from}`, `${callId}` and `${digits}` are replaced in URL and body. */
export type HttpStimulus = {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

const filled = (text: string, args: StimulusArguments, escape: (value: string) => string): string =>
  text
    .replaceAll('${to}', () => escape(args.to))
    .replaceAll('${from}', () => escape(args.from))
    .replaceAll('${callId}', () => escape(args.callId))
    .replaceAll('${digits}', () => escape(args.digits ?? ''))

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1)

const maxRunMs = 10_000

/** fetch's own message names the URL with all that is in it; the cause, where there is one, what the network said. */
const whyNot = (error: unknown): string => {
  if (!(error instanceof Error)) return 'no reason was given'
  if (error.name === 'TimeoutError') return `no answer within ${maxRunMs / 1000} s`
  if (error.name === 'AbortError') return 'the run has ended'
  return error.cause instanceof Error && error.cause.message !== ''
    ? error.cause.message
    : 'no such request can be made: look at its url and headers'
}

/** Gives a reason where it did not work: the URL without its query, which may hold a secret. */
export const callHttp = async (
  { url, method, headers, body }: HttpStimulus,
  args: StimulusArguments,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const [place = url] = url.split(/[?#]/, 1)
  try {
    const response = await fetch(filled(url, args, encodeURIComponent), {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(maxRunMs)]),
      ...(body === undefined ? {} : { body: filled(body, args, inJson) }),
    })
    await response.body?.cancel()
    return response.ok ? undefined : `the stimulus ${method} ${place} was answered ${response.status}`
  } catch (error) {
    return `the stimulus ${method} ${place} failed: ${whyNot(error)}`
  }
}
