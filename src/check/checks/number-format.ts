import type { Contract } from '../../profile/contract.ts'
import type { NumberFormat, Profile } from '../../profile/profile.ts'
import { isOfFormat } from '../../profile/numbers.ts'
import type { Side } from '../../core/finding.ts'
import type { Request } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { isOwned, ownedBy } from '../owned.ts'

const shown = {
  'e164-plus': 'E.164 with +',
  'e164-bare': 'E.164 without +',
  e164: 'E.164',
} as const satisfies Record<NumberFormat, string>

const places = ['Request-URI', 'To', 'From'] as const
type Place = (typeof places)[number]

const formatsOf = ({ numbers }: Profile, sender: Side): Record<Place, NumberFormat> =>
  sender === 'pbx'
    ? { 'Request-URI': numbers.requestUri, To: numbers.to, From: numbers.from }
    : { 'Request-URI': numbers.origination, To: numbers.origination, From: numbers.origination }

/** The number alone: a telephone-subscriber may carry parameters behind it (RFC 3966 §3). */
const numberIn = (message: Request, place: Place): string | undefined =>
  fieldAt(message, `${place}.user`)?.split(';')[0]

/** A caller who withholds the number (RFC 3323 §4.1.1.3) breaks no format. */
const isWithheld = (message: Request, place: Place): boolean =>
  place === 'From' && (fieldAt(message, 'From.host')?.toLowerCase().endsWith('anonymous.invalid') ?? false)

/** A caller ID that is no number of the account is for another check, whatever its form: an extension, as the PBX knows it. */
const isForeign = (message: Request, place: Place, sender: Side, contract: Contract): boolean =>
  place === 'From' && sender === 'pbx' && ownedBy(contract).length > 0 && !isOwned(numberIn(message, place), contract)

/** Providers that write numbers without `+` in an example say no more than that: one with it is tolerated, and told. */
const isMerePlus = (format: NumberFormat, number = ''): boolean => format === 'e164-bare' && isOfFormat('e164', number)

export default defineCheck({
  id: 'number-format',
  title: 'Numbers have the documented form',
  subject: 'transaction',
  strength: 'MUST',
  cite: 'E.164',
  requirement: 'The numbers in Request-URI, To and From of a call are written as the provider documents.',
  advice: 'Set the number format of the trunk (E.164, with or without +) in the dial plan of calls out and calls in.',
  judges: ['pbx', 'trunk'],
  needsProfile: true,
  presupposes: ['dial-plan'],
  judge: ({ trace, contract }) =>
    initialInvites(trace).map((transaction) => {
      const message = transaction.request.message()
      const formats = formatsOf(contract.profile, transaction.client)
      const judged = places.filter(
        (place) => !isWithheld(message, place) && !isForeign(message, place, transaction.client, contract),
      )
      const spoilt = judged.filter((place) => !isOfFormat(formats[place], numberIn(message, place) ?? ''))
      const told = spoilt.length === 0 ? judged : spoilt
      const show = (tell: (place: Place) => string): string => told.map((place) => `${place} ${tell(place)}`).join(', ')
      return {
        subject: transaction.name,
        call: transaction.call?.name,
        side: transaction.client,
        verdict: spoilt.length === 0 ? 'pass' : 'fail',
        expected: show((place) => shown[formats[place]]),
        actual: show((place) => `"${displayText(numberIn(message, place) ?? '')}"`),
        frames: [transaction.request.frame],
        ...(spoilt.length > 0 && spoilt.every((place) => isMerePlus(formats[place], numberIn(message, place)))
          ? { strength: 'SHOULD' as const }
          : {}),
      }
    }),
})
