import { ok } from '../core/result.ts'
import { type Phone, openPhone } from '../play/phone.ts'
import { phoneStimuli } from '../play/phone-stimuli.ts'
import type { Ladder } from '../scenario/ladder.ts'
import { isWithPhone } from '../scenario/phone-steps.ts'
import type { FarEnd, LadderRunOptions, PhoneSettings } from './ladder-options.ts'
import type { LadderRecorder } from './recorder.ts'

/** A far end that may have a phone behind it. */
export type WithPhone = FarEnd & { readonly phone: Phone | undefined }

/** Longer than that no ladder is held up by its phone. */
const mostPatienceMs = 4000

const isOfCalls = ({ setup, ladder }: Ladder): boolean =>
  [...setup, ...ladder].some(
    (step) => step.kind === 'message' && step.pattern.kind === 'request' && step.pattern.method === 'INVITE',
  )

/** RFC 3261 §10.3, §22.1: what says so of an account says so again. */
const isOfAccount = (refused: string): boolean => /: 40[1347] /.test(refused)

/** Where to look when the PBX, or nobody, gives that for an answer. */
const toDoFor = (refused: string): string => {
  if (/: 40[137] /.test(refused))
    return 'The PBX refuses user name or password: compare user, authUser and password of phone.extensions with its extension.'
  if (refused.includes(': 404 '))
    return 'The PBX knows no such extension: check user of phone.extensions, and phone.domain.'
  return /: [3-6][0-9]{2} /.test(refused)
    ? 'The log of the PBX tells why it refuses REGISTER.'
    : 'Nothing answers REGISTER there: check phone.registrar and its transport, and that the PBX lets phones in at that address.'
}

/** Why there is no phone, and what to do, where that is known. */
type NoPhone = { readonly ok: false; readonly why: string; readonly advice?: string }

const notRegistered = (refused: string): NoPhone => ({ ok: false, why: refused, advice: toDoFor(refused) })

/** Registers the phone at the PBX, where there is one and the ladder is of calls. */
export const withPhone = async (
  far: FarEnd,
  settings: PhoneSettings | undefined,
  options: LadderRunOptions,
  record: LadderRecorder,
): Promise<NoPhone | { readonly ok: true; readonly value: WithPhone }> => {
  const { ladder, side, cell } = options.planned
  const registrar = settings?.registrar ?? far.phones
  const isWanted = settings?.registrar === undefined ? isWithPhone(ladder) : isOfCalls(ladder)
  if (settings === undefined || registrar === undefined || side !== 'pbx' || !isWanted)
    return ok({ ...far, phone: undefined })
  const said = settings.registrar?.said ?? {}
  if (said.refusal !== undefined) return notRegistered(`${said.refusal}, and did not ask again`)
  let phone: Phone
  try {
    phone = await openPhone({
      ...options,
      accounts: settings.accounts,
      registrar: { ...registrar, transport: registrar.transport ?? cell.transport },
      bind: options.bind.address,
      patienceMs: Math.min(64 * options.timers.t1Ms, mostPatienceMs),
      record: record.phone(),
    })
  } catch (error) {
    return { ok: false, why: `no port for the phone (${error instanceof Error ? error.message : String(error)})` }
  }
  const refused = await phone.register()
  if (refused !== undefined) {
    await phone.close()
    if (isOfAccount(refused)) said.refusal = refused
    return notRegistered(refused)
  }
  return ok({ ...far, phone, stimuli: phoneStimuli(phone, settings.dialPlan, far.stimuli) })
}
