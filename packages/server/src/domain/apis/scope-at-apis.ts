import { isPermission } from '@muster/contract/permissions.ts'
import type { Rights } from '../model/live.ts'
import type { Tx } from '../store.ts'
import { mayDoAt } from './api.ts'

/** The permissions of the platform's APIs that the scope of a key names, as far as its holder's role has them now. */
export async function scopeAtApis({ apis }: Pick<Tx, 'apis'>, actor: Rights): Promise<string[]> {
  const named = [...(actor.scope ?? [])].filter((name) => !isPermission(name))
  if (named.length === 0) return []
  const all = await apis.list()
  return named.filter((name) => all.some((api) => mayDoAt(api, actor, name)))
}
