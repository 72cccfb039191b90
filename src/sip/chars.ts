/** RFC 3261 §25.1, as tests on one character code. */
const table = (characters: string): readonly boolean[] =>
  Array.from({ length: 256 }, (_, code) => characters.includes(String.fromCharCode(code)))

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const tokens = table(`${alphanumeric}-.!%*_+\`'~`)

const every = (text: string, allowed: readonly boolean[]): boolean => {
  for (let at = 0; at < text.length; at += 1) if (allowed[text.charCodeAt(at)] !== true) return false
  return true
}

/** `token`: method, field name, parameter name. */
export const isToken = (text: string): boolean => text.length > 0 && every(text, tokens)

const hosts = table(`${alphanumeric}-._`)
/** A host name or IPv4 address; an underscore is no host name (RFC 1123) but is seen. */
export const isHostName = (text: string): boolean => text.length > 0 && text.length <= 255 && every(text, hosts)

const hex = table('0123456789abcdefABCDEF:.')
export const isIpv6Text = (text: string): boolean => text.includes(':') && every(text, hex)

const digits = table('0123456789')
export const isDigits = (text: string): boolean => text.length > 0 && every(text, digits)

export const isSpace = (code: number): boolean => code === 0x20 || code === 0x09
