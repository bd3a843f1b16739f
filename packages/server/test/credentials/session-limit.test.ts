import type { SessionKind } from '@muster/contract/events.ts'
import type { Context } from '@muster/server/domain/command/context.ts'
import { requireStanding } from '@muster/server/domain/command/refused-credential.ts'
import { requireRefreshLogin } from '@muster/server/domain/credentials/refresh-token.ts'
import { sessionLimits, startSession } from '@muster/server/domain/credentials/session.ts'
import type { Session } from '@muster/server/domain/model/session.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe.each(engines)('the limit of sessions on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())

  interface Kind {
    kind: SessionKind
    clientId: string | null
  }

  /** A person with older sessions, named by their age: `ses_<name>_1` is the oldest. */
  async function personWith(name: string, { kind, clientId }: Kind, count: number): Promise<Person> {
    const person = await world.person(name)
    await world.rows(`delete from session where user_id = '${person.id}' and id <> '${person.principal.sessionId}'`)
    await older(person, name, { kind, clientId }, count)
    await world.written()
    return person
  }
  const older = ({ id, principal }: Person, name: string, { kind, clientId }: Kind, count: number, epoch = principal.epoch) =>
    world.rows(`insert into session (id, kind, user_id, organization_id, epoch, client_id, created_at, expires_at)
      select 'ses_${name}_' || i, '${kind}', '${id}', '${principal.organizationId}', ${epoch}, ${clientId === null ? 'null' : `'${clientId}'`},
        muster_now() - make_interval(secs => 100 + ${count} - i), muster_now() + interval '1 day' from generate_series(1, ${count}) i`)
  const start = (person: Person, { kind, clientId }: Kind): Promise<Session> => world.execute(begin, person.principal, { person, kind, clientId })
  async function begin({ tx, ...context }: Context, { person, kind, clientId }: Kind & { person: Person }): Promise<Session> {
    const account = await tx.accounts.lock(person.id)
    if (!account) throw new Error('no account')
    return startSession({ tx, ...context }, { kind, account, organizationId: person.principal.organizationId, clientId })
  }
  const endedOf = async ({ id }: Person): Promise<string[]> =>
    (await world.rows<{ id: string }>(`select id from session where user_id = '${id}' and ended_at is not null order by created_at`)).map((row) => row.id)
  const countOf = async ({ id }: Person, kind: SessionKind): Promise<number> =>
    (await world.rows<{ count: number }>(`select count(*)::int as count from session where user_id = '${id}' and kind = '${kind}' and ended_at is null`))[0]
      ?.count ?? 0

  test.each<Kind & { limited: keyof typeof sessionLimits }>([
    { limited: 'browser', kind: 'browser', clientId: null },
    { limited: 'cli', kind: 'cli', clientId: 'muster-cli' },
    { limited: 'application', kind: 'application', clientId: 'cli_shop' },
  ])('a new $limited session ends the oldest one at the limit (S61)', async ({ limited, ...kind }) => {
    const name = `at_${limited}`
    const person = await personWith(name, kind, sessionLimits[limited] - 1)
    if (limited === 'cli') await world.rows(`update session set kind = 'browser' where id = '${person.principal.sessionId}'`)
    const last = await start(person, kind)
    expect(await endedOf(person)).toEqual([])
    await world.written()
    await start(person, kind)
    expect(await endedOf(person)).toEqual([`ses_${name}_1`])
    expect((await world.written()).map(({ type, target, details }) => [type, target.slice(0, 4), details['reason']])).toEqual([
      ['session.started', 'ses_', undefined],
      ['session.ended', 'ses_', 'session_limit'],
    ])
    expect(await world.rows(`select value ->> 'reason' as reason from revocation where kind = 'session' and subject = 'ses_${name}_1'`)).toEqual([
      { reason: 'token_revoked' },
    ])
    const refused = world.execute(
      ({ tx }, _: undefined) => requireStanding(tx, { ...person.principal, sessionId: `ses_${name}_1` as never }),
      person.principal,
      undefined,
    )
    await expect(refused).rejects.toMatchObject({ code: 'token_revoked' })
    expect((await world.store.reading.sessions.find(last.id))?.endedAt).toBeNull()
  })

  test('a session of another kind or application ends none (S61)', async () => {
    const shop: Kind = { kind: 'application', clientId: 'cli_shop' }
    const person = await personWith('several', shop, sessionLimits.application)
    await older(person, 'several_wiki', { kind: 'application', clientId: 'cli_wiki' }, sessionLimits.application - 1)
    await start(person, { kind: 'browser', clientId: null })
    await start(person, { kind: 'cli', clientId: 'muster-cli' })
    await start(person, { kind: 'application', clientId: 'cli_wiki' })
    expect(await endedOf(person)).toEqual([])
  })

  test('ended, expired and outdated sessions do not count towards the limit (S61)', async () => {
    const browser: Kind = { kind: 'browser', clientId: null }
    const person = await personWith('former', browser, sessionLimits.browser)
    await world.rows(`update session set expires_at = muster_now() where id = 'ses_former_1'`)
    await older(person, 'former_epoch', browser, 20, person.principal.epoch - 1)
    await start(person, browser)
    expect(await endedOf(person)).toEqual([])
    await start(person, browser)
    expect(await endedOf(person)).toEqual(['ses_former_2'])
  })

  test('no new login ends a refresh token of the CLI (S47, S61)', async () => {
    const refresh: Kind = { kind: 'refresh', clientId: 'muster-cli' }
    const person = await personWith('pipeline', refresh, 50)
    await older(person, 'pipeline_cli', { kind: 'cli', clientId: 'muster-cli' }, sessionLimits.cli)
    for (const kind of ['cli', 'browser'] as const) await start(person, { kind, clientId: 'muster-cli' })
    expect(await countOf(person, 'refresh')).toBe(50)
    const another = world.execute(({ tx }, _: undefined) => requireRefreshLogin(tx, person.id), person.principal, undefined)
    await expect(another).rejects.toMatchObject({ code: 'refresh_token_limit' })
    await start(person, refresh)
    expect(await countOf(person, 'refresh')).toBe(51)
  })

  test('a person far beyond the limit loses ten sessions with each login', async () => {
    const browser: Kind = { kind: 'browser', clientId: null }
    const person = await personWith('legacy', browser, sessionLimits.browser + 100)
    await start(person, browser)
    expect(await endedOf(person)).toEqual(Array.from({ length: 10 }, (_, index) => `ses_legacy_${index + 1}`))
  })

  test('logins at the same moment keep to the limit (S61)', async () => {
    const browser: Kind = { kind: 'browser', clientId: null }
    const person = await personWith('hasty', browser, sessionLimits.browser - 2)
    await Promise.all(Array.from({ length: 6 }, () => start(person, browser)))
    expect(await countOf(person, 'browser')).toBe(sessionLimits.browser)
    expect(await endedOf(person)).toEqual([1, 2, 3, 4].map((number) => `ses_hasty_${number}`))
  })

  test('the count of sessions that a deactivation ends stops at its bound', async () => {
    const person = await personWith('counted', { kind: 'cli', clientId: 'muster-cli' }, 30)
    expect(await world.store.reading.sessions.countAlive(person.id, 1_000)).toBe(31)
    expect(await world.store.reading.sessions.countAlive(person.id, 20)).toBe(20)
  })
})
