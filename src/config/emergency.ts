/**
 * Emergency numbers in use (ITU-T E.161.1 recommends 112 and 911; the others are national ones). With or without a country
 * code they have at most six digits, and so have all other short codes of public services: none of them is ever dialled.
 */
const emergency: readonly string[] = [
  '112',
  '911',
  '999',
  '000',
  '110',
  '111',
  '113',
  '118',
  '119',
  '108',
  '190',
  '995',
  '988',
]

/** A country code of at most three digits and a short code of three. */
const shortCodeDigits = 6

/** Prefixes, in E.164 without `+`, of numbers that cost far more than a call. */
const premium: readonly (readonly [prefix: string, what: string])[] = [
  ['1900', 'a premium-rate number of North America'],
  ['1976', 'a premium-rate number of North America'],
  ['31900', 'a premium-rate number of the Netherlands'],
  ['31906', 'a premium-rate number of the Netherlands'],
  ['31909', 'a premium-rate number of the Netherlands'],
  ['3290', 'a premium-rate number of Belgium'],
  ['3389', 'a premium-rate number of France'],
  ['34803', 'a premium-rate number of Spain'],
  ['34806', 'a premium-rate number of Spain'],
  ['34807', 'a premium-rate number of Spain'],
  ['34905', 'a premium-rate number of Spain'],
  ['35315', 'a premium-rate number of Ireland'],
  ['3989', 'a premium-rate number of Italy'],
  ['41900', 'a premium-rate number of Switzerland'],
  ['41901', 'a premium-rate number of Switzerland'],
  ['41906', 'a premium-rate number of Switzerland'],
  ['43900', 'a premium-rate number of Austria'],
  ['43901', 'a premium-rate number of Austria'],
  ['43930', 'a premium-rate number of Austria'],
  ['44118', 'a directory enquiry of the United Kingdom'],
  ['4487', 'a service number of the United Kingdom'],
  ['449', 'a premium-rate number of the United Kingdom'],
  ['4590', 'a premium-rate number of Denmark'],
  ['46900', 'a premium-rate number of Sweden'],
  ['46939', 'a premium-rate number of Sweden'],
  ['46944', 'a premium-rate number of Sweden'],
  ['4782', 'a premium-rate number of Norway'],
  ['4870', 'a premium-rate number of Poland'],
  ['49137', 'a mass-calling number of Germany'],
  ['49900', 'a premium-rate number of Germany'],
  ['6119', 'a premium-rate number of Australia'],
  ['64900', 'a premium-rate number of New Zealand'],
  ['81990', 'a premium-rate number of Japan'],
  ['870', 'a satellite number'],
  ['881', 'a satellite number'],
  ['882', 'a number of an international network'],
  ['883', 'a number of an international network'],
  ['979', 'an international premium-rate number'],
  ['0190', 'a premium-rate number as it is dialled within a country'],
  ['0900', 'a premium-rate number as it is dialled within a country'],
]

/** Digits with the country code first, whichever prefix stands for the `+`. */
const internationalDigits = (number: string): string => {
  const digits = number.replace(/\D/g, '')
  if (number.trimStart().startsWith('+')) return digits
  for (const prefix of ['011', '00'])
    if (digits.startsWith(prefix) && digits.length > shortCodeDigits) return digits.slice(prefix.length)
  return digits
}

/** Why a number is never dialled, `undefined` where it may be: emergency and short numbers, and those that cost too much. */
export const refusedNumber = (number: string): string | undefined => {
  const digits = internationalDigits(number)
  if (emergency.includes(digits)) return `${number} is an emergency number`
  if (digits.length <= shortCodeDigits) return `${number} is a short code, as emergency and service numbers are`
  const costly = premium.find(([prefix]) => digits.startsWith(prefix))
  return costly === undefined ? undefined : `${number} is ${costly[1]}`
}
