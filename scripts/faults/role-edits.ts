import { type Fault, server } from './fault.ts'

// Defences of custom roles at verifiers (P10, P11).

const verifier = 'packages/sdk/src/verifier.ts'
const roles = 'packages/sdk/src/roles.ts'
const edits = 'packages/sdk/test/role-edits.test.ts'
const definitions = 'packages/sdk/test/roles.test.ts'

export const roleEdits: Fault[] = [
  {
    title: 'a verifier uses no permissions of an earlier revision of a role (E82)',
    file: verifier,
    find: "return roleRevision === claims.roleRevision ? null : 'edit'",
    replace: "return roleId !== null ? null : 'edit'",
    test: edits,
    named: 'an edited role counts at once',
  },
  {
    title: 'a verifier checks the role again after it waited for a definition (E82)',
    file: verifier,
    find: 'claims = await redefined(token, print, claims)',
    replace: 'return redefined(token, print, claims)',
    test: edits,
    named: 'an edit or a revocation during the wait',
  },
  {
    title: 'a verifier reads a token again whose signing key was withdrawn while it waited (E82)',
    file: verifier,
    find: 'if (withdrawals !== before) return accessTokens.read(token)\n    const allowed',
    replace: 'const allowed',
    test: edits,
    named: 'a token is refused if its key is withdrawn',
  },
  {
    title: 'a definition of an earlier revision is no answer (E82)',
    file: roles,
    find: 'if (definition && definition.revision >= revision) return definition',
    replace: 'if (definition) return definition',
    test: definitions,
    named: 'an earlier revision than the one that counts',
  },
  {
    title: 'the definition of an edited role is intersected with the scope (E82)',
    file: verifier,
    find: "claims.scopes.has('api') || claims.scopes.has(name)",
    replace: 'claims.scopes.has("api") || name.length > 0',
    test: edits,
    named: 'an edited role allows a token no more',
  },
  {
    title: 'a client reads what roles allow at its own API only (E82)',
    file: `${server}/domain/roles/definitions.ts`,
    find: "permissionsOfRole(api, { role: 'custom', customRole: role })",
    replace: 'role.permissions',
    test: edits,
    named: 'a client reads the definitions of its own API',
  },
  {
    title: 'a route without a role and a permission is closed to viewers and custom roles (P11)',
    file: 'packages/sdk/src/http.ts',
    find: "kind === 'client' || typeof requirements.permission === 'string' ? null : 'member'",
    replace: 'null',
    test: edits,
    named: 'a route that names no role',
  },
  {
    title: 'forward auth without a role is closed to viewers and custom roles (P11)',
    file: `${server}/signals/forward-auth.ts`,
    find: "const least = role ?? 'member'",
    replace: "const least = role ?? 'any'",
    test: 'packages/server/test/signals/forward-auth.test.ts',
    named: 'a gateway that names no role',
  },
]
