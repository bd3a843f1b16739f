import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import { backUp, verifyBackup } from './administration/backup.ts'
import { cancelMove, MoveRefused, moveStore } from './administration/move.ts'
import { type Progress, showProgress } from './administration/progress.ts'
import { finishRestore, keepRestingKeys, type Restored, restoreBackup } from './administration/restore.ts'
import { requireOneDatabase } from './administration/stores.ts'
import { compatNames } from './compats.ts'
import { clientSecretNames, readConfig, type SettingName, settings } from './config.ts'
import { describeStartFailure } from './start-failure.ts'
import { migrate, openDatabase, pendingMigrations } from './store/database.ts'

// Administration without a running server. `muster server migrate`, `config`, `backup`, `restore` and `move` start it (bin/administration.js).

type Environment = Record<string, string | undefined>

export interface EffectiveSetting {
  name: SettingName
  value: string
  source: 'environment' | 'file' | 'default'
}

const secrets: readonly SettingName[] = ['MUSTER_SECRET', 'MUSTER_SECRET_PREVIOUS', 'MUSTER_OPERATOR_TOKEN', 'MUSTER_METRICS_TOKEN', ...clientSecretNames]

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

interface Request {
  json: boolean
  /** What follows the command. */
  words: string[]
}

const requests: Record<string, (request: Request) => Promise<void>> = {
  config: async ({ json }) => {
    const effective = effectiveSettings(process.env, (path) => readFileSync(path, 'utf8'))
    process.stdout.write(json ? inJson({ settings: effective }) : table(effective))
  },
  migrate: async ({ json }) => {
    const ran = await runMigrations(process.env)
    if (json) process.stdout.write(inJson({ migrations: ran }))
    else done(ran.length === 0 ? 'The database is up to date; there was nothing to do.' : `Ran ${ran.join(', ')}.`)
  },
  backup: async ({ json, words }) => {
    const [file = ''] = words
    if (words.includes('--verify')) {
      const verified = await withProgress((onProgress) => verifyBackup(file, onProgress))
      if (json) process.stdout.write(inJson(verified))
      else done(`${file} can be restored: ${sumOf(verified.rows)} rows, as of ${verified.at}. The counts, the checksum and the rules were checked.`)
      return
    }
    const made = await withProgress((onProgress) => backUp(process.env, file, onProgress))
    if (json) process.stdout.write(inJson(made))
    else {
      done(`Wrote ${sumOf(made.rows)} rows of ${made.from} to ${file} (${inSize(made.bytes)}), as of ${made.at}.`)
      say('The secret is not in it, and without the secret it is useless: keep MUSTER_SECRET, or the file secret of the data folder, in another place.')
      say(`Check it: muster server backup --verify ${file}`)
    }
  },
  restore: async ({ json, words }) => {
    const keepKeys = words.includes('--keep-keys')
    const file = words.find((word) => !word.startsWith('--'))
    if (file === undefined && !words.includes('--in-place')) {
      const kept = await keepRestingKeys(process.env)
      if (json) process.stdout.write(inJson({ kept: kept !== null, ...kept }))
      else
        done(
          kept === null
            ? 'No keys are on hold; there was nothing to do.'
            : `API keys, refresh tokens and named operator tokens from before ${kept.before} are valid again.`,
        )
      return
    }
    const restored = await withProgress((onProgress) =>
      file === undefined ? finishRestore(process.env, { keepKeys }) : restoreBackup(process.env, file, { keepKeys, onProgress }),
    )
    if (json) process.stdout.write(inJson(restored))
    else sayRestored(restored)
  },
  move: async ({ json, words: [to = ''] }) => {
    if (to === '--cancel') {
      const cancelled = await cancelMove(process.env)
      if (json) process.stdout.write(inJson({ cancelled }))
      else done(cancelled ? 'The store of these settings is in use again.' : 'The store of these settings was not moved; there was nothing to do.')
      return
    }
    const moved = await withProgress((onProgress) => moveStore(process.env, to, onProgress))
    if (json) process.stdout.write(inJson(moved))
    else {
      done(`Moved ${sumOf(moved.rows)} rows from ${moved.from} to ${moved.to}. The counts and rules were checked.`)
      say('Start the server with these settings, and with the same ones as before otherwise:')
      for (const [name, value] of Object.entries(moved.settings)) say(`  ${name}  ${value}`)
      say('No server starts on the old store any more. Delete it when you no longer need it.')
    }
  },
}

function sayRestored({ to, rows, backupAt, at, sessions, invitations, restingKeys, restingRefreshTokens, clients, restingOperatorTokens }: Restored): void {
  done(
    rows === null ? `Ended the access from before in ${to}.` : `Restored ${sumOf(rows)} rows into ${to}. The counts, the checksum and the rules were checked.`,
  )
  say(
    `${rows === null ? 'Its last change was made at' : 'The backup was made at'} ${backupAt}. Changes between then and now are unknown: people removed, suspended or deactivated since then are members again. Repeat those changes.`,
  )
  say(
    `Nothing issued before ${at} is valid. Ended: ${counted(sessions, 'session')}, ${counted(invitations, 'invitation')}, and every token, code and link. People sign in again, with the passwords of the backup.`,
  )
  if (restingKeys + restingRefreshTokens + restingOperatorTokens > 0)
    say(
      `${counted(restingKeys, 'API key')}, ${counted(restingRefreshTokens, 'refresh token')} and ${counted(restingOperatorTokens, 'named operator token')} are on hold: they are refused until you keep them. Ask whether any was revoked since the backup, then: muster server restore --keep-keys`,
    )
  if (clients > 0) say(`Clients of the backup with a secret: ${clients}. Remove those that you removed since then: muster server client list`)
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
const inSize = (bytes: number): string => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${Math.ceil(bytes / 1_000_000)} MB`)
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const done = (line: string): void => say(`${styleText('green', '✓')} ${line}`)
const inJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`
const sumOf = (rows: Record<string, number>): string =>
  Object.values(rows)
    .reduce((sum, count) => sum + count, 0)
    .toLocaleString('en')

async function withProgress<T>(run: (onProgress: Progress['on']) => Promise<T>): Promise<T> {
  const progress = showProgress(process.stderr)
  try {
    return await run(progress.on)
  } finally {
    progress.end()
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

/** Runs `config`, `migrate`, `backup`, `restore` or `move`, with the words of the command line. `--json` may be the last. */
export async function administer([what = '', ...rest]: string[]): Promise<void> {
  const json = rest.at(-1) === '--json'
  const request = async (): Promise<void> => {
    if (what !== 'config') await requireOneDatabase(process.env)
    await requests[what]?.({ json, words: json ? rest.slice(0, -1) : rest })
  }
  await request().catch((error: Error) => {
    const failure = error instanceof MoveRefused ? error.message : describeStartFailure(error)
    if (json) process.stderr.write(`${JSON.stringify({ code: 'administration_failed', title: failure ?? error.message })}\n`)
    else process.stderr.write(failure === null ? `${error.stack ?? String(error)}\n` : `${styleText('red', '✗')} ${failure}\n`)
    process.exitCode = 1
  })
}
