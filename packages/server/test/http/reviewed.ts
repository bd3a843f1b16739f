/** The audience of a route, and a request to it that does no harm. */
export interface Reviewed {
  /** `gateway`: a user or a service account, forwarded by a gateway. A cookie is not accepted. */
  for: 'anyone' | 'account' | 'member' | 'admin' | 'operator' | 'gateway' | 'client'
  /** Accepts keys. Other routes answer `session_required` to a key. */
  keys?: true
  /** Accepts a platform's client with this scope. `for: 'client'`: nobody else. */
  client?: string
  /** Needs no credential, but refuses an invalid one. */
  optional?: true
  /** Accepts a token without the scope `api`. The login decides. */
  anyScope?: true
  /** A body that the schema accepts. */
  body?: unknown
  /** Changes the caller's own access, so the matrix calls the route with a person of its own. */
  disturbs?: true
}

/** Every route of the API, with its audience. A person has reviewed the list. */
export const reviewed: Record<string, Reviewed> = {
  'GET /v1/me': { for: 'account', keys: true },
  'PATCH /v1/me': { for: 'account', body: { given_name: 'Ada' } },
  'POST /v1/me/registration': { for: 'account', disturbs: true, body: { username: 'somebody' } },
  'POST /v1/me/password': { for: 'account', body: { current_password: 'x', new_password: 'y' } },
  'POST /v1/me/email': { for: 'account', body: { password: 'x', email: 'x@example.com' } },
  'POST /v1/me/email/verify': { for: 'account', body: { code: '000000' } },
  'GET /v1/me/changes': { for: 'account' },
  'GET /v1/me/sessions': { for: 'account' },
  'GET /v1/me/applications': { for: 'account' },
  'DELETE /v1/me/applications/:client': { for: 'account' },
  'DELETE /v1/me/sessions': { for: 'account', disturbs: true },
  'DELETE /v1/me/sessions/:id': { for: 'account' }, // a token without the scope can end `current` too
  'GET /v1/me/factors': { for: 'account' },
  'GET /v1/me/sign-ins': { for: 'account' },
  'GET /v1/me/confirmation': { for: 'account' },
  'POST /v1/me/confirmation': { for: 'account', body: { password: 'x' } }, // the session of a browser only
  'POST /v1/me/terminal-confirmations': { for: 'account', body: {} },
  'GET /v1/me/terminal-confirmations/:id': { for: 'account' },
  'POST /v1/me/token': { for: 'account' },
  'POST /v1/me/tokens': { for: 'account', anyScope: true, body: { resource: 'https://api.example.com' } },
  'GET /v1/me/refresh-tokens': { for: 'account' },
  'DELETE /v1/me/refresh-tokens/:id': { for: 'account' },
  'GET /v1/me/keys': { for: 'member' },
  'POST /v1/me/keys': { for: 'member', body: { description: 'CI', scope: 'all' } },
  'PATCH /v1/me/keys/:id': { for: 'member', body: { description: 'CI' } },
  'DELETE /v1/me/keys/:id': { for: 'member' },
  'GET /v1/forward-auth': { for: 'gateway' },
  'GET /v1/usernames/:name': { for: 'anyone' },
  'POST /v1/invitations/preview': { for: 'anyone', optional: true, body: { token: 'x' } },
  'POST /v1/invitations/accept': { for: 'account', body: { token: 'x', username: 'somebody_new' } },
  'POST /v1/invitations/decline': { for: 'account', body: { token: 'x' } },
  'GET /v1/me/move': { for: 'member' },
  'GET /v1/organizations/:org/invitations': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/invitations': { for: 'admin', keys: true, body: { email: 'somebody@example.com' } },
  'DELETE /v1/organizations/:org/invitations/:id': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/invitations/:id/resend': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/invitations/:id/link': { for: 'admin', keys: true },
  'GET /v1/organizations': { for: 'client', client: 'platform:organizations:read' },
  'GET /v1/organizations/:org': { for: 'member', keys: true, client: 'platform:organizations:read' },
  'PUT /v1/organizations/:org/plan': { for: 'client', client: 'platform:plans:write', body: { plan: 'no-such-plan' } },
  'GET /v1/users': { for: 'client', client: 'platform:users:read' },
  'GET /v1/users/:user': { for: 'client', client: 'platform:users:read' },
  'POST /v1/role-definitions': { for: 'client', client: 'signals', body: { roles: ['role_x'] } },
  'POST /v1/organizations/:org/rename': { for: 'admin', keys: true, body: { from: 'ada', to: 'new_name', dry_run: true } },
  'POST /v1/organizations/join': { for: 'member', body: { organization: 'ada', secret: 'x' } },
  'POST /v1/organizations/:org/leave': { for: 'member', disturbs: true },
  'GET /v1/organizations/:org/access': { for: 'admin', keys: true }, // members about themselves, too
  'GET /v1/organizations/:org/members': { for: 'member', keys: true, client: 'platform:members:read' },
  'GET /v1/organizations/:org/members/:user': { for: 'member', keys: true, client: 'platform:members:read' },
  'PATCH /v1/organizations/:org/members/:user': { for: 'admin', keys: true, body: { role: 'member' } },
  'DELETE /v1/organizations/:org/members/:user': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/members/:user/deactivate': { for: 'admin', keys: true, body: {} },
  'POST /v1/organizations/:org/members/:user/reactivate': { for: 'admin', keys: true },
  'GET /v1/permissions': { for: 'member', keys: true },
  'GET /v1/organizations/:org/roles': { for: 'member', keys: true },
  'POST /v1/organizations/:org/roles': { for: 'admin', keys: true, body: { name: 'admin', permissions: [] } },
  'GET /v1/organizations/:org/roles/:role': { for: 'member', keys: true },
  'PATCH /v1/organizations/:org/roles/:role': { for: 'admin', keys: true, body: { name: 'x' } },
  'DELETE /v1/organizations/:org/roles/:role': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/roles/:role/holders': { for: 'member', keys: true },
  'DELETE /v1/organizations/:org/members/:user/sessions': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/factor-resets': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/members/:user/factor-reset': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/members/:user/factor-reset': { for: 'admin' },
  'POST /v1/organizations/:org/members/:user/factor-reset/confirm': { for: 'admin' },
  'DELETE /v1/organizations/:org/members/:user/factor-reset': { for: 'admin' },
  'GET /v1/organizations/:org/keys': { for: 'admin', keys: true },
  'PATCH /v1/organizations/:org/keys/:id': { for: 'admin', keys: true, body: { description: 'CI' } },
  'DELETE /v1/organizations/:org/keys/:id': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/service-accounts': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/service-accounts': { for: 'admin', keys: true, body: { name: 'x' } },
  'GET /v1/organizations/:org/service-accounts/:account': { for: 'admin', keys: true },
  'PATCH /v1/organizations/:org/service-accounts/:account': { for: 'admin', keys: true, body: { description: 'x' } },
  'DELETE /v1/organizations/:org/service-accounts/:account': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/service-accounts/:account/keys': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/service-accounts/:account/keys': { for: 'admin', body: { description: 'CI', scope: 'all' } },
  'GET /v1/organizations/:org/audit-events': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/events': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/factor-policy': { for: 'member', keys: true },
  'PUT /v1/organizations/:org/factor-policy': { for: 'admin', body: { policy: 'none' } },
  'GET /v1/organizations/:org/applications': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/key-policy': { for: 'member', keys: true },
  'PUT /v1/organizations/:org/key-policy': { for: 'admin', body: { keys: 'any' } },
  'GET /v1/organizations/:org/unready-members': { for: 'admin', keys: true },
  'GET /v1/organizations/:org/unready-credentials': { for: 'admin', keys: true },
  'DELETE /v1/organizations/:org/unready-credentials': { for: 'admin' },
  'DELETE /v1/organizations/:org/unready-credentials/:id': { for: 'admin' },
  'GET /v1/organizations/:org/secrets': { for: 'admin', keys: true },
  'POST /v1/organizations/:org/secrets': { for: 'admin', keys: true, body: { kind: 'secret' } },
  'DELETE /v1/organizations/:org/secrets/:id': { for: 'admin', keys: true },
  'PATCH /v1/organizations/:org': { for: 'admin', keys: true, body: { address: null } },
  'GET /v1/organizations/:org/resources': { for: 'member', keys: true, client: 'resources:register' },
  'GET /v1/organizations/:org/resources/:kind/:name': { for: 'member', keys: true, client: 'resources:register' },
  'PUT /v1/organizations/:org/resources/:kind/:name': { for: 'member', keys: true, client: 'resources:register', body: { owner: 'nobody_there' } },
  'DELETE /v1/organizations/:org/resources/:kind/:name': { for: 'member', keys: true, client: 'resources:register' },
  'POST /v1/organizations/:org/resources/:kind/:name/transfer': { for: 'member', keys: true, body: { owner: 'nobody_there' } },
  'POST /v1/organizations/:org/resource-transfers': { for: 'member', keys: true, body: { owner: 'nobody_there' } },
  'GET /v1/hosts/:host': { for: 'member', keys: true, client: 'hosts:read' },
  'GET /v1/operator/organizations/:org': { for: 'operator' },
  'PATCH /v1/operator/organizations/:org': { for: 'operator', body: { plan: 'pro' } },
  'DELETE /v1/operator/organizations/:org/factor-policy': { for: 'operator' },
  'POST /v1/operator/organizations/:org/suspend': { for: 'operator', body: {} },
  'POST /v1/operator/organizations/:org/resume': { for: 'operator' },
  'POST /v1/operator/organizations/:org/revive': { for: 'operator' },
  'POST /v1/operator/organizations/:org/promote': { for: 'operator', body: { user: 'nobody_there' } },
  'POST /v1/operator/organizations/:org/sign-out': { for: 'operator', body: { user: 'nobody_there' } },
  'POST /v1/operator/users/:user/suspend': { for: 'operator', body: {} },
  'POST /v1/operator/users/:user/resume': { for: 'operator' },
  'POST /v1/operator/users/:user/reset-factors': { for: 'operator' },
  'GET /v1/operator/users': { for: 'operator' },
  'GET /v1/operator/users/:user': { for: 'operator' },
  'GET /v1/operator/organizations': { for: 'operator' },
  'GET /v1/operator/invitations': { for: 'operator' },
  'GET /v1/operator/emails': { for: 'operator' },
  'POST /v1/operator/emails/:id/resend': { for: 'operator' },
  'GET /v1/operator/requests/:id': { for: 'operator' },
  'GET /v1/operator/events': { for: 'operator', client: 'platform:events:read' },
  'GET /v1/operator/tokens': { for: 'operator' },
  'POST /v1/operator/tokens': { for: 'operator', body: { name: 'root' } },
  'DELETE /v1/operator/tokens/:name': { for: 'operator' },
  'GET /v1/operator/apis': { for: 'operator' },
  'PUT /v1/operator/apis': { for: 'operator', body: { apis: [] } },
  'GET /v1/operator/clients': { for: 'operator' },
  'POST /v1/operator/clients': { for: 'operator', body: { name: 'x', grants: [], scopes: [] } },
  'GET /v1/operator/clients/:id': { for: 'operator' },
  'PATCH /v1/operator/clients/:id': { for: 'operator', body: { name: 'x' } },
  'DELETE /v1/operator/clients/:id': { for: 'operator' },
  'POST /v1/operator/clients/:id/secrets': { for: 'operator' },
  'DELETE /v1/operator/clients/:id/secrets/:secret': { for: 'operator' },
  'GET /v1/operator/streams': { for: 'operator' },
  'DELETE /v1/operator/streams/:id': { for: 'operator' },
  'GET /v1/operator/signing-keys': { for: 'operator' },
  'POST /v1/operator/signing-keys/rotate': { for: 'operator' },
  'DELETE /v1/operator/signing-keys/:kid': { for: 'operator' },
  'GET /v1/operator/secret': { for: 'operator' },
  'POST /v1/operator/secret/rotate': { for: 'operator' },
  'POST /v1/operator/secret/finish': { for: 'operator' },
}

/** Fills in objects that do not exist, so that a change does not disturb the next case. */
export const fill = (url: string, org: string): string =>
  url
    .replace(':org', org)
    .replace(':user', 'nobody_there')
    .replace(':role', 'no-role')
    .replace(':account', 'no-machine')
    .replace(':kind', 'application')
    .replace(':name', 'free_name')
    .replace(':host', 'nobody-there')
    .replace(':id', 'ses_00000000000000000000000000')
    .replace(/\/access$/, '/access?user=nobody_there&permission=members:read')
