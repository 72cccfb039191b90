import { urisIn } from '../../observation/dialogs.ts'
import type { Transaction } from '../../observation/trace.ts'
import { parseAddressList } from '../../sip/fields/address.ts'
import { type Message, type Response, fieldsNamed } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answersTo, initialInvites, serverOf, showStatus } from '../exchange.ts'
import { type InDialog, dueOf, inDialogRequests } from '../in-dialog.ts'

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((uri, index) => uri === b[index])

const show = (name: string, uris: readonly string[]): string =>
  uris.length === 0 ? `no ${name}` : `${name}: ${uris.map((uri) => `<${displayText(uri)}>`).join(', ')}`

/** Proxies between the tap and the server may have put theirs before what was given. */
const endsWith = (uris: readonly string[], given: readonly string[]): boolean =>
  uris.length >= given.length && same(uris.slice(uris.length - given.length), given)

/** A provisional response without Contact makes no dialog that could be used (RFC 3261 §12.1.1). */
const makesDialog = (response: Response): boolean =>
  response.status < 300 && (response.status >= 200 || (response.status > 100 && urisIn(response, 'Contact').length > 0))

/** The client of the dialog learns its route set from the responses (RFC 3261 §12.1.1). */
const copied = (transaction: Transaction): readonly Judgement[] => {
  const given = urisIn(transaction.request.message(), 'Record-Route')
  const answers = answersTo(transaction).filter(({ response }) => makesDialog(response))
  if (given.length === 0 || answers.length === 0) return []
  const spoilt = answers.find(({ response }) => !endsWith(urisIn(response, 'Record-Route'), given))
  const judged = spoilt === undefined ? answers : [spoilt]
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: serverOf(transaction),
      verdict: spoilt === undefined ? 'pass' : 'fail',
      expected: show('Record-Route', given),
      actual:
        spoilt === undefined
          ? `the same in ${answers.map(({ response }) => showStatus(response)).join(', ')}`
          : `${show('Record-Route', urisIn(spoilt.response, 'Record-Route'))} in ${showStatus(spoilt.response)}`,
      frames: [transaction.request.frame, ...judged.map(({ seen }) => seen.frame)],
    },
  ]
}

const unreadableIn = (message: Message): readonly string[] =>
  fieldsNamed(message, 'Record-Route')
    .map(({ value }) => value)
    .filter((value) => !parseAddressList(value).ok)

/** Who writes a route that cannot be read, and does not only give it back: nobody can follow it. */
const unreadable = (transaction: Transaction): readonly Judgement[] => {
  const { request } = transaction
  const given = unreadableIn(request.message())
  const spoilt = [
    request,
    ...answersTo(transaction).flatMap(({ seen, response }) => (makesDialog(response) ? [seen] : [])),
  ]
    .map((seen) => ({
      seen,
      value: unreadableIn(seen.message()).find((one) => seen === request || !given.includes(one)),
    }))
    .find(({ value }) => value !== undefined)
  if (spoilt?.value === undefined) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: spoilt.seen.sender,
      verdict: 'fail',
      expected: 'Record-Route with URIs',
      actual: `Record-Route: ${displayText(spoilt.value)}, which cannot be read`,
      frames: [spoilt.seen.frame],
    },
  ]
}

/** One thing told of each INVITE: what cannot be read cannot be compared. */
const recorded = (transaction: Transaction): readonly Judgement[] => {
  const spoilt = unreadable(transaction)
  return spoilt.length > 0 ? spoilt : copied(transaction)
}

/** Judged only where there is a route set: without one there is nothing to follow. */
const followed = (request: InDialog): readonly Judgement[] => {
  const { routes } = dueOf(request)
  if (routes === undefined || routes.value.length === 0) return []
  const sent = urisIn(request.seen.message(), 'Route')
  return [
    {
      subject: request.subject,
      call: request.call.name,
      side: request.seen.sender,
      verdict: same(sent, routes.value) ? 'pass' : 'fail',
      expected: show('Route', routes.value),
      actual: show('Route', sent),
      frames: [routes.frame, request.seen.frame],
    },
  ]
}

export default defineCheck({
  id: 'route-set',
  title: 'The recorded route is returned and followed',
  subject: 'message',
  strength: 'MUST',
  cite: '3261 §12.1.1, §12.2.1.1',
  requirement:
    'Responses that make a dialog copy Record-Route, and requests within it carry the route set, each URI with all its parameters.',
  advice: 'Keep Record-Route as it came, lr=on included, and send requests of the call to the top Route.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) => [
    ...initialInvites(trace).flatMap(recorded),
    ...trace.calls.flatMap(inDialogRequests).flatMap(followed),
  ],
})
