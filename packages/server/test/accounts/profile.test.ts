import { addressReset, passwordResetToken, requestPasswordReset } from '@muster/server/domain/password-reset.ts'
import { systemPrincipal } from '@muster/server/domain/principal.ts'
import { startSession } from '@muster/server/domain/session.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import type { Engine } from '@muster/testkit/database.ts'
import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

const next = 'marble tugboat lantern sixteen'

describe.each<Engine>(['pglite', 'postgres'])('password and address on %s', (engine) => {
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
    return passwordResetToken(services.keys, row.id)
  }

  describe('the password', () => {
    test('is changed with the current one; every other session and refresh token ends, the one that asks goes on, and the owner is told (S32, C16)', async () => {
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
      // The two logins of the testkit before this one, elsewhere, and the refresh token's.
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

    test('is not changed without the current one, nor to one that is easy to guess; tries have an end (C16)', async () => {
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

    test('keys are listed and kept, unless they are to end (S32)', async () => {
      const ada = await muster.person(fresh('ada'))
      const key = (await post(ada, '/v1/me/keys', { description: 'deployment' })).body
      const kept = await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })
      expect(kept.body).toMatchObject({ ended: { keys: 0 }, keys: [{ description: 'deployment' }] })
      expect(JSON.stringify(kept.body)).not.toContain(key.key)
      expect((await muster.call('GET', `/v1/organizations/${ada.name}`, { token: key.key })).status).toBe(200)
      const ended = await post(ada, '/v1/me/password', { current_password: next, new_password: PASSWORD, end_keys: true })
      expect(ended.body).toMatchObject({ ended: { keys: 1 }, keys: [] })
      expect(await muster.call('GET', `/v1/organizations/${ada.name}`, { token: key.key })).toMatchObject({ status: 401 })
    })

    test('is nothing a key can change, whatever it knows (S59)', async () => {
      const ada = await muster.person(fresh('ada'))
      const { key } = (await post(ada, '/v1/me/keys', { description: 'x' })).body
      for (const [path, body] of [
        ['/v1/me/password', { current_password: PASSWORD, new_password: next }],
        ['/v1/me/email', { password: PASSWORD, email: 'thief@example.com' }],
        ['/v1/me/email/verify', { code: '000000' }],
      ] as const) {
        expect(await post({ token: key }, path, body), path).toMatchObject({ status: 403, body: { code: 'session_required' } })
      }
    })

    test('by a mailed link they are listed too, and end if that is asked for; the mail that tells of it says how many go on (S32)', async () => {
      const ada = await muster.person(fresh('ada'))
      const key = (await post(ada, '/v1/me/keys', { description: 'laptop of ada' })).body.key
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
        return [listed, set.status, mail.text.replace(/\s+/g, ' ').includes('An API key of yours goes on working')]
      }
      expect(await reset({ password: next })).toEqual([true, 303, true])
      expect(await works()).toBe(200)
      expect(await reset({ password: `${next} again`, end_keys: 'yes' })).toEqual([true, 303, false])
      expect(await works()).toBe(401)
    })

    test('a reset link of before is worth nothing after a change (A15)', async () => {
      const ada = await muster.person(fresh('ada'))
      const token = await resetLinkOf(ada)
      expect((await fetch(`${muster.url}/reset-password?token=${token}`)).status).toBe(200)
      await post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: next })
      expect((await fetch(`${muster.url}/reset-password?token=${token}`)).status).toBe(410)
    })

    test('of two changes at once with the same old one, one is made (C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      const answers = await Promise.all([1, 2].map((number) => post(ada, '/v1/me/password', { current_password: PASSWORD, new_password: `${next} ${number}` })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.find(({ status }) => status !== 200)?.body.code).toBe('password_wrong')
    })
  })

  describe('the address', () => {
    test('changes when the code that was mailed to the new one is entered; the old one is told, and signs in no more (S44, C16)', async () => {
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
      expect(notice.subject).toBe('The address of your account was changed')
      expect(notice.text).not.toContain(wanted)
      expect(await post(ada, '/v1/me/email/verify', { code })).toMatchObject({ status: 404, body: { code: 'email_change_not_found' } })
      // The directory finds them by the new one.
      const found = await muster.call('GET', `/v1/organizations/${ada.name}/members?q=new.${ada.name}@`, { token: ada.token })
      expect(found.body.items).toHaveLength(1)
      // What the record holds is that it changed, not to what (S38).
      expect(JSON.stringify(await rows(`select details from audit_event where target = '${ada.id}'`))).not.toMatch(/@/)
    })

    test('five tries for a code, and ten minutes (S44)', async () => {
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

    test('without the password nothing begins, and only the login that gave it may end it (C16)', async () => {
      const ada = await muster.person(fresh('ada'))
      expect((await post(ada, '/v1/me/email', { password: 'wrong', email: 'x@example.org' })).body.code).toBe('password_wrong')
      expect((await post(ada, '/v1/me/email', { password: PASSWORD, email: ada.email })).body.code).toBe('email_unchanged')
      await post(ada, '/v1/me/email', { password: PASSWORD, email: `c${ada.name}@example.org` })
      const code = await codeTo(`c${ada.name}@example.org`)
      expect((await post(await muster.login(ada), '/v1/me/email/verify', { code })).body.code).toBe('email_change_not_found')
    })

    test('an address in use gets the same answer, and a mail that says so (S44, C06)', async () => {
      const [ada, bob] = [await muster.person(fresh('ada')), await muster.person(fresh('bob'))]
      const free = await post(ada, '/v1/me/email', { password: PASSWORD, email: 'nobody.there@example.org' })
      const taken = await post(ada, '/v1/me/email', { password: PASSWORD, email: bob.email })
      expect([taken.status, Object.keys(taken.body)]).toEqual([free.status, Object.keys(free.body)])
      const mail = await muster.mail.next(bob.email)
      expect(mail.subject).toBe('This address has an account already')
      expect(mail.text).not.toMatch(/\b\d{6}\b/)
    })

    test('of two who proved the same inbox one gets the address (S44)', async () => {
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

    test('links that were mailed to the old address end with it, and a change under way ends with the password (C16)', async () => {
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

  describe('names', () => {
    test("an admin mends a member's names, alone or with the role; the record says who did (S4)", async () => {
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

    test('a name is one line that can be seen, whoever sets it', async () => {
      const ada = await muster.person(fresh('ada'))
      expect((await muster.call('PATCH', '/v1/me', { token: ada.token, body: { given_name: 'A\u202Eda' } })).body.code).toBe('person_name_invalid')
      expect((await muster.call('PATCH', '/v1/me', { token: ada.token, body: { given_name: '  Ada\n  Maria ', company: '' } })).body).toMatchObject({
        given_name: 'Ada Maria',
        company: '',
      })
    })
  })
})
