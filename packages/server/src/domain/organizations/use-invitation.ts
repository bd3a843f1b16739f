import type { Execute, Idempotency } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { spendEach } from '../command/spend.ts'
import { type CreatedSecret, countingWrongTokens, createSecret, declineInvitation, type Preview, previewInvitation } from '../invitations/invitation.ts'
import { organizationToCount } from '../invitations/invite-by-email.ts'
import type { Origin, Principal, UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import type { Store } from '../store.ts'
import { joinOrganization } from './move.ts'
import { type RegisterUser, registerUser } from './register.ts'

// Using invitations, with their rate limits. API, pages and compatibility routes call these functions, so that none can omit a limit.

interface Services {
  store: Store
  execute: Execute
  keys: SecretKeys
  limits: Limits
}
type Options = { idempotency?: Idempotency | undefined }

/**
 * Shows the invitation behind a token, without using it up (S5, S17).
 * @throws Problem with the reason why the invitation cannot be accepted
 */
export const previewToken = (services: Services, { origin }: { origin: Origin }, { token }: { token: string }): Promise<Preview> =>
  countingWrongTokens(services.limits, origin, () => previewInvitation(services.store.reading, services.keys, token))

export const declineWithToken = (services: Services, principal: Principal, { token }: { token: string }): Promise<{ state: 'declined' }> =>
  countingWrongTokens(services.limits, principal.origin, () => services.execute(declineInvitation, principal, { token }))

type Join = Parameters<typeof joinOrganization>[1]

export const joinWithToken = (services: Services, principal: Principal, input: Join, options: Options = {}): ReturnType<typeof joinOrganization> =>
  countingWrongTokens(services.limits, principal.origin, () => services.execute(joinOrganization, principal, input, options))

/** Registers an account with a username, with or without an invitation. */
export async function register(services: Services, principal: UserPrincipal, input: RegisterUser, options: Options = {}): ReturnType<typeof registerUser> {
  const { limits, execute } = services
  await limits.spend('registration by account', principal.userId)
  const work = () => execute(registerUser, principal, input, options)
  return input.token === undefined ? work() : countingWrongTokens(services.limits, principal.origin, work)
}

/** Creates an organization secret or invite link. A caller without the permission spends none of the organization's points. */
export async function createSecretWithinLimit(
  { limits, execute }: Pick<Services, 'limits' | 'execute'>,
  principal: Principal,
  input: Parameters<typeof createSecret>[1],
  options: Options = {},
): Promise<CreatedSecret> {
  const organizationId = await organizationToCount(execute, principal, input.organization)
  const spent = await spendEach(limits, [['secret by organization', organizationId]])
  try {
    return await execute(createSecret, principal, input, options)
  } catch (error) {
    if (error instanceof Problem) await spent.giveBack() // the caller's role or the plan does not allow it
    throw error
  }
}
