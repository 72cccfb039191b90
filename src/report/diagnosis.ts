import { visible } from '../core/visible.ts'
import { callNumber } from './call-table.ts'
import { plural } from './counts.ts'
import type { CallLine, CauseLine, Inspection, RegistrationLine } from './inspection.ts'
import type { Paint } from './paint.ts'
import { atFaultText, framesText } from './told.ts'
import { labelled } from './wrap.ts'

const causeText = (cause: CauseLine, paint: Paint, width: number): readonly string[] => [
  `  ${paint.bold(cause.id)}: ${cause.symptom}`,
  ...labelled('because', cause.why, width),
  ...labelled('at fault', atFaultText(cause.atFault), width),
  ...(cause.frames.length === 0 ? [] : labelled('seen in', framesText(cause.frames), width)),
  ...labelled('to do', cause.advice, width),
]

const ofCall = (call: CallLine): string =>
  `call ${callNumber(call)}, ${visible(call.from) || 'unknown'} to ${visible(call.to) || 'unknown'}`

export const ofRegistration = ({ aor, registrar, state, status }: RegistrationLine): string =>
  `registration of ${visible(aor)} at ${visible(registrar)}: ${state}${status === null ? '' : ` (${status})`}`

/** What broke each call and registration, and which is healthy. */
export const diagnosisLines = (inspection: Inspection, paint: Paint, width: number): readonly string[] => {
  const { calls, registrations } = inspection
  const broken = calls.filter(({ causes }) => causes.length > 0)
  const healthy = calls.length - broken.length
  const told = broken.flatMap((call) => [
    `What broke ${ofCall(call)}${call.legs.length > 0 ? `; it looks like a leg of ${call.legs.map(visible).join(', ')}` : ''}:`,
    ...call.causes.flatMap((cause) => causeText(cause, paint, width)),
    '',
  ])
  const ofRegistrations = registrations.flatMap((registration) =>
    registration.causes.length === 0
      ? []
      : [ofRegistration(registration), ...registration.causes.flatMap((cause) => causeText(cause, paint, width)), ''],
  )
  const rest =
    healthy > 0 ? [`Nothing broke ${healthy === calls.length ? '' : 'the other '}${plural(healthy, 'call')}.`, ''] : []
  return [...told, ...ofRegistrations, ...rest]
}
