import type { Kysely, Transaction } from 'kysely'
import type { AuditEvent } from '../domain/command/store.ts'
import type { RecordedRevocation } from '../domain/model/revocation.ts'
import type { Store, Tx } from '../domain/store.ts'
import type { JobQueue } from '../jobs/queue.ts'
import { accountStore } from './accounts/account-store.ts'
import { emailChangeStore } from './accounts/email-change-store.ts'
import { passwordResetStore } from './accounts/password-reset-store.ts'
import { signUpStore } from './accounts/sign-up-store.ts'
import { auditStore, insertEvents } from './command/audit-store.ts'
import { idempotencyStore } from './command/idempotency-store.ts'
import { jobStore } from './command/job-store.ts'
import { apiKeyStore } from './credentials/api-key-store.ts'
import { clientStore } from './credentials/client-store.ts'
import { deviceAuthorizationStore } from './credentials/device-authorization-store.ts'
import { oauthModelStore } from './credentials/oauth-model-store.ts'
import { refreshTokenStore } from './credentials/refresh-token-store.ts'
import { serviceAccountStore } from './credentials/service-account-store.ts'
import { sessionStore } from './credentials/session-store.ts'
import { signingKeyStore } from './credentials/signing-key-store.ts'
import type { Database } from './database.ts'
import { invitationSessionStore } from './invitations/invitation-session-store.ts'
import { invitationStore } from './invitations/invitation-store.ts'
import { nowOf } from './now.ts'
import { membershipStore } from './organizations/membership-store.ts'
import { nameStore } from './organizations/name-store.ts'
import { organizationStore } from './organizations/organization-store.ts'
import { hostLabelStore, resourceStore } from './resources/resource-store.ts'
import { receiverStore } from './signals/receiver-store.ts'
import { revocationStore } from './signals/revocation-store.ts'
import type { Tables } from './tables.ts'

/** serialization_failure and deadlock_detected. The whole command is retried and reads everything again. */
const retriableCodes = new Set(['40001', '40P01'])
const ATTEMPTS = 6

interface Options {
  /** Called for each revocation after this process has committed it, before the response. */
  onRevoked?: (revocation: RecordedRevocation) => void
}

/** Creates the interface through which the domain uses the database. */
export function createStore(database: Pick<Database, 'kysely'>, queue: Pick<JobQueue, 'send'>, { onRevoked = () => {} }: Options = {}): Store {
  const db = database.kysely
  return {
    reading: txOf(db, queue),
    async transaction(work) {
      const { result, revoked } = await withRetries(async () => {
        const revoked: RecordedRevocation[] = []
        const result = await db.transaction().execute(async (trx) => {
          const events: AuditEvent[] = []
          const result = await work(txOf(trx, queue, { events, onRevocation: (revocation) => void revoked.push(revocation) }))
          await insertEvents(trx, events)
          return result
        })
        return { result, revoked }
      })
      for (const revocation of revoked) onRevoked(revocation)
      return result
    },
  }
}

async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt >= ATTEMPTS || !retriableCodes.has((error as { code?: string }).code ?? '')) throw error
      // A random delay, so that the same two transactions do not collide again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
    }
  }
}

interface Collected {
  /** Events to insert before the commit. Without it, each is inserted at once. */
  events?: AuditEvent[]
  onRevocation?: (revocation: RecordedRevocation) => void
}

function txOf(db: Kysely<Tables>, queue: Pick<JobQueue, 'send'>, { events, onRevocation }: Collected = {}): Tx {
  return {
    now: () => nowOf(db),
    accounts: accountStore(db),
    names: nameStore(db),
    organizations: organizationStore(db),
    memberships: membershipStore(db),
    invitations: invitationStore(db),
    invitationSessions: invitationSessionStore(db),
    sessions: sessionStore(db),
    apiKeys: apiKeyStore(db),
    serviceAccounts: serviceAccountStore(db),
    revocations: revocationStore(db, onRevocation),
    receivers: receiverStore(db),
    audit: auditStore(db, events),
    signUps: signUpStore(db),
    passwordResets: passwordResetStore(db),
    emailChanges: emailChangeStore(db),
    idempotency: idempotencyStore(db),
    jobs: jobStore(db as Transaction<Tables>, queue),
    deviceAuthorizations: deviceAuthorizationStore(db),
    refreshTokens: refreshTokenStore(db),
    clients: clientStore(db),
    signingKeys: signingKeyStore(db),
    oauthModels: oauthModelStore(db),
    resources: resourceStore(db),
    hostLabels: hostLabelStore(db),
  }
}
