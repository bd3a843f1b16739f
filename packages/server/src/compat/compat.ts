import type { FastifyPluginAsync } from 'fastify'
import type { Accounts } from '../domain/command/services.ts'
import type { BuiltInClient } from '../domain/model/client.ts'
import type { Services } from '../http/services.ts'

/** What routes that speak another system's words are given. */
export type CompatServices = Services & Pick<Accounts, 'hasher'>

/** Another account system whose clients are answered in their own words. It translates; every rule is the domain's. */
export interface Compat {
  /** What its clients call themselves. */
  clients: readonly BuiltInClient[]
  /** What they call the API. */
  audiences: readonly string[]
  routes: FastifyPluginAsync<CompatServices>
}
