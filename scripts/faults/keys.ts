import { type Fault, server, tests } from './fault.ts'

// Defences of the scope and the expiry of keys (P12).

const scope = `${tests}/credentials/key-scope.test.ts`
const routes = `${tests}/credentials/key-scope-routes.test.ts`
const policy = `${tests}/credentials/key-policy.test.ts`

export const keys: Fault[] = [
  {
    title: 'a key does only what its scope names (P12, E70)',
    file: `${server}/domain/command/authorize.ts`,
    find: 'roleMay(role, permission) && (scope === null || scope.has(permission))',
    replace: 'roleMay(role, permission) && (scope === null || scope.size > 0)',
    test: scope,
    named: 'a key is refused outside its scope',
  },
  {
    title: 'a key with a scope does not do what its holder may not do any more (P12)',
    file: `${server}/domain/command/authorize.ts`,
    find: '.filter((name) => !isPermission(name) || mayDo(actor, name))',
    replace: '',
    test: scope,
    named: 'a key loses what the role of its holder loses',
  },
  {
    title: 'a key gives only a role whose permissions its scope names (P12, E70)',
    file: `${server}/domain/command/authorize.ts`,
    find: '  if (missing.length > 0) throw outOfScope(actor, missing)',
    replace: '',
    test: scope,
    named: 'a key that may invite gives no role',
  },
  {
    title: 'the link of an invitation is a role too (P12, E70)',
    file: `${server}/domain/invitations/copy-link.ts`,
    find: '  requireMayGrant(actor, invitation.role)\n',
    replace: '',
    test: scope,
    named: 'a key that may invite gives no role',
  },
  {
    title: 'a creator puts no permission into a key that they do not have (P12)',
    file: `${server}/domain/credentials/key-scope.ts`,
    find: '!has(creator, name) || !has({ role: holder, scope: null }, name)',
    replace: 'name.length === 0 && !has(creator, name)',
    test: scope,
    named: 'a member cannot give a key a permission',
  },
  {
    title: 'a key with a scope is not found by an earlier version (P12, E70)',
    file: `${server}/domain/credentials/api-key.ts`,
    find: '(scope === null ? digest(key) : digest(digest(key)))',
    replace: '(scope === null ? digest(key) : digest(key))',
    test: scope,
    named: 'a key with a scope is invisible',
  },
  {
    title: 'forward auth and introspection answer the scope of a key (P12, E70)',
    file: `${server}/domain/command/authorize.ts`,
    find: "actor.scope === null ? 'api' :",
    replace: "actor.scope?.has('') !== true ? 'api' :",
    test: scope,
    named: 'forward auth accepts a key with a scope only',
  },
  {
    title: 'the application of a host is read with the permission (P12)',
    file: `${server}/http/routes/resources/hosts.ts`,
    find: "      if (request.actor) requirePermission(request.actor, 'resources:read')\n",
    replace: '',
    test: routes,
    named: 'GET /v1/hosts/:host',
  },
  {
    title: 'an expired key is refused (P12, E71)',
    file: `${server}/domain/command/refused-credential.ts`,
    find: 'expired: key.expiresAt !== null && key.expiresAt <= now,',
    replace: 'expired: false,',
    test: scope,
    named: 'a key is refused everywhere from its expiry on',
  },
  {
    title: 'a verifier learns when a key expires (P12, E71)',
    file: `${server}/oauth/endpoints.ts`,
    find: '    ...(live.key.expiresAt && { exp: seconds(live.key.expiresAt) }),\n',
    replace: '',
    test: 'packages/sdk/test/verifier.test.ts',
    named: 'a key that is remembered is refused from its expiry on',
  },
  {
    title: 'the email before the expiry is sent once (P12)',
    file: `${server}/store/credentials/api-key-store.ts`,
    find: 'and expiry_mailed_at is null and ended_at is null',
    replace: 'and ended_at is null',
    test: scope,
    named: 'is emailed once, a week before',
  },
  {
    title: 'an organization that requires a scope lets nobody create a key without one (P12, F15)',
    file: `${server}/domain/credentials/api-key.ts`,
    find: "  if (allowed === 'scoped') throw new Problem('key_scope_required')\n",
    replace: '',
    test: policy,
    named: 'a key without a scope is not created',
  },
  {
    title: 'a key without a scope that was created at the moment of the change is refused (P12, F15)',
    file: `${server}/domain/command/refused-credential.ts`,
    find: "(keyPolicy === 'scoped' && key.scope === null)",
    replace: 'false',
    test: policy,
    named: 'a key that was created at the same moment',
  },
  {
    title: 'changing which keys the organization allows requires a recent sign-in (P12, E53)',
    file: `${server}/domain/organizations/key-policy.ts`,
    find: "  if (askRecent) await requireRecentCaller(context, 'key-policy:change')\n",
    replace: '',
    test: policy,
    named: 'only an admin with a recent sign-in sets it',
  },
]
