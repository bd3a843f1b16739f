import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Client } from '../../../domain/model/client.ts'
import type { Principal } from '../../../domain/model/principal.ts'
import { listStreamsWithoutKeyEvents } from '../../../domain/signals/receiver.ts'
import { answers, instant, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

export interface SigningKeyView {
  kid: string
  alg: string
  state: 'upcoming' | 'signing' | 'retired'
  createdAt: Date
  signsFrom: Date
}

/** The parts of the issuer that operator routes use. */
export interface OperatorParts {
  signingKeys: {
    list(): Promise<SigningKeyView[]>
    rotate(principal: Principal): Promise<SigningKeyView[]>
    /** @throws Problem signing_key_not_found */
    withdraw(principal: Principal, kid: string): Promise<SigningKeyView[]>
    /** Creates the first signing key of each algorithm that the client needs. */
    prepare(client: Pick<Client, 'alg' | 'scopes'>): Promise<void>
  }
}

const keySchema = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['upcoming', 'signing', 'retired']),
  created_at: instant,
  signs_from: instant.meta({ description: 'When the key starts to sign. It is published earlier, so that every verifier has it by then.' }),
})
const keysSchema = z.object({ keys: z.array(keySchema) }).meta({ id: 'SigningKeys' })
const withdrawnSchema = z.object({
  withdrawn: z.string(),
  keys: z.array(keySchema),
  unaware: z.array(z.object({ id: z.string(), client: z.string().nullable(), description: z.string().nullable() })).meta({
    description:
      'Streams that do not deliver withdrawn keys. Their receivers refuse the tokens of the key once they read the JWKS again, which they may cache for 300 seconds.',
  }),
})

/** The operator rotates and withdraws signing keys (S58). */
export const signingKeyRoutes: FastifyPluginAsyncZod<Services & OperatorParts> = async (app, { store, signingKeys }) => {
  app.get(
    '/v1/operator/signing-keys',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listSigningKeys',
        tags: ['Operator'],
        summary: 'List signing keys',
        description: 'Lists the upcoming, signing and retired keys.',
        response: answers(keysSchema),
      },
    },
    async () => ({
      keys: (await signingKeys.list()).map(toKeyBody),
    }),
  )

  app.post(
    '/v1/operator/signing-keys/rotate',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'rotateSigningKeys',
        tags: ['Operator'],
        summary: 'Rotate signing keys',
        description:
          'Creates new signing keys, unless upcoming ones exist. The current keys sign until the new ones take over, and stay published while their tokens are valid.',
        response: answers(keysSchema),
      },
    },
    async (request) => ({ keys: (await signingKeys.rotate(request.principal)).map(toKeyBody) }),
  )

  app.delete(
    '/v1/operator/signing-keys/:kid',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'withdrawSigningKey',
        tags: ['Operator'],
        summary: 'Withdraw signing key',
        description: 'Withdraws a signing key. Every token it signed is invalid, and the next key signs at once.',
        params: z.object({ kid: z.string().max(100) }),
        response: answers(reported(withdrawnSchema)),
      },
    },
    async (request) => {
      const { kid } = request.params
      const keys = await signingKeys.withdraw(request.principal, kid)
      const unaware = await listStreamsWithoutKeyEvents(store.reading)
      return { withdrawn: kid, keys: keys.map(toKeyBody), unaware: unaware.map(({ id, clientId, description }) => ({ id, client: clientId, description })) }
    },
  )
}

const toKeyBody = ({ kid, alg, state, createdAt, signsFrom }: SigningKeyView) => ({
  kid,
  alg,
  state,
  created_at: createdAt.toISOString(),
  signs_from: signsFrom.toISOString(),
})
