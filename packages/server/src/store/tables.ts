import type { Role } from '@muster/contract/permissions.ts'
import type { ColumnType, Generated } from 'kysely'

// One interface per table. Rows are only used inside store/.

type Instant = Date
/** Defaults to muster_now(). Code can set it. */
type GeneratedInstant = ColumnType<Date, Date | undefined, Date>
/** jsonb. Read as an object, but written as a JSON string, because pg would convert a JavaScript array to a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>

export interface InstallationTable {
  only_row: Generated<boolean>
  secret_check: Uint8Array
  /** The generation of the root key that makes new values, and the oldest one whose values are valid (O8). */
  key_generation: Generated<number>
  oldest_key_generation: Generated<number>
  switched_at: Instant | null
  created_at: GeneratedInstant
  restored_at: Instant | null
  backup_at: Instant | null
  keys_rest_before: Instant | null
}

export interface StoreStateTable {
  only_row: Generated<boolean>
  state: 'filling' | 'moving' | 'moved'
  target: string | null
  since: GeneratedInstant
}

export interface RootKeyTable {
  kind: 'rows' | 'lasting'
  generation: number
  /** The secret that it is sealed with. */
  secret_check: Uint8Array
  sealed: Uint8Array
  created_at: GeneratedInstant
}

export interface FormerSecretTable {
  secret_check: Uint8Array
  ended_at: GeneratedInstant
}

export interface ServerProcessTable {
  id: string
  name: string
  secret_checks: Uint8Array
  generation: number
  knows_roles: Generated<boolean>
  seen_at: GeneratedInstant
}

export interface AccountTable {
  id: string
  email: string
  email_canonical: string
  password_hash: string | null
  given_name: string
  family_name: Generated<string>
  company: string | null
  username: string | null
  epoch: Generated<number>
  password_version: Generated<number>
  created_at: GeneratedInstant
  registered_at: Instant | null
  suspended_at: Generated<Instant | null>
  suspended_reason: Generated<string | null>
  passkey_handle: Generated<Uint8Array | null>
  always_second_factor: Generated<boolean>
  /** Set by a trigger when a field changes that others can see. */
  changed_at: ColumnType<Date | null, undefined, never>
}

export interface OrganizationTable {
  id: string
  name: string
  founder_id: string
  personal: Generated<boolean>
  plan: Generated<string>
  suspended_at: Instant | null
  suspended_reason: Generated<string | null>
  suspension_version: Generated<number>
  created_at: GeneratedInstant
  factor_policy: Generated<'none' | 'any' | 'phishing-resistant'>
  factor_policy_from: Generated<Instant | null>
  factor_policy_before: Generated<'none' | 'any'>
  remembered_devices: Generated<boolean>
  key_policy: Generated<'any' | 'scoped'>
  /** Counted by triggers. */
  active_members: ColumnType<number, undefined, never>
  deactivated_members: ColumnType<number, undefined, never>
}

export interface NameTable {
  name: string
  user_id: string | null
  organization_id: string | null
  taken_at: GeneratedInstant
}

export interface MembershipTable {
  organization_id: string
  user_id: string
  role: Role
  role_id: Generated<string | null>
  role_version: Generated<number>
  status: 'active' | 'deactivated' | 'left'
  joined_at: GeneratedInstant
  ended_at: Instant | null
  ended_reason: string | null
  status_at: GeneratedInstant
  status_by: string | null
  status_reason: string | null
  /** Set by a trigger when the role or the status changes. */
  changed_at: ColumnType<Date | null, undefined, never>
  /** Copies of the account's columns, set by triggers. */
  username: ColumnType<string | null, undefined, never>
  email: ColumnType<string, undefined, never>
  /** The searchable text, one name or address per line. Punctuation is replaced by capital letters, so that the index treats a line as one word. */
  names: ColumnType<string, undefined, never>
  names_and_addresses: ColumnType<string, undefined, never>
}

