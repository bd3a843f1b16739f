import type { TransferReason } from '@muster/contract/events.ts'
import { isId, type OrganizationId, type ResourceId, type UserId } from '@muster/contract/ids.ts'
import { RESOURCE_KIND_PATTERN, RESOURCE_NAME_PATTERN } from '@muster/contract/names.ts'
import type { Permission } from '@muster/contract/permissions.ts'
import { type Remedy, remedyCommand } from '@muster/contract/remedies.ts'
import { organizationNotFound, requireClient, requirePermission } from '../command/authorize.ts'
import type { Context, Execute } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { newId } from '../model/id.ts'
import type { Actor } from '../model/live.ts'
import type { Companions } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { requireCurrentName } from '../model/organization.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { OwnerId, Resource } from '../model/resource.ts'
import type { Tx } from '../store.ts'
import { APPLICATION, labelOfApplication, refuseLabels, takeLabels } from './host-label.ts'

export interface ResourceReference {
  organization: string
  kind: string
  name: string
}

export interface Owner {
  id: OwnerId
  name: string
  kind: 'user' | 'service_account'
}

/**
 * Registers a resource, or returns the existing one unchanged, because a platform may register at every deployment.
 * @throws Problem resource_owned if it exists with another owner than the named one: only a transfer changes the owner
 */
export async function registerResource(
  context: Context,
  { organization: reference, kind, name, owner: wanted }: ResourceReference & { owner?: string | undefined },
): Promise<{ resource: Resource; created: boolean }> {
  const { tx, record, principal } = context
  const { organization, actorId } = await enterResources(context, reference, 'resources:register')
  refuseBadReference(kind, name)
  const existing = await tx.resources.find(organization.id, kind, name)
  if (existing) {
    if (wanted !== undefined && ![existing.ownerId, existing.ownerName].includes(wanted))
      throw new Problem('resource_owned', `${kind}/${name} is owned by ${existing.ownerName}.`)
    return { resource: existing, created: false }
  }
  const owner = await activeOwner(tx, organization.id, wanted ?? actorId)
  const id = newId('resource')
  const labels = kind === APPLICATION ? [labelOfApplication(organization.name, { id, name })] : []
  await refuseLabels(context, organization.id, labels, 'held')

  await tx.resources.insert({ id, organizationId: organization.id, kind, name, ownerId: owner.id, createdBy: principalId(principal) })
  await takeLabels(context, organization.id, labels)
  await record({
    type: 'resource.registered',
    target: id,
    organizationId: organization.id,
    kind,
    name,
    ownerId: owner.id,
    hostLabel: labels[0]?.label ?? null,
  })
  return { resource: await resourceOf(tx, organization.id, kind, name), created: true }
}

/** As `registerResource`. A member could use up addresses, so each organization has a limit; a platform's client has none. */
export async function registerResourceWithinLimit(
  { limits, execute }: { limits: Limits; execute: Execute },
  { principal, actor }: { principal: Principal; actor: Actor | null | undefined },
  input: Parameters<typeof registerResource>[1],
): ReturnType<typeof registerResource> {
  if (actor) {
    requirePermission(actor, 'resources:register') // or a key without it would use up the limit of the others
    await limits.spend('resource by organization', actor.organization.id)
  }
  return execute(registerResource, principal, input)
}

/** Removes a resource. Its host is no longer served; the organization holds the label (S40). */
export async function removeResource(context: Context, { organization: reference, kind, name }: ResourceReference): Promise<Resource> {
  const { tx, record } = context
  const { organization } = await enterResources(context, reference, 'resources:remove')
  const resource = await resourceOf(tx, organization.id, kind, name)
  await tx.resources.remove(resource.id)
  await tx.hostLabels.hold({ organizationId: organization.id, resourceId: resource.id })
  await record({ type: 'resource.removed', target: resource.id, organizationId: organization.id, kind, name })
  return resource
}

