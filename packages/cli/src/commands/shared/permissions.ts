import type { Answer } from '../../api/calls.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../errors.ts'
import type { Login } from '../../login/login.ts'

type Role = Answer<'get', '/v1/organizations/{org}/roles/{role}'>
export type Area = Answer<'get', '/v1/permissions'>['items'][number]

export const roleOf = (login: Login, role: string): Promise<Role> =>
  login.GET('/v1/organizations/{org}/roles/{role}', { params: { path: { org: login.organizationId, role } } })

export const areasOf = async (login: Login): Promise<Area[]> => (await login.GET('/v1/permissions', {})).items

/** The permissions of an area that a custom role can have. */
export const delegable = ({ permissions: all, ...area }: Area): Area[] => {
  const offered = all.filter((one) => one.delegable)
  return offered.length === 0 ? [] : [{ ...area, permissions: offered }]
}

export const wordsOf = (areas: Area[]): Map<string, string> =>
  new Map(areas.flatMap(({ permissions: all }) => all.map(({ name, description }): [string, string] => [name, description])))

export async function choosePermissions({ ask }: Context, login: Login, initial: string[] = []): Promise<string[]> {
  const groups = (await areasOf(login))
    .flatMap(delegable)
    .map(({ area, api, permissions: all }): [string, { value: string; label: string }[]] => [
      api === null ? area : `API ${area}`,
      all.map(({ name, description }) => ({ value: name, label: description })),
    ])
  return ask.several('Choose the permissions with the space bar', Object.fromEntries(groups), { initial })
}

/** Names that are separated by spaces or commas. */
export const namesFrom = (words: string[]): string[] => words.flatMap((word) => word.split(',')).filter((name) => name !== '')

/** Undefined: the permissions stay as they are. @throws Failure if the role does not have a permission to drop */
export function wantedOf(
  { name: role, permissions: before }: Pick<Role, 'name' | 'permissions'>,
  { all, add, drop }: { all?: string[] | undefined; add?: string[] | undefined; drop?: string[] | undefined },
): string[] | undefined {
  if (all !== undefined) return namesFrom(all)
  if (add === undefined && drop === undefined) return undefined
  const dropped = namesFrom(drop ?? [])
  const missing = dropped.filter((name) => !before.includes(name))
  if (missing.length > 0)
    throw usage(`The role ${role} does not have ${missing.join(', ')}.`, before.length > 0 ? `It has: ${before.join(', ')}.` : 'It has no permissions.')
  return [...new Set([...before, ...namesFrom(add ?? [])])].filter((name) => !dropped.includes(name))
}
