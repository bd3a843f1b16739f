import type { Migration } from 'kysely/migration'
import * as accounts from './0001-accounts.ts'
import * as oauth from './0002-oauth.ts'

/** Numbered, only added to; the code before and after each one works with it. */
export const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-oauth': oauth,
}
