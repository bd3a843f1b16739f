import { createHash, randomBytes } from 'node:crypto'
import { startApplicationSession } from '@muster/server/domain/credentials/application-session.ts'
import { finishAllSessions, startBrowserSession } from '@muster/server/domain/credentials/session.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { aWorld, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// PGlite runs one transaction at a time, so this race needs PostgreSQL.
let world: World
beforeAll(async () => {
  world = await aWorld('postgres')
})
afterAll(() => world.close())

const digest = (text: string) => createHash('sha256').update(text).digest()

test('a password reset ends an application session started at the same time (S32)', async () => {
  const ada = await world.person('ada')
  for (let round = 0; round < 5; round++) {
    const startedBy = await world.execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.find(ada.id)
        if (!account) throw new Error('no account')
        return (await startBrowserSession(context, account, ada.principal.organizationId, { methods: ['pwd'] })).session.id
      },
      systemPrincipal,
      undefined,
    )
    const codeHash = digest(randomBytes(8).toString('hex'))
    await world.store.reading.oauthModels.put('AuthorizationCode', codeHash, { payload: {}, uid: null, grantId: null, lifetimeSeconds: 60 })

    // A password reset is held open between its last change and its commit, and the application redeems its code at that moment.
    let ended: () => void = () => {}
    let commit: () => void = () => {}
    const hasEnded = new Promise<void>((resolve) => (ended = resolve))
    const mayCommit = new Promise<void>((resolve) => (commit = resolve))
    const reset = world.execute(
      async (context, _: undefined) => {
        await context.tx.accounts.lock(ada.id)
        await finishAllSessions(context, ada.id, null, 'password_reset')
        ended()
        await mayCommit
      },
      systemPrincipal,
      undefined,
    )
    await hasEnded
    const taken = world
      .execute(startApplicationSession, systemPrincipal, { codeHash, sessionId: newId('session'), clientId: 'app', startedBy, grant: {}, firstParty: true })
      .then(() => 'taken')
      .catch((error: { code?: string }) => error.code)
    await new Promise((resolve) => setTimeout(resolve, 100))
    commit()
    await reset
    expect(await taken).toBe('token_revoked')
    expect(await world.rows(`select id from session where user_id = '${ada.id}' and ended_at is null`)).toEqual([])
  }
})
