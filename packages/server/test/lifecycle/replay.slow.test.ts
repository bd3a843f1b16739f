import type { Command } from '@muster/server/domain/command/context.ts'
import { changeServiceAccount, createServiceAccount, removeServiceAccount } from '@muster/server/domain/credentials/service-account.ts'
import { Problem } from '@muster/server/domain/model/problem.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { registerResource, removeResource, transferResource } from '@muster/server/domain/resources/resource.ts'
import type { Engine } from '@muster/testkit/database.ts'
import { replay } from '@muster/testkit/replay.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { comparable, recorded, recordedInRows, stored, withoutNames } from './replayed.ts'

// Random commands in any order. Most are refused. A step refers to people by their index in a list of five.
interface Step {
  ask: (typeof asks)[number]
  who: number
  whom: number
  pick: number
}
const asks = [
  'register',
  'join',
  'join',
  'leave',
  'remove',
  'role',
  'deactivate',
  'reactivate',
  'rename',
  'resource',
  'transfer',
  'resource gone',
  'machine',
  'machine renamed',
  'machine gone',
] as const
const PEOPLE = 5
const index = fc.nat({ max: PEOPLE - 1 })
const steps = fc.array(fc.record({ ask: fc.constantFrom(...asks), who: index, whom: index, pick: fc.nat({ max: 3 }) }), { minLength: 10, maxLength: 40 })

/** Every command at least once, in an order in which none is refused. */
const everything: Step[] = [
  { ask: 'join', who: 1, whom: 0, pick: 0 },
  { ask: 'join', who: 2, whom: 0, pick: 1 },
  { ask: 'register', who: 3, whom: 0, pick: 0 },
  { ask: 'join', who: 3, whom: 0, pick: 1 },
  { ask: 'resource', who: 2, whom: 0, pick: 1 },
  { ask: 'resource', who: 3, whom: 0, pick: 2 },
  { ask: 'transfer', who: 2, whom: 1, pick: 1 },
  { ask: 'machine', who: 0, whom: 0, pick: 3 },
  { ask: 'transfer', who: 1, whom: 0, pick: 3 },
  { ask: 'role', who: 0, whom: 2, pick: 0 },
  { ask: 'deactivate', who: 0, whom: 3, pick: 0 },
  { ask: 'reactivate', who: 2, whom: 3, pick: 0 },
  { ask: 'deactivate', who: 1, whom: 3, pick: 0 },
  { ask: 'rename', who: 0, whom: 0, pick: 0 },
  { ask: 'role', who: 0, whom: 2, pick: 1 },
  { ask: 'leave', who: 2, whom: 0, pick: 0 },
  { ask: 'remove', who: 0, whom: 1, pick: 0 },
  { ask: 'resource gone', who: 0, whom: 0, pick: 2 },
  { ask: 'machine renamed', who: 0, whom: 0, pick: 3 },
  { ask: 'machine gone', who: 0, whom: 0, pick: 0 },
]

