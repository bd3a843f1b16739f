import { permissionAreas, permissionChoices } from '@muster/contract/permission-areas.ts'
import type { Key, Member } from '../../api/types.ts'
import { list, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ProblemError, usage } from '../../errors.ts'
import type { Login } from '../../login/login.ts'
import { type Facts, facts } from '../../output/table.ts'
import { relative, when } from '../../output/time.ts'
import { type Area, areasOf, roleOf } from './permissions.ts'

// The scope and the expiry of keys (P12).

export const keyTerms = {
  scope: list('PERMISSION', 'permission of the key, such as resources:read; all: everything its holder may do'),
  expires: value('DAYS', 'when it expires: 30d, or never (default: 90d)'),
}

export const aboutTerms = `Permissions: ${permissionAreas.flatMap(({ permissions }) => Object.keys(permissions)).join(', ')}.
Those of the platform's APIs: muster role permissions`

/** The principal that the key acts as. */
type Holder = { name: string; permissions?: string[] | undefined } & Pick<Member, 'role' | 'role_id'>

interface Chosen {
  scope: 'all' | string[]
  expires_in_days?: number | null
}

/** Prompts for the scope if it is not given. `holder` decides which permissions are offered. */
export async function chooseTerms(
  { ask }: Context,
  login: Login,
  { scope, expires }: { scope: string[] | undefined; expires: string | undefined },
  holder: Holder,
): Promise<Chosen> {
  const lifetime = expires === undefined ? {} : { expires_in_days: daysFrom(expires) }
  return { scope: scope === undefined ? await askScope(ask, login, holder) : scopeFrom(scope), ...lifetime }
}

function scopeFrom(words: string[]): 'all' | string[] {
  const names = words.flatMap((word) => word.split(',')).filter((name) => name !== '')
  if (!names.includes('all')) return names
  if (names.length > 1) throw usage('--scope all is everything already.', 'Pass either all, or permissions.')
  return 'all'
}

function daysFrom(text: string): number | null {
  if (text === 'never') return null
  const days = Number(/^(\d{1,4})d?$/.exec(text)?.[1] ?? Number.NaN)
  if (!(days >= 1 && days <= 1_095)) throw usage(`--expires "${text}" is not a time.`, 'Use a number of days from 1d to 1095d, or never.')
  return days
}

async function askScope(ask: Context['ask'], login: Login, holder: Holder): Promise<'all' | string[]> {
  if (!ask.possible) throw usage('The scope of the key is required, and there is no terminal to prompt on.', 'Pass --scope PERMISSION, or --scope all.')
  const kind = await ask.one('Permissions of the key', [
    { value: 'some', label: 'Only the ones that you choose' },
    { value: 'all', label: `Everything that ${holder.name} may do` },
  ])
  if (kind === 'all') return 'all'
  return ask.several('Choose with the space bar', Object.fromEntries(await offered(login, holder)))
}

type Group = [area: string, choices: { value: string; label: string }[]]

/** The permissions that a key of the holder can have, at Muster and at the platform's APIs. */
async function offered(login: Login, { role, role_id: roleId, permissions }: Holder): Promise<Group[]> {
  const atRole = await permissionsAt(login, roleId ?? role)
  const own = permissionChoices(role, permissions ?? atRole?.granted).map(
    ({ area, choices }): Group => [area, choices.map(({ permission, words }) => ({ value: permission, label: words }))],
  )
  const atApis = (atRole?.areas ?? []).map(
    ({ area, permissions: all }): Group => [
      `API ${area}`,
      all.filter(({ name }) => atRole?.granted.includes(name)).map(({ name, description }) => ({ value: name, label: description })),
    ],
  )
  return [...own, ...atApis.filter(([, choices]) => choices.length > 0)]
}

/** Undefined where the caller may not list roles, or the server is of an earlier version and has none. */
async function permissionsAt(login: Login, role: string): Promise<{ granted: string[]; areas: Area[] } | undefined> {
  try {
    const [{ permissions: granted }, areas] = await Promise.all([roleOf(login, role), areasOf(login)])
    return { granted, areas: areas.filter(({ api }) => api !== null) }
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}

/** A server of an earlier version says neither, and its keys have neither. */
type Terms = Partial<Pick<Key, 'scope' | 'expires_at'>>

/** Of the command that creates a key with the same scope. */
export const scopeFlag = ({ scope = 'all' }: Terms): string => ` --scope ${scope === 'all' ? scope : scope.join(' ')}`

/** For a table: as for `--scope`, or the number of permissions. */
export const scopeCell = ({ scope = 'all' }: Terms): Facts =>
  scope === 'all' ? facts('all', 'all') : facts(scope.length > 2 ? `${scope.length} permissions` : scope.join(', '), scope.join(' '))

/** For details: all names. */
export const scopeInFull = ({ scope = 'all' }: Terms): Facts => (scope === 'all' ? facts('everything', 'all') : facts(scope.join(', '), scope.join(' ')))

/** For a table: "in 5 days", or the exact time when piped. */
export const expiryCell = ({ expires_at: at = null }: Terms, now: number): Facts => facts(at === null ? 'never' : relative(at, now), at)

export const expiryInFull = ({ expires_at: at = null }: Terms, now: number): Facts => facts(at === null ? 'never' : when(at, now), at)

/** "It may do everything that you may do, and expires in 90 days (…)." */
export function termsInWords({ scope = 'all', expires_at: at = null }: Terms, holder: string, now: number): string {
  const may = scope === 'all' ? `everything that ${holder} may do` : `only ${scope.join(', ')}`
  return `It may do ${may}, and ${at === null ? 'does not expire' : `expires ${when(at, now)}`}.`
}
