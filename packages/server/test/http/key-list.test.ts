import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The list of an organization's keys, and which of them a member could have copied (S37).

let muster: Muster
let ada: Human
let bob: Human
const list = async (query: string) => muster.call('GET', `/v1/organizations/ada/keys${query}`, { token: ada.token })
const described = async (query: string): Promise<string[]> => (await list(query)).body.items.map(({ description }: { description: string }) => description)
beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'admin', carol: 'member' })
  ada = people['ada'] as Human
  bob = people['bob'] as Human
  const create = (token: string, path: string, description: string) => muster.call('POST', path, { token, body: { description, scope: 'all' } })
  await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'robot', description: 'CI' } })
  const robot = '/v1/organizations/ada/service-accounts/robot/keys'
  await create(ada.token, robot, 'robot by ada')
  for (let n = 1; n <= 3; n++) await create(bob.token, robot, `robot by bob ${n}`)
  await create(bob.token, '/v1/me/keys', 'bob alone')
})
afterAll(() => muster.close())

test('the keys that a member could have copied are listed by maker and holder', async () => {
  const theirs = ['robot by bob 3', 'robot by bob 2', 'robot by bob 1']
  expect(await described(`?created_by=bob&holder=service_account`)).toEqual(theirs)
  expect(await described(`?created_by=${bob.id}&holder=service_account`)).toEqual(theirs)
  expect(await described('?created_by=bob')).toEqual(['bob alone', ...theirs])
  expect(await described('?created_by=bob&holder=user')).toEqual(['bob alone'])
  expect(await described('?holder=user')).toEqual(['bob alone'])
  expect(await described('?created_by=carol')).toEqual([])
  expect(await described('')).toHaveLength(5)
})

test('a filtered list of keys has pages', async () => {
  const first = (await list('?created_by=bob&holder=service_account&limit=2')).body
  expect(first.items).toHaveLength(2)
  expect(await described(`?created_by=bob&holder=service_account&limit=2&cursor=${first.next_cursor}`)).toEqual(['robot by bob 1'])
})

test('a maker who is no member has no keys, and a holder of another kind is refused', async () => {
  expect(await described('?created_by=nobody_here')).toEqual([])
  expect((await list('?holder=client')).body).toMatchObject({ status: 422, code: 'invalid_request' })
  expect((await list('?created_by=')).body).toMatchObject({ status: 422, code: 'invalid_request' })
})

test('a deactivation reports the keys that the list shows (S37)', async () => {
  const { body } = await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: ada.token })
  const ids = (keys: { id: string }[]): string[] => keys.map(({ id }) => id)
  expect(ids(body.keys_to_roll)).toEqual(ids((await list('?created_by=bob&holder=service_account')).body.items))
  expect(body.keys_to_roll).toHaveLength(3)
})
