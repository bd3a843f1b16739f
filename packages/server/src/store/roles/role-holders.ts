import { isId, type RoleId } from '@muster/contract/ids.ts'
import { type BuiltInRole, builtInRoles, HOLDERS_COUNTED } from '@muster/contract/permissions.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type HolderKind, holderKinds, type RoleHolder, type RoleStore } from '../../domain/roles/store.ts'
import { pageOf, placeOfCursor } from '../page.ts'
import type { Tables } from '../tables.ts'

type Part = RawBuilder<unknown>

/** The rows of one kind of holder, and their names. */
const holding: Record<HolderKind, { rows: (organizationId: string) => Part; id: Part; name: Part }> = {
  user: {
    rows: (organizationId) => sql`from membership h where h.organization_id = ${organizationId} and h.status in ('active', 'deactivated')`,
    id: sql`h.user_id`,
    name: sql`(select a.username from account a where a.id = page.id)`,
  },
  service_account: {
    rows: (organizationId) => sql`from service_account h where h.organization_id = ${organizationId} and h.ended_at is null`,
    id: sql`h.id`,
    name: sql`(select s.name from service_account s where s.id = page.id)`,
  },
  invitation: {
    rows: (organizationId) => sql`from invitation h where h.organization_id = ${organizationId} and h.state = 'open' and h.expires_at > muster_now()`,
    id: sql`h.id`,
    name: sql`(select i.email from invitation i where i.id = page.id)`,
  },
}

const isCustom = (roleId: Part) => sql`h.role = 'custom' and h.role_id = ${roleId}`

/** Who holds a role, as pages and as numbers. */
export function roleHolders(db: Kysely<Tables>): Pick<RoleStore, 'holders' | 'holderCounts'> {
  return {
    async holderCounts(organizationId, kinds) {
      const count = (isHeld: Part) => {
        const counts = kinds.map(
          (kind) => sql`(select count(*) from (select ${holding[kind].rows(organizationId)} and ${isHeld} limit ${HOLDERS_COUNTED}::int) as counted)`,
        )
        return sql`(${sql.join([sql`0`, ...counts], sql` + `)})::int`
      }
      const { rows } = await sql<{ role: RoleId | BuiltInRole; holders: number }>`
        select built_in.role, ${count(sql`h.role = built_in.role`)} as holders from unnest(${[...builtInRoles]}::text[]) as built_in (role)
        union all
        select r.id, ${count(isCustom(sql`r.id`))} from role r where r.organization_id = ${organizationId} and r.removed_at is null`.execute(db)
      return new Map(rows.map(({ role, holders }) => [role, holders]))
    },
    async holders(organizationId, role, { kinds, limit, cursor }) {
      const after = placeOfCursor(cursor, 'user', 'serviceAccount', 'invitation')
      const first = Number(after?.number ?? 0)
      const isHeld = isId('role', role) ? isCustom(sql`${role}`) : sql`h.role = ${role}`
      const found: { kind: HolderKind; id: string; name: string | null }[] = []
      for (const kind of holderKinds.slice(first)) {
        if (!kinds.includes(kind) || found.length > limit) continue
        const { rows, id, name } = holding[kind]
        const beyond = after !== null && kind === holderKinds[first] ? sql`and ${id} > ${after.id}` : sql``
        const page = await sql<{ id: string; name: string | null }>`
          select page.id, ${name} as name from (
            select ${id} as id ${rows(organizationId)} and ${isHeld} ${beyond} order by 1 limit ${limit + 1 - found.length}::int) as page
          order by page.id`.execute(db)
        found.push(...page.rows.map((row) => ({ kind, ...row })))
      }
      return pageOf(
        found,
        limit,
        ({ kind, id }) => [String(holderKinds.indexOf(kind)), id],
        (holder) => holder as RoleHolder,
      )
    },
  }
}
