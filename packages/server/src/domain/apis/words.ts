import { wordsOfScopes } from '@muster/contract/permissions.ts'
import type { Tx } from '../store.ts'
import { type Api, EVERYTHING, OWN_API } from './api.ts'
import { partsOf, type Term } from './term.ts'

export interface TermInWords {
  scope: string
  /** The API. Null: Muster's own, or about the person. */
  audience: string | null
  text: string
}

/** The terms of a consent (P16), in words for a person. One of an API that the manifest no longer names allows nothing, and is left out. */
export const wordsOfTerms = (apis: readonly Api[], terms: readonly Term[]): TermInWords[] =>
  terms.map(partsOf).flatMap(({ scope, audience }): TermInWords[] => {
    if (audience === OWN_API) return [{ scope, audience: null, text: wordsOfScopes[scope] ?? scope }]
    const api = apis.find((one) => one.audience === audience)
    if (!api) return []
    const permission = api.permissions.find(({ name }) => name === scope)
    if (scope === EVERYTHING) return [{ scope, audience, text: `Act as you, with all your permissions at ${api.name}` }]
    return permission ? [{ scope, audience, text: `${permission.description} (${api.name})` }] : []
  })

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
