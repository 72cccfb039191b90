import { resolve } from 'node:path'
import { type Result, fault, ok } from '../core/result.ts'
import { loadConfig } from '../config/load.ts'
import type { SecretSource, UserConfig } from '../config/schema.ts'
import type { Account } from '../play/phone-registration.ts'
import type { Credentials } from '../sip/digest.ts'
import { faultLines } from './catalogue.ts'
import { type Checked, refuse } from './refusal.ts'
import { readText } from './store.ts'

export type Surroundings = { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> }

export const configName = 'trunkproof.yaml'

/** The user's own file: the one that was named, else the one in this folder, if there is one. */
export const readConfig = (flags: { readonly config?: string }, { cwd }: Surroundings): Checked<UserConfig> => {
  const path = resolve(cwd, flags.config ?? configName)
  const text = readText(path)
  if (!text.ok)
    return flags.config === undefined && text.fault.rule === 'file.missing'
      ? ok({})
      : refuse(`${flags.config ?? configName}: ${text.fault.saw}`, 'a trunkproof.yaml that can be read')
  const loaded = loadConfig(flags.config ?? configName, text.value)
  return loaded.ok
    ? loaded
    : refuse(faultLines(loaded.faults).trim(), `trunkproof validate ${flags.config ?? configName}`)
}

export const secretOf = (source: SecretSource, { cwd, env }: Surroundings): Result<string> => {
  if ('env' in source) {
    const value = env[source.env]
    return value === undefined || value === ''
      ? fault('secret.env', 'none', `the environment variable ${source.env} is not set`)
      : ok(value)
  }
  const text = readText(resolve(cwd, source.file))
  return text.ok
    ? ok(text.value.trim())
    : { ...text, fault: { ...text.fault, saw: `${source.file}: ${text.fault.saw}` } }
}

/** The accounts of the phone, with their passwords; none where there is no phone. */
export const accountsOf = ({ phone }: UserConfig, around: Surroundings): Result<readonly Account[]> => {
  const accounts: Account[] = []
  for (const { user, authUser = user, password: source } of phone?.extensions ?? []) {
    const password = secretOf(source, around)
    if (!password.ok) return password
    accounts.push({ user, credentials: { username: authUser, password: password.value } })
  }
  return ok(accounts)
}

export const credentialsOf = (config: UserConfig, around: Surroundings): Result<Credentials | undefined> => {
  if (config.credentials === undefined) return ok(undefined)
  const username = secretOf(config.credentials.username, around)
  if (!username.ok) return username
  const password = secretOf(config.credentials.password, around)
  return password.ok ? ok({ username: username.value, password: password.value }) : password
}
