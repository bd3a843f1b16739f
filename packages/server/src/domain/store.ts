import type { AccountStore, ConfirmationCodeStore, EmailChangeStore, PasswordResetStore, PeopleStore, SignUpStore } from './accounts/store.ts'
import type { ApiStore } from './apis/store.ts'
import type { AuditStore, EmailStore, EventPositionStore, IdempotencyStore, JobStore } from './command/store.ts'
import type {
  ApiKeyStore,
  ClientStore,
  ConsentStore,
  DeviceAuthorizationStore,
  OAuthModelStore,
  OperatorTokenStore,
  RefreshTokenStore,
  RootKeyStore,
  ServiceAccountStore,
  SessionStore,
  SigningKeyStore,
} from './credentials/store.ts'
import type { AuthenticatorStore, FactorResetStore, PasskeyStore, PendingSignInStore, RememberedDeviceStore } from './factors/store.ts'
import type { InvitationSessionStore, InvitationStore } from './invitations/store.ts'
import type { MembershipStore, NameStore, OrganizationStore, UnreadyCredentialStore } from './organizations/store.ts'
import type { IdentityStore, ProvenPersonStore, ProviderSignInStore } from './providers/store.ts'
import type { HostLabelStore, ResourceStore } from './resources/store.ts'
import type { RoleStore } from './roles/store.ts'
import type { ReceiverStore, RevocationStore } from './signals/store.ts'

/**
 * The storage that the rules need. Times come from the database's muster_now() (S60). The store decides nothing; the conditions are in the statements that
 * change rows.
 */
export interface Tx {
  /** The current time of the database. */
  now(): Promise<Date>
  /** Writes the events and revocations recorded so far. Without it, they are written with the commit. */
  writeRecords(): Promise<void>
  readonly accounts: AccountStore
  readonly people: PeopleStore
  readonly names: NameStore
  readonly organizations: OrganizationStore
  readonly memberships: MembershipStore
  readonly invitations: InvitationStore
  readonly invitationSessions: InvitationSessionStore
  readonly sessions: SessionStore
  readonly passkeys: PasskeyStore
  readonly authenticators: AuthenticatorStore
  readonly pendingSignIns: PendingSignInStore
  readonly rememberedDevices: RememberedDeviceStore
  readonly factorResets: FactorResetStore
  readonly identities: IdentityStore
  readonly providerSignIns: ProviderSignInStore
  readonly provenPersons: ProvenPersonStore
  readonly apiKeys: ApiKeyStore
  readonly unreadyCredentials: UnreadyCredentialStore
  readonly serviceAccounts: ServiceAccountStore
  readonly revocations: RevocationStore
  readonly receivers: ReceiverStore
  readonly audit: AuditStore
  readonly eventPositions: EventPositionStore
  readonly signUps: SignUpStore
  readonly passwordResets: PasswordResetStore
  readonly emailChanges: EmailChangeStore
  readonly confirmationCodes: ConfirmationCodeStore
  readonly idempotency: IdempotencyStore
  readonly jobs: JobStore
  readonly emails: EmailStore
  readonly deviceAuthorizations: DeviceAuthorizationStore
  readonly refreshTokens: RefreshTokenStore
  readonly clients: ClientStore
  readonly consents: ConsentStore
  readonly apis: ApiStore
  readonly roles: RoleStore
  readonly signingKeys: SigningKeyStore
  readonly rootKeys: RootKeyStore
  readonly oauthModels: OAuthModelStore
  readonly operatorTokens: OperatorTokenStore
  readonly resources: ResourceStore
  readonly hostLabels: HostLabelStore
}

export interface Store {
  /** Single statements outside a transaction, for reads that decide nothing. */
  readonly reading: Tx
  /** Runs `work` in a transaction. It runs again from the start after a serialization failure (40001, 40P01), so `work` must not change anything outside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}
