import { factorPolicies } from '@muster/contract/authentication.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { requirementToTell } from '../../../domain/command/factor-policy.ts'
import { productOf } from '../../../domain/factors/products.ts'
import type { HeldFactors } from '../../../domain/factors/store.ts'
import type { Organization } from '../../../domain/model/organization.ts'
import { personOf } from '../../request.ts'
import { answers, instant } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const passkeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    product: z.string().nullable().meta({ description: 'The password manager or device that the passkey says it is in, if it is a known one.' }),
    device_bound: z.boolean().meta({ description: 'Whether the passkey stays on one device, such as a security key. Otherwise it is synchronized.' }),
    address: z.string().meta({ description: 'The address that added it.' }),
    created_at: instant,
    last_used_at: instant.nullable(),
    last_address: z.string().nullable().meta({ description: 'The address that last used it.' }),
  })
  .meta({ id: 'Passkey', description: 'A passkey of the current user.' })

const rememberedSchema = z
  .object({
    id: z.string(),
    user_agent: z.string().nullable(),
    address: z.string().meta({ description: 'The address that last used it.' }),
    created_at: instant,
    last_used_at: instant,
    expires_at: instant,
  })
  .meta({ id: 'RememberedDevice', description: 'A browser in which a sign-in by password requires no second factor.' })
const identitySchema = z
  .object({
    id: z.string(),
    provider: z.string().meta({ description: 'google, github or oidc.' }),
    issuer: z.string().meta({ description: 'The issuer. Together with the subject, it identifies the account at the provider.' }),
    label: z.string().meta({ description: 'The address or the login there, at the last sign-in.' }),
    address: z.string().meta({ description: 'The address that linked it.' }),
    created_at: instant,
    last_used_at: instant.nullable(),
    last_address: z.string().nullable().meta({ description: 'The address that last used it.' }),
  })
  .meta({ id: 'LinkedIdentity', description: 'An account at another provider that signs the current user in.' })

const factorsSchema = z
  .object({
    password: z.boolean().meta({ description: 'Whether the account has a password. False while passwords are off.' }),
    passwords_off: z.boolean().meta({ description: 'Whether the operator has switched passwords off.' }),
    identities: z.array(identitySchema),
    passkeys: z.array(passkeySchema),
    authenticator: z
      .object({ created_at: instant, last_used_at: instant.nullable(), recovery_codes_left: z.number().int() })
      .nullable()
      .meta({ description: 'The authenticator app. Null if there is none.' }),
    required: z
      .object({
        organization: z.string(),
        by: z.enum(['organization', 'operator']),
        policy: z.enum(factorPolicies),
        from: instant.nullable(),
        ready: z.boolean(),
      })
      .nullable()
      .meta({
        description:
          'The factor that the organization of the user, or the operator, requires of its members, from when, and whether the user has such a factor. Null if nothing is required.',
      }),
    remembered_devices: z.array(rememberedSchema),
    reset: z
      .object({ requested_by: z.string(), requested_at: instant, in_force_at: instant })
      .nullable()
      .meta({ description: "An admin's reset of these factors that has not taken force yet. It is stopped on the page `/account/security`." }),
  })
  .meta({ id: 'Factors', description: 'How the current user signs in.' })

function requiredOf(organization: Organization | null, now: Date, held: Pick<HeldFactors, 'app' | 'passkey'>) {
  const told = organization && requirementToTell(organization.factorPolicy, now, held)
  return told && { organization: organization.name, by: told.by, policy: told.policy, from: told.from?.toISOString() ?? null, ready: told.ready }
}

/** How the current user signs in. Factors are added and removed in a browser, on the page `/account/security`. */
export const factorRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, passwords }) => {
  app.get(
    '/v1/me/factors',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMyFactors',
        tags: ['Account'],
        summary: 'List sign-in factors',
        description:
          'Lists the passkeys, the authenticator app, the linked providers and the remembered browsers of the current user. They are added and removed in a browser, on the page `/account/security`.',
        response: answers(factorsSchema),
      },
    },
    async (request) => {
      const { live, principal } = personOf(request)
      const { userId } = principal
      const { passkeys, authenticators, rememberedDevices, factorResets, identities, accounts } = store.reading
      const [list, authenticator, remembered, reset, linked, account] = await Promise.all([
        passkeys.list(userId),
        authenticators.find(userId),
        passwords ? rememberedDevices.list(userId) : [],
        factorResets.findOpen(userId),
        identities.list(userId),
        accounts.find(userId),
      ])
      return {
        password: account?.passwordHash !== null,
        passwords_off: !passwords,
        identities: linked.map(({ id, provider, issuer, label, address, createdAt, lastUsedAt, lastAddress }) => ({
          id,
          provider,
          issuer,
          label,
          address,
          created_at: createdAt.toISOString(),
          last_used_at: lastUsedAt?.toISOString() ?? null,
          last_address: lastAddress,
        })),
        passkeys: list.map((passkey) => ({
          id: passkey.id,
          name: passkey.name,
          product: productOf(passkey.aaguid),
          device_bound: passkey.deviceBound,
          address: passkey.address,
          created_at: passkey.createdAt.toISOString(),
          last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
          last_address: passkey.lastAddress,
        })),
        authenticator: authenticator && {
          created_at: authenticator.createdAt.toISOString(),
          last_used_at: authenticator.lastUsedAt?.toISOString() ?? null,
          recovery_codes_left: await authenticators.recoveryCodesLeft(userId),
        },
        required: requiredOf(live.organization, live.now, { app: authenticator !== null, passkey: list.length > 0 }),
        reset: reset && {
          requested_by: reset.requestedByName,
          requested_at: reset.requestedAt.toISOString(),
          in_force_at: reset.inForceAt.toISOString(),
        },
        remembered_devices: remembered.map((device) => ({
          id: device.id,
          user_agent: device.userAgent,
          address: device.address,
          created_at: device.createdAt.toISOString(),
          last_used_at: device.lastUsedAt.toISOString(),
          expires_at: device.expiresAt.toISOString(),
        })),
      }
    },
  )
}
