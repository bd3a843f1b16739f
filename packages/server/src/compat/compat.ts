import type { FastifyPluginAsync } from 'fastify'
import type { Accounts } from '../domain/command/services.ts'
import type { BuiltInClient } from '../domain/model/client.ts'
import type { Services } from '../http/services.ts'

/** What the routes for another system's clients need. */
export type CompatServices = Services & Pick<Accounts, 'hasher'>

/** Another account system whose clients Muster serves. It only translates: every rule is in the domain. */
export interface Compat {
  /** The client ids that its clients send. */
  clients: readonly BuiltInClient[]
  /** The audiences that they request. */
  audiences: readonly string[]
  routes: FastifyPluginAsync<CompatServices>
}
