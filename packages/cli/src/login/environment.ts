import { readFileSync } from 'node:fs'
import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { standardInput } from '../input/standard-input.ts'
import { requireChosenServer } from './chosen-server.ts'

// Credentials that a job provides: a key in a file or in MUSTER_TOKEN, a refresh token in MUSTER_REFRESH_TOKEN. They are never stored.

/** True when the command acts with a key. Reads no key, so the server need not be known yet. */
export const hasKey = ({ settings, env }: Context): boolean => settings.tokenFile !== undefined || Boolean(env.MUSTER_TOKEN?.trim())

/** Keys read from `--token-file`. They are kept, because standard input can be read only once. */
const keys = new WeakMap<Context, string>()

/** The key of a user or service account that the command acts with: from `--token-file`, otherwise from MUSTER_TOKEN. */
export function keyOf(context: Context): string | undefined {
  const { settings, env } = context
  if (settings.tokenFile === undefined) return checked(context, 'MUSTER_TOKEN', env.MUSTER_TOKEN)
  const key = keys.get(context) ?? readKey(settings.tokenFile)
  keys.set(context, key)
  return checked(context, 'The key from --token-file', key)
}

/** The refresh token that a job logs in with. It is never stored (S47). */
export const refreshTokenFromEnvironment = (context: Context): string | undefined => checked(context, 'MUSTER_REFRESH_TOKEN', context.env.MUSTER_REFRESH_TOKEN)

function checked(context: Context, name: string, value: string | undefined): string | undefined {
  const credential = value?.trim() || undefined
  if (credential !== undefined) requireChosenServer(context, name)
  return credential
}

function readKey(path: string): string {
  try {
    const key = (path === '-' ? standardInput() : readFileSync(path, 'utf8')).trim()
    if (key !== '') return key
  } catch {
    // Reported below, without the system's message.
  }
  throw usage(`${path === '-' ? 'Standard input' : path} cannot be read, or is empty.`, 'The file must contain only a key: muster key create')
}