export interface InvitationTable {
  id: string
  organization_id: string
  kind: 'secret' | 'link' | 'email'
  state: Generated<'open' | 'accepted' | 'declined' | 'revoked' | 'expired'>
  role: Role
  role_id: Generated<string | null>
  version: Generated<number>
  email: string | null
  email_canonical: string | null
  created_by: string
  created_at: GeneratedInstant
  expires_at: Instant
  accepted_by: string | null
  ended_at: Instant | null
  mailed_at: Instant | null
  key_generation: Generated<number>
}

export interface InvitationSessionTable {
  id: string
  token_hash: Uint8Array
  user_id: string
  epoch: number
  invitation_id: string
  invitation_version: number
  address: string | null
  created_at: GeneratedInstant
  expires_at: Instant
  ended_at: Instant | null
  methods: string[] | null
}

export interface SessionTable {
  id: string
  kind: 'browser' | 'cli' | 'refresh' | 'application'
  user_id: string
  organization_id: string | null
  epoch: number
  client_id: string | null
  token_hash: Uint8Array | null
  grant_payload: NullableJson<Record<string, unknown>>
  address: string | null
  user_agent: string | null
  created_at: GeneratedInstant
  authenticated_at: GeneratedInstant
  methods: string[] | null
  confirmed_at: Generated<Instant | null>
  confirmed_methods: Generated<string[] | null>
  last_used_at: GeneratedInstant
  expires_at: Instant
  ended_at: Instant | null
  ended_reason: string | null
  logout_queued_at: Instant | null
  provider: Generated<string | null>
}

export interface PasskeyTable {
  id: string
  user_id: string
  credential_id: Uint8Array
  public_key: Uint8Array
  counter: ColumnType<string, number, number>
  device_bound: boolean
  verifies_user: boolean
  aaguid: string
  transports: string[]
  name: string
  address: string
  created_at: GeneratedInstant
  last_used_at: Instant | null
  last_address: string | null
  copied_at: Generated<Instant | null>
}

export interface AuthenticatorTable {
  user_id: string
  secret: Uint8Array
  key_generation: number
  last_step: ColumnType<string, number, number>
  failures: Generated<number>
  address: string
  created_at: GeneratedInstant
  last_used_at: Instant | null
  unlock_id: Generated<string | null>
  unlock_expires_at: Generated<Instant | null>
}

export interface RecoveryCodeTable {
  user_id: string
  code_hash: Uint8Array
  created_at: GeneratedInstant
  used_at: Instant | null
}

export interface PendingSignInTable {
  token_hash: Uint8Array
  user_id: string
  epoch: number
  password_version: number
  tries: Generated<number>
  created_at: GeneratedInstant
  expires_at: Instant
  ended_at: Instant | null
  methods: Generated<string[]>
  provider: Generated<string | null>
}

export interface RememberedDeviceTable {
  id: string
  token_hash: Uint8Array
  user_id: string
  epoch: number
  address: string
  user_agent: string | null
  created_at: GeneratedInstant
  last_used_at: GeneratedInstant
  expires_at: Instant
}

export interface FactorResetTable {
  id: string
  user_id: string
  organization_id: string
  requested_by: string
  requested_at: GeneratedInstant
  in_force_at: Instant
  confirmed_by: string | null
  completed_at: Instant | null
  ended_at: Instant | null
  code_used_at: Instant | null
}

export interface UsedChallengeTable {
  digest: Uint8Array
  expires_at: Instant
}

export interface ServiceAccountTable {
  id: string
  organization_id: string
  name: string
  description: Generated<string>
  role: Generated<Role>
  role_id: Generated<string | null>
  role_version: Generated<number>
  epoch: Generated<number>
  created_by: string
  created_at: GeneratedInstant
  ended_at: Instant | null
}

