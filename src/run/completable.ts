import { speakable } from '../sdp/codecs.ts'
import { readCatalogue } from './catalogue.ts'
import { exportable } from './inspecting.ts'
import { readRequirements } from './requirements.ts'
import { transports } from './words.ts'

/** What may stand behind an option or as an argument: words that a shell offers. */
export type Completable = {
  /** By the long name of the option. */
  readonly options: ReadonlyMap<string, readonly string[]>
  /** By the name of the argument in the help. */
  readonly arguments: ReadonlyMap<string, readonly string[]>
}

const idsOf = (entries: readonly { readonly id: string }[]): readonly string[] => entries.map(({ id }) => id)

/** All that is known of the catalogue; nothing of what cannot be read. */
export const completable = async (): Promise<Completable> => {
  const catalogue = await readCatalogue()
  const [profiles, ladders, checks, faults] = catalogue.ok
    ? [catalogue.value.profiles, catalogue.value.ladders, catalogue.value.checks, catalogue.value.faults].map(idsOf)
    : []
  const all = [profiles, ladders, checks, faults, idsOf(readRequirements())].flatMap((ids) => ids ?? [])
  return {
    options: new Map([
      ['--profile', profiles ?? []],
      ['--ladder', ladders ?? []],
      ['--fault', faults ?? []],
      ['--codec', speakable],
      ['--transport', transports],
      ['--export', exportable],
    ]),
    arguments: new Map([
      ['profile', profiles ?? []],
      ['id', [...new Set(all)]],
    ]),
  }
}