describe.each<Engine>(['pglite', 'postgres'])('replaying the audit log on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())
  let count = 0

  /** Runs the steps and returns the commands that were not refused. */
  async function run(plan: Step[]): Promise<Set<Step['ask']>> {
    count += 1
    const people: Person[] = []
    for (let number = 0; number < PEOPLE; number++) {
      const name = `p${number}_${count}_${engine}`
      people.push(number < 3 ? await world.person(name) : await world.newcomer(name))
    }
    const done = new Set<Step['ask']>()
    for (const { ask, who, whom, pick } of plan) {
      const me = people[who] as Person
      const them = people[whom] as Person
      const attempt = async <I, O>(command: Command<I, O>, input: I): Promise<O | undefined> => {
        try {
          const answer = await world.execute(command, me.principal, input)
          done.add(ask)
          return answer
        } catch (error) {
          if (error instanceof Problem) return undefined
          throw error
        }
      }
      const live = await world.store.reading.sessions.liveState(me.principal.sessionId, null)
      const organization = live?.organization?.name ?? 'nowhere'
      const resource = { organization, kind: 'database', name: `db${pick}` }
      const machine = { organization, serviceAccount: `machine-${pick}`, id: `machine-${pick}` }
      const machineRole = pick % 2 === 0 ? 'viewer' : 'member'
      const asked: Record<Step['ask'], () => Promise<unknown>> = {
        register: () => attempt(registerUser, { username: me.name }),
        join: async () => {
          const inviter = await world.store.reading.sessions.liveState(them.principal.sessionId, null)
          const token = await world.secretOf(them, inviter?.organization?.name ?? 'nowhere', pick === 0 ? 'admin' : 'member').catch((error: unknown) => {
            if (error instanceof Problem) return null
            throw error
          })
          if (token !== null) await attempt(joinOrganization, { token })
        },
        leave: () => attempt(leaveOrganization, { organization }),
        remove: () => attempt(removeMember, { organization, user: them.name }),
        role: () => attempt(changeRole, { organization, user: them.name, role: ['admin', 'member', 'viewer', 'member'][pick] ?? 'member' }),
        deactivate: () => attempt(deactivateMember, { organization, user: them.name, reason: 'why not' }),
        reactivate: () => attempt(reactivateMember, { organization, user: them.name }),
        rename: () => attempt(renameOrganization, { organization, from: organization, to: `r${pick}_${who}_${count}_${engine}` }),
        resource: () => attempt(registerResource, resource),
        transfer: () => attempt(transferResource, { ...resource, owner: pick === 3 ? 'machine-3' : them.name }),
        'resource gone': () => attempt(removeResource, resource),
        machine: () => attempt(createServiceAccount, { organization, name: `machine-${pick}`, description: '' }),
        'machine renamed': () => attempt(changeServiceAccount, { ...machine, name: `machine-${(pick + 1) % 4}`, role: machineRole }),
        'machine gone': () => attempt(removeServiceAccount, machine),
      }
      await asked[ask]()
      // Both people log in again, because the step may have ended their sessions.
      people[who] = await world.login(me)
      people[whom] = await world.login(them)
    }
    return done
  }

  test('a replay from empty gives the state that the tables hold (S57, I6)', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        await run([...everything.slice(0, 4), ...plan]) // Strangers would be refused everything, so each plan begins after some have joined.
        expect(comparable(await recorded(world))).toEqual(await stored(world))
      }),
      { numRuns: 12, endOnFailure: true, examples: [[everything.slice(4)]] },
    )
    // The plan of every command is refused nothing, so each command has run, whatever the random plans contain.
    expect(await run(everything)).toEqual(new Set(asks))
    expect(comparable(await recorded(world))).toEqual(await stored(world))
    const statuses = new Set([...(await recorded(world)).memberships.values()].map(({ status }) => status))
    expect(statuses).toEqual(new Set(['active', 'deactivated', 'left']))
  })

  test('a replay of the rows alone gives memberships, roles, owners and epochs (P19, I6)', async () => {
    const [whole, alone] = [await recorded(world), await recordedInRows(world)]
    expect(withoutNames(alone)).toEqual(withoutNames(whole))
    expect(withoutNames(alone)).toEqual({ ...withoutNames(await stored(world)), memberships: withoutNames(whole).memberships })
    expect(comparable(alone).memberships).toEqual((await stored(world)).memberships)
    for (const names of [alone.usernames.values(), [...alone.organizations.values(), ...alone.resources.values()].map(({ name }) => name)])
      expect(new Set(names)).toEqual(new Set([undefined]))
  })

  test('a replay without one event fails or gives another state (I6)', async () => {
    const events = await world.store.reading.audit.after(0n, {}, 100_000)
    const now = comparable(replay(events))
    const renamed = events.findLast(({ type }) => type === 'organization.renamed')
    const creation = events.find(({ type, target }) => type === 'organization.created' && target === renamed?.target)
    expect(() => replay(events.filter((event) => event !== creation))).toThrow('never began')
    expect(comparable(replay(events.filter((event) => event !== renamed)))).not.toEqual(now)
  })
})
