import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import type { AuditFilter } from '../pages/audit/data.ts'
import type { KeyFilter } from '../pages/keys/data.ts'
import type { ResourceFilter } from '../pages/resources/data.ts'
import type { InvitationFilter, MemberFilter } from '../pages/users/data.ts'
import { Skeleton } from '../ui/states.tsx'
import { NotFound } from './not-found.tsx'
import { PageError } from './page-error.tsx'
import { lazyPage } from './page-loader.tsx'
import { Shell } from './shell.tsx'

// A page is loaded on the first visit or when the browser is idle. Filters are kept in the URL and declared here.

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined)
const oneOf = <Value extends string>(value: unknown, values: readonly Value[]): Value | undefined => values.find((one) => one === value)

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyPage(() => import('../pages/overview/overview.tsx'), 'OverviewPage'),
})

const resources = createRoute({
  getParentRoute: () => root,
  path: '/resources',
  validateSearch: (search: Record<string, unknown>): ResourceFilter => ({ kind: text(search['kind']), owner: text(search['owner']) }),
  component: lazyPage(() => import('../pages/resources/resources.tsx'), 'ResourcesPage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyPage(() => import('../pages/settings/settings.tsx'), 'SettingsPage'),
})

const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  validateSearch: (search: Record<string, unknown>): MemberFilter => ({
    q: text(search['q']),
    status: oneOf(search['status'], ['active', 'deactivated', 'left']),
    role: text(search['role']),
  }),
  component: lazyPage(() => import('../pages/users/users.tsx'), 'UsersPage'),
})

const invitations = createRoute({
  getParentRoute: () => root,
  path: '/users/invitations',
  validateSearch: (search: Record<string, unknown>): InvitationFilter => ({
    q: text(search['q']),
    state: oneOf(search['state'], ['open', 'accepted', 'declined', 'revoked', 'expired']),
    kind: oneOf(search['kind'], ['email', 'link', 'secret']),
  }),
  component: lazyPage(() => import('../pages/users/invitations.tsx'), 'InvitationsPage'),
})

const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$user',
  component: lazyPage(() => import('../pages/users/user.tsx'), 'UserPage'),
})

const roles = createRoute({
  getParentRoute: () => root,
  path: '/roles',
  component: lazyPage(() => import('../pages/roles/roles.tsx'), 'RolesPage'),
})

const rolePermissions = createRoute({
  getParentRoute: () => root,
  path: '/roles/permissions',
  component: lazyPage(() => import('../pages/roles/permissions.tsx'), 'PermissionsPage'),
})

const role = createRoute({
  getParentRoute: () => root,
  path: '/roles/$role',
  component: lazyPage(() => import('../pages/roles/role.tsx'), 'RolePage'),
})

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyPage(() => import('../pages/keys/own.tsx'), 'OwnKeysPage'),
})

const allKeys = createRoute({
  getParentRoute: () => root,
  path: '/keys/all',
  validateSearch: (search: Record<string, unknown>): KeyFilter => ({ roll: search['roll'] === true ? true : undefined }),
  component: lazyPage(() => import('../pages/keys/all.tsx'), 'AllKeysPage'),
})

const serviceAccounts = createRoute({
  getParentRoute: () => root,
  path: '/keys/service-accounts',
  component: lazyPage(() => import('../pages/service-accounts/list.tsx'), 'ServiceAccountsPage'),
})

const serviceAccount = createRoute({
  getParentRoute: () => root,
  path: '/keys/service-accounts/$account',
  component: lazyPage(() => import('../pages/service-accounts/account.tsx'), 'ServiceAccountPage'),
})

const day = (value: unknown): string | undefined => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined)
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditFilter => ({
    actor: text(search['actor']),
    target: text(search['target']),
    action: text(search['action']),
    from: day(search['from']),
    to: day(search['to']),
  }),
  component: lazyPage(() => import('../pages/audit/audit.tsx'), 'AuditPage'),
})

const profile = createRoute({
  getParentRoute: () => root,
  path: '/profile',
  component: lazyPage(() => import('../pages/profile/profile.tsx'), 'ProfilePage'),
})

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  component: lazyPage(() => import('../pages/sessions/sessions.tsx'), 'SessionsPage'),
})

const applications = createRoute({
  getParentRoute: () => root,
  path: '/applications',
  component: lazyPage(() => import('../pages/applications/own.tsx'), 'OwnApplicationsPage'),
})

const organizationApplications = createRoute({
  getParentRoute: () => root,
  path: '/settings/applications',
  component: lazyPage(() => import('../pages/applications/organization.tsx'), 'OrganizationApplicationsPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    resources,
    settings,
    users,
    invitations,
    user,
    roles,
    rolePermissions,
    role,
    keys,
    allKeys,
    serviceAccounts,
    serviceAccount,
    audit,
    profile,
    sessions,
    applications,
    organizationApplications,
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 150,
  defaultPendingComponent: () => <Skeleton />,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
