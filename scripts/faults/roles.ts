import { type Fault, server, tests } from './fault.ts'

// Defences of roles: who gives which, and what a role from before still allows.

const grants = { test: `${tests}/organizations/grants.test.ts`, named: 'a holder never gets a permission that the granter lacks' }
const changes = `${tests}/organizations/change-role.test.ts`

export const roles: Fault[] = [
  {
    title: 'nobody gives a role that has a permission they lack (P8, E79)',
    file: `${server}/domain/roles/grant.ts`,
    find: '  if (beyondRole.length > 0)',
    replace: '  if (beyondRole.length > 1_000)',
    ...grants,
  },
  {
    title: "a role is compared at the platform's APIs too (P8, E79)",
    file: `${server}/domain/roles/grant.ts`,
    find: '...others.filter((name) => !hasAtApis(rights, name, apis))]',
    replace: '...others.filter((name) => !hasAtApis(rights, name, apis) && apis.length < 0)]',
    ...grants,
  },
  {
    title: 'a name that no API has now counts as a permission of its role (P8, E79)',
    file: `${server}/domain/roles/grant.ts`,
    find: '.filter((name) => !isPermission(name))',
    replace: '.filter((name) => apis.some((api) => api.permissions.some((one) => one.name === name)))',
    ...grants,
  },
  {
    title: 'a role of another organization is not found (E79)',
    file: `${server}/store/roles/role-store.ts`,
    find: "        .where('organization_id', '=', organizationId)\n        .where((eb) => eb.or([eb('id', '=', reference), isNamed(reference)]))",
    replace: "        .where((eb) => eb.or([eb('id', '=', reference), isNamed(reference)]))",
    test: changes,
    named: 'a role of another organization cannot be given',
  },
  {
    title: 'an invitation counts only while its inviter could still make it (P8, E80)',
    file: `${server}/domain/invitations/invitation.ts`,
    find: '  if (!(await isStillGivenBy(tx, inviter, taken)))',
    replace: '  if (taken.version < 0)',
    ...grants,
  },
  {
    title: 'lowering a person below member raises the epoch (P11, E80)',
    file: `${server}/store/organizations/membership-store.ts`,
    find: 'raised as (update account set epoch = account.epoch + 1 from changed',
    replace: 'raised as (update account set epoch = account.epoch from changed',
    test: changes,
    named: 'a token from before a person was lowered is refused',
  },
  {
    title: 'a session that has ended is not carried to the new epoch (P11, E80)',
    file: `${server}/store/organizations/membership-store.ts`,
    find: 'carried.epoch = raised.epoch - 1',
    replace: 'carried.epoch < raised.epoch',
    test: changes,
    named: 'a session that ended before a person was lowered stays ended',
  },
  {
    title: 'no role below member is given while a server of the version before runs (P11, E80)',
    file: `${server}/domain/roles/grant.ts`,
    find: '  if (name === undefined) return',
    replace: '  if (name !== null) return',
    test: changes,
    named: 'no role below member is given',
  },
  {
    title: 'forward auth lets nobody below member through as a member (E80)',
    file: `${server}/signals/forward-auth.ts`,
    find: "if (least !== 'any' && !isAtLeast(identity.role, least))",
    replace: "if (least === 'admin' && !isAtLeast(identity.role, least))",
    test: `${tests}/signals/forward-auth.test.ts`,
    named: 'a person below member does not pass forward auth',
  },
  {
    title: 'a client of a compatibility folder raises nobody by sending back what it read (E80)',
    file: `${server}/compat/featurebase/users.ts`,
    find: "asked === 'member' && isBelowMember(member)",
    replace: "asked === 'admin' && isBelowMember(member)",
    test: `${tests}/compat/featurebase.test.ts`,
    named: 'a client that sends back the role member',
  },
  {
    title: 'the resources of a person who can no longer remove them pass to the admin (P9)',
    file: `${server}/domain/organizations/change-role.ts`,
    find: " || roleHas(role, 'resources:remove')",
    replace: " || role.role !== 'admin'",
    test: changes,
    named: 'the resources of a person who can no longer remove them',
  },
]