export interface ApiKeyTable {
  id: string
  token_hash: Uint8Array
  user_id: string | null
  service_account_id: string | null
  organization_id: string
  epoch: number
  description: string
  created_by: string
  created_at: GeneratedInstant
  last_used_at: Instant | null
  last_address: string | null
  ended_at: Instant | null
  ended_reason: string | null
  methods: string[] | null
  scope: string[] | null
  expires_at: Instant | null
  expiry_mailed_at: Instant | null
}

export interface EmailChangeTable {
  id: string
  user_id: string
  session_id: string
  email: string
  email_canonical: string
  old_email: string
  code_tries: Generated<number>
  code_digits: Generated<number>
  created_at: GeneratedInstant
  expires_at: Instant
  ended_at: ColumnType<Date | null, undefined, Date>
  key_generation: Generated<number>
}

export interface RevocationTable {
  id: Generated<bigint>
  kind: 'user' | 'session' | 'token' | 'key' | 'role' | 'organization' | 'enabled'
  subject: string
  value: Json<Record<string, unknown>>
  at: GeneratedInstant
  expires_at: Instant
  xid: Generated<string>
  awaited: Generated<boolean>
}

export interface ReceiverTable {
  id: string
  client_id: string | null
  method: 'poll' | 'push' | 'server'
  endpoint_url: string | null
  push_authorization: Uint8Array | null
  description: string | null
  events_requested: NullableJson<string[]>
  excluded: ColumnType<string[], string | undefined, string>
  status: Generated<'enabled' | 'paused' | 'disabled'>
  status_reason: string | null
  lease_seconds: number
  lease_until: Instant
  watermark: string | null
  push_failures: Generated<number>
  push_after: GeneratedInstant
  created_at: GeneratedInstant
  generation: Generated<number>
  heard_at: GeneratedInstant
  failing_since: Instant | null
  removed_at: Instant | null
  key_generation: Generated<number>
}

export interface ReceiverEventTable {
  id: Generated<bigint>
  receiver_id: string
  payload: Json<Record<string, unknown>>
  at: GeneratedInstant
}

export interface RevocationAckTable {
  revocation_id: bigint
  receivers: string[]
  at: GeneratedInstant
}

export interface AuditEventTable {
  seq: Generated<bigint>
  id: string
  at: GeneratedInstant
  type: string
  outcome: 'done' | 'refused'
  actor_kind: string
  actor_id: string | null
  actor_session_id: string | null
  actor_key_id: string | null
  organization_id: string | null
  target: string
  details: Json<Record<string, unknown>>
  /** Only in an event that was not moved yet. */
  address: string | null
  request_id: string | null
}

export interface AuditPersonalTable {
  event_id: string
  field: string
  /** Null: erased. */
  value: string | null
}

export interface AuditEventMoveTable {
  only_row: Generated<boolean>
  moved_until: Generated<bigint>
  ends_at: Generated<bigint>
}

export interface EventPositionTable {
  position: bigint
  seq: bigint
  organization_id: string | null
  organization_position: bigint | null
}

export interface EventArrivalTable {
  xid: Generated<string>
  seq: bigint
  organization_id: string | null
}

export interface EventSequencerTable {
  only_row: Generated<boolean>
  read_from: Generated<string>
  backlog_after: Generated<bigint>
  backlog_until: Generated<bigint>
}

export interface IdempotencyKeyTable {
  principal: string
  key: string
  request_hash: Uint8Array
  answer: Uint8Array | null
  created_at: GeneratedInstant
  key_generation: Generated<number>
}

export interface DeviceAuthorizationTable {
  id: string
  device_code_hash: Uint8Array
  user_code: string
  client_id: string
  scope: string
  params: Json<Record<string, unknown>>
  state: Generated<'pending' | 'approved' | 'denied' | 'redeemed'>
  claimed_by: string | null
  user_id: string | null
  session_id: string | null
  address: string
  user_agent: string | null
  requested_at: GeneratedInstant
  approved_at: Instant | null
  expires_at: Instant
  polled_at: Instant | null
  poll_seconds: number | null
  network: string | null
  confirms: Generated<string | null>
  action: Generated<string | null>
}

