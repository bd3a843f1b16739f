import { type Kysely, type Selectable, sql } from 'kysely'
import type { RecordedEvent } from '../../domain/command/store.ts'
import { point } from '../database.ts'
import type { AuditEventTable, Tables } from '../tables.ts'

type Row = Pick<Selectable<AuditEventTable>, 'actor_id' | 'actor_session_id' | 'actor_key_id' | 'target' | 'organization_id'>

interface Named {
  kind: 'either' | 'actor' | 'target' | 'invitation' | 'session' | 'key'
  id: string
  name: string | null
  organization_id: string | null
}

/** The current names of the actors and targets of some events, read in one statement by their ids. */
export async function namesOf(
  db: Kysely<Tables>,
  events: readonly Row[],
): Promise<{ actorName(event: Row): string | null; via(event: Row): RecordedEvent['via']; targetName(event: Row): string | null }> {
  const actors = [...new Set(events.flatMap(({ actor_id: id }) => id ?? []))]
  const targets = [...new Set(events.map(({ target }) => target))]
  const both = [...new Set([...actors, ...targets])]
  const sessions = [...new Set(events.flatMap(({ actor_session_id: id }) => id ?? []))]
  const keys = [...new Set(events.flatMap(({ actor_key_id: id }) => id ?? []))]
  if (events.length === 0) return { actorName: () => null, via: () => null, targetName: () => null }
  const { rows } = await sql<Named>`${point}
    select 'either' as kind, id, username as name, null as organization_id from account where id = any(${both}::text[])
    union all select 'either', id, name, null from service_account where id = any(${both}::text[])
    union all select 'actor', id, name, null from client where id = any(${actors}::text[])
    union all select 'target', id, kind || '/' || name, null from resource where id = any(${targets}::text[])
    union all select 'target', id, name, null from role where id = any(${targets}::text[])
    union all select 'target', id, description, null from api_key where id = any(${targets}::text[])
    union all select 'session', s.id, c.name, null from session s join client c on c.id = s.client_id where s.id = any(${sessions}::text[])
    union all select 'key', id, description, null from api_key where id = any(${keys}::text[])
    union all select 'invitation', id, email, organization_id from invitation where id = any(${targets}::text[])`.execute(db)
  const isMeans = ({ kind }: Named): boolean => kind === 'session' || kind === 'key'
  const names = new Map(rows.filter((row) => !isMeans(row)).map((row) => [row.id, row]))
  const means = new Map(rows.filter(isMeans).map((row) => [row.id, row]))
  return {
    actorName: ({ actor_id: id }) => {
      const found = id === null ? undefined : names.get(id)
      return found?.kind === 'either' || found?.kind === 'actor' ? found.name : null
    },
    via: ({ actor_session_id: session, actor_key_id: key }) => {
      const found = means.get(key ?? session ?? '')
      return found?.name ? { kind: found.kind === 'key' ? 'key' : 'client', name: found.name } : null
    },
    targetName: ({ target, organization_id: of }) => {
      const found = names.get(target)
      // Stored events contain no addresses. Admins may see the addresses that their organization invited. The event feed removes these for a client that may not read users (P15).
      return found === undefined || found.kind === 'actor' || (found.kind === 'invitation' && found.organization_id !== of) ? null : found.name
    },
  }
}
