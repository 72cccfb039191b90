import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { Failed, Result } from '../core/result.ts'
import type { Side } from '../core/finding.ts'
import type { UserConfig } from '../config/schema.ts'
import { displayText } from '../sip/text.ts'
import { type Surroundings, accountsOf, configName, credentialsOf } from './own-file.ts'
import { type Line, fail, good, warn } from './preflight-line.ts'
import { stimuliOf } from './request.ts'
import { isProgram, writtenAtMs } from './store.ts'

/** Where the system looks for a program: a name alone in PATH, a path as it is (execvp(3)). */
const isFound = (program: string, { cwd, env }: Surroundings): boolean =>
  program.includes('/')
    ? isProgram(resolve(cwd, program))
    : (env.PATH ?? '')
        .split(delimiter)
        .map((folder) => (isAbsolute(folder) ? folder : resolve(cwd, folder)))
        .some((folder) => isProgram(join(folder, program)))

const programs = ({ stimulus = {} }: UserConfig, around: Surroundings): readonly Line[] =>
  Object.entries(stimulus).flatMap(([name, { command }]) => {
    const [program] = command ?? []
    return program === undefined || isFound(program, around)
      ? []
      : [
          fail(
            'configuration',
            `stimulus.${name}: there is no program ${displayText(program)}`,
            'its path, or a program that is installed and may be run',
          ),
        ]
  })

const isFailed = (result: Result<unknown>): result is Failed => !result.ok

/** What a run would refuse or miss: secrets that cannot be read, programs that are not there. All of it where no side is named. */
const troubles = (config: UserConfig, side: Side | undefined, around: Surroundings): readonly Line[] => {
  const secrets = [
    credentialsOf(config, around),
    stimuliOf(config, around),
    ...(side === 'trunk' ? [] : [accountsOf(config, around)]),
  ]
  return [
    ...secrets.filter(isFailed).map(({ fault }) => fail('configuration', fault.saw, 'set it, or name another place')),
    ...programs(config, around),
  ]
}

/** Of `trunkproof.yaml`; `isThere` where a file was named or found. */
export const configurationLines = (
  config: UserConfig,
  side: Side | undefined,
  around: Surroundings,
  isNamed: boolean,
): readonly Line[] => {
  const wrong = troubles(config, side, around)
  if (wrong.length > 0) return wrong
  if (!isNamed && writtenAtMs(join(around.cwd, configName)) === undefined)
    return [warn('configuration', `there is no ${configName}`, 'trunkproof init')]
  const numbers = Object.keys(config.numbers ?? {})
  return [
    numbers.length === 0
      ? warn('configuration', 'it names no numbers', 'numbers: that may be called, else most ladders do not apply')
      : good('configuration', `numbers: ${numbers.join(', ')}`),
  ]
}