/** Transfers a resource to another active member or a service account of the same organization (S6). */
export async function transferResource(
  context: Context,
  { organization: reference, kind, name, owner }: ResourceReference & { owner: string },
): Promise<Resource> {
  const { tx, record, enter } = context
  const { organization } = await enter(reference, 'resources:transfer')
  const resource = await resourceOf(tx, organization.id, kind, name)
  const to = await activeOwner(tx, organization.id, owner)
  if (to.id === resource.ownerId) return resource
  await tx.resources.setOwner(resource.id, resource.ownerId, to.id)
  await record({ type: 'resource.transferred', target: resource.id, organizationId: organization.id, from: resource.ownerId, to: to.id, reason: 'transferred' })
  return resourceOf(tx, organization.id, kind, name)
}

export interface TransferredAll {
  from: Owner
  to: Owner
  transferred: HandedOver[]
}

/**
 * Transfers everything that one owner has in the organization, in one transaction (S6). Without `from`, the caller's resources. The previous owner need not be
 * active, so that the resources of a deactivated member can be transferred.
 */
export async function transferAllResources(
  context: Context,
  { organization: reference, owner, from: previous }: { organization: string; owner: string; from?: string | undefined },
): Promise<TransferredAll> {
  const { tx, enter } = context
  const { organization, actor } = await enter(reference, 'resources:transfer')
  const from = await ownerOf(tx, organization.id, previous ?? actor.id)
  if (!from) throw new Problem('member_not_found')
  const to = await activeOwner(tx, organization.id, owner)
  const transferred = from.id === to.id ? [] : await handOver(context, { organizationId: organization.id, from: from.id, to: to.id, reason: 'transferred' })
  return { from, to, transferred }
}

/** Admits a member or a service account of the organization, or a platform's client in any organization (S4, S58). Called under the lock. */
async function enterResources(
  context: Context,
  reference: string,
  permission: Permission & `resources:${string}`,
): Promise<{ organization: Organization; actorId: OwnerId | null }> {
  const { tx, principal, enter } = context
  if (principal.kind !== 'client') {
    const { organization, actor } = await enter(reference, permission)
    return { organization, actorId: actor.id }
  }
  await requireClient(tx, principal, 'resources:register')
  const found = await tx.organizations.find(reference)
  const [organization] = found ? await tx.organizations.lock([found.organization.id]) : []
  if (!found || !organization) throw organizationNotFound(principal)
  requireCurrentName(found)
  // A platform can remove resources of a suspended organization, but not add any.
  if (organization.suspendedAt && permission !== 'resources:remove') throw new Problem('organization_suspended')
  return { organization, actorId: null }
}

function refuseBadReference(kind: string, name: string): void {
  if (!RESOURCE_KIND_PATTERN.test(kind)) throw new Problem('resource_kind_invalid')
  if (!RESOURCE_NAME_PATTERN.test(name)) throw new Problem('resource_name_invalid')
}

/** @throws Problem resource_not_found */
export async function resourceOf({ resources }: Pick<Tx, 'resources'>, organizationId: OrganizationId, kind: string, name: string): Promise<Resource> {
  const resource = await resources.find(organizationId, kind, name)
  if (!resource) throw new Problem('resource_not_found')
  return resource
}

/**
 * Resolves a username, a user id, or the name or id of a service account. A former member and a service account can have the same name: the active one is
 * meant, members first. Null if neither belongs to this organization.
 */
export async function ownerOf(tx: Tx, organizationId: OrganizationId, reference: string): Promise<(Owner & { active: boolean }) | null> {
  const member = isId('serviceAccount', reference) ? null : await tx.memberships.member(organizationId, reference)
  const person = member && ({ kind: 'user', id: member.userId, name: member.username, active: member.status === 'active' } as const)
  if (person?.active) return person
  const account = await tx.serviceAccounts.find(organizationId, reference)
  const machine = account && ({ kind: 'service_account', id: account.id, name: account.name, active: account.endedAt === null } as const)
  return machine?.active ? machine : (person ?? machine)
}