export interface RefreshTokenTable {
  id: string
  name: string | null
  token_hash: Uint8Array
  session_id: string
  user_id: string
  client_id: string
  scope: string
  payload: Json<Record<string, unknown>>
  rotates: boolean
  address: string
  last_address: string | null
  created_at: GeneratedInstant
  first_used_at: Instant | null
  last_used_at: Instant | null
  consumed_at: Instant | null
  expires_at: Instant
  idle_expires_at: Instant
}

export interface ClientTable {
  id: string
  name: string
  secret_hash: Uint8Array | null
  grants: Json<string[]>
  redirect_uris: Json<string[]>
  post_logout_redirect_uris: Json<string[]>
  scopes: Json<string[]>
  alg: Generated<'ES256' | 'RS256'>
  native: Generated<boolean>
  command_line: Generated<boolean>
  implied_scopes: ColumnType<string[], string | undefined, string>
  built_in: Generated<boolean>
  created_at: GeneratedInstant
  removed_at: Instant | null
  returned_at: Instant | null
  require_pkce: Generated<boolean>
  backchannel_logout_uri: string | null
  api_id: string | null
  first_party: Generated<boolean>
}

export interface ConsentTable {
  user_id: string
  client_id: string
  organization_id: string
  granted: string[]
  declined: string[]
  granted_at: GeneratedInstant
}

export interface ClientSecretTable {
  id: string
  client_id: string
  secret_hash: Uint8Array
  created_at: GeneratedInstant
  last_used_at: Instant | null
  revoked_at: Instant | null
}

export interface SigningKeyTable {
  kid: string
  alg: 'ES256' | 'RS256'
  public_jwk: Json<Record<string, unknown>>
  private_jwk: Uint8Array
  created_at: GeneratedInstant
  signs_from: Instant
  retired_at: Instant | null
  key_generation: Generated<number>
}

export interface OperatorTokenTable {
  id: string
  name: string
  token_hash: Uint8Array
  created_at: GeneratedInstant
  expires_at: Instant | null
  last_used_at: Instant | null
  last_address: string | null
  revoked_at: Instant | null
}

export interface EmailTable {
  seq: Generated<bigint>
  id: string
  address: string
  address_canonical: string
  job: Json<Record<string, unknown>>
  state: 'sent' | 'retrying' | 'failed'
  attempts: number
  reason: string | null
  first_at: GeneratedInstant
  last_at: GeneratedInstant
}

export interface OidcModelTable {
  kind: string
  id_hash: Uint8Array
  payload: Json<Record<string, unknown>>
  uid: string | null
  grant_id: string | null
  consumed_at: Instant | null
  expires_at: Instant | null
}

export interface SignUpTable {
  id: string
  token_hash: Uint8Array
  email: string
  email_canonical: string
  password_hash: string | null
  given_name: string
  family_name: string
  code_number: Generated<number>
  code_tries: Generated<number>
  code_digits: Generated<number>
  code_expires_at: Instant
  created_at: GeneratedInstant
  expires_at: Instant
  provider: string | null
  issuer: string | null
  subject: string | null
  identity_label: string | null
  key_generation: Generated<number>
}

export interface PasswordResetTable {
  id: string
  email_canonical: string
  user_id: string | null
  address: string
  request_id: string
  created_at: GeneratedInstant
  expires_at: Instant
  ended_at: Instant | null
  key_generation: Generated<number>
}

export interface IdentityTable {
  id: string
  user_id: string
  provider: string
  issuer: string
  subject: string
  label: string
  address: string
  created_at: GeneratedInstant
  last_used_at: Instant | null
  last_address: string | null
}

