import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Principal } from '../../../domain/model/principal.ts'
import type { SecretStatus } from '../../../domain/organizations/secret.ts'
import { answers, instant, reported } from '../../schemas.ts'

/** What the routes use of the rotation, which knows the secrets in the settings. */
export interface SecretParts {
  secret: {
    status(): Promise<SecretStatus>
    rotate(principal: Principal, options: { compromised: boolean }): Promise<SecretStatus>
    finish(principal: Principal): Promise<SecretStatus>
  }
}

const statusFields = {
  state: z.enum(['settled', 'ready', 'rotating', 'renewing']).meta({
    description:
      'settled: one secret is in use. ready: the settings have a new secret. rotating: values of the previous secret are still valid. renewing: a leaked secret has ended, and its invitations, codes and resets are being renewed.',
  }),
  generation: z.number().int().meta({ description: 'Raised by each rotation.' }),
  has_new: z.boolean().meta({ description: 'Whether the settings of the process that answers have a secret that has never been in use.' }),
  switched_at: instant.nullable().meta({ description: 'The last rotation.' }),
  left: z.array(z.object({ what: z.enum(['invitations', 'codes', 'resets', 'sealed']), count: z.number().int(), until: instant.nullable() })).meta({
    description: 'Values of the previous secret that can still be used, and when the last of them expires. Sealed values are sealed again in the background.',
  }),
  processes: z
    .array(z.object({ name: z.string(), ready: z.boolean() }))
    .meta({ description: 'The running server processes, and whether each has MUSTER_SECRET as this one does.' }),
}
const statusSchema = z.object(statusFields).meta({ id: 'SecretStatus' })
const rotatedSchema = z.object(statusFields).meta({ id: 'RotatedSecret' })

/** Routes of the operator that change the secret (O8). */
export const operatorSecretRoutes: FastifyPluginAsyncZod<SecretParts> = async (app, { secret }) => {
  app.get(
    '/v1/operator/secret',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'getSecretStatus',
        tags: ['Operator'],
        summary: 'Get secret status',
        description: 'Returns how far a rotation of the secret is. The secret itself is in no response.',
        response: answers(statusSchema),
      },
    },
    async () => toBody(await secret.status()),
  )

  app.post(
    '/v1/operator/secret/rotate',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'rotateSecret',
        tags: ['Operator'],
        summary: 'Rotate secret',
        description:
          'Puts the new secret into use on all server processes at once. Values of the previous one stay valid until the rotation is finished. With `compromised`, they are invalid at once: invitations, codes and resets are renewed and emailed again, and the signing keys are withdrawn.',
        body: z.strictObject({ compromised: z.boolean().optional() }),
        response: answers(reported(rotatedSchema)),
      },
    },
    async (request) => toBody(await secret.rotate(request.principal, { compromised: request.body.compromised ?? false })),
  )

  app.post(
    '/v1/operator/secret/finish',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'finishSecretRotation',
        tags: ['Operator'],
        summary: 'Finish secret rotation',
        description: 'Ends the previous secret. Refused while a value of it can still be used.',
        response: answers(statusSchema),
      },
    },
    async (request) => toBody(await secret.finish(request.principal)),
  )
}

const toBody = ({ state, generation, hasNew, switchedAt, left, processes }: SecretStatus) => ({
  state,
  generation,
  has_new: hasNew,
  switched_at: switchedAt?.toISOString() ?? null,
  left: left.filter(({ count }) => count > 0),
  processes,
})