/** @throws Problem owner_required, member_not_found or owner_not_active (S6) */
async function activeOwner(tx: Tx, organizationId: OrganizationId, reference: string | null): Promise<Owner> {
  if (reference === null) throw new Problem('owner_required')
  const owner = await ownerOf(tx, organizationId, reference)
  if (!owner) throw new Problem('member_not_found')
  if (!owner.active) throw new Problem('owner_not_active', `${owner.name} is not an active member.`)
  return owner
}

export interface HandedOver {
  id: ResourceId
  kind: string
  name: string
}

/**
 * Transfers everything that one owner has in an organization, with one event for each resource, so that the audit log alone shows every owner (S6, S26, S28).
 */
export async function handOver(
  { tx, record }: Pick<Context, 'tx' | 'record'>,
  { organizationId, from, to, reason }: { organizationId: OrganizationId; from: OwnerId; to: OwnerId; reason: TransferReason },
): Promise<HandedOver[]> {
  const owned = await tx.resources.list(organizationId, { ownerId: from })
  for (const { id } of owned) {
    await tx.resources.setOwner(id, from, to)
    await record({ type: 'resource.transferred', target: id, organizationId, from, to, reason })
  }
  return owned.map(({ id, kind, name }) => ({ id, kind, name }))
}

/**
 * The new owner of a deactivated member's resources when they move away: the admin who deactivated them, if active, or the longest-serving active admin (S26). An
 * admin that the operator has suspended comes last: somebody must own them.
 */
export async function heirOf(
  { memberships }: Pick<Tx, 'memberships'>,
  organizationId: OrganizationId,
  { userId, deactivatedBy }: { userId: UserId; deactivatedBy: string | null },
): Promise<UserId | null> {
  const by = deactivatedBy !== null && isId('user', deactivatedBy) ? await memberships.member(organizationId, deactivatedBy) : null
  if (by?.status === 'active' && by.suspendedAt === null && by.userId !== userId) return by.userId
  const admins = await memberships.activeAdmins(organizationId)
  return admins.find((admin) => admin.userId !== userId)?.userId ?? null
}

export interface ResourceBlocker {
  kind: 'resource'
  detail: string
  remedies: Remedy[]
  /** The remedy on the command line. */
  command: string
  resource: HandedOver
  /** Set if a transfer resolves it. `to` is the only other active admin; with several, the person chooses. */
  transfer?: { to: string | null }
}

/**
 * The resources that prevent this member from leaving (S23): those they own and, for the only member, all of them, because no owner would be left. Each with
 * its remedy (S24).
 */
export async function resourceBlockers(
  { tx }: Pick<Context, 'tx'>,
  { userId, organization }: { userId: UserId; organization: Pick<Organization, 'id' | 'name'> },
  { others: hasOthers }: Pick<Companions, 'others'>,
): Promise<ResourceBlocker[]> {
  const alone = !hasOthers
  const resources = await tx.resources.list(organization.id, alone ? {} : { ownerId: userId })
  if (resources.length === 0) return []
  const others = alone ? [] : (await tx.memberships.activeAdmins(organization.id)).filter((admin) => admin.userId !== userId && admin.suspendedAt === null)
  const to = others.length === 1 ? (others[0]?.username ?? null) : null
  return resources.map(({ id, kind, name, ownerName }) => {
    const remedy: Remedy = alone ? { code: 'remove', resource: { kind, name } } : { code: 'transfer', resource: { kind, name }, to }
    return {
      kind: 'resource',
      detail: alone
        ? `The ${kind} ${name} would be left behind, because you are the only member of ${organization.name}${ownerName ? `. ${ownerName} owns it` : ''}.`
        : `You own the ${kind} ${name} in ${organization.name}.`,
      remedies: [remedy],
      command: remedyCommand(remedy),
      resource: { id, kind, name },
      ...(!alone && { transfer: { to } }),
    }
  })
}
