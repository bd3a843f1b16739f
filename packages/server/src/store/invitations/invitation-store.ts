import type { InvitationId, OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { InvitationStore } from '../../domain/invitations/store.ts'
import type { Invitation, NamedInvitation } from '../../domain/model/invitation.ts'
import type { HeldCustomRole } from '../../domain/model/role.ts'
import { executePoint, point } from '../database.ts'
import { isGenerationValid, newestGeneration } from '../key-generation.ts'
import { idOfCursor, pageOf } from '../page.ts'
import { heldCustomRole } from '../roles/role-store.ts'
import type { InvitationTable, Tables } from '../tables.ts'
import { invitationPage } from './invitation-list.ts'

type Row = Selectable<InvitationTable> & { custom_role: HeldCustomRole | null }

const toInvitation = (row: Row): Invitation => ({
  id: row.id as InvitationId,
  organizationId: row.organization_id as OrganizationId,
  kind: row.kind,
  state: row.state,
  role: row.role,
  customRole: row.custom_role,
  version: row.version,
  keyGeneration: row.key_generation,
  createdBy: row.created_by as UserId,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  acceptedBy: row.accepted_by as UserId | null,
  email: row.email,
  emailCanonical: row.email_canonical,
  mailedAt: row.mailed_at,
  endedAt: row.ended_at,
})

const now = sql<Date>`muster_now()`
const customRole = heldCustomRole('invitation')
const columns = sql`id, organization_id, kind, state, role, role_id, ${customRole} as custom_role, version, key_generation, email, email_canonical, created_by, created_at, expires_at, accepted_by, ended_at, mailed_at`

export function invitationStore(db: Kysely<Tables>): InvitationStore {
  const revoking = () =>
    // A literal, so that a prepared statement can use the indexes of open invitations.
    db.updateTable('invitation').set({ state: 'revoked', ended_at: now }).where('state', '=', sql.lit('open')).where('expires_at', '>', now).returning('id')
  const openFor = (organizationId: string, emailCanonical: string) =>
    db
      .selectFrom('invitation')
      .selectAll()
      .select(customRole.as('custom_role'))
      .where('organization_id', '=', organizationId)
      .where('email_canonical', '=', emailCanonical)
      .where('kind', '=', 'email')
      .where('state', '=', 'open')
  // An open invitation expires on time, even if no job has marked it as expired yet (S16).
  const stateNow = sql<
    Invitation['state']
  >`case when invitation.state = 'open' and invitation.expires_at <= muster_now() then 'expired' else invitation.state end`
  const named = () =>
    db
      .selectFrom('invitation')
      .innerJoin('account as inviter', 'inviter.id', 'invitation.created_by')
      .leftJoin('account as accepter', 'accepter.id', 'invitation.accepted_by')
      .selectAll('invitation')
      .select([
        'inviter.username as inviter_username',
        'inviter.given_name',
        'inviter.family_name',
        'accepter.username as accepted_by_name',
        customRole.as('custom_role'),
        stateNow.as('state_now'),
      ])
  type NamedRow = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]
  const toNamed = (row: NamedRow): NamedInvitation => ({
    ...toInvitation(row),
    state: row.state_now,
    inviter: { username: row.inviter_username ?? '', name: `${row.given_name} ${row.family_name}`.trim() },
    acceptedByName: row.accepted_by_name,
  })
  return {
    async insert({ id, organizationId, kind, role, customRole: custom, createdBy, lifetimeSeconds, address }) {
      const { rows } = await sql<Row>`${point}
        insert into invitation (id, organization_id, kind, role, role_id, email, email_canonical, created_by, created_at, expires_at, key_generation)
        values (${id}, ${organizationId}, ${kind}, ${role}, ${custom?.id ?? null}, ${address?.typed ?? null}, ${address?.canonical ?? null}, ${createdBy}, muster_now(),
          muster_now() + make_interval(secs => ${lifetimeSeconds}::int), ${newestGeneration}) returning ${columns}`.execute(db)
      return toInvitation(rows[0] as Row)
    },
    async open({ id, organizationId, role, customRole: custom, createdBy, lifetimeSeconds, address }) {
      const { rows } = await sql<NamedRow>`${point} with made as (
        insert into invitation (id, organization_id, kind, role, role_id, email, email_canonical, created_by, created_at, expires_at, key_generation)
        select ${id}, ${organizationId}, 'email', ${role}, ${custom?.id ?? null}::text, ${address.typed}, ${address.canonical}, ${createdBy}, muster_now(), muster_now() + make_interval(secs => ${lifetimeSeconds}::int), ${newestGeneration}
        where not exists (
          select from account join membership on membership.user_id = account.id
          where account.email_canonical = ${address.canonical} and membership.organization_id = ${organizationId} and membership.status <> 'left')
        on conflict (organization_id, email_canonical) where state = 'open' and kind = 'email' do nothing
        returning ${columns})
        select made.*, inviter.username as inviter_username, inviter.given_name, inviter.family_name, null as accepted_by_name, made.state as state_now
        from made join account inviter on inviter.id = made.created_by`.execute(db)
      return rows[0] ? toNamed(rows[0]) : null
    },
    async find(id) {
      const { rows } = await sql<Row>`${point} select ${columns} from invitation where id = ${id}`.execute(db)
      return rows[0] ? toInvitation(rows[0]) : null
    },
    async accept(id, version, userId) {
      const { rows } = await sql<Row>`${point} update invitation set state = 'accepted', accepted_by = ${userId}, ended_at = muster_now()
        where id = ${id} and version = ${version} and state = 'open' and expires_at > muster_now() and ${isGenerationValid} returning ${columns}`.execute(db)
      return rows[0] ? toInvitation(rows[0]) : null
    },
    async revoke(id) {
      return (await revoking().where('id', '=', id).executeTakeFirst()) !== undefined
    },
    async setRole(id, { role, customRole: custom }) {
      const { numUpdatedRows } = await db
        .updateTable('invitation')
        .set({ role, role_id: custom?.id ?? null })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async revokeOpenBy(userId, organizationId) {
      const rows = await executePoint(db, revoking().where('created_by', '=', userId).where('organization_id', '=', organizationId))
      return rows.map(({ id }) => id as InvitationId)
    },
    async revokeAllOpen(organizationId) {
      const rows = await executePoint(db, revoking().where('organization_id', '=', organizationId))
      return rows.map(({ id }) => id as InvitationId)
    },
    async openTo(organizationId, emailCanonical) {
      const row = await openFor(organizationId, emailCanonical).where('expires_at', '>', now).executeTakeFirst()
      return row ? toInvitation(row) : null
    },
    async expireTo(organizationId, emailCanonical) {
      const rows = await db
        .updateTable('invitation')
        .set({ state: 'expired', ended_at: now })
        .where('organization_id', '=', organizationId)
        .where('email_canonical', '=', emailCanonical)
        .where('kind', '=', 'email')
        .where('state', '=', 'open')
        .where('expires_at', '<=', now)
        .returning('id')
        .execute()
      return rows.map(({ id }) => id as InvitationId)
    },
    async renew(id, lifetimeSeconds) {
      const row = await db
        .updateTable('invitation')
        .set((eb) => ({
          version: eb('version', '+', 1),
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
          mailed_at: null,
          key_generation: newestGeneration,
        }))
        .where('id', '=', id)
        .where('state', '=', 'open')
        .where('expires_at', '>', now)
        .returningAll()
        .returning(customRole.as('custom_role'))
        .executeTakeFirst()
      return row ? toInvitation(row) : null
    },
    async decline(id, version) {
      const row = await db
        .updateTable('invitation')
        .set({ state: 'declined', ended_at: now })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('state', '=', 'open')
        .where('expires_at', '>', now)
        .where(isGenerationValid)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async countOpen(organizationId, createdBy) {
      let query = db
        .selectFrom('invitation')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where('organization_id', '=', organizationId)
        .where('state', '=', 'open')
        .where('expires_at', '>', now)
      if (createdBy !== null) query = query.where('created_by', '=', createdBy)
      return Number((await query.executeTakeFirstOrThrow()).count)
    },
    async noteMailed(id, version) {
      await executePoint(db, db.updateTable('invitation').set({ mailed_at: now }).where('id', '=', id).where('version', '=', version))
    },
    async named(id) {
      const row = await named().where('invitation.id', '=', id).executeTakeFirst()
      return row ? toNamed(row) : null
    },
    async toMail(id) {
      const { rows } = await sql<NamedRow & { organization_name: string; suspended_at: Date | null }>`${point}
        select i.*, inviter.username as inviter_username, inviter.given_name, inviter.family_name, null as accepted_by_name,
          case when i.state = 'open' and i.expires_at <= muster_now() then 'expired' else i.state end as state_now, o.name as organization_name, o.suspended_at
        from (select ${columns} from invitation where id = ${id}) i join account inviter on inviter.id = i.created_by join organization o on o.id = i.organization_id`.execute(
        db,
      )
      const [row] = rows
      return row ? { invitation: toNamed(row), organization: { name: row.organization_name, suspendedAt: row.suspended_at } } : null
    },
    everywhere: (asked) => invitationPage(db, asked),
    async page(organizationId, { kinds, state, q }, { limit, cursor }) {
      const after = idOfCursor(cursor, 'invitation')
      let query = named().where('invitation.organization_id', '=', organizationId).where('invitation.kind', 'in', kinds)
      const part = q
        ?.trim()
        .toLowerCase()
        .replace(/[\\%_]/g, '\\$&')
      if (part) query = query.where('invitation.email_canonical', 'like', part.length < 3 ? `${part}%` : `%${part}%`)
      if (state) query = query.where(stateNow, '=', state)
      if (after) query = query.where('invitation.id', '<', after)
      const rows = await query
        .orderBy('invitation.id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, (row) => [row.id], toNamed)
    },
  }
}
