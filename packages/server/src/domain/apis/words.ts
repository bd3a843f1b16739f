import type { Tx } from '../store.ts'
import { OWN_API } from './api.ts'

/** What each permission among these scopes allows, for a person: `apps:deploy` is "Deploy applications (Deploy)". Other scopes are not in the map. */
export async function wordsOfPermissions({ apis }: Pick<Tx, 'apis'>, scopes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (!scopes.some((scope) => scope.includes(':'))) return new Map()
  const known = (await apis.list()).flatMap((api) => api.permissions.map(({ name, description }): [string, string] => [name, `${description} (${api.name})`]))
  return new Map(known.filter(([name]) => scopes.includes(name)))
}

/** The names of the APIs with these audiences. */
export async function namesOfApis({ apis }: Pick<Tx, 'apis'>, audiences: readonly string[]): Promise<string[]> {
  const all = await apis.list()
  return audiences.flatMap((audience) => (audience === OWN_API ? ['Muster'] : all.filter((api) => api.audience === audience).map(({ name }) => name)))
}
