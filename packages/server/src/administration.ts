import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import { compatNames } from './compats.ts'
import { readConfig, type SettingName, settings } from './config.ts'
import { describeStartFailure } from './start-failure.ts'
import { migrate, openDatabase, pendingMigrations } from './store/database.ts'

// Administration without a running server. `muster server migrate` and `muster server config` start it (bin/administration.js).

type Environment = Record<string, string | undefined>

export interface EffectiveSetting {
  name: SettingName
  value: string
  source: 'environment' | 'file' | 'default'
}

const secrets: readonly SettingName[] = ['MUSTER_SECRET', 'MUSTER_OPERATOR_TOKEN']

/** Every setting, with its value and source. Secrets and passwords are redacted. @throws ConfigError */
export function effectiveSettings(env: Environment, readFile: (path: string) => string): EffectiveSetting[] {
  const config = readConfig(env, readFile, compatNames)
  // Defaults that depend on other settings are shown with their actual values.
  const derived: Partial<Record<SettingName, string>> = {
    HOST: config.host,
    PORT: String(config.port),
    MUSTER_ISSUER: config.issuer,
    MUSTER_HOSTS: config.hosts.join(', '),
    MUSTER_AUDIENCE: config.audience,
    MUSTER_MAIL_FROM: config.mailFrom,
  }
  return (Object.keys(settings) as SettingName[]).map((name) => {
    const given = env[name]?.trim()
    const file = env[`${name}_FILE`]
    if (secrets.includes(name) && file !== undefined) return { name, value: `set, in ${file}`, source: 'file' }
    if (secrets.includes(name) && given !== undefined) return { name, value: `set, ${given.length} characters`, source: 'environment' }
    if (given !== undefined) return { name, value: redacted(given), source: 'environment' }
    return { name, value: derived[name] ?? settings[name].default, source: 'default' }
  })
}

/** Redacts passwords in a URL, also in its query. */
function redacted(value: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return value
  const url = new URL(value)
  const hidden = [...url.searchParams.keys()].filter((name) => /password|secret|token|key/i.test(name))
  if (url.password === '' && hidden.length === 0) return value
  if (url.password !== '') url.password = '***'
  for (const name of hidden) url.searchParams.set(name, '***')
  return url.href
}

/** Runs the pending migrations and returns their names. Needs no secret, because a migration decrypts nothing. */
export async function runMigrations(env: Environment): Promise<string[]> {
  const needed: Environment = { MUSTER_SECRET: 'a migration opens nothing that is sealed' }
  for (const name of ['DATABASE_URL', 'MUSTER_MIGRATE_URL', 'MUSTER_DATA_DIR', 'MUSTER_PREPARED'] as const) needed[name] = env[name]
  const { databaseUrl, migrateUrl, dataDir, prepared } = readConfig(needed, () => '')
  const url = migrateUrl ?? databaseUrl ?? undefined
  const database = await openDatabase({ databaseUrl: url, dataDir: url === undefined ? dataDir : undefined, prepared })
  try {
    const pending = await pendingMigrations(database)
    await migrate(database, url)
    return pending
  } finally {
    await database.close()
  }
}

async function run([what, ...flags]: string[]): Promise<void> {
  const json = flags.includes('--json')
  if (what === 'config') {
    const effective = effectiveSettings(process.env, (path) => readFileSync(path, 'utf8'))
    process.stdout.write(json ? `${JSON.stringify({ settings: effective }, null, 2)}\n` : table(effective))
  } else {
    const ran = await runMigrations(process.env)
    if (json) process.stdout.write(`${JSON.stringify({ migrations: ran }, null, 2)}\n`)
    else
      process.stderr.write(
        `${styleText('green', '✓')} ${ran.length === 0 ? 'The database is up to date; there was nothing to do.' : `Ran ${ran.join(', ')}.`}\n`,
      )
  }
}

function table(effective: EffectiveSetting[]): string {
  const tty = process.stdout.isTTY === true
  const widest = Math.max(...effective.map(({ name }) => name.length))
  return effective
    .map(({ name, value, source }) =>
      tty ? `${name.padEnd(widest)}  ${source === 'default' ? styleText('dim', value) : value}` : `${name}\t${value}\t${source}`,
    )
    .join('\n')
    .concat('\n')
}

/** Runs `migrate` or `config`, with the words of the command line. */
export async function administer(words: string[]): Promise<void> {
  await run(words).catch((error: Error) => {
    const failure = describeStartFailure(error)
    if (words.includes('--json')) process.stderr.write(`${JSON.stringify({ code: 'administration_failed', title: failure ?? error.message })}\n`)
    else process.stderr.write(failure === null ? `${error.stack ?? String(error)}\n` : `${styleText('red', '✗')} ${failure}\n`)
    process.exitCode = 1
  })
}
