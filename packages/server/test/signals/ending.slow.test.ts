import { type Answer, type Human, type Muster, OPERATOR_TOKEN, PASSWORD, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type ServerProcess, startTwinProcess } from '@muster/testkit/process.ts'
import { aTcpProxy, type TcpProxy, throughProxy } from '@muster/testkit/tcp-proxy.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aResourceServer, aStream } from './receiving.ts'
import { callerAt } from './servers.ts'

// Two server processes use one PostgreSQL. One revokes access. The other answers forward auth from memory, and its database connection can be slow,
// hang or be cut. Even without `Prefer: wait`, a revocation must be in force at the second process once the first has answered.

let muster: Muster
let revoking: ServerProcess
let gateway: ServerProcess
let proxy: TcpProxy
let people: Record<string, Human>
beforeAll(async () => {
  const databaseUrl = await (await startPostgres()).createDatabase()
  proxy = await aTcpProxy({ targets: [Number(new URL(databaseUrl).port)] })
  muster = await startMuster({ databaseUrl, env: { MUSTER_COMPAT: 'dbos' } })
  const settings = { MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_SMTP_URL: muster.mail.url, MUSTER_COMPAT: 'dbos', LOG_LEVEL: 'error' }
  revoking = await startTwinProcess(muster.config, settings)
  gateway = await startTwinProcess({ ...muster.config, databaseUrl: throughProxy(databaseUrl, proxy) }, settings)
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member' })
})
afterEach(() => proxy.mend())
afterAll(async () => {
  await gateway.stop()
  await revoking.stop()
  await muster.close()
  await proxy.close()
})

