import { addressReset, passwordResetToken, requestPasswordReset } from '@muster/server/domain/accounts/password-reset.ts'
import { startSession } from '@muster/server/domain/credentials/session.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { engines } from '@muster/testkit/database.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const next = 'marble tugboat lantern sixteen'

describe.each(engines)('the password and the email address on %s', (engine) => {
  let muster: Muster
  let count = 0
  const fresh = (name: string): string => `${name}${++count}`
  beforeAll(async () => {
    muster = await startMuster({ engine })
  })
  afterAll(() => muster.close())
  afterEach(() => muster.clock.restore())

  const post = (human: Pick<Human, 'token'>, path: string, body: unknown) => muster.call('POST', path, { token: human.token, body })
  const rows = async <Row>(statement: string): Promise<Row[]> => (await sql.raw<Row>(statement).execute(muster.server.database.kysely)).rows
  const works = async (human: Human): Promise<string> => {
    const { status, body } = await muster.call('GET', '/v1/me', { token: human.token })
    return status === 200 ? 'works' : body.code
  }
  const verifies = async (human: Human, password: string): Promise<boolean> => {
    const account = await muster.server.services.store.reading.accounts.find(human.id)
    return createPasswordHasher().verify(account?.passwordHash ?? null, password)
  }
  const codeTo = async (email: string): Promise<string> => /\b\d{6}\b/.exec((await muster.mail.next(email)).text)?.[0] ?? ''
  const resetLinkOf = async (human: Human): Promise<string> => {
    const { services } = muster.server
    await requestPasswordReset({ ...services }, { ...systemPrincipal }, { email: human.email })
    const [row] = await rows<{ id: `pwr_${string}` }>('select id from password_reset order by id desc limit 1')
    if (!row) throw new Error('no reset')
    await services.execute(addressReset, systemPrincipal, { id: row.id })
    return passwordResetToken(services.keys, { id: row.id, keyGeneration: 0 })
  }

  describe('the password', () => {
    test('a password change ends every other session and notifies the owner (S32, C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      const elsewhere = await muster.login(ada)
      const { services } = muster.server
      await services.execute(
        async (context, _: undefined) => {
          const account = await context.tx.accounts.find(ada.id)
          if (account) await startSession(context, { kind: 'refresh', account, organizationId: null, clientId: 'muster-cli' })
        },
        systemPrincipal,
        undefined,
      )
      const changed = await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })
      // The sessions that end are the testkit's earlier logins, `elsewhere`, and the one of the refresh token.
      expect(changed).toMatchObject({ status: 200, body: { ended: { keys: 0 }, keys: [] } })
      expect(changed.body.ended.sessions).toBeGreaterThanOrEqual(2)
      expect([await works(ada), await works(elsewhere)]).toEqual(['works', 'token_revoked'])
      expect((await muster.call('GET', '/v1/me/sessions', { token: ada.token })).body.items).toHaveLength(1)
      expect([await verifies(ada, PASSWORD), await verifies(ada, next)]).toEqual([false, true])
      const mail = await muster.mail.next(ada.email)
      expect(mail.subject).toBe('Your password was changed')
      expect(mail.text).toContain(`${muster.url}/logins`)
      const [event] = await rows<{ details: object }>(`select details from audit_event where type = 'password.changed' and target = '${ada.id}'`)
      expect(event?.details).toEqual({ endedSessions: changed.body.ended.sessions, endedKeys: 0 })
    })

    test('a password change needs the current password, in ten attempts at most (C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      expect(await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: 'short' })).toMatchObject({
        status: 422,
        body: { code: 'password_length' },
      })
      expect(await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: `${ada.email}${ada.email}` })).toMatchObject({
        body: { code: 'password_too_weak' },
      })
      for (let tries = 0; tries < 10; tries++) {
        expect(await post(ada, '/v1/me/password', { current_password: `wrong ${tries}`, new_password: next })).toMatchObject({
          status: 403,
          body: { code: 'password_wrong' },
        })
      }
      expect(await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })).toMatchObject({
        status: 429,
        body: { code: 'too_many_attempts' },
      })
      expect(await verifies(ada, PASSWORD)).toBe(true)
      expect(await works(ada)).toBe('works')
    })

    test("a password change keeps the user's keys unless asked to revoke them (S32)", async () => {
      const ada = await muster.person(fresh('ada'))
      const key = (await post(ada, '/v1/me/keys', { description: 'deployment', scope: 'all' })).body
      const kept = await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })
      expect(kept.body).toMatchObject({ ended: { keys: 0 }, keys: [{ description: 'deployment' }] })
      expect(JSON.stringify(kept.body)).not.toContain(key.key)
      expect((await muster.call('GET', `/v1/organizations/${ada.name}`, { token: key.key })).status).toBe(200)
      const ended = await post(ada, '/v1/me/password', { current_password: next, new_password: PASSWORD, end_keys: true })
      expect(ended.body).toMatchObject({ ended: { keys: 1 }, keys: [] })
      expect(await muster.call('GET', `/v1/organizations/${ada.name}`, { token: key.key })).toMatchObject({ status: 401 })
    })

    test('an API key cannot change the password or the email address (S59)', async () => {
      const ada = await muster.person(fresh('ada'))
      const { key } = (await post(ada, '/v1/me/keys', { description: 'x', scope: 'all' })).body
      for (const [path, body] of [
        ['/v1/me/password', { current_password: PASSWORD, new_password: next }],
        ['/v1/me/email', { password: PASSWORD, email: 'thief@example.com' }],
        ['/v1/me/email/verify', { code: '000000' }],
      ] as const) {
        expect(await post({ token: key }, path, body), path).toMatchObject({ status: 403, body: { code: 'session_required' } })
      }
    })

    test("a password reset lists the user's keys and revokes them on request (S32)", async () => {
      const ada = await muster.person(fresh('ada'))
      const key = (await post(ada, '/v1/me/keys', { description: 'laptop of ada', scope: 'all' })).body.key
      const works = async () => (await muster.call('GET', '/v1/me', { token: key })).status
      const reset = async (fields: Record<string, string>) => {
        const token = await resetLinkOf(ada)
        const listed = (await (await fetch(`${muster.url}/reset-password?token=${token}`)).text()).includes('laptop of ada')
        const headers = { 'sec-fetch-site': 'same-origin' }
        const set = await fetch(`${muster.url}/reset-password`, {
          method: 'POST',
          redirect: 'manual',
          headers,
          body: new URLSearchParams({ token, ...fields }),
        })
        let mail = await muster.mail.next(ada.email)
        while (mail.subject !== 'Your password was changed') mail = await muster.mail.next(ada.email)
        return [listed, set.status, mail.text.replace(/\s+/g, ' ').includes('Your API key stays valid')]
      }
      expect(await reset({ password: next })).toEqual([true, 303, true])
      expect(await works()).toBe(200)
      expect(await reset({ password: `${next} again`, end_keys: 'yes' })).toEqual([true, 303, false])
      expect(await works()).toBe(401)
    })

    test('a reset link is invalid after a password change (A15)', async () => {
      const ada = await muster.person(fresh('ada'))
      const token = await resetLinkOf(ada)
      expect((await fetch(`${muster.url}/reset-password?token=${token}`)).status).toBe(200)
      await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })
      expect((await fetch(`${muster.url}/reset-password?token=${token}`)).status).toBe(410)
    })

    test('one of two simultaneous changes from the same old password succeeds (C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      const answers = await Promise.all([1, 2].map((number) => post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: `${next} ${number}` })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.find(({ status }) => status !== 200)?.body.code).toBe('password_wrong')
    })
  })

  describe('the email address', () => {
    test('an email address changes when the code sent to it is entered (S44, C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      const wanted = `New.${ada.name}@Example.org`
      const asked = await post(ada, '/v1/me/email', { password: PASSWORD, email: wanted })
      expect(asked).toMatchObject({ status: 200, body: { email: wanted } })
      expect((await muster.call('GET', '/v1/me', { token: ada.token })).body.email).toBe(ada.email)
      const code = await codeTo(wanted)
      expect(await post(ada, '/v1/me/email/verify', { code: `${code.slice(0, 3)} ${code.slice(3)}` })).toMatchObject({ status: 200, body: { email: wanted } })
      expect((await muster.call('GET', '/v1/me', { token: ada.token })).body.email).toBe(wanted)
      const { accounts } = muster.server.services.store.reading
      expect((await accounts.findByEmail(`new.${ada.name}@example.org`))?.id).toBe(ada.id)
      expect(await accounts.findByEmail(ada.email)).toBeNull()
      const notice = await muster.mail.next(ada.email)
      expect(notice.subject).toBe('Your email address was changed')
      expect(notice.text).not.toContain(wanted)
      expect(await post(ada, '/v1/me/email/verify', { code })).toMatchObject({ status: 404, body: { code: 'email_change_not_found' } })
      // The search index of the members must follow the new address.
      const found = await muster.call('GET', `/v1/organizations/${ada.name}/members?q=new.${ada.name}@`, { token: ada.token })
      expect(found.body.items).toHaveLength(1)
      // The audit event says that the address changed, without either address (S38).
      const recorded = await rows(`select details, field, value from audit_event left join audit_personal on event_id = id where target = '${ada.id}'`)
      expect(recorded.length).toBeGreaterThan(0)
      expect(JSON.stringify(recorded)).not.toMatch(/@/)
    })

    test('a code for a new address has five attempts and expires in ten minutes (S44)', async () => {
      const ada = await muster.person(fresh('ada'))
      await post(ada, '/v1/me/email', { password: PASSWORD, email: `a${ada.name}@example.org` })
      const code = await codeTo(`a${ada.name}@example.org`)
      const wrong = code === '000000' ? '000001' : '000000'
      for (let tries = 1; tries <= 5; tries++) {
        expect((await post(ada, '/v1/me/email/verify', { code: wrong })).body.code).toBe(tries < 5 ? 'code_wrong' : 'code_exhausted')
      }
      expect((await post(ada, '/v1/me/email/verify', { code })).body.code).toBe('code_exhausted')
      await post(ada, '/v1/me/email', { password: PASSWORD, email: `b${ada.name}@example.org` })
      const second = await codeTo(`b${ada.name}@example.org`)
      await muster.clock.advance(601)
      expect((await post(ada, '/v1/me/email/verify', { code: second })).body.code).toBe('code_expired')
      expect((await muster.call('GET', '/v1/me', { token: ada.token })).body.email).toBe(ada.email)
    })

    test('an email change needs the password and the session that requested it (C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      expect((await post(ada, '/v1/me/email', { password: 'wrong', email: 'x@example.org' })).body.code).toBe('password_wrong')
      expect((await post(ada, '/v1/me/email', { password: PASSWORD, email: ada.email })).body.code).toBe('email_unchanged')
      await post(ada, '/v1/me/email', { password: PASSWORD, email: `c${ada.name}@example.org` })
      const code = await codeTo(`c${ada.name}@example.org`)
      expect((await post(await muster.login(ada), '/v1/me/email/verify', { code })).body.code).toBe('email_change_not_found')
    })

    test('an address in use gets the same response, and an email without a code (S44, C06)', async () => {
      const [ada, bob] = [await muster.person(fresh('ada')), await muster.person(fresh('bob'))]
      const free = await post(ada, '/v1/me/email', { password: PASSWORD, email: 'nobody.there@example.org' })
      const taken = await post(ada, '/v1/me/email', { password: PASSWORD, email: bob.email })
      expect([taken.status, Object.keys(taken.body)]).toEqual([free.status, Object.keys(free.body)])
      const mail = await muster.mail.next(bob.email)
      expect(mail.subject).toBe('This email address already has an account')
      expect(mail.text).not.toMatch(/\b\d{6}\b/)
    })

    test('an address goes to one of two users who confirm it at once (S44)', async () => {
      const wanted = `${fresh('shared')}@example.org`
      const two = [await muster.person(fresh('ada')), await muster.person(fresh('bob'))]
      const codes: string[] = []
      for (const one of two) {
        await post(one, '/v1/me/email', { password: PASSWORD, email: wanted })
        codes.push(await codeTo(wanted))
      }
      const answers = await Promise.all(two.map((one, index) => post(one, '/v1/me/email/verify', { code: codes[index] })))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
      expect(answers.find(({ status }) => status === 409)?.body.code).toBe('address_in_use')
      expect(await rows(`select id from account where email_canonical = '${wanted}'`)).toHaveLength(1)
    })

    test('a pending link or code is invalid after an address or password change (C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      const token = await resetLinkOf(ada)
      await post(ada, '/v1/me/email', { password: PASSWORD, email: `d${ada.name}@example.org` })
      await post(ada, '/v1/me/email/verify', { code: await codeTo(`d${ada.name}@example.org`) })
      expect((await fetch(`${muster.url}/reset-password?token=${token}`)).status).toBe(410)
      await post(ada, '/v1/me/email', { password: PASSWORD, email: `e${ada.name}@example.org` })
      const code = await codeTo(`e${ada.name}@example.org`)
      await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })
      expect((await post(ada, '/v1/me/email/verify', { code })).body.code).toBe('email_change_not_found')
    })
  })

  describe('names of people', () => {
    test("an admin changes a member's names, and the audit event names the admin (S4)", async () => {
      const [chief, clerk] = [fresh('chief'), fresh('clerk')]
      const people = await muster.organization({ [chief]: 'admin', [clerk]: 'member' })
      const path = `/v1/organizations/${chief}/members/${clerk}`
      const token = (people[chief] as Human).token
      expect((await muster.call('PATCH', path, { token, body: { given_name: ' Clara ', family_name: '' } })).body).toMatchObject({
        given_name: 'Clara',
        family_name: '',
        role: 'member',
      })
      expect((await muster.call('PATCH', path, { token, body: { family_name: 'Clark', role: 'admin' } })).body).toMatchObject({
        family_name: 'Clark',
        role: 'admin',
      })
      expect((await muster.call('PATCH', path, { token, body: {} })).status).toBe(422)
      expect((await muster.call('PATCH', path, { token, body: { given_name: 'a\u202Eb' } })).body.code).toBe('person_name_invalid')
      const { items } = (await muster.call('GET', `/v1/organizations/${chief}/audit-events?action=user.names_changed`, { token })).body
      expect(items[0]).toMatchObject({ actor: { name: chief }, target: { name: clerk }, details: { fields: ['familyName'] } })
    })

    test("a person's name is one line of visible characters", async () => {
      const ada = await muster.person(fresh('ada'))
      expect((await muster.call('PATCH', '/v1/me', { token: ada.token, body: { given_name: 'A\u202Eda' } })).body.code).toBe('person_name_invalid')
      expect((await muster.call('PATCH', '/v1/me', { token: ada.token, body: { given_name: '  Ada\n  Maria ', company: '' } })).body).toMatchObject({
        given_name: 'Ada Maria',
        company: '',
      })
    })
  })
})
