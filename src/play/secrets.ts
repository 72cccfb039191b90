/** In place of a secret. */
const mask = '***'

/**
 * Text of a stranger without the secrets that this run knows: a program tells its arguments, a server what it was sent.
 * Each word of one counts by itself, so that a part of it is not shown either.
 */
export const withoutSecrets = (text: string, secrets: readonly string[]): string => {
  const words = secrets.flatMap((secret) => secret.split(/\s+/)).filter((word) => word !== '')
  // The longest first: one may be a part of another.
  return words.sort((a, b) => b.length - a.length).reduce((masked, word) => masked.replaceAll(word, () => mask), text)
}
