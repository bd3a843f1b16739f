import { type Human, type Muster, OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { type ServerProcess, startTwinProcess } from '@muster/testkit/process.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aClient, aVerifier, type Credentials, counting, eventually, movedClock, verdict } from './verifying.ts'
import { startWire, type Wire } from './wire.ts'

// Faults between a verifier and the issuer. No verifier accepts a revoked token after its lease, and each recovers without help.

const LEASE = 10

describe('with one issuer and a connection that can be cut', () => {
  let muster: Muster
  let wire: Wire
  let client: Credentials
  let people: Record<string, Human>
  let admin: (path: string, method?: string, body?: unknown, wait?: number) => Promise<{ status: number; body: any }>
  const names = ['bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mallory']
  beforeAll(async () => {
    wire = await startWire()
    muster = await startMuster({ env: { MUSTER_HOSTS: wire.host } })
    wire.target = muster.url.replace('localhost', '127.0.0.1')
    client = await aClient(muster)
    people = await muster.organization({ ada: 'admin', ...Object.fromEntries(names.map((name) => [name, 'member' as const])) })
    admin = (path, method = 'POST', body = undefined, wait = 0) =>
      muster.call(method, `/v1/organizations/ada/members/${path}`, {
        token: people['ada']?.token,
        body,
        headers: wait > 0 ? { prefer: `wait=${wait}` } : {},
      })
  })
  afterAll(async () => {
    await wire?.stop()
    await muster?.close()
  })
  const token = (name: string): string => (people[name] as Human).token
  const through = () => counting(muster.url, wire.url).fetch

  test.each(['closed', 'silent'] as const)('a verifier cut off (%s) accepts no revoked token after its lease and recovers', async (cut) => {
    const name = cut === 'closed' ? 'bob' : 'carol'
    const [clock, other] = [movedClock(), movedClock()]
    const refusing = await aVerifier(muster, { ...client, lease: LEASE, onStale: 'refuse', fetch: through(), clock })
    const asking = await aVerifier(muster, { ...client, lease: LEASE, onStale: 'introspect', fetch: through(), clock: other })
    expect([await verdict(refusing, token(name)), await verdict(asking, token(name))]).toEqual(['accepted', 'accepted'])
    wire.set(cut)
    const { body } = await admin(`${name}/deactivate`, 'POST', undefined, 1)
    expect(body.revocation.missing).toHaveLength(2)
    const endsAt = new Date(body.revocation.ended_everywhere_at).getTime()
    expect(endsAt).toBeGreaterThan(Date.now())
    // Both leases have ended by the time that the admin was given.
    clock.ahead = other.ahead = (endsAt - Date.now()) / 1_000
    const tokens = [token(name), token('ada'), token(name)]
    expect(await Promise.all(tokens.map((one) => verdict(refusing, one)))).toEqual(Array(3).fill('unavailable: stale'))
    expect(await Promise.all(tokens.map((one) => verdict(asking, one)))).toEqual(Array(3).fill('unavailable: issuer'))
    expect(refusing.isCurrent()).toBe(false)
    wire.set('open')
    await eventually(() => refusing.isCurrent() && asking.isCurrent())
    for (const verifier of [refusing, asking]) {
      expect(await verdict(verifier, token(name))).toBe('user_deactivated')
      expect(await verdict(verifier, token('ada'))).toBe('accepted')
      await verifier.close()
    }
  })

  test('a verifier stops deciding from memory when either of its clocks passes the lease', async () => {
    for (const which of ['wall', 'steady'] as const) {
      const clock = { ...movedClock(), slept: 0 }
      const real = { wall: () => Date.now(), steady: () => performance.now() }
      const verifier = await aVerifier(muster, {
        ...client,
        lease: LEASE,
        onStale: 'refuse',
        fetch: through(),
        // A machine that sleeps stops the steady clock, and a user who sets the time moves the wall clock.
        clock: { ...real, [which]: () => real[which]() + clock.slept },
      })
      expect(await verdict(verifier, token('ada'))).toBe('accepted')
      clock.slept = 60_000
      expect(await verdict(verifier, token('ada'))).toBe('unavailable: stale')
      await eventually(() => verifier.isCurrent())
      expect(await verdict(verifier, token('ada'))).toBe('accepted')
      await verifier.close()
    }
  })

  test('a verifier without its stream introspects each credential and trusts the answer', async () => {
    const clock = movedClock()
    let cut = false
    const net = counting()
    const fetching: typeof fetch = async (input, init) => {
      const answer = await net.fetch(input, init)
      // Responses that were under way at the cut are lost too.
      if (cut && String(input).includes('/ssf/')) throw new TypeError('cut')
      return answer
    }
    const verifier = await aVerifier(muster, { ...client, lease: LEASE, fetch: fetching, clock })
    const asked = (): number => net.requests.filter((path) => path === '/oauth/introspect').length
    const { body: made } = await muster.call('POST', '/v1/me/keys', { token: token('erin'), body: { description: 'for a script', scope: 'all' } })
    expect(await verdict(verifier, made.key)).toBe('accepted')
    expect(asked()).toBe(1)
    // The role and the suspension in memory are older than what the issuer answers later.
    const { zoe } = (await muster.organization({ zoe: 'admin' })) as { zoe: Human }
    await admin('erin', 'PATCH', { role: 'admin' }, 5)
    await admin('erin', 'PATCH', { role: 'member' }, 5)
    const suspend = (what: string) => muster.call('POST', `/v1/operator/organizations/zoe/${what}`, { token: OPERATOR_TOKEN, body: {} })
    await suspend('suspend')
    await eventually(async () => (await verdict(verifier, zoe.token)) === 'organization_suspended')
    cut = true
    await eventually(() => {
      clock.ahead += 11
      return !verifier.isCurrent()
    })
    await admin('dave/deactivate')
    await admin('erin', 'PATCH', { role: 'admin' })
    await suspend('resume')
    expect(await verdict(verifier, zoe.token)).toBe('accepted')
    // The reason must be the exact one (S35, S36), because a client that discards its login for a mere suspension has lost it.
    expect(await verdict(verifier, token('dave'))).toBe('user_deactivated')
    await suspend('suspend')
    expect(await verdict(verifier, zoe.token)).toBe('organization_suspended')
    await suspend('resume')
    expect(await verifier.verify(token('erin'))).toMatchObject({ role: 'admin' })
    expect(await verifier.verify(token('erin'))).toMatchObject({ role: 'admin' })
    expect(await verifier.verify(made.key)).toMatchObject({ role: 'admin' })
    expect(asked()).toBe(7)
    // A malformed token is not sent to the issuer.
    expect(await verdict(verifier, `${token('erin')}x`)).toBe('invalid_token')
    expect(await verdict(verifier, 'muster_uk_junk')).toBe('invalid_token')
    expect(asked()).toBe(7)
    await verifier.close()
  })

  test('a verifier refuses acknowledged revocations when events repeat or reorder', async () => {
    const seen: [jti: string, set: string][] = []
    const random = seeded(7)
    const chaos: typeof fetch = async (input, init) => {
      if (!String(input).endsWith('/poll')) return fetch(input, init)
      if (random() < 0.2) throw new TypeError('the request was lost')
      const request = JSON.parse(String(init?.body))
      // The issuer gets no acknowledgement, so it sends the events again.
      if (random() < 0.3) request.ack = []
      const answer = await fetch(input, { ...init, body: JSON.stringify(request) })
      const body: any = await answer.json()
      if (random() < 0.25) throw new TypeError('the answer was lost')
      const fresh = Object.entries(body.sets as Record<string, string>)
      seen.push(...fresh)
      const again = seen.filter(() => random() < 0.5)
      body.sets = Object.fromEntries([...fresh, ...again].toSorted(() => random() - 0.5))
      return new Response(JSON.stringify(body), { status: answer.status })
    }
    const verifier = await aVerifier(muster, { ...client, lease: LEASE, onStale: 'refuse', fetch: chaos })
    for (const [round, name] of ['frank', 'grace', 'heidi', 'ivan', 'judy'].entries()) {
      const before = await muster.login(people[name] as Human)
      const changes = [admin(`${name}/deactivate`, 'POST', undefined, 20), admin('mallory', 'PATCH', { role: round % 2 === 0 ? 'admin' : 'member' }, 20)]
      const [ended] = await Promise.all(changes)
      expect(ended?.body.revocation.missing).toEqual([])
      expect(await verdict(verifier, before.token)).toMatch(/^(user_deactivated|unavailable: stale)$/)
      await eventually(() => verifier.isCurrent())
      expect(await verdict(verifier, before.token)).toBe('user_deactivated')
      expect((await verifier.verify(token('mallory'))).role).toBe(round % 2 === 0 ? 'admin' : 'member')
      if (round < 2) {
        await admin(`${name}/reactivate`)
        await eventually(async () => (await verdict(verifier, before.token)) === 'token_revoked')
        expect(await verdict(verifier, (await muster.login(people[name] as Human)).token)).toBe('accepted')
      }
    }
    await verifier.close()
  })

  test('a verifier creates a new stream when the issuer has lost its own', async () => {
    let stream = ''
    const watching: typeof fetch = async (input, init) => {
      stream = /streams\/([^/]+)\/poll/.exec(String(input))?.[1] ?? stream
      return fetch(input, init)
    }
    const verifier = await aVerifier(muster, { ...client, lease: LEASE, onStale: 'refuse', fetch: watching })
    await eventually(() => stream !== '')
    const lost = stream
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret, scope: 'signals' })
    const { body } = await muster.call('POST', '/oauth/token', { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    await muster.call('DELETE', `/ssf/streams?stream_id=${lost}`, { token: body.access_token })
    await eventually(() => stream !== lost && verifier.isCurrent())
    expect(await verdict(verifier, token('ada'))).toBe('accepted')
    await verifier.close()
  })

  test('a verifier stops deciding from memory before it deletes its stream', async () => {
    let broken = false
    let acceptedAsItWent: boolean | undefined
    const breaking: typeof fetch = async (input, init) => {
      if (broken && init?.method === 'DELETE') {
        acceptedAsItWent = verifier.isCurrent()
        broken = false
      }
      const answer = await fetch(input, init)
      if (!broken || !String(input).endsWith('/poll')) return answer
      const body: any = await answer.json()
      for (const jti of Object.keys(body.sets)) body.sets[jti] = `${body.sets[jti].slice(0, -6)}AAAAAA`
      return new Response(JSON.stringify(body), { status: answer.status })
    }
    const verifier = await aVerifier(muster, { ...client, lease: 60, onStale: 'refuse', fetch: breaking })
    expect(await verdict(verifier, token('ada'))).toBe('accepted')
    broken = true
    for (const role of ['admin', 'member']) await admin('erin', 'PATCH', { role }) // At least one of these is a change.
    await eventually(() => acceptedAsItWent !== undefined, 60)
    expect(acceptedAsItWent).toBe(false)
    await eventually(() => verifier.isCurrent())
    await verifier.close()
  })

  test('an unreadable event is reported, and the verifier recovers', async () => {
    let broken = true
    const breaking: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input).endsWith('/poll') || !broken) return answer
      const body: any = await answer.json()
      for (const jti of Object.keys(body.sets)) body.sets[jti] = `${body.sets[jti].slice(0, -6)}AAAAAA`
      return new Response(JSON.stringify(body), { status: answer.status })
    }
    const faults: unknown[] = []
    const verifier = aVerifier(muster, { ...client, lease: LEASE, onStale: 'refuse', fetch: breaking, onError: (error) => faults.push(error) })
    await eventually(() => faults.length >= 4)
    broken = false
    expect(await verdict(await verifier, token('ada'))).toBe('accepted')
    expect(String(faults[0])).toContain('could not be read')
    await (await verifier).close()
  })
})

