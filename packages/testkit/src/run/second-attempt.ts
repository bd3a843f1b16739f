import { type Kysely, sql } from 'kysely'
import { beforeEach } from 'vitest'

// A browser test that failed is repeated once (`vitest.config.ts`), beside the people whom its first attempt has left.

let isRepeating = false

/** Called for each test file. */
export function noticeSecondAttempts(): void {
  isRepeating = false
  beforeEach(({ task }) => {
    isRepeating ||= (task.result?.retryCount ?? 0) > 0
  })
}

/** Renames a person of the first attempt, and their organization, so that the second one can have the name. Two tests of a file never have people of one name. */
export async function leaveNameToSecondAttempt(db: Kysely<any>, name: string, email: string): Promise<void> {
  if (!isRepeating) return
  await sql`update account set email = 'first-' || email, email_canonical = 'first-' || email_canonical where email_canonical = ${email}`.execute(db)
  await sql`update account set username = username || '-first' where username = ${name}`.execute(db)
  await sql`update organization set name = name || '-first' where name = ${name}`.execute(db)
  await sql`update name set name = name || '-first' where name = ${name}`.execute(db)
}
