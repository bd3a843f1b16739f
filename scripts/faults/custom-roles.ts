import { type Fault, server, tests } from './fault.ts'

// Defences of custom roles (P7, P9).

const test = `${tests}/organizations/custom-roles.test.ts`
const manifest = `${tests}/apis/manifest-roles.test.ts`
const removal = `${tests}/organizations/remove-role.test.ts`

export const customRoles: Fault[] = [
  {
    title: 'a custom role takes delegable permissions only (E81)',
    file: `${server}/domain/roles/custom-role.ts`,
    find: 'if (withheld.length > 0)',
    replace: 'if (withheld.length > 99)',
    test,
    named: 'a role cannot have a permission that is not delegable',
  },
  {
    title: 'a permission of a custom role that is not delegable counts for nothing (E81)',
    file: 'packages/contract/src/permissions.ts',
    find: '? granted.includes(permission) && isDelegable(permission)',
    replace: '? granted.includes(permission)',
    test: manifest,
    named: 'a permission of a role that is not delegable counts',
  },
  {
    title: 'a custom role is found in its own organization only (E81)',
    file: `${server}/store/roles/role-store.ts`,
    find: `        .selectAll()
        .where('organization_id', '=', organizationId)
        .where((eb) => eb.or(`,
    replace: `        .selectAll()
        .where((eb) => eb.or(`,
    test,
    named: "another organization's roles do not exist",
  },
  {
    title: 'an edit gives a role only permissions that the scope of the key names (P8)',
    file: `${server}/domain/roles/custom-role.ts`,
    find: "  await requireMayGrant(tx, actor, { role: 'custom', customRole: { ...before, permissions: added } })\n",
    replace: '',
    test,
    named: 'a key gives a role only permissions',
  },
  {
    title: 'a removed permission leaves the roles (E81)',
    file: `${server}/store/roles/role-store.ts`,
    find: 'if (permissions.length === 0) return []',
    replace: 'if (permissions.length < 99) return []',
    test: manifest,
    named: 'a permission that passes to another API leaves the roles',
  },
  {
    title: 'a role that somebody holds is not removed (P9)',
    file: `${server}/domain/organizations/remove-role.ts`,
    find: 'if (items.length > 0 && to === null) throw',
    replace: 'if (items.length > 99 && to === null) throw',
    test: removal,
    named: 'a role that somebody holds is not removed',
  },
]
