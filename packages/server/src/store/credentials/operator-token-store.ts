import type { OperatorTokenId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { OperatorToken, OperatorTokenStore } from '../../domain/credentials/store.ts'
import { pointStatement } from '../database.ts'
import { idOfCursor, pageOf } from '../page.ts'
import type { OperatorTokenTable, Tables } from '../tables.ts'
import { micros, toDate, toDateOrNull } from './live-rows.ts'

type Row = Omit<Selectable<OperatorTokenTable>, 'token_hash'> & Pick<OperatorToken, 'state'>

/** Whether the token is from before a restore: it may have been revoked since the backup (O9). */
const rests = sql`exists (select from installation i where operator_token.created_at < i.keys_rest_before)`
const columns = sql`id, name, created_at, expires_at, last_used_at, last_address, revoked_at,
  case when revoked_at is not null then 'revoked' when expires_at <= muster_now() then 'expired' when ${rests} then 'resting' else 'valid' end as state`
const isValid = sql`revoked_at is null and (expires_at is null or expires_at > muster_now()) and not ${rests}`

const toToken = (row: Row): OperatorToken => ({
  id: row.id as OperatorTokenId,
  name: row.name,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  lastAddress: row.last_address,
  revokedAt: row.revoked_at,
  state: row.state,
})

export function operatorTokenStore(db: Kysely<Tables>): OperatorTokenStore {
  const validByHash = validTokens(db)
  return {
    async insert({ id, name, tokenHash, lifetimeDays }) {
      const { rows } = await sql<Row>`
        insert into operator_token (id, name, token_hash, expires_at)
        values (${id}, ${name}, ${tokenHash}, muster_now() + ${lifetimeDays}::int * interval '1 day')
        on conflict (name) do nothing returning ${columns}`.execute(db)
      return rows[0] ? toToken(rows[0]) : null
    },
    async valid(tokenHash) {
      const row = await validByHash(Buffer.from(tokenHash).toString('hex'))
      return row ? { id: row.id as OperatorTokenId, name: row.name, lastUsedAt: toDateOrNull(row.last_used_at), now: toDate(row.now) } : null
    },
    async isResting(tokenHash) {
      const { rows } =
        await sql`select from operator_token where token_hash = ${tokenHash} and revoked_at is null and (expires_at is null or expires_at > muster_now()) and ${rests}`.execute(
          db,
        )
      return rows.length === 1
    },
    async hold(id) {
      const { rows } = await sql`select id from operator_token where id = ${id} and ${isValid} for share`.execute(db)
      return rows.length === 1
    },
    async nameOf(tokenHash) {
      const { rows } = await sql<{ name: string }>`select name from operator_token where token_hash = ${tokenHash}`.execute(db)
      return rows[0]?.name ?? null
    },
    async find(name) {
      const { rows } = await sql<Row>`select ${columns} from operator_token where name = ${name}`.execute(db)
      return rows[0] ? toToken(rows[0]) : null
    },
    async revoke(id) {
      const { rows } = await sql`update operator_token set revoked_at = muster_now() where id = ${id} and revoked_at is null returning id`.execute(db)
      return rows.length === 1
    },
    async touch(id, address) {
      await sql`update operator_token set last_used_at = muster_now(), last_address = ${address}
        where id = ${id} and (last_used_at is null or last_used_at < muster_now() - interval '1 minute')`.execute(db)
    },
    async page({ limit, cursor }) {
      const after = idOfCursor(cursor, 'operatorToken')
      const { rows } = await sql<Row>`select ${columns} from operator_token where ${after === null ? sql`true` : sql`id < ${after}`}
        order by id desc limit ${limit + 1}`.execute(db)
      return pageOf(rows, limit, ({ id }) => [id], toToken)
    },
    async names() {
      return (await sql<{ name: string }>`select name from operator_token`.execute(db)).rows.map(({ name }) => name)
    },
  }
}

interface ValidRow {
  now: number
  id: string
  name: string
  last_used_at: number | null
}

const validTokens = pointStatement<[hex: string], ValidRow>(
  (hex) => sql`
    select ${micros(sql`muster_now()`)} as now, id, name, ${micros(sql`last_used_at`)} as last_used_at
    from operator_token where token_hash = decode(${hex}, 'hex') and ${isValid}`,
)
