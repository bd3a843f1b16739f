import type { LiveState } from '../domain/authorize.ts'
import type { Member } from '../domain/membership.ts'
import type { UserPrincipal } from '../domain/principal.ts'

export const toOrganizationBody = ({ organization, membership }: LiveState) =>
  organization &&
  membership && { id: organization.id, name: organization.name, role: membership.role, plan: organization.plan, personal: organization.personal }

export const toMeBody = (live: LiveState, token: UserPrincipal['token']) => ({
  id: live.account.id,
  email: live.account.email,
  username: live.account.username,
  given_name: live.account.givenName,
  family_name: live.account.familyName,
  company: live.account.company,
  created_at: live.account.createdAt.toISOString(),
  registered_at: live.account.registeredAt?.toISOString() ?? null,
  organization: toOrganizationBody(live),
  session: {
    id: live.session.id,
    kind: live.session.kind,
    client_id: live.session.clientId,
    created_at: live.session.createdAt.toISOString(),
    expires_at: live.session.expiresAt.toISOString(),
  },
  token: token && { expires_at: token.expiresAt.toISOString() },
})

/** Members see each other's name, username, role and status; addresses are for admins (S4). */
export const toMemberBody = (member: Member, { withEmail }: { withEmail: boolean }) => ({
  id: member.userId,
  username: member.username,
  given_name: member.givenName,
  family_name: member.familyName,
  // The address of somebody who left is no matter of the organization any more.
  ...(withEmail && member.status !== 'left' && { email: member.email }),
  role: member.role,
  status: member.status,
  joined_at: member.joinedAt.toISOString(),
})
