import { roles } from '@muster/contract/permissions.ts'
import { quoted } from '../../lib/names.ts'
import type { Role } from '../../lib/roles.ts'

/** What the editor of a role changes. */
export interface Draft {
  name: string
  description: string
  permissions: string[]
}

export const draftOf = (role: Role | undefined): Draft => ({
  name: role?.name ?? '',
  description: role?.description ?? '',
  permissions: [...(role?.permissions ?? [])],
})

/** What saving the draft would change. */
export function changeOf(base: Role | undefined, draft: Draft) {
  const before = draftOf(base)
  const added = draft.permissions.filter((permission) => !before.permissions.includes(permission))
  const removed = before.permissions.filter((permission) => !draft.permissions.includes(permission))
  const isChanged = !base || draft.name !== before.name || draft.description !== before.description || added.length + removed.length > 0
  return { added, removed, isChanged }
}

/** The changes of the draft, applied to a newer revision of the role. */
export function rebased(draft: Draft, base: Role, newest: Role): Draft {
  const { added, removed } = changeOf(base, draft)
  return {
    name: draft.name === base.name ? newest.name : draft.name,
    description: draft.description === base.description ? newest.description : draft.description,
    permissions: [...new Set([...newest.permissions.filter((permission) => !removed.includes(permission)), ...added])],
  }
}

/** The server's rule for names, so that the field shows an error while the user types. */
export const isMalformed = (name: string): boolean => {
  const lower = name.toLowerCase()
  return name.length > 40 || lower.startsWith('role_') || (roles as readonly string[]).includes(lower)
}

/** The command that does the same as the editor. */
export function commandOf(base: Role | undefined, draft: Draft): string {
  const list = (flag: string, names: readonly string[]) => (names.length > 0 ? ` --${flag} ${names.join(' ')}` : '')
  if (!base) {
    const description = draft.description === '' ? '' : ` --description ${quoted(draft.description)}`
    return `muster role create ${quoted(draft.name || 'Deployer')}${list('permission', draft.permissions)}${description}`
  }
  const { added, removed } = changeOf(base, draft)
  const text = (flag: string, from: string, to: string) => (from === to ? '' : ` --${flag} ${quoted(to)}`)
  const texts = text('name', base.name, draft.name) + text('description', base.description, draft.description)
  return `muster role edit ${quoted(base.name)}${list('add', added)}${list('drop', removed)}${texts}`
}
