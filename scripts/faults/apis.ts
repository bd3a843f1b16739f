import { type Fault, server, tests } from './fault.ts'

// Defences of tokens for the platform's APIs (P1 to P5).

const test = `${tests}/oauth/audiences.test.ts`
const permissions = 'packages/sdk/test/permissions.test.ts'

export const apis: Fault[] = [
  {
    title: "a token for an API of the platform is refused by Muster's own API (E68)",
    file: `${server}/oauth/access-tokens.ts`,
    find: 'if (!anyAudience && verified.audience !== config.audience)',
    replace: 'if (!anyAudience && verified.audience === "")',
    test,
    named: 'a token for an API names it alone',
  },
  {
    title: 'a login gets tokens only for the APIs of its grant (E68)',
    file: `${server}/domain/credentials/granted-audience.ts`,
    find: 'audiencesAsked(payload.audiences, own).includes(audience) ? texts(payload.scopes) : null',
    replace: 'texts(payload.scopes)',
    test,
    named: 'a login that requests no resource',
  },
  {
    title: 'a refresh token of a grant without the own API gives no token for it (E68)',
    file: `${server}/oauth/plain-refresh.ts`,
    find: ' || !scopesGrantedAt(used.grant, own[0], own)',
    replace: '',
    test,
    named: 'a refresh token of a login for one API gets',
  },
  {
    title: 'an introspection is active for credentials of the API that asks only (E68)',
    file: `${server}/oauth/endpoints.ts`,
    find: 'if (!verified || !isAccepted(verified, api, config))',
    replace: 'if (!verified)',
    test: `${tests}/oauth/audience-matrix.test.ts`,
    named: 'each credential is accepted',
  },
  {
    title: 'a token names one API (E68)',
    file: `${server}/oauth/resources.ts`,
    find: 'audiencesAsked(requested, own).length > 1',
    replace: 'audiencesAsked(requested, own).length > 99',
    test,
    named: 'a login with a refresh token gets a token',
  },
  {
    title: "a client's own token is for Muster's own API only (E68)",
    file: `${server}/oauth/resource-server.ts`,
    find: 'isOwn || forItself ? null',
    replace: 'isOwn ? null',
    test,
    named: "a client's own token is for the own API only",
  },
  {
    title: 'the permissions of a token are those of the role now, as far as the scope goes (E69)',
    file: `${server}/domain/apis/api.ts`,
    find: "  if (role === 'admin') return names\n",
    replace: "  if (role !== 'custom') return names\n",
    test,
    named: 'an application gets its permissions',
  },
  {
    title: 'the scope of a token bounds its permissions (E69)',
    file: `${server}/domain/apis/api.ts`,
    find: 'scopes.has(EVERYTHING) || scopes.has(name)',
    replace: 'scopes.size > 0 || scopes.has(name)',
    test,
    named: 'an application gets its permissions',
  },
  {
    title: 'a verifier uses no permissions of an earlier role (E69)',
    file: 'packages/sdk/src/verifier.ts',
    find: 'if (role !== claims.role || roleId !== claims.roleId || isOf',
    replace: 'if (isOf',
    test: permissions,
    named: 'a caller with a new role',
  },
  {
    title: 'a verifier uses no permissions of an earlier manifest (E83)',
    file: 'packages/sdk/src/verifier.ts',
    find: ' || isOfEarlierCatalogue(claims)) return',
    replace: ') return',
    test: 'packages/sdk/test/catalogue.test.ts',
    named: 'a changed grant counts at once for tokens and keys',
  },
  {
    title: 'an API that comes back has a higher revision (E83)',
    file: `${server}/domain/apis/apply.ts`,
    find: 'revision: Math.max(revision + 1, now)',
    replace: 'revision: Math.max(revision + 1, now - now)',
    test: 'packages/sdk/test/catalogue.test.ts',
    named: 'a token from before an API was removed and came back',
  },
  {
    title: 'a route that names no permission is closed to a token for a part of the API (E69)',
    file: 'packages/sdk/src/http.ts',
    find: 'else if (requirements.permission === undefined && claims.permissions) requireEverything',
    replace: 'else if (requirements.permission === undefined && !claims.permissions) requireEverything',
    test: permissions,
    named: 'a route names a permission',
  },
]
