import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Takes each defence out, one at a time, in a copy of the tree, and runs the tests that should notice: `npm run test:faults [word]`.
 * A fault that no test notices is a defence that could be lost without anybody knowing. Not part of `npm test`: it runs tests once per fault.
 */
interface Fault {
  /** The defence that is taken out, with the number of its attack or rule. */
  title: string
  file: string
  find: string
  replace: string
  /** The test file that should notice, and which of its tests. */
  test: string
  named: string
}

const server = 'packages/server/src'
const tests = 'packages/server/test'

const faults: Fault[] = [
  {
    title: 'a secret is taken only while it is open (A05)',
    file: `${server}/store/invitation-store.ts`,
    find: `accepted_by: userId, ended_at: now })\n        .where('id', '=', id)\n        .where('version', '=', version)\n        .where('state', '=', 'open')`,
    replace: `accepted_by: userId, ended_at: now })\n        .where('id', '=', id)\n        .where('version', '=', version)`,
    test: `${tests}/races.test.ts`,
    named: 'one secret, 64 accepts',
  },
  {
    title: 'a secret ends by the clock of the statement that takes it (A04)',
    file: `${server}/store/invitation-store.ts`,
    find: `        .where('state', '=', 'open')\n        .where('expires_at', '>', now)\n        .returningAll()\n        .executeTakeFirst()\n      return row ? toInvitation(row) : null\n    },\n    async revoke`,
    replace: `        .where('state', '=', 'open')\n        .returningAll()\n        .executeTakeFirst()\n      return row ? toInvitation(row) : null\n    },\n    async revoke`,
    test: `${tests}/domain/organizations.test.ts`,
    named: 'last second of its 24 hours',
  },
  {
    title: 'a secret is compared with its HMAC (A03)',
    file: `${server}/domain/invitation.ts`,
    find: 'if (!genuine || Number(version)',
    replace: 'if (Number(version)',
    test: `${tests}/domain/organizations.test.ts`,
    named: 'no byte of a secret',
  },
  {
    title: 'an e-mail invitation is for its address (A01)',
    file: `${server}/domain/invitation.ts`,
    find: '  if (isFor(invitation, account)) return\n',
    replace: '  if (account) return\n',
    test: `${tests}/invitations/rules.test.ts`,
    named: 'for whoever holds its address',
  },
  {
    title: 'nobody registers with an invitation of another address (A02)',
    file: `${server}/domain/user.ts`,
    find: '    requireAddress(inviting, account)\n',
    replace: '',
    test: `${tests}/invitations/rules.test.ts`,
    named: 'nobody registers with an invitation of another address',
  },
  {
    title: 'a resend makes the invitation link of before worthless (A13)',
    file: `${server}/domain/invitation.ts`,
    find: 'if (!genuine || Number(version) !== invitation.version)',
    replace: 'if (!genuine && Number(version) === invitation.version)',
    test: `${tests}/invitations/rules.test.ts`,
    named: 'a resend makes the link of before worthless',
  },
  {
    title: 'a kind of invitation has its own prefix and HMAC (A03)',
    file: `${server}/domain/invitation.ts`,
    find: 'if (!invitation || prefixes[invitation.kind] !== prefix)',
    replace: 'if (!invitation)',
    test: `${tests}/invitations/rules.test.ts`,
    named: 'no byte of a token can be changed',
  },
  {
    title: 'an invitation is renewed only while it is open (A04)',
    file: `${server}/store/invitation-store.ts`,
    find: `        .where('state', '=', 'open')\n        .where('expires_at', '>', now)\n        .returningAll()\n        .executeTakeFirst()\n      return row ? toInvitation(row) : null\n    },\n    async decline`,
    replace: `        .returningAll()\n        .executeTakeFirst()\n      return row ? toInvitation(row) : null\n    },\n    async decline`,
    test: `${tests}/invitations/rules.test.ts`,
    named: 'the instant of its end',
  },
  {
    title: 'an invitation is not mailed to one inbox without end (A17)',
    file: `${server}/domain/invite.ts`,
    find: `  await limits.spend('invitation mail by email', emailCanonical)\n`,
    replace: '',
    test: `${tests}/invitations/rules.test.ts`,
    named: 'one address is mailed five times',
  },
  {
    title: 'a demoted inviter leaves no invitation open (A14)',
    file: `${server}/domain/membership.ts`,
    find: `  if (role === 'member') await revokeInvitations(`,
    replace: `  if (role === ('nobody' as Role)) await revokeInvitations(`,
    test: `${tests}/invitations/rules.test.ts`,
    named: 'when the inviter is demoted',
  },
  {
    title: 'an invitation never undoes a deactivation (A20)',
    file: `${server}/domain/invite.ts`,
    find: `  return status === 'deactivated' ? 'member_deactivated' : null\n`,
    replace: '  return null\n',
    test: `${tests}/invitations/rules.test.ts`,
    named: 'members are not invited',
  },
  {
    title: 'opening the link of an invitation changes nothing (A16)',
    file: `${server}/portal/routes/join.ts`,
    find: '      setToken(reply, token.slice(0, 300))\n',
    replace: `      setToken(reply, token.slice(0, 300))\n      const seen = await knownBy(token)\n      if (seen) await store.reading.invitations.decline(seen.id, seen.version)\n`,
    test: `${tests}/invitations/pages.test.ts`,
    named: 'scanners, prefetch and previews',
  },
  {
    title: 'what answers an invitation is bound to it (S26)',
    file: `${server}/portal/routes/join.ts`,
    find: 'const answering = opened?.invitation.id === shown ? opened : null',
    replace: 'const answering = opened',
    test: `${tests}/invitations/pages.test.ts`,
    named: 'bound to its invitation and version',
  },
  {
    title: 'a mail for an invitation that is revoked is dropped (S19)',
    file: `${server}/jobs/mail.ts`,
    find: `      if (invitationFault(invitation, await store.reading.now())) return null\n`,
    replace: '',
    test: `${tests}/invitations/mail.test.ts`,
    named: 'revoked before it could leave',
  },
  {
    title: 'the organization row is locked (B04)',
    file: `${server}/store/organization-store.ts`,
    find: `.where('id', '=', id).forNoKeyUpdate()`,
    replace: `.where('id', '=', id)`,
    test: `${tests}/races.test.ts`,
    named: 'two admins who leave at once',
  },
  {
    title: 'another organization does not exist (B01)',
    file: `${server}/domain/authorize.ts`,
    find: `  if (actor.organization.id !== organizationId) throw new Problem('organization_not_found')\n`,
    replace: '',
    test: `${tests}/http/access.test.ts`,
    named: 'another organization does not exist',
  },
  {
    title: 'a role is asked for (S4)',
    file: `${server}/domain/authorize.ts`,
    find: 'if (!roleMay(actor.role, permission))',
    replace: 'if (false)',
    test: `${tests}/http/access.test.ts`,
    named: 'what is for admins',
  },
  {
    title: 'credentials below the epoch are dead (E11)',
    file: `${server}/domain/authorize.ts`,
    find: 'if (madeAt !== epoch || credential.epoch !== epoch)',
    replace: 'if (false)',
    test: `${tests}/http/access.test.ts`,
    named: 'from the acknowledgement of a removal',
  },
  {
    title: 'deactivated is asked for (S35)',
    file: `${server}/domain/authorize.ts`,
    find: `  if (deactivated) return 'user_deactivated'\n`,
    replace: '',
    test: `${tests}/http/access.test.ts`,
    named: 'a deactivated person',
  },
  {
    title: 'deactivating raises the epoch, so that reactivating brings nothing back (S33)',
    file: `${server}/store/membership-store.ts`,
    find: `        .from('deactivated')\n        .set((eb) => ({ epoch: eb('account.epoch', '+', 1) }))`,
    replace: `        .from('deactivated')\n        .set((eb) => ({ epoch: eb('account.epoch', '+', 0) }))`,
    test: `${tests}/domain/deactivation.test.ts`,
    named: 'brings nothing old back',
  },
  {
    title: 'keys stand on the epoch of their holder (E11)',
    file: `${server}/domain/authorize.ts`,
    find: 'madeFor: key.organizationId, madeAt: key.epoch, epoch }',
    replace: 'madeFor: key.organizationId, madeAt: key.epoch, epoch: key.epoch }',
    test: `${tests}/domain/api-keys.test.ts`,
    named: 'keys die with the epoch',
  },
  {
    title: 'a key does nothing that needs the person (S4)',
    file: `${server}/domain/execute.ts`,
    find: `    if (principal.kind === 'key') throw new Problem('session_required')\n`,
    replace: '',
    test: `${tests}/domain/api-keys.test.ts`,
    named: 'nothing that needs the person',
  },
  {
    title: 'a key is let in where a route takes keys (A09)',
    file: `${server}/http/authenticate.ts`,
    find: `    if (audience !== 'actor' && !request.routeOptions.config.keys) throw new Problem('session_required')\n`,
    replace: '',
    test: `${tests}/http/matrix.test.ts`,
    named: 'GET /v1/me/keys',
  },
  {
    title: 'a deactivated user is asked about by key too (S35)',
    file: `${server}/domain/authorize.ts`,
    find: `const deactivated = holder.kind === 'user' && holder.membership?.status === 'deactivated'`,
    replace: 'const deactivated = false',
    test: `${tests}/http/matrix.test.ts`,
    named: 'GET /v1/organizations/:org/members ',
  },
  {
    title: 'keys are kept as hashes (E14)',
    file: `${server}/domain/api-key.ts`,
    find: `    tokenHash: digest(key),\n    organizationId,`,
    replace: `    tokenHash: Buffer.from(key),\n    organizationId,`,
    test: `${tests}/domain/api-keys.test.ts`,
    named: 'is shown once and kept as a hash',
  },
  {
    title: "one's own key is one's own (B01)",
    file: `${server}/domain/api-key.ts`,
    find: '(mine === null ? key.organizationId !== organizationId : key.userId !== mine)',
    replace: 'false',
    test: `${tests}/domain/api-keys.test.ts`,
    named: "own keys are one's own",
  },
  {
    title: 'open invitations of someone deactivated go with them (S19)',
    file: `${server}/domain/deactivation.ts`,
    find: 'const invitations = await tx.invitations.revokeOpenBy(target.userId, organization.id)',
    replace: 'const invitations: never[] = []',
    test: `${tests}/domain/deactivation.test.ts`,
    named: 'open invitations of someone deactivated',
  },
  {
    title: 'the actor is read after the lock (S31)',
    file: `${server}/domain/execute.ts`,
    find: `      const locked = await tx.organizations.lock([found.organization.id, ...also])\n      const organization = locked.find(({ id }) => id === found.organization.id)\n      if (!organization) throw new Problem('organization_not_found')\n      const actor = await anyActor()\n`,
    replace: `      const actor = await anyActor()\n      const locked = await tx.organizations.lock([found.organization.id, ...also])\n      const organization = locked.find(({ id }) => id === found.organization.id)\n      if (!organization) throw new Problem('organization_not_found')\n`,
    test: `${tests}/status-races.test.ts`,
    named: 'two admins who deactivate each other',
  },
  {
    title: 'whoever is kept out is told so in the browser (S35)',
    file: `${server}/portal/routes/device.ts`,
    find: `    await sessions.refuseBarred(request)\n`,
    replace: '',
    test: `${tests}/http/deactivated.test.ts`,
    named: 'in a browser that was signed in',
  },
  {
    title: 'nobody denies the code that somebody else holds (D01)',
    file: `${server}/store/device-authorization-store.ts`,
    find: '(claimed_by is null or exists (select',
    replace: '(true or exists (select',
    test: `${tests}/oauth/device-flow.test.ts`,
    named: 'opens or enters a code ends that login at once',
  },
  {
    title: 'a former name takes nobody in (S42)',
    file: `${server}/domain/move.ts`,
    find: '    requireCurrentName(named)\n',
    replace: '',
    test: `${tests}/domain/organizations.test.ts`,
    named: 'a former name lets nobody join or leave',
  },
  {
    title: 'an organization that nobody is left in refuses its machines (S23)',
    file: `${server}/domain/move.ts`,
    find: `    await endServiceAccountKeys(context, organization.id)\n`,
    replace: '',
    test: `${tests}/domain/api-keys.test.ts`,
    named: 'nobody is left in refuses its machines',
  },
  {
    title: 'an ended session is dead (S36)',
    file: `${server}/domain/authorize.ts`,
    find: 'ended: session.endedAt !== null || tokenRevoked',
    replace: 'ended: tokenRevoked',
    test: `${tests}/http/access.test.ts`,
    named: 'a session that was ended',
  },
  {
    title: 'who lost the right does not get the kept answer (I11)',
    file: `${server}/domain/execute.ts`,
    find: '  for (const right of asked) await enter(right.organizationId, right.permission)\n',
    replace: '',
    test: `${tests}/domain/organizations.test.ts`,
    named: 'same Idempotency-Key',
  },
  {
    title: 'kept answers are sealed (E14)',
    file: `${server}/domain/execute.ts`,
    find: `keys.seal('idempotency', context, JSON.stringify({ answer: answer ?? null, rights, ended: principal.origin.ended?.map(String) }))`,
    replace: 'Buffer.from(JSON.stringify({ answer: answer ?? null, rights }))',
    test: `${tests}/http/access.test.ts`,
    named: 'nothing secret lies in the database',
  },
  {
    title: 'the log leaves the query out (E13)',
    file: `${server}/http/app.ts`,
    find: 'path: pathOf(request), status',
    replace: 'path: request.url, status',
    test: `${tests}/http/access.test.ts`,
    named: 'the log has a line per request',
  },
  {
    title: 'a Host that is not ours is refused (A11)',
    file: `${server}/http/app.ts`,
    find: '    if (isKnownHost(config, request)) return\n',
    replace: '    if (request) return\n',
    test: `${tests}/http/access.test.ts`,
    named: 'a Host that is not ours',
  },
  {
    title: 'forms of other sites are refused (C08)',
    file: `${server}/http/same-site.ts`,
    find: 'if (!isSameOrigin(headers, issuer)) throw',
    replace: 'if (false) throw',
    test: `${tests}/accounts/portal.test.ts`,
    named: '',
  },
  {
    title: 'an approval belongs to the session that typed the code (D01)',
    file: `${server}/domain/device-authorization.ts`,
    find: `  if (found.claimedBy !== sessionId) throw new Problem('user_code_claimed')\n`,
    replace: '',
    test: `${tests}/accounts/device.test.ts`,
    named: '',
  },
  {
    title: 'a device code is redeemed once (I3)',
    file: `${server}/store/device-authorization-store.ts`,
    find: `        .where('state', '=', 'approved')\n        .where('expires_at', '>', now)\n        .returningAll()`,
    replace: `        .where('expires_at', '>', now)\n        .returningAll()`,
    test: `${tests}/oauth/oauth-races.test.ts`,
    named: '',
  },
  {
    title: 'a refresh is the last look at the epoch (E11)',
    file: `${server}/store/refresh-token-store.ts`,
    find: 'and s.expires_at > muster_now() and s.epoch = a.epoch\n          and not exists',
    replace: 'and s.expires_at > muster_now()\n          and not exists',
    test: `${tests}/oauth/oauth-races.test.ts`,
    named: '',
  },
  {
    title: 'a token is read as its key signs (E01)',
    file: `${server}/oauth/access-tokens.ts`,
    find: 'if (!genuine) throw',
    replace: 'if (false) throw',
    test: `${tests}/oauth/access-token.test.ts`,
    named: '',
  },
  {
    title: 'five tries for a mailed code (S44)',
    file: `${server}/store/sign-up-store.ts`,
    find: `        .where('code_tries', '<', most)\n`,
    replace: '',
    test: `${tests}/accounts/sign-up.test.ts`,
    named: '',
  },
  {
    title: 'an IPv6 network counts as one address (C10)',
    file: `${server}/store/limit-store.ts`,
    find: 'if (!isIPv6(key)) return key',
    replace: 'return key',
    test: `${tests}/accounts/sign-in.test.ts`,
    named: '',
  },
  {
    title: 'members of a body that nobody knows are refused (A08)',
    file: `${server}/http/routes/me.ts`,
    find: 'body: z.strictObject(names)',
    replace: 'body: z.object(names)',
    test: `${tests}/http/access.test.ts`,
    named: 'a member nobody knows',
  },
  {
    title: 'audit events are append-only (F08)',
    file: `${server}/store/migrations/0001-accounts.ts`,
    find: 'before update or delete on audit_event',
    replace: 'before insert on audit_event when (false)',
    test: `${tests}/domain/organizations.test.ts`,
    named: 'audit events cannot be changed',
  },
  {
    title: 'a host label is taken only when it is free, or held for the same organization (S40)',
    file: `${server}/store/resource-store.ts`,
    find: `              .where('host_label.organization_id', '=', organizationId)\n              .where('host_label.held_since', 'is not', null),`,
    replace: `              .where('host_label.label', '=', label),`,
    test: `${tests}/resource-races.test.ts`,
    named: 'at once: one has it',
  },
  {
    title: 'a rename tells all labels that clash, before it takes any (S41)',
    file: `${server}/domain/host-label.ts`,
    find: '  const others = new Set(taken.filter(',
    replace: '  const others = new Set(taken.slice(1).filter(',
    test: `${tests}/domain/resources.test.ts`,
    named: 'a rename that clashes',
  },
  {
    title: 'a label that nothing answers at stays with its organization (S40, S42)',
    file: `${server}/store/resource-store.ts`,
    find: `db.updateTable('host_label').set({ held_since: now }).where('organization_id'`,
    replace: `db.deleteFrom('host_label').where('organization_id'`,
    test: `${tests}/domain/resources.test.ts`,
    named: 'stays the organization',
  },
  {
    title: 'an owner is active (S6)',
    file: `${server}/domain/resource.ts`,
    find: '  if (!owner.active) throw',
    replace: '  if (false) throw',
    test: `${tests}/resource-races.test.ts`,
    named: 'handing a resource',
  },
  {
    title: 'a client that was removed is refused (S36, S58)',
    file: `${server}/domain/client.ts`,
    find: '  if (!registered || registered.removedAt) throw',
    replace: '  if (!registered) throw',
    test: `${tests}/http/access.test.ts`,
    named: 'a client that was removed',
  },
  {
    title: 'a client has the scope that is asked for (S58)',
    file: `${server}/domain/client.ts`,
    find: '  if (!client.scopes.has(scope) || !registered.scopes.includes(scope))',
    replace: '  if (false)',
    test: `${tests}/http/access.test.ts`,
    named: 'a platform',
  },
  {
    title: 'resources keep a person where they are (S23)',
    file: `${server}/domain/move.ts`,
    find: '= await resourceBlockers(context, actor)',
    replace: '= []',
    test: `${tests}/domain/resources.test.ts`,
    named: 'cannot move or leave',
  },
  {
    title: 'what a removed member owned is handed over (S28)',
    file: `${server}/domain/membership.ts`,
    find: 'await handOver(context, { organizationId: organization.id, from: target.userId',
    replace: 'await handOver(context, { organizationId: organization.id, from: actor.id',
    test: `${tests}/domain/resources.test.ts`,
    named: 'S28',
  },
  {
    title: 'seats are counted (S7)',
    file: `${server}/domain/plan.ts`,
    find: '(await tx.memberships.countActive(organization.id)) < seats',
    replace: 'seats > 0',
    test: `${tests}/resource-races.test.ts`,
    named: 'many accepts at once',
  },
  {
    title: 'a suspended organization refuses its principals (S32)',
    file: `${server}/domain/authorize.ts`,
    find: `  if (organization?.suspendedAt) return 'organization_suspended'\n`,
    replace: '',
    test: `${tests}/http/suspended.test.ts`,
    named: '',
  },
  {
    title: 'nobody gets into a suspended organization (S32)',
    file: `${server}/domain/membership.ts`,
    find: `    if (organization.suspendedAt) throw new Problem('organization_suspended')\n`,
    replace: '',
    test: `${tests}/domain/operator.test.ts`,
    named: 'nobody gets into',
  },
  {
    title: 'only the operator suspends, resumes, promotes (S58)',
    file: `${server}/domain/operator.ts`,
    find: `if (principal.kind !== 'operator') throw`,
    replace: 'if (false) throw',
    test: `${tests}/domain/operator.test.ts`,
    named: 'only the operator can',
  },
  {
    title: 'hosts of another organization do not exist (B01)',
    file: `${server}/http/routes/hosts.ts`,
    find: 'request.actor.organization.id !== known.organizationId',
    replace: 'false',
    test: `${tests}/http/resources.test.ts`,
    named: 'those of their own organization',
  },
  {
    title: 'compat: a GET that creates is no HEAD (A18)',
    file: `${server}/compat/dbos/cloud.ts`,
    find: 'exposeHeadRoute: false, ',
    replace: '',
    test: `${tests}/compat/routes.test.ts`,
    named: 'not asked by HEAD',
  },
  {
    title: 'compat: no page of another site sends a password (C08)',
    file: `${server}/compat/featurebase/tokens.ts`,
    find: 'origin !== undefined && origin !== new URL(config.issuer).origin',
    replace: 'false',
    test: `${tests}/compat/featurebase.test.ts`,
    named: 'no other site asks for anyone',
  },
  {
    title: 'compat: a password for tokens is refused to somebody deactivated (S35)',
    file: `${server}/domain/password-login.ts`,
    find: '  await refuse()\n',
    replace: '',
    test: `${tests}/compat/featurebase.test.ts`,
    named: 'the token request included',
  },
  {
    title: 'compat: another key of the organization is not one of the user who is named',
    file: `${server}/compat/featurebase/keys.ts`,
    find: "if (!listed.items.some((one) => one.id === key)) throw new Problem('key_not_found')",
    replace: '',
    test: `${tests}/compat/featurebase.test.ts`,
    named: 'keys are made, used as X-API-Key',
  },
  {
    title: 'whoever may not see addresses does not search them (S4)',
    file: `${server}/domain/directory.ts`,
    find: `inEmails: roleMay(role, 'members:read-email') && asked.status`,
    replace: `inEmails: asked.status`,
    test: `${tests}/domain/directory.test.ts`,
    named: 'a member finds nobody',
  },
  {
    title: 'wildcards of a search stand for themselves (F03)',
    file: `${server}/store/member-directory.ts`,
    find: `text.replace(/[\\\\%_]/g, '\\\\$&')`,
    replace: 'text',
    test: `${tests}/domain/directory.test.ts`,
    named: 'what stands for anything',
  },
  {
    title: 'a walk that was cut short is believed up to its end only',
    file: `${server}/store/member-directory.ts`,
    find: 'const known = horizon ? hits.filter((row) => inOrder(row, horizon) <= 0) : hits',
    replace: 'const known = hits',
    test: `${tests}/domain/directory.test.ts`,
    named: 'among thousands',
  },
  {
    title: 'cells of an export are no formulas (F08)',
    file: `${server}/http/audit-event.ts`,
    find: `'') ? \`'\${text}\` : (text ?? '')`,
    replace: `'') ? (text ?? '') : (text ?? '')`,
    test: `${tests}/http/audit-events.test.ts`,
    named: 'no cell of an export',
  },
  {
    title: 'the record of an organization is its own (B01)',
    file: `${server}/store/audit-store.ts`,
    find: `    if (organizationId !== undefined) query = query.where('e.organization_id', '=', organizationId)\n`,
    replace: '',
    test: `${tests}/http/audit-events.test.ts`,
    named: 'what carries no organization',
  },
  {
    title: 'the password is asked for once more (C16)',
    file: `${server}/domain/proof.ts`,
    find: 'if (!account || !(await hasher.verify(account.passwordHash, password))) throw',
    replace: 'if (!account) throw',
    test: `${tests}/accounts/profile.test.ts`,
    named: 'without the',
  },
  {
    title: 'what was proven is looked at again under the lock (C16)',
    file: `${server}/domain/proof.ts`,
    find: '  if (standing.account.passwordHash !== provenHash) throw',
    replace: '  if (false) throw',
    test: `${tests}/accounts/profile.test.ts`,
    named: 'of two changes at once',
  },
  {
    title: 'a code for a new address belongs to the login that gave the password (C16)',
    file: `${server}/domain/email-change.ts`,
    find: 'if (open?.sessionId !== live.session.id) return',
    replace: 'if (!open) return',
    test: `${tests}/accounts/profile.test.ts`,
    named: 'only the login that gave it',
  },
  {
    title: 'links of before end with the password (A15)',
    file: `${server}/domain/password-change.ts`,
    find: '  await tx.passwordResets.endAllOf(account.id)\n',
    replace: '',
    test: `${tests}/accounts/profile.test.ts`,
    named: 'a reset link of before',
  },
  {
    title: 'an application takes its tokens under the lock of the account (S32)',
    file: `${server}/domain/application-session.ts`,
    find: '  if (browser) await tx.accounts.lock(browser.userId)\n',
    replace: '',
    test: `${tests}/oauth/application-session-race.test.ts`,
    named: '',
  },
  {
    title: 'lifecycle: a transaction that the database gave up is begun again (40P01)',
    file: `${server}/store/transaction.ts`,
    find: `new Set(['40001', '40P01'])`,
    replace: `new Set(['40001'])`,
    test: `${tests}/lifecycle/lifecycle.test.ts`,
    named: 'everything once',
  },
  {
    title: 'lifecycle: that its time is over is said before that it was ended (S36)',
    file: `${server}/domain/authorize.ts`,
    find: `  if (expired) return 'token_expired'\n  if (ended) return 'token_revoked'\n`,
    replace: `  if (ended) return 'token_revoked'\n  if (expired) return 'token_expired'\n`,
    test: `${tests}/lifecycle/lifecycle.test.ts`,
    named: 'everything once',
  },
  {
    title: 'lifecycle: no key of a machine works where nobody is left (S23)',
    file: `${server}/domain/move.ts`,
    find: `    await endServiceAccountKeys(context, organization.id)\n`,
    replace: '',
    test: `${tests}/lifecycle/lifecycle.test.ts`,
    named: 'everything once',
  },
  {
    title: 'lifecycle: nothing is passed on to somebody who is out themselves (S26)',
    file: `${server}/domain/resource.ts`,
    find: `by?.status === 'active' && by.userId !== userId`,
    replace: `by && by.userId !== userId`,
    test: `${tests}/lifecycle/lifecycle.test.ts`,
    named: 'everything once',
  },
  {
    title: 'lifecycle: what a member loses does not come back with a reactivation (S33)',
    file: `${server}/store/membership-store.ts`,
    find: `        .set((eb) => ({ epoch: eb('account.epoch', '+', 1) }))\n        .whereRef('account.id', '=', 'deactivated.user_id')`,
    replace: `        .set((eb) => ({ epoch: eb('account.epoch', '+', 0) }))\n        .whereRef('account.id', '=', 'deactivated.user_id')`,
    test: `${tests}/lifecycle/lifecycle.test.ts`,
    named: 'everything once',
  },
  {
    title: 'concurrent: whoever decides for an organization holds its row (B04, S19)',
    file: `${server}/store/organization-store.ts`,
    find: `.where('id', '=', id).forNoKeyUpdate().executeTakeFirst()`,
    replace: `.where('id', '=', id).executeTakeFirst()`,
    test: `${tests}/lifecycle/lifecycle-concurrent.test.ts`,
    named: '',
  },
  {
    title: 'concurrent: an answer is kept in the transaction of its effect (I11)',
    file: `${server}/domain/execute.ts`,
    find: `  const kept = await tx.idempotency.claim(who, idempotency.key, idempotency.requestHash)\n`,
    replace: `  const kept = await tx.idempotency.claim(who, crypto.randomUUID(), idempotency.requestHash)\n`,
    test: `${tests}/lifecycle/lifecycle-concurrent.test.ts`,
    named: '',
  },
]

