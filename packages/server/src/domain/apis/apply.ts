import type { Context } from '../command/context.ts'
import { newId } from '../model/id.ts'
import { Problem } from '../model/problem.ts'
import { type Api, grantedRoles, permissionNames } from './api.ts'
import { dropFromRoles, ROLES_AT_ONCE } from './drop-from-roles.ts'
import { errorsOfManifest, type WrittenApi } from './manifest.ts'
import type { PermissionUse } from './store.ts'

export interface ApplyApis {
  /** All APIs of the platform. One that is missing is removed. */
  apis: WrittenApi[]
  /** The audiences that stand for Muster's own API. */
  ownNames: readonly string[]
  /** Only tells what would change. */
  dryRun: boolean
  /** Also removes permissions that something names, and takes them out of roles. */
  removeUsed: boolean
}

/** What applying a manifest does to one API. */
export interface ApiChange {
  kind: 'created' | 'changed' | 'removed'
  name: string
  audience: string
  /** Besides its permissions: name, grant, longest_token_life, accept_default_audience. */
  fields: string[]
  added: string[]
  removed: string[]
}

export interface AppliedApis {
  changes: ApiChange[]
  /** The clients and keys whose scopes have a permission that goes away, and the roles of organizations that have it. */
  uses: PermissionUse[]
}

/** Makes the APIs of the platform those of the operator's manifest (P1). @throws Problem invalid_request, permissions_in_use or api_in_use */
export async function applyApis(context: Context, { apis, ownNames, dryRun, removeUsed }: ApplyApis): Promise<AppliedApis> {
  const { tx, principal, record } = context
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const errors = errorsOfManifest(apis, ownNames)
  if (errors.length > 0) throw new Problem('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join(' '), { extensions: { errors } })
  await tx.apis.lock()
  const before = new Map((await tx.apis.list()).map((api) => [api.audience, api]))
  const now = (await tx.now()).getTime()
  const after = apis.map((api): Api => {
    const { id = newId('api'), revision = 0 } = before.get(api.audience) ?? {}
    return { ...api, id, revision: Math.max(revision + 1, now) }
  })
  const kept = new Set(after.map(({ audience }) => audience))
  const gone = [...before.values()].filter(({ audience }) => !kept.has(audience))
  const written = after.map((api) => ({ api, change: changeOf(before.get(api.audience) ?? null, api) }))
  const changed = written.filter((one): one is { api: Api; change: ApiChange } => one.change !== null)
  const removed = gone.map((api) => ({ api, change: removalOf(api) }))
  const changes = [...changed, ...removed].map(({ change }) => change)

  // Also of one that passes to another API, where it allows something else.
  const lost = changes.flatMap((change) => change.removed)
  const uses = await tx.apis.usesOf(lost)
  const belonging = await tx.apis.clientsOf(gone.map(({ id }) => id))
  if (belonging.length > 0) throw new Problem('api_in_use', `Clients belong to it: ${belonging.slice(0, 5).join(', ')}.`)
  if (dryRun) return { changes, uses }
  if (uses.length > 0 && !removeUsed) throw new Problem('permissions_in_use', detailOf(uses), { extensions: { uses } })

  // The caller has emptied the roles before. Here are those that an admin has changed meanwhile.
  while (!(await dropFromRoles(context, { permissions: lost, atMost: ROLES_AT_ONCE })).isLast);
  // All permissions first, because one may pass from one API to another.
  await tx.apis.clear([...removed, ...changed].map(({ api }) => api.id))
  for (const { api } of removed) await tx.apis.remove(api.id)
  for (const { api } of changed) await tx.apis.put(api)
  for (const { api, change } of [...changed, ...removed])
    await record({
      type: `api.${change.kind}`,
      target: api.id,
      name: api.name,
      audience: api.audience,
      fields: change.fields,
      added: change.added,
      removed: change.removed,
      grant: api.grants.member,
      viewer: api.grants.viewer,
      revision: api.revision,
    })
  return { changes, uses }
}

const namesOf = (api: Api | null): string[] => (api ? permissionNames([api]) : [])

function changeOf(before: Api | null, after: Api): ApiChange | null {
  const [had, has] = [namesOf(before), namesOf(after)]
  const change: ApiChange = {
    kind: before ? 'changed' : 'created',
    name: after.name,
    audience: after.audience,
    fields: before ? changedFields(before, after) : [],
    added: has.filter((name) => !had.includes(name)),
    removed: had.filter((name) => !has.includes(name)),
  }
  return before && change.fields.length + change.added.length + change.removed.length === 0 ? null : change
}

const removalOf = (api: Api): ApiChange => ({ kind: 'removed', name: api.name, audience: api.audience, fields: [], added: [], removed: namesOf(api) })

function changedFields(before: Api, after: Api): string[] {
  const described = ({ permissions }: Api) => new Map(permissions.map(({ name, description }) => [name, description]))
  const old = described(before)
  const isReworded = [...described(after)].some(([name, description]) => (old.get(name) ?? description) !== description)
  return [
    before.name !== after.name && 'name',
    isReordered(before, after) && 'order',
    isGrantChanged(before, after) && 'grant',
    before.longestTokenSeconds !== after.longestTokenSeconds && 'longest_token_life',
    before.acceptsDefaultAudience !== after.acceptsDefaultAudience && 'accept_default_audience',
    isReworded && 'descriptions',
  ].filter((field) => field !== false)
}

const isGrantChanged = ({ grants: before }: Api, { grants: after }: Api): boolean =>
  grantedRoles.some((role) => before[role].join(' ') !== after[role].join(' '))

/** Of the permissions that both have. */
function isReordered(before: Api, after: Api): boolean {
  const [had, has] = [namesOf(before), namesOf(after)]
  return had.filter((name) => has.includes(name)).join(' ') !== has.filter((name) => had.includes(name)).join(' ')
}

const detailOf = (uses: readonly PermissionUse[]): string =>
  `In use: ${uses
    .slice(0, 5)
    .map(({ permission, kind, name }) => `${permission} by the ${kind} ${name}`)
    .join(', ')}${uses.length > 5 ? ` and ${uses.length - 5} more` : ''}.`
