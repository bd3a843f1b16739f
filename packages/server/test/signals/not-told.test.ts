import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ACCOUNT_DISABLED, aResourceServer, aStream, BATCH, type ResourceServer, type Stream } from './receiving.ts'

// A receiver that is not sent a revocation does not count as having acknowledged it.

let muster: Muster
let service: ResourceServer
let people: Record<'ada' | 'bob' | 'carol', Human>
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
  service = await aResourceServer(muster)
  people = (await muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })) as typeof people
})
afterAll(() => muster.close())

const stream = async (settings: Record<string, unknown>): Promise<Stream> => {
  const made = await aStream(muster, service, settings)
  onTestFinished(async () => void (await made.remove()))
  return made
}
const subject = ({ id }: Human) => ({ format: 'opaque', id })
const manage = (path: string, body: unknown, method = 'POST') => muster.call(method, `/ssf/${path}`, { token: service.token, body })
const ending = async (method: string, path: string, token: string) =>
  (await muster.call(method, path, { token, headers: { prefer: 'wait=0' } })).body.revocation
const deactivate = (name: string) => ending('POST', `/v1/organizations/ada/members/${name}/deactivate`, people.ada.token)
const reactivate = (name: string) => muster.call('POST', `/v1/organizations/ada/members/${name}/reactivate`, { token: people.ada.token })

test('a receiver counts only for the subjects and events it is sent', async () => {
  const without = await stream({})
  await manage('subjects:remove', { stream_id: without.id, subject: subject(people.bob) })
  const disabled = await stream({ events_requested: [ACCOUNT_DISABLED] })
  for (const one of [without, disabled]) await one.drain()
  const missing = (...streams: Stream[]) => ({ receivers: streams.length, acknowledged: 0, missing: streams.map(({ id }) => expect.objectContaining({ id })) })

  const dying = await muster.login(people.carol)
  expect(await ending('DELETE', `/v1/me/sessions/${dying.sessionId}`, people.carol.token)).toMatchObject(missing(without))
  expect(await deactivate('bob')).toMatchObject(missing(disabled))
  expect(await deactivate('carol')).toMatchObject({ receivers: 2, acknowledged: 0, ended_everywhere_at: null })
  for (const one of [without, disabled]) await one.drain()
  await expect.poll(() => deactivate('carol')).toMatchObject({ receivers: 2, acknowledged: 2, missing: [] })
  for (const name of ['bob', 'carol']) await reactivate(name)
})

test('a leased stream cannot exclude a subject', async () => {
  const leased = await stream({ events_requested: [BATCH] })
  const refused = await manage('subjects:remove', { stream_id: leased.id, subject: subject(people.bob) })
  expect([refused.status, refused.body.err ?? refused.body.code]).toEqual([400, 'stream_invalid'])

  const becoming = await stream({})
  await manage('subjects:remove', { stream_id: becoming.id, subject: subject(people.bob) })
  await manage('streams', { stream_id: becoming.id, events_requested: [BATCH] }, 'PATCH')
  await becoming.drain()
  await deactivate('bob')
  const told = (await becoming.drain()).flatMap(({ muster: rows }) => rows ?? [])
  expect(told).toContainEqual(expect.objectContaining({ kind: 'user', subject: people.bob.id }))
  await reactivate('bob')
})

test('no excluded subject is lost when many are added or removed at once', async () => {
  const crowd = await stream({})
  const users = Array.from({ length: 12 }, (_, number) => ({ ...people.bob, id: `usr_${String(number).padStart(26, '0')}` as Human['id'] }))
  await Promise.all(users.map((user) => manage('subjects:remove', { stream_id: crowd.id, subject: subject(user) })))
  const excluded = async () => (await muster.server.services.store.reading.receivers.find(crowd.id))?.excluded.toSorted()
  expect(await excluded()).toEqual(users.map(({ id }) => id as string))
  await Promise.all(users.map((user) => manage('subjects:add', { stream_id: crowd.id, subject: subject(user) })))
  expect(await excluded()).toEqual([])
})
