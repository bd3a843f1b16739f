import type { Migration } from 'kysely/migration'
import * as accounts from './0001-accounts.ts'
import * as oauth from './0002-oauth.ts'
import * as signUp from './0003-sign-up.ts'

/** Numbered, only added to; the code before and after each one works with it. */
export const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-oauth': oauth,
  '0003-sign-up': signUp,
}
