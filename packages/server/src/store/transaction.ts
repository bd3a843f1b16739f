import type { Kysely } from 'kysely'
import { together } from '../domain/command/together.ts'
import { noFloor, type PolicyFloor } from '../domain/model/organization.ts'
import type { RecordedRevocation } from '../domain/model/revocation.ts'
import type { Store, Tx } from '../domain/store.ts'
import type { JobQueue } from '../jobs/queue.ts'
import { accountStore } from './accounts/account-store.ts'
import { confirmationCodeStore } from './accounts/confirmation-code-store.ts'
import { emailChangeStore } from './accounts/email-change-store.ts'
import { passwordResetStore } from './accounts/password-reset-store.ts'
import { peopleStore } from './accounts/people-store.ts'
import { signUpStore } from './accounts/sign-up-store.ts'
import { apiStore } from './apis/api-store.ts'
import { auditStore } from './command/audit-store.ts'
import { emailStore } from './command/email-store.ts'
import { eventPositionStore } from './command/event-position-store.ts'
import { idempotencyStore } from './command/idempotency-store.ts'
import { type Outbox, outbox } from './command/job-store.ts'
import { type Records, recordsOf } from './command/records.ts'
import { apiKeyStore } from './credentials/api-key-store.ts'
import { clientStore } from './credentials/client-store.ts'
import { consentStore } from './credentials/consent-store.ts'
import { deviceAuthorizationStore } from './credentials/device-authorization-store.ts'
import { oauthModelStore } from './credentials/oauth-model-store.ts'
import { operatorTokenStore } from './credentials/operator-token-store.ts'
import { refreshTokenStore } from './credentials/refresh-token-store.ts'
import { rootKeyStore } from './credentials/root-key-store.ts'
import { serviceAccountStore } from './credentials/service-account-store.ts'
import { sessionStore } from './credentials/session-store.ts'
import { signingKeyStore } from './credentials/signing-key-store.ts'
import { unreadyCredentialStore } from './credentials/unready-credential-store.ts'
import type { Database } from './database.ts'
import { authenticatorStore } from './factors/authenticator-store.ts'
import { factorResetStore } from './factors/factor-reset-store.ts'
import { passkeyStore } from './factors/passkey-store.ts'
import { pendingSignInStore } from './factors/pending-sign-in-store.ts'
import { rememberedDeviceStore } from './factors/remembered-device-store.ts'
import { invitationSessionStore } from './invitations/invitation-session-store.ts'
import { invitationStore } from './invitations/invitation-store.ts'
import { nowOf } from './now.ts'
import { membershipStore } from './organizations/membership-store.ts'
import { nameStore } from './organizations/name-store.ts'
import { organizationStore } from './organizations/organization-store.ts'
import { identityStore } from './providers/identity-store.ts'
import { provenPersonStore, providerSignInStore } from './providers/provider-sign-in-store.ts'
import { hostLabelStore, resourceStore } from './resources/resource-store.ts'
import { roleStore } from './roles/role-store.ts'
import { receiverStore } from './signals/receiver-store.ts'
import { revocationStore } from './signals/revocation-store.ts'
import type { Tables } from './tables.ts'

/** serialization_failure and deadlock_detected. The whole command is retried and reads everything again. */
const retriableCodes = new Set(['40001', '40P01'])
const ATTEMPTS = 6

interface Options {
  /** Called for each revocation after this process has committed it, before the response. */
  onRevoked?: (revocation: RecordedRevocation) => void
  /** Called after this process has committed events, which have no position yet (P18). */
  onRecorded?: () => void
  /** Part of the policy of every organization that is read. None if it is left out. */
  floor?: PolicyFloor
  /** False: no password is read, so to the domain, no account has one (F23). */
  passwords: boolean
}

/** Creates the interface through which the domain uses the database. */
export function createStore(
  { kysely, transaction }: Pick<Database, 'kysely' | 'transaction'>,
  queue: Pick<JobQueue, 'send'>,
  { onRevoked = () => {}, onRecorded = () => {}, floor = noFloor, passwords }: Options,
): Store {
  const settings = { floor, passwords }
  return {
    reading: txOf(kysely, outbox(kysely, queue), recordsOf(kysely), settings),
    async transaction(work) {
      const { result, records } = await withRetries(async () => {
        let records: Records | undefined
        let jobs: Outbox | undefined
        const result = await transaction(
          (trx) => {
            records = recordsOf(trx)
            jobs = outbox(trx, queue)
            return work(txOf(trx, jobs, records, settings))
          },
          async () => void (await together(records?.write(), jobs?.inserted())),
        )
        return { result, records }
      })
      for (const revocation of records?.revoked ?? []) onRevoked(revocation)
      if (records?.hasEvents) onRecorded()
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

function txOf(db: Kysely<Tables>, jobs: Outbox, records: Records, { floor, passwords }: { floor: PolicyFloor; passwords: boolean }): Tx {
  return {
    now: () => nowOf(db),
    writeRecords: () => records.write(),
    accounts: accountStore(db, { passwords }),
    people: peopleStore(db),
    names: nameStore(db),
    organizations: organizationStore(db, floor),
    memberships: membershipStore(db),
    invitations: invitationStore(db),
    invitationSessions: invitationSessionStore(db, { passwords }),
    sessions: sessionStore(db, floor),
    passkeys: passkeyStore(db),
    authenticators: authenticatorStore(db),
    pendingSignIns: pendingSignInStore(db),
    rememberedDevices: rememberedDeviceStore(db),
    factorResets: factorResetStore(db),
    identities: identityStore(db),
    providerSignIns: providerSignInStore(db),
    provenPersons: provenPersonStore(db),
    apiKeys: apiKeyStore(db, floor),
    unreadyCredentials: unreadyCredentialStore(db),
    serviceAccounts: serviceAccountStore(db),
    revocations: revocationStore(db, records),
    receivers: receiverStore(db),
    audit: auditStore(db, records),
    eventPositions: eventPositionStore(db),
    signUps: signUpStore(db, { passwords }),
    passwordResets: passwordResetStore(db),
    emailChanges: emailChangeStore(db),
    confirmationCodes: confirmationCodeStore(db),
    idempotency: idempotencyStore(db),
    jobs,
    emails: emailStore(db),
    deviceAuthorizations: deviceAuthorizationStore(db),
    refreshTokens: refreshTokenStore(db, floor),
    clients: clientStore(db),
    consents: consentStore(db),
    apis: apiStore(db),
    roles: roleStore(db),
    signingKeys: signingKeyStore(db),
    rootKeys: rootKeyStore(db),
    oauthModels: oauthModelStore(db),
    operatorTokens: operatorTokenStore(db),
    resources: resourceStore(db),
    hostLabels: hostLabelStore(db),
  }
}
