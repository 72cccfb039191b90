import { type Side, otherSide } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { World } from '../core/world.ts'
import type { Request } from '../sip/message.ts'
import type { Credentials } from '../sip/digest.ts'
import { showHost } from '../sip/uri.ts'
import type { Contract } from '../profile/contract.ts'
import type { Ladder, PhoneAct, Step, VerbStep } from '../scenario/ladder.ts'
import {
  type Carried,
  type MatcherEffect,
  type MatcherEvent,
  type MatcherState,
  createMatcher,
  nothingCarried,
} from '../scenario/matcher-state.ts'
import { renamed } from '../scenario/carry.ts'
import { late, speaksOf, step as move } from '../scenario/matcher.ts'
import { type Observed, delayOf } from '../scenario/match.ts'
import type { Scope } from '../scenario/reference.ts'
import type { UserAgent, UserAgentEvent } from '../agent/user-agent.ts'
import { type PlayedCall, hear, isRefresh, isSecondTry } from './call.ts'
import { credentialFacts } from './credentials.ts'
import { answerByTheBook } from './book.ts'
import type { Phone } from './phone.ts'
import { actAtPhone } from './phone-acts.ts'
import { dialledFor } from './phone-stimuli.ts'
import { postamble } from './postamble.ts'
import { type Repeat, type Repeats, createRepeats } from './repeats.ts'
import { type Sender, createSender } from './send.ts'
import type { Stimuli, StimulusArguments, Unmoved } from './stimulus.ts'
import { verbs } from './verbs.ts'

export type PlayerOptions = {
  readonly ladder: Ladder
  /** Values of this cell's matrix variables. */
  readonly cell: Readonly<Record<string, string>>
  readonly us: Side
  readonly contract: Contract
  readonly credentials: Credentials | undefined
  /** Where the SUT listens. */
  readonly peer: Endpoint
  readonly transport: Transport
  readonly world: World
  /** 64*T1 in milliseconds: how long an awaited step may take where the ladder is silent. */
  readonly defaultWithinMs: number
  readonly calls: ReadonlyMap<string, PlayedCall>
  /** What our side is reached under, as `host:port`, one for each edge. */
  readonly edges: readonly string[]
  readonly advertise: string | undefined
  readonly withoutAck: ReadonlySet<string>
  readonly stimuli: Stimuli
  /** Behind the PBX under test, where a ladder speaks of it. */
  readonly phone: Phone | undefined
  readonly signal: AbortSignal
  readonly onOutcome: (outcome: StepOutcome) => void
}

export type Player = {
  readonly onEvent: (event: UserAgentEvent) => void
  /** Frames that we sent go here as they are recorded, and why. */
  readonly onSent: (frame: number, cause: string | undefined) => void
  /** Plays setup, ladder, `finally` and the postamble; resolves when no call is left, or patience is over. */
  readonly play: (
    ua: UserAgent,
  ) => Promise<{ readonly outcomes: readonly StepOutcome[]; readonly left: readonly string[] }>
}

/** How long a run is held up by a call that does not end. */
const patienceMs = 4000

const sameStep = (a: StepOutcome, b: StepOutcome): boolean => a.section === b.section && a.step === b.step

