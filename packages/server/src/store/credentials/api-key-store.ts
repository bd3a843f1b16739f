import type { ApiKeyId, OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import type { KeyPolicy, Role } from '@muster/contract/permissions.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { ApiKeyStore, ListedKey } from '../../domain/credentials/store.ts'
import type { ApiKey } from '../../domain/model/api-key.ts'
import type { LiveKey } from '../../domain/model/live.ts'
import type { PolicyFloor } from '../../domain/model/organization.ts'
import type { HeldCustomRole } from '../../domain/model/role.ts'
import { executePoint, point, pointStatement } from '../database.ts'
import { idOfCursor, pageOf } from '../page.ts'
import { heldCustomRole } from '../roles/role-store.ts'
import type { ApiKeyTable, Tables } from '../tables.ts'
import {
  type AccountColumns,
  accountColumns,
  type MembershipColumns,
  membershipColumns,
  micros,
  type OrganizationColumns,
  organizationColumns,
  restsSince,
  toDate,
  toDateOrNull,
  toLiveAccount,
  toLiveMembership,
  toLiveOrganization,
} from './live-rows.ts'

const columns = [
  'id',
  'organization_id',
  'user_id',
  'service_account_id',
  'epoch',
  'description',
  'scope',
  'expires_at',
  'created_by',
  'created_at',
  'last_used_at',
  'last_address',
  'ended_at',
  'ended_reason',
] as const

type Row = Pick<Selectable<ApiKeyTable>, (typeof columns)[number]>

const toApiKey = (row: Row): ApiKey => ({
  id: row.id as ApiKeyId,
  organizationId: row.organization_id as OrganizationId,
  userId: row.user_id as UserId | null,
  serviceAccountId: row.service_account_id as ServiceAccountId | null,
  epoch: row.epoch,
  description: row.description,
  scope: row.scope,
  expiresAt: row.expires_at,
  createdBy: row.created_by as UserId,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  lastAddress: row.last_address,
  endedAt: row.ended_at,
  endedReason: row.ended_reason,
})

const now = sql<Date>`muster_now()`

/** The key's epoch is not below that of its holder, which is either a user or a service account. */
const ofItsEpoch = sql<boolean>`
  api_key.epoch >= coalesce((select a.epoch from account a where a.id = api_key.user_id), (select s.epoch from service_account s where s.id = api_key.service_account_id))`

const isUnexpired = sql<boolean>`(api_key.expires_at is null or api_key.expires_at > muster_now())`

/** Of a key `k` that is joined with the account `a` or the service account `s` of its holder. */
const isAlive = sql<boolean>`k.ended_at is null and (k.expires_at is null or k.expires_at > muster_now()) and k.epoch = coalesce(a.epoch, s.epoch)`

export function apiKeyStore(db: Kysely<Tables>, floor: PolicyFloor): ApiKeyStore {
  const liveKeyById = liveKeysById(db)
  const liveKeyByHash = liveKeysByHash(db)
  const keys = () =>
    db
      .selectFrom('api_key as k')
      .leftJoin('account as a', 'a.id', 'k.user_id')
      .leftJoin('service_account as s', 's.id', 'k.service_account_id')
      .innerJoin('account as maker', 'maker.id', 'k.created_by')
      .select(columns.map((column) => `k.${column}` as const))
      .select([
        sql<string>`coalesce(a.username, s.name, '')`.as('holder_name'),
        sql<string>`coalesce(maker.username, '')`.as('maker_name'),
        sql<boolean>`not exists (select from membership m where m.user_id = k.created_by and m.organization_id = k.organization_id and m.status = 'active')`.as(
          'maker_left',
        ),
      ])
  /** Valid keys: not revoked, not expired, and at their holder's epoch. */
  const alive = () => keys().where(isAlive)
  type ListedRow = Awaited<ReturnType<ReturnType<typeof keys>['execute']>>[number]
  const toListed = (row: ListedRow): ListedKey => ({
    ...toApiKey(row),
    holderName: row.holder_name,
    createdByName: row.maker_name,
    createdByLeft: row.maker_left,
  })

  return {
    async insert({ id, tokenHash, organizationId, userId, serviceAccountId, epoch, description, scope, expiresInDays, createdBy, methods }) {
      const { rows } = await sql<Row>`${point}
        insert into api_key (id, token_hash, organization_id, user_id, service_account_id, epoch, description, scope, expires_at, created_by, methods)
        values (${id}, ${tokenHash}, ${organizationId}, ${userId}, ${serviceAccountId}, ${epoch}, ${description}, ${scope && [...scope]}::text[],
          muster_now() + ${expiresInDays}::int * interval '1 day', ${createdBy}, ${[...methods]})
        returning ${sql.raw(columns.join(', '))}`.execute(db)
      return toApiKey(rows[0] as Row)
    },
    async find(id) {
      const row = await keys().where('k.id', '=', id).executeTakeFirst()
      return row ? toListed(row) : null
    },
    async live(by) {
      const row = await ('id' in by ? liveKeyById(by.id) : liveKeyByHash(Buffer.from(by.tokenHash).toString('hex')))
      return row ? toLiveKey(row, floor) : null
    },
    async end(id, reason) {
      const row = await db
        .updateTable('api_key')
        .set({ ended_at: now, ended_reason: reason })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .where(isUnexpired)
        .where(ofItsEpoch)
        .returningAll()
        .executeTakeFirst()
      return row ? toApiKey(row) : null
    },
    async rename(id, description) {
      const row = await db
        .updateTable('api_key')
        .set({ description })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .where(isUnexpired)
        .where(ofItsEpoch)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async expiring(atMost, except) {
      // Both times of a new key come from a clock that moves on between them, so a key of a week can be some microseconds longer.
      const { rows } = await sql<{ id: ApiKeyId }>`
        select k.id from api_key k left join account a on a.id = k.user_id left join service_account s on s.id = k.service_account_id
        where ${isAlive} and k.expiry_mailed_at is null and k.expires_at > (select muster_now())
          and k.expires_at <= (select muster_now()) + interval '7 days' and k.expires_at > k.created_at + interval '7 days 1 minute'
          and k.id <> all(${[...except]}::text[])
        order by k.expires_at limit ${atMost}`.execute(db)
      return rows.map(({ id }) => id)
    },
    async markExpiryMailed(id) {
      const { rows } = await sql`${point}
        update api_key set expiry_mailed_at = muster_now() where id = ${id} and expiry_mailed_at is null and ended_at is null and ${isUnexpired} returning id`.execute(
        db,
      )
      return rows.length > 0
    },
    async touch(id, address) {
      await db
        .updateTable('api_key')
        .set({ last_used_at: now, last_address: address })
        .where('id', '=', id)
        .where(sql<boolean>`(last_used_at is null or last_used_at < muster_now() - interval '1 minute')`)
        .execute()
    },
    async countAlive(holder) {
      let query = db
        .selectFrom('api_key as k')
        .leftJoin('account as a', 'a.id', 'k.user_id')
        .leftJoin('service_account as s', 's.id', 'k.service_account_id')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where(isAlive)
      query = 'userId' in holder ? query.where('k.user_id', '=', holder.userId) : query.where('k.service_account_id', '=', holder.serviceAccountId)
      return Number((await executePoint(db, query))[0]?.count ?? 0)
    },
    async pageAlive(of, { limit, cursor }) {
      const after = idOfCursor(cursor, 'apiKey')
      let query = alive()
      if ('userId' in of) query = query.where('k.user_id', '=', of.userId)
      else if ('serviceAccountId' in of) query = query.where('k.service_account_id', '=', of.serviceAccountId)
      else {
        query = query.where('k.organization_id', '=', of.organizationId)
        if (of.createdBy) query = query.where('k.created_by', '=', of.createdBy)
        if (of.withoutScope) query = query.where('k.scope', 'is', null)
        if (of.holder) query = query.where(of.holder === 'user' ? 'k.user_id' : 'k.service_account_id', 'is not', null)
      }
      if (after) query = query.where('k.id', '<', after)
      query = query.orderBy('k.id', 'desc').limit(limit + 1)
      const rows = await ('organizationId' in of ? query.execute() : executePoint(db, query))
      return pageOf(rows, limit, (row) => [row.id], toListed)
    },
  }
}

interface LiveKeyRow extends AccountColumns, MembershipColumns, OrganizationColumns {
  now: number
  key_id: string
  made_for: string
  user_id: string | null
  service_account_id: string | null
  key_epoch: number
  description: string
  scope: string[] | null
  expires_at: number | null
  created_by: string
  key_created_at: number
  last_used_at: number | null
  last_address: string | null
  ended_at: number | null
  ended_reason: string | null
  service_account_name: string
  service_account_epoch: number
  service_account_role: Role
  service_account_custom_role: HeldCustomRole | null
  key_policy: KeyPolicy | null
  rests_since: number | null
}

/** Reads key, holder, current membership and organization in one statement, so that all are from the same snapshot. */
const liveKeys = sql`
  select ${micros(now)} as now, k.id as key_id, k.organization_id as made_for, k.user_id, k.service_account_id, k.epoch as key_epoch, k.description, k.scope,
         ${micros(sql`k.expires_at`)} as expires_at, k.created_by,
         ${micros(sql`k.created_at`)} as key_created_at, ${micros(sql`k.last_used_at`)} as last_used_at, k.last_address, ${micros(sql`k.ended_at`)} as ended_at,
         k.ended_reason, s.name as service_account_name, s.epoch as service_account_epoch, s.role as service_account_role,
         ${heldCustomRole('s')} as service_account_custom_role, o.key_policy, ${micros(restsSince('k'))} as rests_since, ${accountColumns}, ${membershipColumns}, ${organizationColumns}
  from api_key k
  left join account a on a.id = k.user_id
  left join membership m on m.user_id = a.id and m.status <> 'left'
  left join service_account s on s.id = k.service_account_id
  left join organization o on o.id = coalesce(m.organization_id, s.organization_id)`
const liveKeysById = pointStatement<[id: string], LiveKeyRow>((id) => sql`${liveKeys} where k.id = ${id}`)
/** A key with a scope has the hash of its hash. */
const liveKeysByHash = pointStatement<[hex: string], LiveKeyRow>(
  (hex) => sql`${liveKeys} where k.token_hash in (decode(${hex}, 'hex'), sha256(decode(${hex}, 'hex')))`,
)

const toLiveKey = (row: LiveKeyRow, floor: PolicyFloor): LiveKey => ({
  now: toDate(row.now),
  key: {
    id: row.key_id as ApiKeyId,
    organizationId: row.made_for as OrganizationId,
    userId: row.user_id as UserId | null,
    serviceAccountId: row.service_account_id as ServiceAccountId | null,
    epoch: row.key_epoch,
    description: row.description,
    scope: row.scope,
    expiresAt: toDateOrNull(row.expires_at),
    createdBy: row.created_by as UserId,
    createdAt: toDate(row.key_created_at),
    lastUsedAt: toDateOrNull(row.last_used_at),
    lastAddress: row.last_address,
    endedAt: toDateOrNull(row.ended_at),
    endedReason: row.ended_reason,
  },
  holder:
    row.user_id === null
      ? {
          kind: 'service_account',
          serviceAccount: {
            id: row.service_account_id as ServiceAccountId,
            name: row.service_account_name,
            epoch: row.service_account_epoch,
            role: row.service_account_role,
            customRole: row.service_account_custom_role,
          },
        }
      : { kind: 'user', account: toLiveAccount(row), membership: toLiveMembership(row) },
  organization: toLiveOrganization(row, floor),
  keyPolicy: row.key_policy ?? 'any',
  restsSince: toDateOrNull(row.rests_since),
})
