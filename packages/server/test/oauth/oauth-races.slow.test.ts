import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { approveDevice, claimDevice, denyDevice } from '@muster/server/domain/credentials/device-authorization.ts'
import type { Problem } from '@muster/server/domain/model/problem.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { rounds } from '@muster/testkit/rounds.ts'
import { afterAll, beforeAll, test } from 'vitest'
import { answerDevice, browserOf, deviceLogin, pollDevice, postForm, refresh, SCOPE, startDevice } from './conversation.ts'

// PGlite runs one transaction at a time and would pass without the conditions, so these races need PostgreSQL.
let muster: Muster
let twin: Muster
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
  // The twin is another process of the same installation, with the same issuer at another address.
  const port = await freePort()
  const env = { PORT: String(port), MUSTER_ISSUER: muster.url, MUSTER_HOSTS: `localhost:${port}` }
  twin = { ...(await startMuster({ databaseUrl: muster.config.databaseUrl ?? '', env })), url: `http://localhost:${port}` }
})
afterAll(async () => {
  await twin.close()
  await muster.close()
})

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}

async function codeOf(server: Muster, token: string): Promise<string | undefined> {
  const response = await fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  return ((await response.json()) as { code?: string }).code
}

const servers = (index: number): Muster => (index % 2 === 0 ? muster : twin)

type Said = [status: number, code: string | undefined]

/** Calls both processes with six loops. Each stops after three calls that began after `acknowledge`. */
function refreshUntilAfter(ask: (server: Muster) => Promise<Said>): { acknowledge(): void; done: Promise<Record<'early' | 'late', Said[]>> } {
  let acknowledged = false
  const said: Record<'early' | 'late', Said[]> = { early: [], late: [] }
  const asking = Array.from({ length: 6 }, async (_, index) => {
    for (let left = 3; left > 0; ) {
      const when = acknowledged ? 'late' : 'early'
      if (when === 'late') left -= 1
      said[when].push(await ask(servers(index)))
    }
  })
  return {
    acknowledge() {
      acknowledged = true
    },
    done: Promise.all(asking).then(() => said),
  }
}

test('a device code redeemed 32 times at once gives tokens once, on two processes (I3)', async () => {
  const ada = await muster.person('ada')
  const all = rounds(4)
  for (const _ of all) {
    const { body } = await startDevice(muster, `${SCOPE} offline_access`)
    await answerDevice(muster, ada, body.user_code)
    const answers = await Promise.all(Array.from({ length: 32 }, (_, index) => pollDevice(servers(index), body.device_code)))
    const won = answers.filter(({ status }) => status === 200)
    assert.equal(won.length, 1)
    for (const { status, body } of answers) if (status !== 200) assert.deepEqual([status, body.error], [400, 'invalid_grant'])
    assert.equal((await refresh(muster, won[0]?.body.refresh_token)).status, 200, 'and the losers harm nobody')
  }
  const { kysely } = muster.server.database
  const rows = await kysely.selectFrom('refresh_token').select('id').where('user_id', '=', ada.id).execute()
  const issued = await kysely.selectFrom('audit_event').select('id').where('type', '=', 'refresh_token.issued').execute()
  assert.deepEqual([rows.length, issued.length], [all.length, all.length])
})

test('a user code entered in many browsers at once is claimed by one', async () => {
  const people = await Promise.all(['bea', 'bob', 'ben', 'bix'].map((name) => muster.person(name)))
  const { body } = await startDevice(muster)
  const claims = await Promise.allSettled(
    people.map(async (human, index) =>
      muster.server.services.execute(claimDevice, (await browserOf(servers(index), human)).principal, { userCode: body.user_code.toLowerCase() }),
    ),
  )
  assert.equal(claims.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const claim of claims) if (claim.status === 'rejected') assert.equal((claim.reason as Problem).code, 'user_code_claimed')
})

test('either approval or denial wins when they race', async () => {
  const cat = await muster.person('cat')
  const { execute } = muster.server.services
  for (const _ of rounds(4)) {
    const { body } = await startDevice(muster)
    const { principal } = await browserOf(muster, cat)
    const { id } = await execute(claimDevice, principal, { userCode: body.user_code })
    const results = await Promise.allSettled([
      execute(approveDevice, principal, { id }),
      execute(denyDevice, principal, { id }),
      execute(approveDevice, principal, { id }),
    ])
    const done = results.map(({ status }) => status === 'fulfilled')
    assert.equal(done.filter(Boolean).length, 1, JSON.stringify(done))
    const poll = await pollDevice(muster, body.device_code)
    assert.equal(poll.status === 200, !done[1])
  }
})

test('a refresh after a revocation is refused, and earlier tokens end (E07, I7)', async () => {
  const dan = await muster.person('dan')
  for (const _ of rounds(5)) {
    const { refresh_token = '' } = await deviceLogin(muster, dan, `${SCOPE} offline_access`)
    const got: string[] = []
    const refreshing = refreshUntilAfter(async (server) => {
      const { status, body } = await refresh(server, refresh_token)
      if (status === 200) got.push(body.access_token)
      return [status, body.code]
    })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    const revoked = await postForm(twin, '/oauth/revoke', { token: refresh_token }).finally(refreshing.acknowledge)
    assert.equal(revoked.status, 200)
    const { early, late } = await refreshing.done
    for (const answer of late) assert.deepEqual(answer, [400, 'token_revoked'])
    for (const [status, code] of early) if (status !== 200) assert.equal(code, 'token_revoked')
    for (const code of await Promise.all(got.map((token, index) => codeOf(servers(index), token)))) assert.equal(code, 'token_revoked')
  }
})

test('a refresh that begins after an acknowledged removal is refused (I7, S32)', async () => {
  for (const round of rounds(3)) {
    const { [`eve${round}`]: admin, [`fay${round}`]: member } = (await muster.organization({ [`eve${round}`]: 'admin', [`fay${round}`]: 'member' })) as Record<
      string,
      Human
    >
    const { refresh_token = '' } = await deviceLogin(muster, member as Human, `${SCOPE} offline_access`)
    const got: string[] = []
    const refreshing = refreshUntilAfter(async (server) => {
      const { status, body } = await refresh(server, refresh_token)
      if (status === 200) got.push(body.access_token)
      return [status, body.code]
    })
    const path = `/v1/organizations/eve${round}/members/fay${round}`
    const removed = await muster.call('DELETE', path, { token: admin?.token }).finally(refreshing.acknowledge)
    assert.equal(removed.status, 200)
    for (const answer of (await refreshing.done).late) assert.deepEqual(answer, [400, 'membership_left'])
    for (const token of got) assert.equal(await codeOf(twin, token), 'membership_left')
  }
})
