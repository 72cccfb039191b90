import type { Side } from '../core/finding.ts'
import type { Transport } from '../core/frame.ts'
import type { Contract } from '../profile/contract.ts'
import type { Profile } from '../profile/profile.ts'
import type { Ladder, Step, Template } from './ladder.ts'
import { namesUsed } from './names.ts'
import { stepsOf } from './phone-steps.ts'
import { profileValue } from './reference.ts'
import { stimulusOf } from './stimuli.ts'

/** One choice of all matrix variables. */
export type Cell = {
  /** `codec=PCMU`, or empty where nothing varies. */
  readonly name: string
  readonly values: Readonly<Record<string, string>>
  readonly transport: Transport
}

type OwnCell = Omit<Cell, 'transport'>

/** What a step says of its message, as far as it matters who sends it: the stimulus `dial` takes numbers and offer along. */
const shapedBy = (step: Step, sut: Side): unknown => {
  if (step.kind === 'never') return undefined
  if (step.kind === 'verb') return step.with
  if (step.from !== sut) return step.with
  return stimulusOf(step) === 'dial' ? step.with : undefined
}

const uses = (name: string, values: readonly unknown[]): boolean => namesUsed(values).includes(name)

const valuesOf = (
  values: readonly string[] | Template,
  { profile, phone, sources }: Pick<Contract, 'profile' | 'phone' | 'sources'>,
): readonly string[] => {
  if (typeof values !== 'string') return values
  const [name] = namesUsed(values)
  if (name === 'phone.dials') return phone?.dialPlan.map(({ dials }) => dials) ?? []
  if (name === 'phone.dids') return phone?.dids ?? []
  if (name === 'provider.addresses') return sources ?? []
  const listed = name?.startsWith('profile.') ? profileValue(profile, name.slice('profile.'.length)) : undefined
  return Array.isArray(listed) ? listed.map(String) : [values]
}

/** Names of codecs stand in offers and answers. */
const isCodec = (name: string, ladder: Ladder): boolean =>
  uses(
    name,
    stepsOf(ladder).flatMap((step) =>
      step.kind === 'message' || step.kind === 'any-of' ? [step.with.offer, step.with.answer] : [],
    ),
  )

/** The combinations of a ladder's own variables. One that only the SUT's own steps use does not vary. */
const ownCells = (ladder: Ladder, contract: Contract, sut: Side, speakable: readonly string[]): readonly OwnCell[] => {
  const shapes = stepsOf(ladder).map((step) => shapedBy(step, sut))
  return Object.entries(ladder.matrix).reduce<readonly OwnCell[]>(
    (cells, [name, listed]) => {
      const all = valuesOf(listed, contract)
      const spoken = isCodec(name, ladder) ? all.filter((value) => speakable.includes(value)) : all
      const varies = uses(name, shapes)
      return cells.flatMap((cell) =>
        (varies ? spoken : spoken.slice(0, 1)).map((value) => ({
          name: varies ? `${cell.name}${cell.name === '' ? '' : ' '}${name}=${value}` : cell.name,
          values: { ...cell.values, [name]: value },
        })),
      )
    },
    [{ name: '', values: {} }],
  )
}

const named = (name: string, transport: Transport): string =>
  transport === 'udp' ? name : `${name}${name === '' ? '' : ' '}transport=${transport}`

/**
 * The cells of a ladder against one SUT: all of its own over the first transport, and the first of them over each other one.
 * What a codec does is the same over any.
 */
export const cellsOf = (
  ladder: Ladder,
  contract: Contract,
  sut: Side,
  speakable: readonly string[],
): readonly Cell[] => {
  const cells = ownCells(ladder, contract, sut, speakable)
  return contract.transports.flatMap((transport, index) =>
    (index === 0 ? cells : cells.slice(0, 1)).map(({ name, values }) => ({
      name: named(name, transport),
      values,
      transport,
    })),
  )
}

/** Values of the matrix that the harness cannot speak yet, so that no cell is made for them: `codec=opus`, `transport=tls`. */
export const unspokenOf = (ladder: Ladder, profile: Profile, speakable: readonly string[]): readonly string[] => [
  ...Object.entries(ladder.matrix).flatMap(([name, listed]) =>
    isCodec(name, ladder)
      ? valuesOf(listed, { profile })
          .filter((value) => !speakable.includes(value))
          .map((value) => `${name}=${value}`)
      : [],
  ),
  ...(profile.signalling.ports.tls === undefined ? [] : ['transport=tls']),
]
