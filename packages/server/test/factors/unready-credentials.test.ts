import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { pollDevice, postForm, SCOPE, startDevice } from '../oauth/conversation.ts'
import { signingIn, type Visitor } from './signing-in.ts'

let muster: Muster
let people: ReturnType<typeof signingIn>
beforeAll(async () => {
  muster = await startMuster()
  people = signingIn(muster)
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

/** Created by people without a factor: a key and a refresh token of a member, and a key of a service account. Then one key by an admin with a passkey. */
async function anOrganizationWithCredentials(name: string) {
  const members = await muster.organization({ [name]: 'admin', [`${name}_bo`]: 'member' })
  const [owner, bo] = [members[name] as Human, members[`${name}_bo`] as Human]
  const create = async (path: string, human: Human, body: object) => {
    const made = await muster.call('POST', path, { token: human.token, body })
    expect(made.status, JSON.stringify(made.body)).toBe(201)
    return made.body
  }
  const key = (await create('/v1/me/keys', bo, { description: 'deploys', scope: 'all' })).key as string
  await create(`/v1/organizations/${name}/service-accounts`, owner, { name: 'ci_runner' })
  const machineKey = (await create(`/v1/organizations/${name}/service-accounts/ci_runner/keys`, owner, { description: 'builds', scope: 'all' })).key as string
  const browser = await people.signIn(bo)
  const { body: device } = await startDevice(muster, `${SCOPE} offline_access`)
  const page = await browser.visit('/device', { user_code: device.user_code })
  await browser.visit(page.at.pathname, { decision: 'approve' })
  const { refresh_token: refreshToken } = (await pollDevice(muster, device.device_code)).body

  const admin = await people.signIn(owner)
  await people.addPasskey(admin)
  const ready = (await people.asConsole(admin, 'POST', '/v1/me/keys', { description: 'ready', scope: 'all' })).body as { id: string; key: string }
  const path = `/v1/organizations/${name}/unready-credentials`
  const set = (policy: string) => people.asConsole(admin, 'PUT', `/v1/organizations/${name}/factor-policy`, { policy })
  const isAccepted = async (credential: string) => (await muster.call('GET', `/v1/organizations/${name}`, { token: credential })).status === 200
  const refreshes = async () =>
    (await postForm(muster, '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'muster-cli' })).status === 200
  return { name, owner, bo, admin, key, machineKey, ready, path, set, isAccepted, refreshes }
}

const listed = async (admin: Visitor, path: string): Promise<{ id: string; kind: string; name: string | null; holder: string }[]> =>
  (await people.asConsole(admin, 'GET', path)).body.items
const about = (items: Awaited<ReturnType<typeof listed>>) => items.map(({ kind, name, holder }) => [kind, name, holder])

describe('an admin sees and ends credentials from before the policy (F13)', () => {
  test('an admin sees the keys and refresh tokens that were created without the factor', async () => {
    const { admin, path, set, name } = await anOrganizationWithCredentials('acacia')
    expect(await listed(admin, path)).toEqual([])
    await set('any')
    const items = await listed(admin, path)
    expect(about(items)).toEqual([
      ['refresh_token', null, `${name}_bo`],
      ['key', 'builds', 'ci_runner'],
      ['key', 'deploys', `${name}_bo`],
    ])
    const paged = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body } = await people.asConsole(admin, 'GET', `${path}?limit=1${cursor && `&cursor=${cursor}`}`)
      paged.push(...body.items)
      cursor = body.next_cursor
    }
    expect(paged).toEqual(items)
  })

  test('a key that was created with an app is not ready for a policy of passkeys', async () => {
    const { bo, admin, path, set } = await anOrganizationWithCredentials('baobab')
    const browser = await people.signIn(bo)
    await people.addApp(browser)
    await people.asConsole(browser, 'POST', '/v1/me/keys', { description: 'with the app', scope: 'all' })
    await set('any')
    expect(about(await listed(admin, path)).flat()).not.toContain('with the app')
    await set('phishing-resistant')
    expect(about(await listed(admin, path)).flat()).toContain('with the app')
  })

  test('a key from before this version counts as created by password', async () => {
    const { admin, path, set, ready } = await anOrganizationWithCredentials('citron')
    await set('any')
    await sql`update api_key set methods = null where id = ${ready.id}`.execute(muster.server.database.kysely)
    expect((await listed(admin, path)).map(({ id }) => id)).toContain(ready.id)
  })

  test('an ended credential is refused from the response on, and the others go on', async () => {
    const { admin, path, set, key, machineKey, isAccepted, refreshes } = await anOrganizationWithCredentials('durian')
    await set('any')
    const [refreshToken, builds] = await listed(admin, path)
    expect((await people.asConsole(admin, 'DELETE', `${path}/${refreshToken?.id}`)).body).toEqual({ ended: 1 })
    expect([await refreshes(), await isAccepted(key), await isAccepted(machineKey)]).toEqual([false, true, true])
    await people.asConsole(admin, 'DELETE', `${path}/${builds?.id}`)
    expect([await isAccepted(key), await isAccepted(machineKey)]).toEqual([true, false])
    expect((await people.asConsole(admin, 'DELETE', `${path}/${builds?.id}`)).body.code).toBe('credential_not_found')
  })

  test('an admin ends all of them at once, and no other', async () => {
    const { admin, path, set, key, machineKey, ready, isAccepted, refreshes } = await anOrganizationWithCredentials('elm')
    expect((await people.asConsole(admin, 'DELETE', path)).body).toEqual({ ended: 0 })
    await set('any')
    expect((await people.asConsole(admin, 'DELETE', path)).body).toEqual({ ended: 3 })
    expect([await refreshes(), await isAccepted(key), await isAccepted(machineKey), await isAccepted(ready.key)]).toEqual([false, false, false, true])
    expect(await listed(admin, path)).toEqual([])
  })

  test('an admin cannot end a ready credential, nor one of another organization', async () => {
    const [one, other] = [await anOrganizationWithCredentials('fig'), await anOrganizationWithCredentials('guava')]
    await one.set('any')
    await other.set('any')
    for (const { id } of await listed(other.admin, other.path))
      expect((await people.asConsole(one.admin, 'DELETE', `${one.path}/${id}`)).body.code).toBe('credential_not_found')
    expect((await people.asConsole(one.admin, 'DELETE', `${one.path}/${one.ready.id}`)).body.code).toBe('credential_not_found')
    expect([await other.refreshes(), await other.isAccepted(other.key), await one.isAccepted(one.ready.key)]).toEqual([true, true, true])
  })

  test('a member and a key cannot end them, and an admin must have signed in recently', async () => {
    const { bo, admin, path, set, ready } = await anOrganizationWithCredentials('hickory')
    await set('any')
    const member = await people.signIn(bo)
    await people.addApp(member)
    for (const method of ['GET', 'DELETE']) expect((await people.asConsole(member, method, path)).body.code, method).toBe('forbidden')
    expect((await muster.call('DELETE', path, { token: ready.key })).status).toBe(403)
    await muster.clock.advance(601)
    expect((await people.asConsole(admin, 'DELETE', path)).body).toMatchObject({ code: 'insufficient_user_authentication', action: 'credentials:revoke' })
    expect(await listed(admin, path)).toHaveLength(3)
  })
})
