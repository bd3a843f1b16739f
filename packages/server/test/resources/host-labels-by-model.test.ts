import type { OrganizationId } from '@muster/contract/ids.ts'
import { hostLabel, hostLabelFault } from '@muster/contract/names.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { registerResource, removeResource } from '@muster/server/domain/resources/resource.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Three organizations with look-alike names run random commands, and the result is compared with a model of one map (S40 to S42).

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.close())

const stems = ['', '_b', '_b_c', '_x', '_'] as const
const applications = ['ccc', 'b-ccc', 'b_ccc', 'c-ccc', 'ddd', 'ddd-'] as const
type Step = { org: number; do: 'register' | 'remove'; app: (typeof applications)[number] } | { org: number; do: 'rename'; stem: (typeof stems)[number] }

const org = fc.nat({ max: 2 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ org, do: fc.constant('register' as const), app: fc.constantFrom(...applications) }) },
  { weight: 2, arbitrary: fc.record({ org, do: fc.constant('remove' as const), app: fc.constantFrom(...applications) }) },
  { weight: 2, arbitrary: fc.record({ org, do: fc.constant('rename' as const), stem: fc.constantFrom(...stems) }) },
)

interface Application {
  name: string
  label: string | null
}

class Model {
  names: string[]
  heldNames = new Map<string, number>()
  renames = [0, 0, 0]
  applications: Map<string, Application>[] = [new Map(), new Map(), new Map()]
  labels = new Map<string, { org: number; of: Application }>()

  constructor(names: string[]) {
    this.names = names
    for (const [at, name] of names.entries()) this.heldNames.set(name, at)
  }
  register(org: number, name: string): string {
    if (this.applications[org]?.has(name)) return 'ok'
    const label = hostLabel(this.names[org] ?? '', name)
    if (hostLabelFault(label)) return 'host_label_invalid'
    const known = this.labels.get(label)
    if (known && (known.org !== org || known.of.label === label)) return 'host_label_taken'
    const application = { name, label }
    this.applications[org]?.set(name, application)
    this.labels.set(label, { org, of: application })
    return 'ok'
  }
  remove(org: number, name: string): string {
    const application = this.applications[org]?.get(name)
    if (!application) return 'resource_not_found'
    application.label = null
    this.applications[org]?.delete(name)
    return 'ok'
  }
  rename(org: number, to: string): string {
    if (to === this.names[org]) return 'ok'
    if ((this.renames[org] ?? 0) >= 5) return 'rename_limit'
    if ((this.heldNames.get(to) ?? org) !== org) return 'name_taken'
    const own = [...(this.applications[org]?.values() ?? [])]
    if (own.some(({ name }) => hostLabelFault(hostLabel(to, name)))) return 'host_label_invalid'
    if (own.some(({ name }) => (this.labels.get(hostLabel(to, name))?.org ?? org) !== org)) return 'host_label_taken'
    this.names[org] = to
    this.heldNames.set(to, org)
    this.renames[org] = (this.renames[org] ?? 0) + 1
    for (const application of own) {
      application.label = hostLabel(to, application.name)
      this.labels.set(application.label, { org, of: application })
    }
    return 'ok'
  }
}

let runs = 0
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))

test('host labels match a one-map model after any registrations, renames and removals', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const stem = `r${++runs}q`
      const names = [stem, `${stem}_b`, `${stem}_b_c`]
      const people = [] as Person[]
      for (const name of names) people.push(await world.person(name))
      const ids = people.map(({ principal }) => principal.organizationId as OrganizationId)
      const model = new Model([...names])

      for (const one of steps) {
        const person = people[one.org] as Person
        const organization = ids[one.org] as string
        if (one.do === 'rename') {
          const to = stem + one.stem
          const from = model.names[one.org] ?? ''
          const expected = model.rename(one.org, to)
          expect(await codeOf(world.execute(renameOrganization, person.principal, { organization, from, to })), JSON.stringify(one)).toBe(expected)
        } else {
          const expected = model[one.do](one.org, one.app)
          const command = one.do === 'register' ? registerResource : removeResource
          const input = { organization, kind: 'application', name: one.app }
          expect(await codeOf(world.execute<typeof input, unknown>(command, person.principal, input)), JSON.stringify(one)).toBe(expected)
        }
      }

      const { hostLabels, resources } = world.store.reading
      for (const [label, { org, of }] of model.labels) {
        const known = await hostLabels.find(label)
        expect(known, label).toMatchObject({ organizationId: ids[org], held: of.label !== label })
        // A label in use belongs to its application. A held label leads to the application's current label, or nowhere once the application is removed.
        const resource = known && (await resources.findById(known.resourceId))
        expect(resource?.hostLabel ?? null, label).toBe(of.label)
      }
      const { length } = await world.rows(`select 1 from host_label where organization_id in (${ids.map((id) => `'${id}'`).join(', ')})`)
      expect(length).toBe(model.labels.size)
    }),
    { numRuns: 20 },
  )
})
