import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Kysely } from 'kysely'
import type { NameStore } from '../../domain/organizations/store.ts'
import type { Tables } from '../tables.ts'

export function nameStore(db: Kysely<Tables>): NameStore {
  return {
    async take(name, { userId }) {
      const row = await db
        .insertInto('name')
        .values({ name, user_id: userId, organization_id: null })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('name')
        .executeTakeFirst()
      return row !== undefined
    },
    async takeForOrganization(name, organizationId, founderId) {
      const row = await db
        .insertInto('name')
        .values({ name, user_id: null, organization_id: organizationId })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ organization_id: organizationId })
            .where((eb) =>
              eb.or([eb('name.organization_id', '=', organizationId), eb.and([eb('name.organization_id', 'is', null), eb('name.user_id', '=', founderId)])]),
            ),
        )
        .returning('name')
        .executeTakeFirst()
      return row !== undefined
    },
    async holder(name) {
      const row = await db.selectFrom('name').select(['user_id', 'organization_id']).where('name', '=', name).executeTakeFirst()
      return row ? { userId: row.user_id as UserId | null, organizationId: row.organization_id as OrganizationId | null } : null
    },
  }
}
