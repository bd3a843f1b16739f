import { createHash } from 'node:crypto'
import type { Permission } from '@muster/contract/permissions.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { authorize, organizationNotFound } from '../domain/command/authorize.ts'
import type { Idempotency } from '../domain/command/context.ts'
import type { WebAuthn } from '../domain/factors/webauthn.ts'
import type { Actor, LiveState } from '../domain/model/live.ts'
import type { Organization } from '../domain/model/organization.ts'
import type { Principal, UserPrincipal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import type { Viewer } from '../domain/organizations/directory.ts'
import type { Store } from '../domain/store.ts'

/** The user or account that sent the request, on a route for `user` or `account`. */
export function personOf(request: FastifyRequest): { principal: UserPrincipal; live: LiveState } {
  if (request.principal?.kind !== 'user' || !request.live) throw new Problem('authentication_required')
  return { principal: request.principal, live: request.live }
}

/** The actor that sent the request, on a route for `actor`: a user, by session or key, or a service account. */
export function actorOfRequest(request: FastifyRequest): { principal: Principal; actor: Actor } {
  if (!request.actor) throw new Problem('authentication_required')
  return { principal: request.principal, actor: request.actor }
}

/** The organization in the path of a route that a client may read too, in any organization (P15). The viewer says which parts of a member the caller sees (S4). */
export async function findViewedOrganization(
  store: Store,
  request: FastifyRequest,
  reference: string,
  permission: Permission,
): Promise<{ viewer: Exclude<Viewer, 'operator'>; organization: Organization }> {
  const { principal } = request
  if (principal.kind !== 'client') {
    const { actor, organization } = await findReadableOrganization(store, request, reference, permission)
    return { viewer: actor, organization }
  }
  const match = await store.reading.organizations.find(reference)
  if (!match) throw organizationNotFound(principal)
  return { viewer: { emails: principal.scopes.has('platform:users:read') }, organization: match.organization }
}

interface OwnOrganization {
  actor: Actor
  organization: Organization
  former: boolean
}

/** The organization in the path, if it is the caller's. A former name works too. */
export async function findOwnOrganization(store: Store, request: FastifyRequest, reference: string): Promise<OwnOrganization> {
  const { actor } = actorOfRequest(request)
  const own = actor.organization // read with the caller, by the same statement
  const match = reference === own.id || reference === own.name ? { organization: own, former: false } : await store.reading.organizations.find(reference)
  if (match?.organization.id !== own.id) throw new Problem('organization_not_found')
  return { actor, ...match }
}

/** The same on a reading route, if the caller may read it. */
export async function findReadableOrganization(store: Store, request: FastifyRequest, reference: string, permission: Permission): Promise<OwnOrganization> {
  const found = await findOwnOrganization(store, request, reference)
  authorize(found.actor, found.organization.id, permission)
  return found
}

/** The caller's Idempotency-Key, bound to this route and body. */
export function idempotencyOf(request: FastifyRequest): Idempotency | undefined {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return undefined
  const requestHash = createHash('sha256')
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest()
  return { key, requestHash }
}

/** The path of a request without its query, which can contain codes. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? ''

/** Aborted when the caller disconnects. */
export function closedOf(reply: FastifyReply): AbortSignal {
  const closed = new AbortController()
  reply.raw.once('close', () => closed.abort())
  return closed.signal
}

/** Passkeys belong to the issuer's host, so a request to another host gets none (F4). */
export const webauthnOn = ({ webauthn, config }: { webauthn: WebAuthn | null; config: Pick<Config, 'issuer'> }, request: FastifyRequest): WebAuthn | null =>
  request.host === new URL(config.issuer).host ? webauthn : null
