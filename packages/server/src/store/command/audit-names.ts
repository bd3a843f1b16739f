import { type Kysely, type Selectable, sql } from 'kysely'
import { point } from '../database.ts'
import type { AuditEventTable, Tables } from '../tables.ts'

type Row = Pick<Selectable<AuditEventTable>, 'actor_id' | 'target' | 'organization_id'>

interface Named {
  kind: 'either' | 'actor' | 'target' | 'invitation'
  id: string
  name: string | null
  organization_id: string | null
}

/** The current names of the actors and targets of some events, read in one statement by their ids. */
export async function namesOf(
  db: Kysely<Tables>,
  events: readonly Row[],
): Promise<{ actorName(event: Row): string | null; targetName(event: Row): string | null }> {
  const actors = [...new Set(events.flatMap(({ actor_id: id }) => id ?? []))]
  const targets = [...new Set(events.map(({ target }) => target))]
  const both = [...new Set([...actors, ...targets])]
  if (events.length === 0) return { actorName: () => null, targetName: () => null }
  const { rows } = await sql<Named>`${point}
    select 'either' as kind, id, username as name, null as organization_id from account where id = any(${both}::text[])
    union all select 'either', id, name, null from service_account where id = any(${both}::text[])
    union all select 'actor', id, name, null from client where id = any(${actors}::text[])
    union all select 'target', id, kind || '/' || name, null from resource where id = any(${targets}::text[])
    union all select 'target', id, description, null from api_key where id = any(${targets}::text[])
    union all select 'invitation', id, email, organization_id from invitation where id = any(${targets}::text[])`.execute(db)
  const names = new Map(rows.map((row) => [row.id, row]))
  return {
    actorName: ({ actor_id: id }) => {
      const found = id === null ? undefined : names.get(id)
      return found?.kind === 'either' || found?.kind === 'actor' ? found.name : null
    },
    targetName: ({ target, organization_id: of }) => {
      const found = names.get(target)
      // Stored events contain no addresses. Readers of the audit log are admins, who may see the addresses that their organization invited.
      return found === undefined || found.kind === 'actor' || (found.kind === 'invitation' && found.organization_id !== of) ? null : found.name
    },
  }
}
