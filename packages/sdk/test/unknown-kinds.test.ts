import { Revocations } from '@muster/sdk/revocations.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aClient, aVerifier, type Credentials, counting, eventually, verdict } from './verifying.ts'

// An issuer of a later version sends kinds of revocation that this version does not know.

describe('a verifier that reads a kind it does not know (P11)', () => {
  let muster: Muster
  let client: Credentials
  let people: Record<string, Human>
  const ending: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    muster = await startMuster()
    client = await aClient(muster)
    const names = ['bob', 'cyd', 'dan', 'eve', 'fay', 'gus']
    people = await muster.organization({ ada: 'admin', ...Object.fromEntries(names.map((name) => [name, 'member' as const])) })
    await sql`alter table revocation drop constraint if exists revocation__kind`.execute(muster.server.database.kysely)
  })
  afterEach(async () => {
    for (const verifier of ending.splice(0)) await verifier.close()
  })
  afterAll(() => muster.close())

  const tokenOf = (name: string): string => people[name]?.token ?? ''
  const writeUnknown = (subject: string) =>
    sql`insert into revocation (kind, subject, value, expires_at) values ('future', ${subject}, '{"level":1}', now() + interval '1 hour')`.execute(
      muster.server.database.kysely,
    )
  const start = async (options: { onStale?: 'introspect' | 'refuse' } = {}) => {
    const { fetch, requests } = counting()
    const verifier = await aVerifier(muster, { ...client, fetch, ...options })
    ending.push(verifier)
    const introspections = (): number => requests.filter((path) => path === '/oauth/introspect').length
    return { verifier, introspections }
  }

  // Each test names another person, because the server keeps the revocation.
  test.each([
    ['snapshot', 'bob'],
    ['poll', 'dan'],
  ])('a verifier introspects the credentials that it names, from a %s', async (from, name) => {
    const id = people[name]?.id ?? ''
    if (from === 'snapshot') await writeUnknown(id)
    const { verifier, introspections } = await start()
    const before = verifier.sizes().revocations
    if (from === 'poll') {
      await writeUnknown(id)
      await eventually(() => verifier.sizes().revocations > before)
    }
    for (let n = 1; n <= 3; n++) {
      expect(await verdict(verifier, tokenOf(name))).toBe('accepted')
      expect(introspections()).toBe(n)
    }
    for (let n = 0; n < 3; n++) expect(await verdict(verifier, tokenOf('cyd'))).toBe('accepted')
    expect([verifier.isCurrent(), introspections()]).toEqual([true, 3])
  })

  test('a verifier also introspects an API key whose holder it names', async () => {
    const { key } = (await muster.call('POST', '/v1/me/keys', { token: tokenOf('eve'), body: { description: 'ci', scope: 'all' } })).body
    const { verifier, introspections } = await start()
    for (let n = 0; n < 2; n++) expect(await verdict(verifier, key)).toBe('accepted')
    expect(introspections()).toBe(1)
    const before = verifier.sizes().revocations
    await writeUnknown(people['eve']?.id ?? '')
    await eventually(() => verifier.sizes().revocations > before)
    for (let n = 0; n < 2; n++) expect(await verdict(verifier, key)).toBe('accepted')
    expect(introspections()).toBe(3)
  })

  test('a verifier that may not introspect answers 503 for these credentials only', async () => {
    await writeUnknown(people['fay']?.sessionId ?? '')
    const { verifier } = await start({ onStale: 'refuse' })
    expect(await verdict(verifier, tokenOf('fay'))).toBe('unavailable: issuer')
    expect([await verdict(verifier, tokenOf('cyd')), verifier.isCurrent()]).toEqual(['accepted', true])
  })

  test('a verifier still refuses a person whom a known revocation names', async () => {
    await writeUnknown(people['gus']?.id ?? '')
    const { verifier, introspections } = await start()
    const { token } = await muster.login(people['gus'] as Human)
    expect(await verdict(verifier, token)).toBe('accepted')
    const path = '/v1/organizations/ada/members/gus'
    await muster.call('POST', `${path}/deactivate`, { token: tokenOf('ada'), headers: { prefer: 'wait=5' } })
    expect([await verdict(verifier, token), introspections()]).toEqual(['user_deactivated', 1])
    await muster.call('POST', `${path}/reactivate`, { token: tokenOf('ada') })
  })
})

describe('the revocations of unknown kinds in memory', () => {
  const credential = { sub: 'usr_1', organizationId: 'org_1', sessionId: 'ses_1', keyId: 'key_1', tokenId: 'jti_1', clientId: 'cli_1' }
  const unknown = (subject: string, expiresAt = 1_000) => ({ kind: 'unknown' as const, subject, value: {}, expiresAt })

  test.each(Object.entries(credential))('the subject can be the %s of a credential', (_, subject) => {
    const revocations = new Revocations()
    revocations.apply(unknown(subject), 0)
    expect(revocations.areUnknownFor(credential)).toBe(true)
    const others = Object.fromEntries(Object.keys(credential).map((name) => [name, 'other'])) as typeof credential
    expect(revocations.areUnknownFor(others)).toBe(false)
  })

  test('a revocation of an unknown kind is forgotten after the last of them expires', () => {
    const revocations = new Revocations()
    for (const subject of ['usr_1', 'a subject that is longer than any id of Muster']) {
      for (const expiresAt of [1_000, 5_000, 2_000]) revocations.apply(unknown(subject, expiresAt), 0)
    }
    revocations.sweep(4_000)
    expect([revocations.size, revocations.areUnknownFor(credential)]).toEqual([2, true])
    revocations.sweep(6_000)
    expect([revocations.size, revocations.areUnknownFor(credential)]).toEqual([0, false])
  })
})
