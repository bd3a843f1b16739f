import type { Permission } from '@muster/contract/permissions.ts'
import type { FastifyRequest } from 'fastify'
import { authorize } from '../domain/command/authorize.ts'
import type { Actor } from '../domain/model/live.ts'
import type { Organization } from '../domain/model/organization.ts'
import { Problem } from '../domain/model/problem.ts'
import type { Store } from '../domain/store.ts'
import { actorOfRequest } from './request.ts'

/** The organization in the path of a reading route, if the caller may read it. A former name works too. */
export async function findReadableOrganization(
  store: Store,
  request: FastifyRequest,
  reference: string,
  permission: Permission,
): Promise<{ actor: Actor; organization: Organization; former: boolean }> {
  const { actor } = actorOfRequest(request)
  const match = await store.reading.organizations.find(reference)
  if (!match) throw new Problem('organization_not_found')
  authorize(actor, match.organization.id, permission)
  return { actor, ...match }
}
