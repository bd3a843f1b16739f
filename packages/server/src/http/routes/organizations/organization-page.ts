import { applicationUrl } from '@muster/contract/names.ts'
import { z } from 'zod'
import type { Config } from '../../../config.ts'
import type { Organization } from '../../../domain/model/organization.ts'
import { seatsOf } from '../../../domain/model/plan.ts'
import type { ListedOrganization } from '../../../domain/organizations/store.ts'
import { contactSchema, instant, organizationSchema } from '../../schemas.ts'

export const organizationPage = organizationSchema
  .extend({
    role: organizationSchema.shape.role.optional().meta({ description: "The caller's role. Absent for a client." }),
    members: z.number().int().meta({ description: 'The number of active members.' }),
    deactivated_members: z.number().int(),
    seats: z.number().int().nullable().meta({ description: 'The number of active members that the plan allows. Null if unlimited.' }),
    created_at: instant,
    suspended_at: instant.nullable().optional().meta({ description: 'Since when the operator refuses every principal of the organization. Shown to clients.' }),
    cloud_domain: z.string(),
    application_url: z.string().meta({ description: 'The pattern of application URLs.' }),
    technical_contact: contactSchema.nullable().optional().meta({ description: 'Shown to members, and to deactivated members as the person to ask.' }),
    billing_contact: contactSchema.nullable().optional().meta({ description: 'Shown to admins.' }),
    address: z.string().nullable().optional().meta({ description: 'Shown to admins.' }),
  })
  .meta({ id: 'OrganizationPage', description: 'An organization, as its members and clients see it.' })

export const urlPattern = ({ cloudDomain }: Pick<Config, 'cloudDomain'>, name: string): string => applicationUrl(name, '<app>', cloudDomain)

type Shown = Pick<Organization, 'id' | 'name' | 'plan' | 'personal' | 'createdAt'>

/** What every caller sees who may read the organization. */
export const toCommonBody = (config: Pick<Config, 'cloudDomain' | 'plans'>, organization: Shown, members: { active: number; deactivated: number }) => ({
  id: organization.id,
  name: organization.name,
  plan: organization.plan,
  personal: organization.personal,
  members: members.active,
  deactivated_members: members.deactivated,
  seats: seatsOf(config.plans, organization.plan),
  created_at: organization.createdAt.toISOString(),
  cloud_domain: config.cloudDomain,
  application_url: urlPattern(config, organization.name),
})

/** For a client that acts for itself (P15). It has no role, and sees no contacts, which can be email addresses. */
export const toPlatformBody = (config: Pick<Config, 'cloudDomain' | 'plans'>, organization: Omit<ListedOrganization, 'suspendedReason'>) => ({
  ...toCommonBody(config, organization, { active: organization.activeMembers, deactivated: organization.deactivatedMembers }),
  suspended_at: organization.suspendedAt?.toISOString() ?? null,
})
