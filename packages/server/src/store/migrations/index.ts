import type { Migration } from 'kysely/migration'
import * as accounts from './0001-accounts.ts'
import * as oauth from './0002-oauth.ts'
import * as signUp from './0003-sign-up.ts'
import * as invitations from './0004-invitations.ts'
import * as credentials from './0005-credentials.ts'
import * as resources from './0006-resources.ts'
import * as directory from './0007-directory.ts'
import * as profile from './0008-profile.ts'
import * as builtInClients from './0009-built-in-clients.ts'
import * as signals from './0010-signals.ts'
import * as lastSeen from './0011-last-seen.ts'
import * as cohorts from './0012-cohorts.ts'
import * as receivers from './0013-receivers.ts'
import * as namesOfRefreshTokens from './0014-names-of-refresh-tokens.ts'
import * as removedClients from './0015-removed-clients.ts'
import * as strangers from './0016-strangers.ts'
import * as withdrawnKeys from './0017-withdrawn-keys.ts'
import * as applicationLogout from './0019-application-logout.ts'
import * as changedAt from './0020-changed-at.ts'
import * as bounds from './0023-bounds.ts'
import * as plainTime from './0024-plain-time.ts'
import * as rootKeys from './0025-root-keys.ts'
import * as stores from './0026-stores.ts'
import * as operator from './0027-operator.ts'
import * as suspendedPeople from './0028-suspended-people.ts'
import * as passkeys from './0029-passkeys.ts'
import * as secondFactors from './0030-second-factors.ts'
import * as confirmations from './0031-confirmations.ts'
import * as factorPolicies from './0032-factor-policies.ts'
import * as rememberedDevices from './0033-remembered-devices.ts'
import * as factorResets from './0034-factor-resets.ts'
import * as withoutPassword from './0035-without-password.ts'
import * as providers from './0036-providers.ts'
import * as alwaysSecondFactor from './0037-always-second-factor.ts'
import * as unreadyCredentials from './0038-unready-credentials.ts'
import * as recentSignIns from './0040-recent-sign-ins.ts'
import * as apis from './0041-apis.ts'
import * as keyScopes from './0042-key-scopes.ts'
import * as eventPositions from './0043-event-positions.ts'
import * as clientSecrets from './0044-client-secrets.ts'
import * as roles from './0045-roles.ts'
import * as consents from './0046-consents.ts'
import * as auditPersonal from './0047-audit-personal.ts'
import * as giveEventPositions from './0048-give-event-positions.ts'
import * as catalogueRevisions from './0049-catalogue-revisions.ts'

/** Numbered, only added to; the code before and after each one works with it. */
export const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-oauth': oauth,
  '0003-sign-up': signUp,
  '0004-invitations': invitations,
  '0005-credentials': credentials,
  '0006-resources': resources,
  '0007-directory': directory,
  '0008-profile': profile,
  '0009-built-in-clients': builtInClients,
  '0010-signals': signals,
  '0011-last-seen': lastSeen,
  '0012-cohorts': cohorts,
  '0013-receivers': receivers,
  '0014-names-of-refresh-tokens': namesOfRefreshTokens,
  '0015-removed-clients': removedClients,
  '0016-strangers': strangers,
  '0017-withdrawn-keys': withdrawnKeys,
  '0019-application-logout': applicationLogout,
  '0020-changed-at': changedAt,
  '0023-bounds': bounds,
  '0024-plain-time': plainTime,
  '0025-root-keys': rootKeys,
  '0026-stores': stores,
  '0027-operator': operator,
  '0028-suspended-people': suspendedPeople,
  '0029-passkeys': passkeys,
  '0030-second-factors': secondFactors,
  '0031-confirmations': confirmations,
  '0032-factor-policies': factorPolicies,
  '0033-remembered-devices': rememberedDevices,
  '0034-factor-resets': factorResets,
  '0035-without-password': withoutPassword,
  '0036-providers': providers,
  '0037-always-second-factor': alwaysSecondFactor,
  '0038-unready-credentials': unreadyCredentials,
  '0040-recent-sign-ins': recentSignIns,
  '0041-apis': apis,
  '0042-key-scopes': keyScopes,
  '0043-event-positions': eventPositions,
  '0044-client-secrets': clientSecrets,
  '0045-roles': roles,
  '0046-consents': consents,
  '0047-audit-personal': auditPersonal,
  '0048-give-event-positions': giveEventPositions,
  '0049-catalogue-revisions': catalogueRevisions,
}
