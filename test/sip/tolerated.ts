/** What RFC 4475 calls malformed, and we read all the same: why. */
export const tolerated = {
  escruri:
    'Header fields in a Request-URI are read and never acted on (RFC 3261 §19.1.5); whoever sends it is judged by a check.',
  baddate: 'Date is not read; a wrong time zone harms no call.',
  badvers: 'The version stays readable, so that a UAS can answer 505 (RFC 3261 §21.5.6).',
  mismatch01: 'Start-line and CSeq are read apart; whether their methods agree is a matter of transactions.',
  mismatch02: 'Start-line and CSeq are read apart; whether their methods agree is a matter of transactions.',
  badbranch: 'A branch that is the magic cookie alone is a token; matching falls back on RFC 2543.',
  insuf: 'A missing From, To or Call-ID is missed by whoever needs it, and the rest is there to be shown.',
} as const

/** What breaks the grammar of RFC 3261, and we read all the same: why. */
export const toleratedElsewhere = {
  'SIP/2.0 200': 'No space behind the code where no reason follows: nothing is lost.',
  'sip:a@my_pbx': 'An underscore in a host: containers are named so.',
  'Jürgen <sip:a@b>': 'UTF-8 in a display name without quotes: many phones send it.',
  ';tag=a/b@c': 'Any visible character that ends no value, in the value of a parameter: seen in tags.',
  '[2001:db8:::192.0.2.1]': 'A third colon, by RFC 5118 §4.10.',
} as const
