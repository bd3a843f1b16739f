import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { productOf } from '../../../domain/factors/products.ts'
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

/** The passkeys of the current user. They are added and removed in a browser, on the page `/account/security`. */
export const passkeyRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/me/passkeys',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMyPasskeys',
        tags: ['Account'],
        summary: 'List passkeys',
        description: 'Lists the passkeys of the current user. Passkeys are added and removed in a browser, on the page `/account/security`.',
        response: answers(z.object({ items: z.array(passkeySchema) })),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const passkeys = await store.reading.passkeys.list(principal.userId)
      return {
        items: passkeys.map((passkey) => ({
          id: passkey.id,
          name: passkey.name,
          product: productOf(passkey.aaguid),
          device_bound: passkey.deviceBound,
          address: passkey.address,
          created_at: passkey.createdAt.toISOString(),
          last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
          last_address: passkey.lastAddress,
        })),
      }
    },
  )
}