const root = join(import.meta.dirname, '..')
const word = process.argv[2]
const chosen = faults.filter(({ title }) => word === undefined || title.includes(word))
const copy = mkdtempSync(join(tmpdir(), 'muster-faults-'))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  copyTree(copy)
  let unnoticed = 0
  for (const { title, file, find, replace, test, named } of chosen) {
    const path = join(copy, file)
    const sound = readFileSync(path, 'utf8')
    if (sound.split(find).length !== 2) {
      say(`? ${title}: the place is not there any more, or not there once (${file})`)
      unnoticed += 1
      continue
    }
    writeFileSync(
      path,
      sound.replace(find, () => replace),
    )
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/vitest'), ['run', test, ...(named ? ['-t', named] : [])], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', MUSTER_SHRINK: 'no' }, // that it is noticed is enough
    })
    writeFileSync(path, sound)
    const failed = /Tests\s+(\d+) failed/.exec(stdout)?.[1]
    const noticed = status !== 0 && failed !== undefined
    if (!noticed) unnoticed += 1
    say(`${noticed ? '✓' : '✗'} ${title}${noticed ? `: ${failed} tests notice` : ': NOBODY NOTICES'}`)
  }
  say(`${chosen.length - unnoticed} of ${chosen.length} faults were noticed`)
  process.exitCode = unnoticed > 0 ? 1 : 0
} finally {
  rmSync(copy, { recursive: true, force: true })
}

/** Sources are copied, installed packages are linked, and the workspaces' own links lead into the copy. */
function copyTree(target: string): void {
  for (const entry of ['packages', 'scripts', 'tools', 'package.json', 'tsconfig.json', 'tsconfig.base.json', 'vitest.config.ts']) {
    cpSync(join(root, entry), join(target, entry), { recursive: true, filter: (path) => !path.endsWith('node_modules') })
  }
  mkdirSync(join(target, 'node_modules/@muster'), { recursive: true })
  for (const entry of readdirSync(join(root, 'node_modules')))
    if (entry !== '@muster') symlinkSync(join(root, 'node_modules', entry), join(target, 'node_modules', entry))
  for (const name of readdirSync(join(root, 'packages'))) symlinkSync(join(target, 'packages', name), join(target, 'node_modules/@muster', name))
}
