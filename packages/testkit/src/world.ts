import { CLI_CLIENT_ID, type InvitationId, type OrganizationId, type RoleId, type UserId } from '@muster/contract/ids.ts'
import { actorOf } from '@muster/server/domain/command/authorize.ts'
import type { Execute } from '@muster/server/domain/command/context.ts'
import { createExecute } from '@muster/server/domain/command/execute.ts'
import type { Limits } from '@muster/server/domain/command/limits.ts'
import { startSession } from '@muster/server/domain/credentials/session.ts'
import { createSecret, invitationToken } from '@muster/server/domain/invitations/invitation.ts'
import { inviteByEmail } from '@muster/server/domain/invitations/invite-by-email.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import type { Plans } from '@muster/server/domain/model/plan.ts'
import { type Principal, systemPrincipal, type UserPrincipal } from '@muster/server/domain/model/principal.ts'
import { Problem } from '@muster/server/domain/model/problem.ts'
import { SecretKeys } from '@muster/server/domain/model/secret-keys.ts'
import { joinOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import type { Store } from '@muster/server/domain/store.ts'
import { openQueue } from '@muster/server/jobs/queue.ts'
import { createLimits } from '@muster/server/store/command/limit-store.ts'
import type { Database } from '@muster/server/store/database.ts'
import { createStore } from '@muster/server/store/transaction.ts'
import { sql } from 'kysely'
import { aDatabase, type Engine } from './database.ts'
import { type FaultTape, withRetryErrors } from './retry-errors.ts'

/** A person with a login. */
export interface Person {
  name: string
  id: UserId
  principal: UserPrincipal
}

/** The domain over a real database without a server, for tests of rules and races. */
export interface World {
  database: Database
  store: Store
  keys: SecretKeys
  execute: Execute
  limits: Limits
  /** A registered user in their personal organization, logged in from a CLI. */
  person(name: string): Promise<Person>
  /** An account without a username, logged in from a CLI. */
  newcomer(name: string): Promise<Person>
  /** Another login of the same person in their present organization. */
  login(person: Person): Promise<Person>
  /** The same login with its current organization and epoch, for example after a join. */
  again(person: Person): Promise<Person>
  /** People in one organization, with their roles. The first one is its founder, and the organization has their name. */
  organization(people: Record<string, string>): Promise<{ organization: string; id: OrganizationId; people: Record<string, Person> }>
  /** Creates a custom role, or gives the one of this name other permissions. */
  customRole(organizationId: OrganizationId, name: string, permissions: readonly string[]): Promise<RoleId>
  /** @param role a name or an id */
  secretOf(admin: Person, organization: string, role?: string): Promise<string>
  /** An open email invitation, and the token in its email. */
  invite(admin: Person, organization: string, email: string, role?: string): Promise<{ id: InvitationId; token: string }>
  /** The current token of an invitation. */
  tokenOf(id: InvitationId): Promise<string>
  /** The audit events since the previous call: type and target. */
  written(): Promise<{ type: string; outcome: string; target: string; details: Record<string, unknown> }[]>
  rows<Row>(statement: string): Promise<Row[]>
  close(): Promise<void>
}

interface WorldOptions {
  poolSize?: number
  plans?: Plans
  /** Makes transactions fail according to this tape, so that they are retried. */
  faults?: FaultTape
}

export async function aWorld(engine?: Engine, { poolSize, plans, faults = [] }: WorldOptions = {}): Promise<World> {
  const database = await aDatabase(engine, { poolSize })
  const queue = await openQueue(database)
  const store = createStore({ kysely: database.kysely, transaction: withRetryErrors(database, faults) }, queue, { passwords: true })
  const keys = new SecretKeys(Buffer.from('the secret of a world that is only made for a test'))
  const limits = createLimits(database)
  const execute = createExecute({ store, keys, limits, plans, passwords: true, ways: { passkeys: true, issuers: [] } })
  let seen = 0n

  const rows = async <Row>(statement: string): Promise<Row[]> => (await sql.raw<Row>(statement).execute(database.kysely)).rows
  const login = async (name: string, id: UserId): Promise<Person> => {
    const session = await execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.find(id)
        if (!account) throw new Error(`${name} has no account`)
        const current = await context.tx.memberships.current(id)
        return startSession(context, { kind: 'cli', account, organizationId: current?.organizationId ?? null, clientId: CLI_CLIENT_ID })
      },
      systemPrincipal,
      undefined,
    )
    const principal: UserPrincipal = {
      kind: 'user',
      userId: id,
      sessionId: session.id,
      epoch: session.epoch,
      organizationId: session.organizationId,
      token: null,
      origin: { address: '127.0.0.1', userAgent: 'test', requestId: 'test' },
    }
    return { name, id, principal }
  }

  const world: World = {
    database,
    store,
    keys,
    execute,
    limits,
    rows,
    async newcomer(name) {
      const id = newId('user')
      const email = `${name}@example.com`
      await store.reading.accounts.insert({ id, email, emailCanonical: email, passwordHash: 'none', givenName: name, familyName: 'Test' })
      return login(name, id)
    },
    async person(name) {
      const newcomer = await world.newcomer(name)
      await execute(registerUser, newcomer.principal, { username: name })
      return world.again(newcomer)
    },
    login: ({ name, id }) => login(name, id),
    async again(person) {
      const live = await store.reading.sessions.liveState(person.principal.sessionId, null)
      if (!live) throw new Error('no such session')
      return { ...person, principal: { ...person.principal, epoch: live.account.epoch, organizationId: live.organization?.id ?? null } }
    },
    async invite(admin, organization, email, role = 'member') {
      const [result] = await inviteByEmail({ store, limits, execute }, admin.principal, { organization, emails: [email], role })
      if (result?.status === 'refused') throw new Problem(result.code, result.detail)
      const id = (result as { invitation: { id: InvitationId } }).invitation.id
      return { id, token: await world.tokenOf(id) }
    },
    async tokenOf(id) {
      const invitation = await store.reading.invitations.find(id)
      if (!invitation) throw new Error('no such invitation')
      return invitationToken(keys, invitation)
    },
    customRole: (organizationId, name, permissions) =>
      execute(
        async ({ tx, record }, _: undefined) => {
          await tx.organizations.lock([organizationId])
          const before = await tx.roles.find(organizationId, name)
          const role = { id: before?.id ?? newId('role'), organizationId, name, description: '', permissions }
          const event = { target: role.id, organizationId, name, description: '', permissions: [...permissions] }
          if (before) {
            const after = await tx.roles.change(role)
            await record({ type: 'role.changed', ...event, revision: after?.revision ?? 0, added: [], removed: [] })
          } else {
            await tx.roles.insert(role)
            await record({ type: 'role.created', ...event, revision: 1 })
          }
          return role.id
        },
        systemPrincipal,
        undefined,
      ),
    secretOf: async (admin, organization, role = 'member') => (await execute(createSecret, admin.principal, { organization, role })).secret,
    async organization(wanted) {
      const [founderName = '', ...others] = Object.keys(wanted)
      const founder = await world.person(founderName)
      const people: Record<string, Person> = { [founderName]: founder }
      for (const name of others) {
        const person = await world.person(name)
        await execute(joinOrganization, person.principal, { token: await world.secretOf(founder, founderName, wanted[name]) })
        people[name] = await world.again(person)
      }
      const live = await store.reading.sessions.liveState(founder.principal.sessionId, null)
      if (!live) throw new Error('no such session')
      await world.written()
      return { organization: founderName, id: actorOf(live).organization.id, people }
    },
    async written() {
      const events = await store.reading.audit.after(seen, {}, 100_000)
      seen = events.at(-1)?.seq ?? seen
      return events.map(({ type, outcome, target, details }) => ({ type, outcome, target, details }))
    },
    async close() {
      await queue.stop()
      await database.close()
    },
  }
  return world
}

export type { Principal }
