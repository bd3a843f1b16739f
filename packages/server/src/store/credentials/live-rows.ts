import type { FactorPolicy } from '@muster/contract/authentication.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import { type RawBuilder, sql } from 'kysely'
import type { LiveAccount, LiveMembership } from '../../domain/model/live.ts'
import type { Organization, PolicyFloor } from '../../domain/model/organization.ts'
import type { HeldCustomRole } from '../../domain/model/role.ts'
import { heldCustomRole } from '../roles/role-store.ts'

// The columns that every request reads. Each is named, so that a statement can stay prepared while the next version adds columns (I13).

/** An instant in microseconds. The driver reads it far faster than text. */
export const micros = (instant: RawBuilder<unknown>): RawBuilder<number> => sql<number>`round(date_part('epoch', ${instant}) * 1000000)`

/** Since when a key `k` or a session `s` rests, because the database was restored (O9). Null if it does not. Only refresh tokens have sessions that rest. */
export const restsSince = (row: 'k' | 's') => sql<Date | null>`(
  select i.keys_rest_before from installation i where ${sql.ref(`${row}.created_at`)} < i.keys_rest_before ${row === 's' ? sql`and s.kind = 'refresh'` : sql``})`

export const toDate = (microseconds: number): Date => new Date(Math.floor(microseconds / 1000))
export const toDateOrNull = (microseconds: number | null): Date | null => (microseconds === null ? null : toDate(microseconds))

export interface AccountColumns {
  account_id: string
  email: string
  email_canonical: string
  given_name: string
  family_name: string
  company: string | null
  username: string | null
  account_epoch: number
  account_created_at: number
  registered_at: number | null
  account_suspended_at: number | null
}

/** Of an account `a`. */
export const accountColumns = sql`a.id as account_id, a.email, a.email_canonical, a.given_name, a.family_name, a.company, a.username, a.epoch as account_epoch,
  ${micros(sql`a.created_at`)} as account_created_at, ${micros(sql`a.registered_at`)} as registered_at,
  ${micros(sql`a.suspended_at`)} as account_suspended_at`

export const toLiveAccount = (row: AccountColumns): LiveAccount => ({
  id: row.account_id as UserId,
  email: row.email,
  emailCanonical: row.email_canonical,
  givenName: row.given_name,
  familyName: row.family_name,
  company: row.company,
  username: row.username,
  epoch: row.account_epoch,
  createdAt: toDate(row.account_created_at),
  registeredAt: toDateOrNull(row.registered_at),
  suspendedAt: toDateOrNull(row.account_suspended_at),
})

/** Null for all columns if the account has no current membership. */
export interface MembershipColumns {
  member_of: string | null
  member_id: string
  role: Role
  custom_role: HeldCustomRole | null
  status: LiveMembership['status']
  status_at: number
  status_by: string | null
}

/** Of a membership `m` that is not left. */
export const membershipColumns = sql`m.organization_id as member_of, m.user_id as member_id, m.role, ${heldCustomRole('m')} as custom_role, m.status, ${micros(sql`m.status_at`)} as status_at, m.status_by`

export const toLiveMembership = (row: MembershipColumns): LiveMembership | null =>
  row.member_of === null
    ? null
    : {
        organizationId: row.member_of as OrganizationId,
        userId: row.member_id as UserId,
        role: row.role,
        customRole: row.custom_role,
        status: row.status,
        statusAt: toDate(row.status_at),
        statusBy: row.status_by,
      }

/** Null for all columns if there is no organization. */
export interface OrganizationColumns {
  organization_id: string | null
  organization_name: string
  founder_id: string
  personal: boolean
  plan: string
  suspended_at: number | null
  organization_created_at: number
  factor_policy: FactorPolicy
  factor_policy_from: number | null
  factor_policy_before: FactorPolicy
  remembered_devices: boolean
}

/** Of an organization `o`. */
export const organizationColumns = sql`o.id as organization_id, o.name as organization_name, o.founder_id, o.personal, o.plan,
  ${micros(sql`o.suspended_at`)} as suspended_at, ${micros(sql`o.created_at`)} as organization_created_at,
  o.factor_policy, ${micros(sql`o.factor_policy_from`)} as factor_policy_from, o.factor_policy_before, o.remembered_devices`

export const toLiveOrganization = (row: OrganizationColumns, floor: PolicyFloor): Organization | null =>
  row.organization_id === null
    ? null
    : {
        id: row.organization_id as OrganizationId,
        name: row.organization_name,
        founderId: row.founder_id as UserId,
        personal: row.personal,
        plan: row.plan,
        suspendedAt: toDateOrNull(row.suspended_at),
        createdAt: toDate(row.organization_created_at),
        factorPolicy: {
          policy: row.factor_policy,
          from: toDateOrNull(row.factor_policy_from),
          before: row.factor_policy_before,
          rememberedDevices: row.remembered_devices,
          floor,
        },
      }
