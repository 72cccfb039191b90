import type { Check } from '../check/check.ts'
import type { Finding } from '../core/finding.ts'
import { acceptedIn } from '../check/causes/authentication.ts'
import { type Diagnosis, diagnose } from '../check/diagnose.ts'
import { groupsOf } from '../check/groups.ts'
import { judge } from '../check/judge.ts'
import type { Trace } from '../observation/trace.ts'
import type { Contract } from '../profile/contract.ts'
import { guessProfile } from '../profile/guess.ts'
import type { Profile } from '../profile/profile.ts'
import { authValue, parseAuthParams } from '../sip/fields/auth-params.ts'
import { fieldsNamed } from '../sip/message.ts'
import { fieldAt } from '../sip/view.ts'
import { namedContract } from './contract.ts'
import type { Inspected } from './whole-call.ts'

/** The provider of a capture, by what its messages name; none where nothing points to one. */
export const profileOfTrace = (trace: Trace, profiles: readonly Profile[]): Profile | undefined => {
  const [addresses, hosts, realms] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const { source, destination } of trace.messages) {
    addresses.add(source.address)
    addresses.add(destination.address)
  }
  for (const { request, responses } of trace.transactions) {
    const message = request.message()
    for (const path of ['Request-URI.host', 'From.host', 'To.host'])
      hosts.add(fieldAt(message, path)?.toLowerCase() ?? '')
    for (const response of responses)
      for (const name of ['WWW-Authenticate', 'Proxy-Authenticate'])
        for (const { value } of fieldsNamed(response.message(), name)) {
          const parsed = parseAuthParams(value)
          if (parsed.ok) realms.add(authValue(parsed.value.params, 'realm') ?? '')
        }
  }
  return guessProfile(profiles, { addresses, hosts, realms })
}

/** A contract that documents nothing: what is left are the RFCs. */
const rfcsAlone: Profile = {
  id: 'rfc',
  title: 'The RFCs alone',
  source: { document: 'RFC', read: '' },
  signalling: { hosts: [], ports: {} },
  authentication: { scheme: 'unknown', challenge: 401, refusal: 403 },
  numbers: { requestUri: 'e164', to: 'e164', from: 'e164', origination: 'e164', callerId: 'any' },
  media: { codecs: [], ptimeMs: 20 },
  termination: { requestUri: '', from: '', to: '', contact: '' },
  origination: { requestUri: '', from: '', to: '', contact: '' },
  requirements: {},
  troubleshooting: [],
}

const strangersContract = (profile: Profile | undefined): Contract =>
  namedContract(profile ?? rfcsAlone, {
    numbers: {},
    username: undefined,
    transports: ['udp'],
    supports: {},
    echoes: false,
  })

/** Both sides of a capture that is not ours, by the checks that need no run of ours, and what broke its calls. */
export const judgeStrangers = (trace: Trace, profile: Profile | undefined, checks: readonly Check[]): Inspected => {
  const contract = strangersContract(profile)
  const fitting = checks.filter(
    ({ needsRun, needsProfile }) => needsRun !== true && (needsProfile !== true || profile !== undefined),
  )
  const isAccepted = acceptedIn(trace)
  const findings: Finding[] = []
  const diagnoses: Diagnosis[] = []
  for (const { trace: part, loose } of groupsOf(trace)) {
    const found = (['pbx', 'trunk'] as const).flatMap((sut) =>
      judge(fitting, { trace: part, contract, sut, breaks: [], outcomes: [], observed: true }),
    )
    const near = loose.length === 0 ? part : { ...part, streams: [...part.streams, ...loose] }
    for (const finding of found) findings.push(finding)
    for (const one of diagnose(near, found, profile === undefined ? undefined : contract, isAccepted))
      diagnoses.push(one)
  }
  return { trace, findings, diagnoses }
}
