import { ConfigError } from './config.ts'
import { WrongSecret } from './key-ring.ts'
import { CopyFailed } from './store/archive/rows.ts'
import { ServerRuns, StoreNotEmpty, StoreNotInUse } from './store/archive/state.ts'
import { DatabaseTooOld, DataFolderForeign, DataFolderInUse, MigrationFailed, PoolerWithoutStatements } from './store/database.ts'

// Explains in the terminal why the server, or `muster server migrate`, cannot start.

const explained = [
  ConfigError,
  DataFolderInUse,
  DataFolderForeign,
  DatabaseTooOld,
  WrongSecret,
  PoolerWithoutStatements,
  StoreNotInUse,
  StoreNotEmpty,
  ServerRuns,
  CopyFailed,
]

/**
 * The text for the terminal: what happened, why, and what to do.
 * @returns null for an error without an explanation, which is a bug. Then the stack is shown.
 */
export function describeStartFailure(error: unknown): string | null {
  if (explained.some((kind) => error instanceof kind)) return (error as Error).message
  if (error instanceof MigrationFailed) return describeMigration(error)
  if (codeOf(error) === 'EADDRINUSE')
    return `${(error as Error).message.replace('listen EADDRINUSE: ', '')}. Stop the process that listens there, or choose another PORT.`
  if (codeOf(error) === 'ENOSPC')
    return `The disk is full: ${(error as Error).message}. Free space, or name a place on another disk. No unfinished file was left.`
  if (codeOf(error) === 'ENOENT') return `${(error as Error).message}. Check the path.`
  if (codeOf(error) === 'EACCES' && (error as { syscall?: string }).syscall === 'listen')
    return `${(error as Error).message}. Choose a PORT of 1024 or more, or let the proxy in front listen there.`
  if (['EACCES', 'EPERM'].includes(codeOf(error)) && (error as { path?: string }).path !== undefined)
    return `${(error as Error).message}. Give the file or the folder to the user of the server.`
  if (codeOf(error) === '53100') return `The disk of the database is full: ${messageOf(error)}. Free space, then start again. Nothing was written.`
  if (codeOf(error) === '42501')
    return `The role may not use Muster's tables: ${messageOf(error)}. Grant it the rights in docs/operations.md, "A second role for migrations".`
  if (isUnreachable(error)) return `The database cannot be reached: ${messageOf(error)}. Check DATABASE_URL, and that the database server runs.`
  return null
}

function describeMigration(error: MigrationFailed): string {
  const causes = causesOf(error)
  return [error.message, ...causes.map((cause) => `  because: ${messageOf(cause)}`), `The schema is unchanged. ${nextStep(causes)}`].join('\n')
}

/** By SQLSTATE (PostgreSQL documentation, appendix A) or by Node's error code. The first cause with a code in this table decides. */
const nextSteps: Record<string, string> = {
  42501: 'The role may not change the schema. Set MUSTER_MIGRATE_URL to a role that owns it: docs/operations.md, "A second role for migrations".',
  '42P07': "The database has a table of this name that Muster did not create. Use a database that is Muster's alone.",
  '42P06': "The database has a schema of this name that Muster did not create. Use a database that is Muster's alone.",
  42710: "The database has an object of this name that Muster did not create. Use a database that is Muster's alone.",
  53100: 'The disk of the database is full. Free space, then start again.',
  '55P03': 'Another session holds a lock. Find it in pg_stat_activity, end it, then start again.',
  57014: 'The database ended the statement. Look for statement_timeout on the role, then start again.',
  '28P01': 'The password was refused. Check MUSTER_MIGRATE_URL, or DATABASE_URL if that is not set.',
  28000: 'The role was refused. Check MUSTER_MIGRATE_URL, or DATABASE_URL if that is not set.',
  '3D000': 'The database does not exist. Check MUSTER_MIGRATE_URL, or DATABASE_URL if that is not set.',
  ECONNREFUSED: 'The database server does not answer. Check MUSTER_MIGRATE_URL, or DATABASE_URL if that is not set.',
  ENOTFOUND: 'The host of the database is unknown. Check MUSTER_MIGRATE_URL, or DATABASE_URL if that is not set.',
}

const nextStep = (causes: unknown[]): string => {
  const knownCode = causes.map(codeOf).find((code) => Object.hasOwn(nextSteps, code))
  return knownCode === undefined ? 'Remove the cause, then start again.' : (nextSteps[knownCode] as string)
}

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = []
  for (let cause = error.cause; cause !== undefined && causes.length < 10; cause = (cause as { cause?: unknown }).cause) causes.push(cause)
  return causes
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** Without the database's detail, which can contain values of rows. */
const messageOf = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string }
  const text = message || code || String(error)
  return code !== undefined && !text.includes(code) ? `${text} (${code})` : text
}

const isUnreachable = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', '3D000', '28P01', '28000', '57P03'].includes(codeOf(error))