export const createPlayer = (options: PlayerOptions): Player => {
  const { ladder, us, contract, world, calls, stimuli, signal } = options
  const { clock } = world
  const sut = otherSide(us)
  const requests = new Map<string, Request>()
  let outcomes: readonly StepOutcome[] = []
  let ua: UserAgent | undefined
  let sender: Sender | undefined
  let repeats: Repeats | undefined
  let state: MatcherState | undefined
  let onFinished: (() => void) | undefined
  let wake: (() => void) | undefined
  /** Of the step that is being sent. */
  let sentFrames: number[] | undefined
  /** The ladder's own section, when it has ended well: what comes behind its last step is held against it. */
  let ended: MatcherState | undefined

  const scopeOf = (carried: Carried): Scope => ({
    profile: contract.profile,
    numbers: contract.numbers,
    matrix: options.cell,
    kept: carried.kept,
    edges: options.edges,
    peer: showHost(options.peer.address),
  })

  const queue: MatcherEvent[] = []
  let draining = false
  const feed = (event: MatcherEvent): void => {
    queue.push(event)
    if (draining) return
    draining = true
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (state === undefined) continue
      const [moved, effects] = move(state, next)
      for (const outcome of moved.outcomes) if (!state.outcomes.includes(outcome)) options.onOutcome(outcome)
      state = moved
      for (const effect of effects) perform(effect)
    }
    draining = false
  }

  const causeIn = (section: StepOutcome['section'] | undefined, step: number): string =>
    `${section === undefined || section === 'ladder' ? 'step' : section} ${step}`
  const causeOf = (step: Step): string => causeIn(state?.section, step.number)

  const perform = (effect: MatcherEffect): void => {
    switch (effect.type) {
      case 'send': {
        const afterMs = delayOf(effect.step)
        if (afterMs === 0) sendNow(effect)
        else
          clock.after(afterMs, () => {
            sendNow(effect)
          })
        return
      }
      case 'verb': {
        void runVerb(effect.step)
        return
      }
      case 'stimulate': {
        const args = argumentsOf(effect.step)
        const fire = async (): Promise<void> => {
          const why = await stimuli.fire(effect.stimulus, args)
          if (why?.by === 'sut') feed({ type: 'gone', timeMs: clock.nowMs(), reason: why.reason })
          else if (why !== undefined) unmoved(effect.step, `stimulus.${effect.stimulus}`, why)
        }
        clock.after(settled(effect), () => void fire())
        return
      }
      case 'answer':
        byTheBook(effect.observed, effect.status, 'meanwhile')
        return
      case 'wake':
        wake?.()
        wake = clock.after(Math.max(0, effect.atMs - clock.nowMs()), () => {
          feed({ type: 'time', timeMs: clock.nowMs() })
        })
        return
      case 'finished':
        wake?.()
        onFinished?.()
    }
  }

  const unmoved = ({ number }: Step, means: string, { reason }: Unmoved): void => {
    feed({ type: 'unmoved', timeMs: clock.nowMs(), step: number, means, reason })
  }

  /** What we sent last must have arrived before the SUT is moved to go on from it: one T1 is time enough (RFC 3261 §17.1.1.1). */
  const arrivalMs = options.defaultWithinMs / 64
  const settled = ({ stimulus, step }: Extract<MatcherEffect, { type: 'stimulate' }>): number =>
    Math.max(delayOf(step), stimulus === 'dial' ? 0 : arrivalMs)

  const sendNow = ({ step, answers }: Extract<MatcherEffect, { type: 'send' }>): void => {
    if (state?.steps[state.next] !== step) return
    const frames: number[] = []
    sentFrames = frames
    const scope = scopeOf(state.carried)
    const result = sender?.send(step, answers, calls.get(step.call), causeOf(step), scope)
    sentFrames = undefined
    if (!result?.ok)
      feed({ type: 'could-not', timeMs: clock.nowMs(), reason: result?.fault.saw ?? 'the player has ended' })
    else feed({ type: 'sent', timeMs: clock.nowMs(), frames, ...result.value })
  }

  /** The number that a stimulus must make the SUT dial: what the ladder's step says of it. */
  const dialled = (step: Step): string | undefined => {
    const to =
      step.kind === 'message' ? sender?.number(step.with.to, scopeOf(state?.carried ?? nothingCarried)) : undefined
    return to ?? (sut === 'pbx' ? contract.numbers.callee : contract.numbers.did)
  }

  const argumentsOf = (step: Step, digits = ''): StimulusArguments => {
    const name = step.kind === 'never' ? undefined : state?.carried.calls[step.call]
    const callId = (name === undefined ? undefined : ua?.call(name)?.callId) ?? ''
    return { from: contract.numbers.callerId ?? '', to: dialled(step) ?? '', codecs: [], callId, digits }
  }

  /** A call that the PBX refuses never comes to us. */
  const refusedAtPhone = (why: string): void => {
    if (state === undefined || Object.keys(state.carried.calls).length > 0) return
    feed({ type: 'gone', timeMs: clock.nowMs(), reason: `the PBX refused the call of the phone: ${why}` })
  }

  const atPhone = async (step: VerbStep & { readonly phone: PhoneAct }): Promise<void> => {
    const { phone } = options
    const to = sender?.number(step.with?.to, scopeOf(state?.carried ?? nothingCarried))
    const number = to === undefined ? undefined : dialledFor(to, contract.phone?.dialPlan ?? [])
    const acted =
      phone === undefined ? { cannot: 'there is no phone' } : await actAtPhone(step, phone, number, refusedAtPhone)
    const timeMs = clock.nowMs()
    if ('facts' in acted) feed({ type: 'verb-done', step: step.number, timeMs, frames: [], facts: acted.facts })
    else feed({ type: 'could-not', timeMs, reason: acted.cannot })
  }

  const runVerb = async (step: VerbStep): Promise<void> => {
    if (step.phone !== undefined) {
      await atPhone({ ...step, phone: step.phone })
      return
    }
    const verb = verbs[step.verb]
    const call = calls.get(step.call)
    if (verb === undefined || call === undefined) {
      feed({ type: 'could-not', timeMs: clock.nowMs(), reason: `no verb ${step.verb}, or no call ${step.call}` })
      return
    }
    const placeOf = (name: string): number => [...calls.keys()].indexOf(name)
    const press = async (digits: string): Promise<void> => {
      await wait(arrivalMs)
      const why = await stimuli.fire('press', argumentsOf(step, digits))
      if (why !== undefined) unmoved(step, why.by === 'means' ? 'stimulus.press' : 'phone', why)
    }
    const other = step.reaches === undefined ? undefined : calls.get(step.reaches)
    const facts = await verb({ step, call, other, placeOf, clock, us, wait, press, cause: causeOf(step) })
    feed({ type: 'verb-done', step: step.number, timeMs: clock.nowMs(), frames: [], facts })
  }

  const wait = (ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      const stop = (): void => {
        disarm()
        signal.removeEventListener('abort', stop)
        resolve(!signal.aborted)
      }
      const disarm = clock.after(ms, stop)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop)
    })

  const runSection = (section: StepOutcome['section'], steps: readonly Step[], carried: Carried): Promise<Carried> =>
    new Promise((resolve) => {
      onFinished = () => {
        onFinished = undefined
        const last = state
        repeats?.stop()
        outcomes = [...outcomes, ...(last?.outcomes ?? [])]
        if (section === 'ladder' && !broken()) ended = last
        state = undefined
        resolve(last?.carried ?? carried)
      }
      const { meanwhile } = ladder
      state = createMatcher({
        section,
        steps,
        sut,
        meanwhile,
        defaultWithinMs: options.defaultWithinMs,
        scope: scopeOf(carried),
        carried,
      })
      feed({ type: 'begin', timeMs: clock.nowMs() })
    })

  const broken = (): boolean =>
    outcomes.some(({ status }) => status === 'mismatch' || status === 'error' || status === 'not-reached')

  /** A connection may stand only behind the step that opens it: what proves the step comes then. */
  const sentLate = (frame: number, cause: string | undefined): void => {
    const proved = (outcome: StepOutcome): StepOutcome => {
      if (outcome.frames.length > 0 || causeIn(outcome.section, outcome.step) !== cause) return outcome
      const whole = { ...outcome, frames: [frame] }
      options.onOutcome(whole)
      return whole
    }
    outcomes = outcomes.map(proved)
    if (state !== undefined) state = { ...state, outcomes: state.outcomes.map(proved) }
  }

  const byTheBook = (unasked: Pick<Observed, 'tx' | 'call' | 'message'>, status: number | undefined, why: string) => {
    const call = playedAs(unasked.call)
    const scope = scopeOf(state?.carried ?? nothingCarried)
    const answer = (request: Request) => call && sender?.answerTo(call, request, scope)
    if (ua) answerByTheBook(ua, unasked, status, why, call && { call, answer })
  }

  const playedAs = (call: string): PlayedCall | undefined => [...calls.values()].find(({ ua: name }) => name === call)

  const observed = (event: Extract<UserAgentEvent, { type: 'request' | 'response' }>): void => {
    const { tx, call, received } = event
    const { message, frame, timeMs } = received
    if (message.kind === 'request') requests.set(tx, message)
    const played = playedAs(call)
    if (played !== undefined && message.kind === 'response') {
      hear(played, message)
      if (message.status === 401 || message.status === 407) played.challenge = message
    }
    const inDialog = event.type === 'request' && event.inDialog
    const facts = credentialFacts(message, options.credentials)
    const refresh = inDialog && played !== undefined && (isSecondTry(played, message) || isRefresh(played, message))
    const seen = { timeMs, frame, tx, call, inDialog, refresh, message, ...(facts === undefined ? {} : { facts }) }
    const isSpokenOf = state !== undefined && speaksOf(state, seen)
    if (!isSpokenOf && message.kind === 'response' && repeats?.follow(tx, call, played, message) === true) return
    if (state === undefined) {
      if (ended !== undefined) holdAgainst(ended, seen)
      if (message.kind === 'request') byTheBook(seen, undefined, 'by the book')
      return
    }
    feed({ type: 'received', ...seen })
  }

  const onRepeat = (repeat: Repeat): void => {
    if (state !== undefined) feed({ type: 'repeated', ...repeat })
    else if (ended !== undefined) ended = { ...ended, carried: renamed(ended.carried, repeat.tx, repeat.by) }
  }

  const holdAgainst = (section: MatcherState, seen: Observed): void => {
    const moved = late(section, seen)
    for (const outcome of moved.outcomes) {
      if (section.outcomes.includes(outcome)) continue
      outcomes = outcomes.map((each) => (sameStep(each, outcome) ? outcome : each))
      options.onOutcome(outcome)
    }
    ended = broken() ? undefined : moved
  }

  const onEvent = (event: UserAgentEvent): void => {
    switch (event.type) {
      case 'request':
      case 'response':
        observed(event)
        return
      case 'ack': {
        const { message, frame, timeMs } = event.received
        feed({ type: 'received', timeMs, frame, tx: '', call: event.call, inDialog: true, message })
        return
      }
      case 'cancelled': {
        const { message, frame, timeMs } = event.received
        feed({ type: 'received', timeMs, frame, tx: event.cancel, call: event.call, inDialog: false, message })
        return
      }
      case 'timeout':
        feed({ type: 'gone', timeMs: clock.nowMs(), reason: `${event.method} was not answered` })
        return
      case 'unreachable':
        feed({ type: 'gone', timeMs: clock.nowMs(), reason: event.reason })
        return
      case 'ack-missing':
      case 'malformed':
    }
  }

  const play: Player['play'] = async (agent) => {
    ua = agent
    repeats = createRepeats({ ...options, ua: agent, t1Ms: arrivalMs, onRepeat })
    sender = createSender({ ...options, ua: agent, requests, repeats })
    const stop = (): void => {
      feed({ type: 'interrupted', timeMs: clock.nowMs() })
    }
    signal.addEventListener('abort', stop)
    let carried = nothingCarried
    if (ladder.setup.length > 0) carried = await runSection('setup', ladder.setup, carried)
    if (!broken() && !signal.aborted) carried = await runSection('ladder', ladder.ladder, carried)
    signal.removeEventListener('abort', stop)
    if (ladder.finally.length > 0) carried = await runSection('finally', ladder.finally, carried)
    const ending = carried.open.filter((request) => request.sender === us && request.method === 'BYE')
    const left = await postamble(agent, {
      calls,
      clock,
      patienceMs: Math.min(options.defaultWithinMs, patienceMs),
      ending: new Set(ending.map(({ call }) => call)),
    })
    return { outcomes, left }
  }

  const onSent: Player['onSent'] = (frame, cause) => {
    if (sentFrames === undefined) sentLate(frame, cause)
    else sentFrames.push(frame)
  }

  return { onEvent, play, onSent }
}