export interface ProviderSignInTable {
  token_hash: Uint8Array
  provider: string
  return_path: string | null
  user_id: string | null
  session_id: string | null
  created_at: GeneratedInstant
  expires_at: Instant
}

export interface ProvenPersonTable {
  token_hash: Uint8Array
  provider: string
  issuer: string
  subject: string
  label: string
  email: string | null
  email_trusted: boolean
  given_name: string
  family_name: string
  session_id: string | null
  return_path: string | null
  created_at: GeneratedInstant
  expires_at: Instant
}

export interface ConfirmationCodeTable {
  session_id: string
  code_number: number
  code_tries: Generated<number>
  key_generation: number
  created_at: GeneratedInstant
  expires_at: Instant
}

export interface ResourceTable {
  id: string
  organization_id: string
  kind: string
  name: string
  owner_id: string
  created_by: string
  created_at: GeneratedInstant
  owned_since: GeneratedInstant
  removed_at: Instant | null
}

export interface HostLabelTable {
  label: string
  organization_id: string
  resource_id: string
  taken_at: GeneratedInstant
  held_since: Instant | null
}

export interface OrganizationContactTable {
  organization_id: string
  purpose: 'technical' | 'billing'
  user_id: string | null
  email: string | null
}

export interface OrganizationAddressTable {
  organization_id: string
  address: string
}

export interface RoleTable {
  id: string
  organization_id: string
  name: string
  description: string
  revision: Generated<number>
  permissions: string[]
  created_at: GeneratedInstant
  changed_at: GeneratedInstant
  removed_at: Generated<Instant | null>
}

export interface ApiTable {
  id: string
  name: string
  audience: string
  granted_to_members: string[]
  granted_to_viewers: string[]
  longest_token_seconds: number | null
  accepts_default_audience: boolean
  revision: ColumnType<bigint, number, number>
  created_at: GeneratedInstant
}

export interface ApiPermissionTable {
  name: string
  api_id: string
  description: string
  place: number
}

export interface Tables {
  role: RoleTable
  api: ApiTable
  api_permission: ApiPermissionTable
  confirmation_code: ConfirmationCodeTable
  identity: IdentityTable
  provider_sign_in: ProviderSignInTable
  proven_person: ProvenPersonTable
  resource: ResourceTable
  host_label: HostLabelTable
  organization_contact: OrganizationContactTable
  organization_address: OrganizationAddressTable
  service_account: ServiceAccountTable
  api_key: ApiKeyTable
  device_authorization: DeviceAuthorizationTable
  refresh_token: RefreshTokenTable
  client: ClientTable
  client_secret: ClientSecretTable
  consent: ConsentTable
  signing_key: SigningKeyTable
  operator_token: OperatorTokenTable
  root_key: RootKeyTable
  former_secret: FormerSecretTable
  server_process: ServerProcessTable
  email: EmailTable
  oidc_model: OidcModelTable
  installation: InstallationTable
  store_state: StoreStateTable
  account: AccountTable
  organization: OrganizationTable
  name: NameTable
  membership: MembershipTable
  email_change: EmailChangeTable
  invitation: InvitationTable
  invitation_session: InvitationSessionTable
  session: SessionTable
  revocation: RevocationTable
  receiver: ReceiverTable
  receiver_event: ReceiverEventTable
  revocation_ack: RevocationAckTable
  audit_event: AuditEventTable
  audit_personal: AuditPersonalTable
  audit_event_move: AuditEventMoveTable
  event_position: EventPositionTable
  event_arrival: EventArrivalTable
  event_sequencer: EventSequencerTable
  idempotency_key: IdempotencyKeyTable
  sign_up: SignUpTable
  password_reset: PasswordResetTable
  passkey: PasskeyTable
  used_challenge: UsedChallengeTable
  authenticator: AuthenticatorTable
  recovery_code: RecoveryCodeTable
  pending_sign_in: PendingSignInTable
  remembered_device: RememberedDeviceTable
  factor_reset: FactorResetTable
}