const human = (name: string) => people[name] as Human
const admin = () => human('ada').token
const atRevoking = (...asked: Parameters<Muster['call']>) => callerAt(revoking.url)(...asked)
const change = (name: string, action: string): Promise<Answer> => atRevoking('POST', `/v1/organizations/ada/members/${name}/${action}`, { token: admin() })
const forwardAuth = async (token: string): Promise<number> => (await callerAt(gateway.url)('GET', '/v1/forward-auth', { token })).status
/** Requests forward auth with a timeout, because a server without its database may not answer at all. */
const decision = async (token: string): Promise<number | null> => {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${gateway.url}/v1/forward-auth`, { headers, signal: AbortSignal.timeout(2_000) }).catch(() => null)
  return answer?.status ?? null
}
const fromMemory = async (token: string): Promise<void> => {
  for (let n = 0; n < 3; n++) expect(await forwardAuth(token)).toBe(200)
}
const form = { 'content-type': 'application/x-www-form-urlencoded' }

async function signIn({ name }: Human): Promise<Record<string, string>> {
  const answer = await muster.call('POST', '/sign-in', {
    headers: { ...form, origin: muster.url },
    body: `identifier=${name}&password=${encodeURIComponent(PASSWORD)}`,
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ')
  return { ...form, origin: muster.url, cookie }
}

test('a deactivated user is refused by another process right after a plain 200', async () => {
  for (let round = 0; round < 12; round++) {
    const { token } = await muster.login(human('bob'))
    await fromMemory(token)
    expect((await change('bob', 'deactivate')).status).toBe(200)
    expect(await forwardAuth(token), `round ${round}`).toBe(401)
    await change('bob', 'reactivate')
  }
})

describe('a process that gets a revocation late', () => {
  const endings: Record<string, (login: Human) => Promise<Answer>> = {
    'to a deactivation': ({ name }) => change(name, 'deactivate'),
    'to the end of a session': ({ token }) => muster.call('DELETE', '/v1/me/sessions/current', { token }),
    'to a revocation': ({ token }) => muster.call('POST', '/oauth/revoke', { headers: form, body: `token=${token}` }),
    'to a removal through the DBOS API': ({ name }) => muster.call('DELETE', `/v1alpha1/ada/${name}`, { token: admin() }),
    'to a password change': ({ token }) =>
      muster.call('POST', '/v1/me/password', { token, body: { current_password: PASSWORD, new_password: 'window lattice ember frost' } }),
    'to the end of all other logins in the portal': async (login) => muster.call('POST', '/logins/end-others', { headers: await signIn(login), body: '' }),
  }
  test.each(Object.keys(endings))('a process that gets a revocation late refuses right after the response %s', async (title) => {
    const ending = endings[title] as (typeof endings)[string]
    const name = `late${Object.keys(endings).indexOf(title)}`
    const person = await joined(name)
    const login = await muster.login(person)
    await fromMemory(login.token)
    proxy.delay(120)
    // A password change keeps the session that requests it, so the request uses another one.
    const asking = title.includes('password') ? await muster.login(person) : login
    const answer = await ending({ ...asking, name })
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(400)
    expect(await forwardAuth(login.token)).toBe(401)
  })

  async function joined(name: string): Promise<Human> {
    const person = await muster.person(name)
    const { body } = await muster.call('POST', '/v1/organizations/ada/secrets', { token: admin(), body: {} })
    const answer = await muster.call('POST', '/v1/organizations/join', { token: person.token, body: { organization: 'ada', secret: body.secret } })
    expect(answer.status).toBe(200)
    return muster.login(person)
  }
})

describe('a process that lost its database', () => {
  test.each(['hang', 'cut'] as const)('a process without its database does not decide from memory when connections %s', async (fault) => {
    const { token } = await muster.login(human('carol'))
    await fromMemory(token)
    proxy[fault]()
    expect((await change('carol', 'deactivate')).status).toBe(200)
    expect([200, 403]).not.toContain(await decision(token))
    proxy.mend()
    await expect.poll(() => decision(token), { timeout: 30_000 }).toBe(401)
    await change('carol', 'reactivate')
  })

  test('a process without its database delays a revocation for a few seconds only', async () => {
    const { token } = await muster.login(human('dave'))
    await fromMemory(token)
    proxy.cut()
    const server = async () => {
      const { body } = await atRevoking('POST', '/v1/organizations/ada/members/dave/deactivate', { token: admin(), headers: { prefer: 'wait=0' } })
      return body.revocation.receivers
    }
    await expect.poll(server, { timeout: 20_000 }).toBe(0)
    proxy.mend()
    await change('dave', 'reactivate')
  })

  test('a process without its database delays a sign-out page less than an API call', async () => {
    const { token } = await muster.login(human('ada'))
    const headers = await signIn(human('ada'))
    const login = await muster.login(human('ada'))
    await expect.poll(() => forwardAuth(token), { timeout: 30_000 }).toBe(200)
    // The other process holds its lease again, so a revocation waits for it.
    const waitedFor = async () => {
      const { body } = await atRevoking('POST', '/v1/organizations/ada/members/dave/deactivate', { token: admin(), headers: { prefer: 'wait=0' } })
      await change('dave', 'reactivate')
      return body.revocation.receivers
    }
    await expect.poll(waitedFor, { timeout: 20_000 }).toBeGreaterThan(0)
    proxy.cut()
    // Both requests start together. The page stops waiting for the other process long before the API call does.
    const answers: string[] = []
    const call = muster.call('DELETE', '/v1/me/sessions/current', { token: login.token }).then(({ status }) => answers.push(`call ${status}`))
    const page = muster.call('POST', '/sign-out', { headers, body: '' }).then((answer) => answers.push(`page ${answer.headers.get('location')}`))
    await Promise.all([call, page])
    proxy.mend()
    expect(answers).toEqual(['page /signed-out', 'call 200'])
  })
})

test("a removed client's token polls no event at another process after the response", async () => {
  const at = { ...muster, call: callerAt(gateway.url) }
  for (let round = 0; round < 5; round++) {
    const service = await aResourceServer(muster)
    const stream = await aStream(muster, service)
    await stream.drain(at)
    const { token } = await muster.login(human('bob'))
    await muster.call('DELETE', '/v1/me/sessions/current', { token })
    // The event stays unacknowledged, so every poll would return it again.
    await expect.poll(async () => Object.keys((await stream.poll({ returnImmediately: true }, at)).body.sets).length).toBe(1)
    expect((await atRevoking('DELETE', `/v1/operator/clients/${service.clientId}`, { token: OPERATOR_TOKEN })).status).toBe(200)
    const { status, body } = await stream.poll({ returnImmediately: true }, at)
    expect([round, status < 500, status >= 400, body.sets]).toEqual([round, true, true, undefined])
  }
})
