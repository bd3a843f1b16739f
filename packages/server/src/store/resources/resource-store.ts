import type { OrganizationId, ResourceId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { Resource } from '../../domain/model/resource.ts'
import type { HostLabelStore, ResourceStore } from '../../domain/resources/store.ts'
import { executePoint } from '../database.ts'
import { idOfCursor, pageOf } from '../page.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

export function resourceStore(db: Kysely<Tables>): ResourceStore {
  const resources = () =>
    db
      .selectFrom('resource')
      .leftJoin('account', 'account.id', 'resource.owner_id')
      .leftJoin('service_account', 'service_account.id', 'resource.owner_id')
      .leftJoin('host_label', (join) => join.onRef('host_label.resource_id', '=', 'resource.id').on('host_label.held_since', 'is', null))
      .select(['resource.id', 'resource.organization_id', 'resource.kind', 'resource.name', 'resource.owner_id', 'resource.created_at', 'resource.owned_since'])
      .select(['account.username', 'service_account.name as service_account_name', 'host_label.label as host_label'])
      .where('resource.removed_at', 'is', null)
  type Row = Awaited<ReturnType<ReturnType<typeof resources>['execute']>>[number]
  const toResource = (row: Row): Resource => ({
    id: row.id as ResourceId,
    organizationId: row.organization_id as OrganizationId,
    kind: row.kind,
    name: row.name,
    ownerId: row.owner_id as UserId | ServiceAccountId,
    ownerName: row.username ?? row.service_account_name ?? row.owner_id,
    hostLabel: row.host_label,
    createdAt: row.created_at,
    ownedSince: row.owned_since,
  })

  return {
    async insert({ id, organizationId, kind, name, ownerId, createdBy }) {
      const row = await db
        .insertInto('resource')
        .values({ id, organization_id: organizationId, kind, name, owner_id: ownerId, created_by: createdBy, removed_at: null })
        .onConflict((conflict) => conflict.columns(['organization_id', 'kind', 'name']).where('removed_at', 'is', null).doNothing())
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async find(organizationId, kind, name) {
      const row = await resources()
        .where('resource.organization_id', '=', organizationId)
        .where('resource.kind', '=', kind)
        .where('resource.name', '=', name)
        .executeTakeFirst()
      return row ? toResource(row) : null
    },
    async findById(id) {
      const row = await resources().where('resource.id', '=', id).executeTakeFirst()
      return row ? toResource(row) : null
    },
    async everNamed(organizationId, kind, name) {
      const rows = await db
        .selectFrom('resource')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('kind', '=', kind)
        .where('name', '=', name)
        .execute()
      return rows.map(({ id }) => id as ResourceId)
    },
    async list(organizationId, { kind, ownerId }) {
      let query = resources().where('resource.organization_id', '=', organizationId)
      if (kind !== undefined) query = query.where('resource.kind', '=', kind)
      if (ownerId !== undefined) query = query.where('resource.owner_id', '=', ownerId)
      query = query.orderBy('resource.kind').orderBy('resource.name')
      return (await (ownerId === undefined ? query.execute() : executePoint(db, query))).map(toResource)
    },
    async page(organizationId, { kind, ownerId }, { limit, cursor }) {
      const after = idOfCursor(cursor, 'resource')
      let query = resources().where('resource.organization_id', '=', organizationId)
      if (kind !== undefined) query = query.where('resource.kind', '=', kind)
      if (ownerId !== undefined) query = query.where('resource.owner_id', '=', ownerId)
      if (after) query = query.where('resource.id', '<', after)
      const rows = await query
        .orderBy('resource.id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, (row) => [row.id], toResource)
    },
    async count(organizationId) {
      const row = await db
        .selectFrom('resource')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where('organization_id', '=', organizationId)
        .where('removed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async setOwner(id, from, to) {
      const row = await db
        .updateTable('resource')
        .set({ owner_id: to, owned_since: now })
        .where('id', '=', id)
        .where('owner_id', '=', from)
        .where('removed_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async remove(id) {
      const row = await db
        .updateTable('resource')
        .set({ removed_at: now })
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

export function hostLabelStore(db: Kysely<Tables>): HostLabelStore {
  return {
    async take(organizationId, labels) {
      const taken: string[] = []
      // Inserted one at a time in a fixed order, so that two organizations claiming the same labels cannot deadlock.
      for (const { label, resourceId } of [...labels].sort((a, b) => (a.label < b.label ? -1 : 1))) {
        const row = await db
          .insertInto('host_label')
          .values({ label, organization_id: organizationId, resource_id: resourceId, held_since: null })
          .onConflict((conflict) =>
            conflict
              .column('label')
              .doUpdateSet({ resource_id: resourceId, held_since: null, taken_at: now })
              .where('host_label.organization_id', '=', organizationId)
              .where('host_label.held_since', 'is not', null),
          )
          .returning('label')
          .executeTakeFirst()
        if (row) taken.push(row.label)
      }
      return taken
    },
    async hold({ organizationId, resourceId }) {
      let query = db.updateTable('host_label').set({ held_since: now }).where('organization_id', '=', organizationId).where('held_since', 'is', null)
      if (resourceId !== undefined) query = query.where('resource_id', '=', resourceId)
      await query.execute()
    },
    async taken(labels) {
      if (labels.length === 0) return []
      const rows = await db.selectFrom('host_label').select(['label', 'organization_id', 'held_since']).where('label', 'in', labels).orderBy('label').execute()
      return rows.map((row) => ({ label: row.label, organizationId: row.organization_id as OrganizationId, held: row.held_since !== null }))
    },
    async find(label) {
      const row = await db.selectFrom('host_label').selectAll().where('label', '=', label).executeTakeFirst()
      return row
        ? { label: row.label, organizationId: row.organization_id as OrganizationId, resourceId: row.resource_id as ResourceId, held: row.held_since !== null }
        : null
    },
  }
}
