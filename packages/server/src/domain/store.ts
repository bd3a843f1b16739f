import type { AccountStore } from './stores/account-store.ts'
import type { ApiKeyStore } from './stores/api-key-store.ts'
import type { AuditStore } from './stores/audit-store.ts'
import type { ClientStore } from './stores/client-store.ts'
import type { DeviceAuthorizationStore } from './stores/device-authorization-store.ts'
import type { EmailChangeStore } from './stores/email-change-store.ts'
import type { HostLabelStore } from './stores/host-label-store.ts'
import type { IdempotencyStore } from './stores/idempotency-store.ts'
import type { InvitationSessionStore } from './stores/invitation-session-store.ts'
import type { InvitationStore } from './stores/invitation-store.ts'
import type { JobStore } from './stores/job-store.ts'
import type { MembershipStore } from './stores/membership-store.ts'
import type { NameStore } from './stores/name-store.ts'
import type { OAuthModelStore } from './stores/oauth-model-store.ts'
import type { OrganizationStore } from './stores/organization-store.ts'
import type { PasswordResetStore } from './stores/password-reset-store.ts'
import type { ReceiverStore } from './stores/receiver-store.ts'
import type { RefreshTokenStore } from './stores/refresh-token-store.ts'
import type { ResourceStore } from './stores/resource-store.ts'
import type { RevocationStore } from './stores/revocation-store.ts'
import type { ServiceAccountStore } from './stores/service-account-store.ts'
import type { SessionStore } from './stores/session-store.ts'
import type { SignUpStore } from './stores/sign-up-store.ts'
import type { SigningKeyStore } from './stores/signing-key-store.ts'

/** What the rules ask of storage. Times are the database's muster_now() (S60). Nothing here decides; conditions are in the statement that changes. */
export interface Tx {
  /** The instant by the database's clock. */
  now(): Promise<Date>
  readonly accounts: AccountStore
  readonly names: NameStore
  readonly organizations: OrganizationStore
  readonly memberships: MembershipStore
  readonly invitations: InvitationStore
  readonly invitationSessions: InvitationSessionStore
  readonly sessions: SessionStore
  readonly apiKeys: ApiKeyStore
  readonly serviceAccounts: ServiceAccountStore
  readonly revocations: RevocationStore
  readonly receivers: ReceiverStore
  readonly audit: AuditStore
  readonly signUps: SignUpStore
  readonly passwordResets: PasswordResetStore
  readonly emailChanges: EmailChangeStore
  readonly idempotency: IdempotencyStore
  readonly jobs: JobStore
  readonly deviceAuthorizations: DeviceAuthorizationStore
  readonly refreshTokens: RefreshTokenStore
  readonly clients: ClientStore
  readonly signingKeys: SigningKeyStore
  readonly oauthModels: OAuthModelStore
  readonly resources: ResourceStore
  readonly hostLabels: HostLabelStore
}

export interface Store {
  /** Single statements outside a transaction: for reading, and for what decides nothing. */
  readonly reading: Tx
  /** All or nothing. Run again from the start when the database could not serialise it (40001, 40P01), so `work` touches nothing outside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}
