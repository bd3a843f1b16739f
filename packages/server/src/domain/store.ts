import type { AccountStore, EmailChangeStore, PasswordResetStore, SignUpStore } from './accounts/store.ts'
import type { AuditStore, IdempotencyStore, JobStore } from './command/store.ts'
import type {
  ApiKeyStore,
  ClientStore,
  DeviceAuthorizationStore,
  OAuthModelStore,
  RefreshTokenStore,
  ServiceAccountStore,
  SessionStore,
  SigningKeyStore,
} from './credentials/store.ts'
import type { InvitationSessionStore, InvitationStore } from './invitations/store.ts'
import type { MembershipStore, NameStore, OrganizationStore } from './organizations/store.ts'
import type { HostLabelStore, ResourceStore } from './resources/store.ts'
import type { ReceiverStore, RevocationStore } from './signals/store.ts'

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