describe('with two server processes over one PostgreSQL', () => {
  let muster: Muster
  let wire: Wire
  let twin: ServerProcess
  const start = () =>
    startTwinProcess(muster.config, {
      MUSTER_SECRET: SECRET,
      MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
      MUSTER_SMTP_URL: muster.mail.url,
      MUSTER_HOSTS: wire.host,
    })
  beforeAll(async () => {
    wire = await startWire()
    muster = await startMuster({ engine: 'postgres' })
    twin = await start()
    wire.target = twin.url
  })
  afterAll(async () => {
    await twin?.stop()
    await wire?.stop()
    await muster?.close()
  })

  test('a verifier at one server refuses tokens revoked at the other, even after a kill', async () => {
    const client = await aClient(muster)
    const people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })
    const token = (name: string): string => (people[name] as Human).token
    const deactivate = (name: string, seconds: number) =>
      muster.call('POST', `/v1/organizations/ada/members/${name}/deactivate`, { token: token('ada'), headers: { prefer: `wait=${seconds}` } })
    const clock = movedClock()
    const options = { ...client, lease: LEASE, onStale: 'refuse' as const, fetch: counting(muster.url, wire.url).fetch, clock }
    const verifier = await aVerifier(muster, options)
    const { body } = await deactivate('bob', 10)
    expect(body.revocation.missing).toEqual([])
    expect(await verdict(verifier, token('bob'))).toBe('user_deactivated')

    await twin.kill()
    const answer = await deactivate('carol', 1)
    expect(answer.body.revocation.missing.length).toBeGreaterThan(0)
    clock.ahead = (new Date(answer.body.revocation.ended_everywhere_at).getTime() - Date.now()) / 1_000
    expect(await verdict(verifier, token('carol'))).toBe('unavailable: stale')
    twin = await start()
    wire.target = twin.url
    await eventually(() => verifier.isCurrent(), 30)
    expect(await verdict(verifier, token('carol'))).toBe('user_deactivated')
    expect(await verdict(verifier, token('ada'))).toBe('accepted')
    await verifier.close()
  })
})

/** A random generator with the same sequence in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
