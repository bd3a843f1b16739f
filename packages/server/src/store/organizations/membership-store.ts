import { isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { Companions, Member, Membership } from '../../domain/model/membership.ts'
import type { HeldCustomRole, HeldRole } from '../../domain/model/role.ts'
import type { MembershipStore, StatusChange } from '../../domain/organizations/store.ts'
import { micros, toDate, toDateOrNull } from '../credentials/live-rows.ts'
import { executePoint, point } from '../database.ts'
import { idOfCursor, pageOf } from '../page.ts'
import { heldCustomRole } from '../roles/role-store.ts'
import type { MembershipTable, Tables } from '../tables.ts'
import { pageStatement } from './member-directory.ts'
import { organizationNamed } from './organization-store.ts'

const columns = [
  'organization_id',
  'user_id',
  'role',
  'role_version',
  'status',
  'joined_at',
  'ended_at',
  'ended_reason',
  'status_at',
  'status_by',
  'status_reason',
] as const

interface RoleRow {
  role: HeldRole['role']
  custom_role: HeldCustomRole | null
}
const toRole = ({ role, custom_role: customRole }: RoleRow): HeldRole => ({ role, customRole })
const customRole = heldCustomRole('membership').as('custom_role')

const toMembership = (row: Pick<Selectable<MembershipTable>, (typeof columns)[number]> & RoleRow): Membership => ({
  organizationId: row.organization_id as OrganizationId,
  userId: row.user_id as UserId,
  ...toRole(row),
  roleVersion: row.role_version,
  status: row.status,
  joinedAt: row.joined_at,
  endedAt: row.ended_at,
  endedReason: row.ended_reason,
  statusAt: row.status_at,
  statusBy: row.status_by,
  statusReason: row.status_reason,
})

const now = sql<Date>`muster_now()`

interface CompanionsRow {
  is_admin: boolean
  other_admin: boolean
  others: boolean
}
const companionColumns = (organizationId: RawBuilder<unknown>, userId: RawBuilder<unknown>) => {
  const exists = (condition: RawBuilder<unknown>) =>
    sql`exists (select from membership one where one.organization_id = ${organizationId} and one.user_id ${condition})`
  // An admin that the operator has suspended is not an active one (O14).
  const isActiveAdmin = sql`one.status = 'active' and one.role = 'admin' and (select a.suspended_at from account a where a.id = one.user_id) is null`
  return sql`${exists(sql`= ${userId} and ${isActiveAdmin}`)} as is_admin, ${exists(sql`<> ${userId} and ${isActiveAdmin}`)} as other_admin,
     ${exists(sql`<> ${userId} and one.status <> 'left'`)} as others`
}
const toCompanions = (row: CompanionsRow): Companions => ({ isAdmin: row.is_admin, otherAdmin: row.other_admin, others: row.others })

interface StatusRow extends Pick<Selectable<MembershipTable>, 'status' | 'status_at' | 'status_by' | 'status_reason' | 'changed_at'> {
  status_by_name: string | null
}
const statusColumns = sql`status, status_at, status_by, status_reason, changed_at`
const changedColumns = sql`changed.status, changed.status_at, changed.status_by, changed.status_reason, changed.changed_at,
  (select by.username from account by where by.id = changed.status_by) as status_by_name`
const toStatusChange = (row: StatusRow): StatusChange => ({
  status: row.status,
  statusAt: row.status_at,
  statusBy: row.status_by,
  statusByName: row.status_by_name,
  statusReason: row.status_reason,
  changedAt: row.changed_at ?? row.status_at,
})

const settingRole = (organizationId: OrganizationId, userId: UserId, { role, customRole }: HeldRole) => sql`
  update membership set role = ${role}, role_id = ${customRole?.id ?? null}, role_version = role_version + 1, changed_at = muster_now()
  where organization_id = ${organizationId} and user_id = ${userId}`

/** @throws Error if the statement has found no row */
function oneOf<Row>(rows: readonly Row[]): Row {
  const [row] = rows
  if (!row) throw new Error('The row of a membership was not found.')
  return row
}

/** Times are microseconds since 1970. */
interface MemberRow extends RoleRow {
  organization_id: string
  user_id: string
  role_version: number
  status: Member['status']
  joined_at: number
  ended_at: number | null
  ended_reason: string | null
  status_at: number
  status_by: string | null
  status_reason: string | null
  username: string | null
  given_name: string
  family_name: string
  email: string
  status_by_name: string | null
  created_at: number
  last_changed_at: number
  last_seen_at: number | null
  suspended_at: number | null
}

const of = (column: string) => micros(sql.ref(column))
/** Every column is named, so that a statement can stay prepared while the next version adds columns (I13). */
const memberColumns = sql`m.organization_id, m.user_id, m.role, ${heldCustomRole('m')} as custom_role, m.role_version, m.status, ${of('m.joined_at')} as joined_at, ${of('m.ended_at')} as ended_at, m.ended_reason,
    ${of('m.status_at')} as status_at, m.status_by, m.status_reason, a.username, a.given_name, a.family_name, a.email, ${of('a.created_at')} as created_at,
    (select c.username from account c where c.id = m.status_by) as status_by_name,
    ${micros(sql`greatest(coalesce(m.changed_at, m.status_at), coalesce(a.changed_at, a.registered_at, a.created_at))`)} as last_changed_at,
    ${of('a.suspended_at')} as suspended_at, (select ${micros(sql`max(s.last_used_at)`)} from session s where s.user_id = m.user_id and s.organization_id = m.organization_id) as last_seen_at`
const memberRows = sql`membership m join account a on a.id = m.user_id`
const members = sql`select ${memberColumns} from ${memberRows}`
/** @param reference a username, or the id of a user, which no username can be */
const isReferredTo = (reference: string) => sql`${isId('user', reference) ? sql`a.id` : sql`a.username`} = ${reference}`

const toMember = (row: MemberRow): Member => ({
  organizationId: row.organization_id as OrganizationId,
  userId: row.user_id as UserId,
  ...toRole(row),
  roleVersion: row.role_version,
  status: row.status,
  joinedAt: toDate(row.joined_at),
  endedAt: toDateOrNull(row.ended_at),
  endedReason: row.ended_reason,
  statusAt: toDate(row.status_at),
  statusBy: row.status_by,
  statusReason: row.status_reason,
  username: row.username ?? '',
  givenName: row.given_name,
  familyName: row.family_name,
  email: row.email,
  statusByName: row.status_by_name,
  lastSeenAt: toDateOrNull(row.last_seen_at),
  createdAt: toDate(row.created_at),
  changedAt: toDate(row.last_changed_at),
  suspendedAt: toDateOrNull(row.suspended_at),
})

export function membershipStore(db: Kysely<Tables>): MembershipStore {
  return {
    async find(organizationId, userId) {
      const [row] = await executePoint(
        db,
        db
          .selectFrom('membership')
          .select([...columns, customRole])
          .where('organization_id', '=', organizationId)
          .where('user_id', '=', userId),
      )
      return row ? toMembership(row) : null
    },
    async current(userId) {
      const [row] = await executePoint(
        db,
        db
          .selectFrom('membership')
          .select([...columns, customRole])
          .where('user_id', '=', userId)
          .where('status', '<>', 'left'),
      )
      return row ? toMembership(row) : null
    },
    async activeAdmins(organizationId) {
      const { rows } = await sql<MemberRow>`${members}
        where m.organization_id = ${organizationId} and m.role = 'admin' and m.status = 'active'
        order by (a.suspended_at is not null), m.joined_at, m.user_id limit 100`.execute(db)
      return rows.map(toMember)
    },
    async companions(organizationId, userId) {
      const { rows } = await sql<CompanionsRow>`${point} select ${companionColumns(sql`${organizationId}`, sql`${userId}`)}`.execute(db)
      return toCompanions(oneOf(rows))
    },
    async countActive(organizationId) {
      return (await this.counts(organizationId)).active
    },
    async counts(organizationId) {
      const row = await db.selectFrom('organization').select(['active_members', 'deactivated_members']).where('id', '=', organizationId).executeTakeFirst()
      return { active: row?.active_members ?? 0, deactivated: row?.deactivated_members ?? 0 }
    },
    async start({ organizationId, userId, role: { role, customRole } }) {
      await sql`${point} insert into membership (organization_id, user_id, role, role_id, status) values (${organizationId}, ${userId}, ${role}, ${customRole?.id ?? null}, 'active')
        on conflict (organization_id, user_id) do update set role = excluded.role, role_id = excluded.role_id, role_version = membership.role_version + 1, status = 'active',
          joined_at = muster_now(), ended_at = null, ended_reason = null, status_at = muster_now(), status_by = null, status_reason = null`.execute(db)
    },
    async insertDormant(organizationId, userId) {
      await db
        .insertInto('membership')
        .values({ organization_id: organizationId, user_id: userId, role: 'admin', status: 'left', ended_at: now, ended_reason: 'dormant' })
        .execute()
    },
    async deactivate(organizationId, userId, by, reason) {
      const { rows } = await sql<StatusRow & { epoch: number }>`${point} with changed as (
        update membership set status = 'deactivated', status_at = muster_now(), status_by = ${by}, status_reason = ${reason}
        where organization_id = ${organizationId} and user_id = ${userId} and status = 'active' returning user_id, ${statusColumns})
        update account set epoch = account.epoch + 1 from changed where account.id = changed.user_id returning account.epoch, ${changedColumns}`.execute(db)
      const row = oneOf(rows)
      return { epoch: row.epoch, ...toStatusChange(row) }
    },
    async reactivate(organizationId, userId, by) {
      const { rows } = await sql<StatusRow>`${point} with changed as (
        update membership set status = 'active', status_at = muster_now(), status_by = ${by}, status_reason = null
        where organization_id = ${organizationId} and user_id = ${userId} and status = 'deactivated' returning ${statusColumns})
        select ${changedColumns} from changed`.execute(db)
      return toStatusChange(oneOf(rows))
    },
    async end(organizationId, userId, reason, by) {
      const { rows } = await sql<{ epoch: number }>`${point} with ended as (
        update membership set status = 'left', ended_at = muster_now(), ended_reason = ${reason}, status_at = muster_now(), status_by = ${by}, status_reason = null
        where organization_id = ${organizationId} and user_id = ${userId} and status <> 'left' returning user_id)
        update account set epoch = account.epoch + 1 from ended where account.id = ended.user_id returning account.epoch`.execute(db)
      return oneOf(rows).epoch
    },
    async setRole(organizationId, userId, role) {
      const { rows } = await sql<{ role_version: number }>`${point} ${settingRole(organizationId, userId, role)} returning role_version`.execute(db)
      return oneOf(rows).role_version
    },
    async lowerRole(organizationId, userId, role) {
      // Rows of an earlier epoch have ended, and stay so.
      const carried = ['session', 'api_key', 'pending_sign_in', 'remembered_device'].map(
        (table) => sql`${sql.ref(`${table}_carried`)} as (
          update ${sql.table(table)} carried set epoch = raised.epoch from raised where carried.user_id = raised.id and carried.epoch = raised.epoch - 1)`,
      )
      const { rows } = await sql<{ role_version: number; epoch: number }>`${point} with changed as (
        ${settingRole(organizationId, userId, role)} returning user_id, role_version),
        raised as (update account set epoch = account.epoch + 1 from changed where account.id = changed.user_id returning account.id, account.epoch),
        ${sql.join(carried)}
        select changed.role_version, raised.epoch from changed join raised on raised.id = changed.user_id`.execute(db)
      const row = oneOf(rows)
      return { version: row.role_version, epoch: row.epoch }
    },
    async member(organizationId, reference) {
      const { rows } = await sql<MemberRow>`${point} ${members} where m.organization_id = ${organizationId} and ${isReferredTo(reference)}`.execute(db)
      const [row] = rows
      return row ? toMember(row) : null
    },
    async listed(people) {
      const [organizations, users] = [people.map(({ organizationId }) => organizationId), people.map(({ userId }) => userId)]
      const { rows } = await sql<MemberRow>`${members}
        where (m.organization_id, m.user_id) in (select * from unnest(${organizations}::text[], ${users}::text[]))`.execute(db)
      return rows.map(toMember)
    },
    async target(organization, reference) {
      const { rows } = await sql<MemberRow & CompanionsRow & { epoch: number }>`${point} select ${memberColumns}, a.epoch,
        ${companionColumns(sql`m.organization_id`, sql`m.user_id`)} from ${memberRows}
        where m.organization_id = (${organizationNamed(organization)}) and ${isReferredTo(reference)}`.execute(db)
      const [row] = rows
      return row ? { ...toMember(row), ...toCompanions(row), epoch: row.epoch } : null
    },
    async statusOfAddress(organizationId, emailCanonical) {
      const row = await db
        .selectFrom('membership')
        .innerJoin('account', 'account.id', 'membership.user_id')
        .select('membership.status')
        .where('organization_id', '=', organizationId)
        .where('account.email_canonical', '=', emailCanonical)
        .executeTakeFirst()
      return row?.status ?? null
    },
    async unready(organizationId, policy, { limit, cursor }) {
      const after = idOfCursor(cursor, 'user') ?? ''
      const lacksPasskey = sql<boolean>`not exists (select from passkey p where p.user_id = m.user_id)`
      const lacksApp = sql<boolean>`not exists (select from authenticator t where t.user_id = m.user_id)`
      const { rows } = await sql<RoleRow & { user_id: string; username: string; app: boolean }>`
        select m.user_id, a.username, m.role, ${heldCustomRole('m')} as custom_role, not ${lacksApp} as app from membership m join account a on a.id = m.user_id
        where m.organization_id = ${organizationId} and m.status = 'active' and m.user_id > ${after}
          and ${lacksPasskey} and ${policy === 'any' ? lacksApp : sql`true`} and ${policy !== 'none'}
        order by m.user_id limit ${limit + 1}`.execute(db)
      return pageOf(
        rows,
        limit,
        (row) => [row.user_id],
        (row) => ({ userId: row.user_id as UserId, username: row.username, ...toRole(row), app: row.app }),
      )
    },
    async page(organizationId, request) {
      // `is true`, so that no index of the organization's members is walked for each of them.
      const memberOf = (userId: RawBuilder<string>) =>
        sql<MemberRow>`${members} where (m.organization_id = ${organizationId}) is true and m.user_id = ${userId}`
      const statement = pageStatement(organizationId, request, memberOf)
      const rows = statement === null ? [] : (await statement.execute(db)).rows
      return pageOf(rows, request.limit, (row) => [String(row.joined_at), row.user_id], toMember)
    },
  }
}
