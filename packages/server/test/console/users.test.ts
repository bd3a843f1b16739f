import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, heading, isForEveryone, press, said } from './visitor.ts'

// What an admin does with users in the console. isForEveryone checks a page in both themes and at 320 px.

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

describe('the list of users', () => {
  test('searches while typing and keeps its filters in the URL', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member', carol: 'member', boss: 'admin' })
    const [ada, bob, carol, boss] = [named('ada'), named('bob'), named('carol'), named('boss')]
    await call('POST', `/members/${carol.name}/deactivate`, {})
    const { page, complaints } = await site.consoleOf(ada, '/users')
    await heading(page, 'Manage users').waitFor()
    expect(await page.title()).toBe('Manage users · Muster')
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*${bob.email}.*Member.*Active.*just now`) }).waitFor()
    await page.getByRole('row', { name: new RegExp(`${carol.name}.*Deactivated`) }).waitFor()
    await page.getByText('3 active, 1 deactivated').waitFor()

    await page.keyboard.press('/')
    await page.keyboard.type(bob.email)
    await page.getByText('1 total').waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe(bob.email)
    expect(await page.getByRole('link', { name: carol.name, exact: true }).count()).toBe(0)

    await page.getByRole('searchbox').fill('')
    await page.getByLabel('Role').selectOption('Admins')
    await page.getByText('2 total').waitFor()
    await page.getByLabel('Status').selectOption('Deactivated')
    await page.getByRole('heading', { name: 'No matching users' }).waitFor()
    await press(page, 'Clear search and filters')
    await page.getByText('4 total').waitFor()
    await page.getByLabel('Role').selectOption('Admins')
    await page.getByText('2 total').waitFor()
    await page.reload()
    await page.getByText('2 total').waitFor()
    await page.getByRole('link', { name: boss.name, exact: true }).waitFor()
    expect(complaints).toEqual([])
    await isForEveryone(page)
  })

  test('loads more on scrolling and keeps few rows in the page', async () => {
    const { org, named } = await site.organization({ ada: 'admin' })
    await crowd(org, 1_500)
    const { page } = await site.consoleOf(named('ada'), '/users')
    await page.getByText('100 of 1,501 loaded. Scroll to load more.').waitFor()
    for (let reached = 100; reached < 400; reached = await loaded()) {
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      await page.getByText(new RegExp(`^(?!${reached.toLocaleString('en')} of).* loaded\\.`)).waitFor()
    }
    async function loaded(): Promise<number> {
      const text = (await page.getByText(/ loaded\. Scroll/).textContent()) ?? '0'
      return Number(text.split(' ')[0]?.replaceAll(',', ''))
    }
    expect(await page.getByRole('row').count()).toBeLessThan(80)
    expect(Number(await page.getByRole('table', { name: 'Users' }).getAttribute('aria-rowcount'))).toBe(1_502)

    await page.evaluate('scrollTo(0, 0)')
    const first = page.getByRole('row').nth(1).getByRole('link')
    await first.focus()
    await page.keyboard.press('ArrowDown')
    const second = await page.getByRole('row').nth(2).getByRole('link').innerText()
    expect(await page.evaluate('document.activeElement.textContent')).toBe(second)
  })

  test('shows username, email and role at every width', async () => {
    const { named } = await site.organization({ the_ops_person: 'admin', bob: 'member' })
    const [ops, bob] = [named('the_ops_person'), named('bob')]
    const { page } = await site.consoleOf(ops, '/users')
    for (const width of [1280, 1024, 900, 780, 320]) {
      await page.setViewportSize({ width, height: 800 })
      const row = page.getByRole('row', { name: new RegExp(`${bob.name}.*bob.*member.*Active.*just now|${bob.name}.*Active`, 'i') })
      const link = row.getByRole('link', { name: bob.name, exact: true })
      await link.waitFor()
      expect(await link.evaluate((one) => one.scrollWidth <= one.clientWidth + 1), `the username is not cut off at ${width} px`).toBe(true)
      expect(await row.innerText(), `the email address is shown at ${width} px`).toContain(bob.email)
      expect(await row.innerText(), `the role is shown at ${width} px`).toMatch(/member/i)
    }
  })

  test('finds a former member, who can be invited again', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member', carol: 'member' })
    const [ada, bob] = [named('ada'), named('bob')]
    await call('DELETE', `/members/${bob.name}`)
    const { page } = await site.consoleOf(ada, `/users?q=${bob.name}`)
    await page.getByRole('heading', { name: 'No matching users' }).waitFor()
    await press(page, 'Show 1 matching former member')
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*just now.*${ada.name}`) }).waitFor()
    await isForEveryone(page)
    await choose(page, `Actions for ${bob.name}`, 'Invite again')
    await dialog(page, `Invite ${bob.name} Test again`).waitFor()
    expect(new URL(page.url()).searchParams.get('status')).toBe('left')
    await press(page, 'Cancel')
    await page.getByRole('link', { name: bob.name, exact: true }).click()
    await press(page, 'Invite again')
    const form = dialog(page, `Invite ${bob.name} Test again`)
    expect(await form.innerText(), 'the former address is not shown').not.toContain(bob.email)
    await form.getByLabel(`Email address of ${bob.name}`).fill('bob.new@example.com')
    await isForEveryone(page)
    await press(page, 'Invite')
    await dialog(page, '1 invitation sent').waitFor()
  })

  test('shows a member no email addresses, invitations or admin actions', async () => {
    const { named } = await site.organization({ ada: 'admin', bob: 'member' })
    const { page } = await site.consoleOf(named('bob'), '/users')
    await page.getByRole('link', { name: named('ada').name, exact: true }).waitFor()
    expect(await page.getByText('@example.com').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Invitations' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Invite new user' }).count()).toBe(0)
    await page.getByRole('button', { name: `Actions for ${named('ada').name}` }).click()
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Details', 'Copy user id'])
  })
})

describe('the row menu', () => {
  test('deactivates a member and offers to roll their keys (S32, S37)', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'admin' })
    const [ada, bob] = [named('ada'), named('bob')]
    await call('PUT', '/resources/application/shop', { owner: bob.name })
    await call('POST', '/service-accounts', { name: 'deployer' }, 'bob')
    await call('POST', '/service-accounts/deployer/keys', { description: 'CI of the shop', scope: 'all' }, 'bob')
    const { page } = await site.consoleOf(ada, '/users')
    await choose(page, `Actions for ${bob.name}`, 'Deactivate')
    const confirmation = dialog(page, `Deactivate ${bob.name} Test?`)
    await confirmation.getByText('All their sessions: browser, command line, applications').waitFor()
    await confirmation.getByText('1 resource they own: application shop').waitFor()
    await confirmation.getByText('Their membership, role and username').waitFor()
    await confirmation.getByText(`Transferred to you, ${ada.name}, if they move`).waitFor()
    await confirmation.getByText('deployer: CI of the shop').waitFor()
    await isForEveryone(page)
    await confirmation.getByLabel('Reason').fill('On leave')
    await confirmation.getByText(`muster user deactivate ${bob.name} --reason "On leave"`).waitFor({ state: 'attached' })
    await press(page, `Deactivate ${bob.name}`)
    const result = dialog(page, `${bob.name} deactivated`)
    await result.getByText('deployer: CI of the shop').waitFor()
    await result.getByText(/session.* ended/).waitFor()
    await isForEveryone(page)
    await press(page, 'Roll CI of the shop')
    await press(page, 'Create key')
    await press(page, "I've saved the key")
    await press(page, 'Revoke old key')
    await press(page, 'Revoke key')
    await result.waitFor()
    expect(await result.getByText('deployer: CI of the shop').count()).toBe(0)
    await result.getByRole('button', { name: 'Reactivate' }).waitFor()
    await press(page, 'Done')
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*Deactivated`) }).waitFor()
    expect(await site.muster.call('GET', '/v1/me', { token: bob.token })).toMatchObject({ status: 401, body: { code: 'user_deactivated' } })

    await choose(page, `Actions for ${bob.name}`, 'Reactivate')
    await page.getByText(`${bob.name} reactivated`).waitFor()
    await page.getByText(`muster user reactivate ${bob.name}`).waitFor({ state: 'attached' })
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*Active`) }).waitFor()
  })

  test('a deactivation can be undone from its notice', async () => {
    const { named } = await site.organization({ ada: 'admin', bob: 'member' })
    const { page } = await site.consoleOf(named('ada'), '/users')
    await choose(page, `Actions for ${named('bob').name}`, 'Deactivate')
    await press(page, `Deactivate ${named('bob').name}`)
    await said(page, `${named('bob').name} deactivated`).waitFor()
    await press(page, 'Reactivate')
    await page.getByText(`${named('bob').name} reactivated`).waitFor()
  })

  test('signs a member out everywhere after listing what ends', async () => {
    const { named } = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = named('bob')
    const { page, complaints } = await site.consoleOf(named('ada'), '/users')
    await choose(page, `Actions for ${bob.name}`, 'Sign out everywhere')
    const confirmation = dialog(page, `Sign ${bob.name} Test out everywhere?`)
    await confirmation.getByText('All their sessions: browser, command line, applications').waitFor()
    await confirmation.getByText('Their keys, and keys of service accounts').waitFor()
    await confirmation.getByText(`muster user sign-out ${bob.name}`).waitFor({ state: 'attached' })
    await isForEveryone(page)
    await press(page, `Sign out ${bob.name}`)
    await said(page, `${bob.name} signed out everywhere`).waitFor()
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*Active`) }).waitFor()
    const refused = { code: 'token_revoked', detail: 'An admin of your organization signed you out everywhere. You can sign in again.' }
    expect(await site.muster.call('GET', '/v1/me', { token: bob.token })).toMatchObject({ status: 401, body: refused })
    expect(complaints).toEqual([])
  })

  test('resets the factors of a member, and a second admin confirms (F12)', async () => {
    const { named } = await site.organization({ ada: 'admin', boss: 'admin', bob: 'member' })
    const [ada, boss, bob] = [named('ada'), named('boss'), named('bob')]
    const { page } = await site.consoleOf(ada, `/users/${bob.name}`)
    await choose(page, `Actions for ${bob.name}`, 'Reset factors')
    await dialog(page, `Reset how ${bob.name} Test signs in?`).getByText('All their sessions, refresh tokens and keys').waitFor()
    await isForEveryone(page)
    await press(page, `Reset ${bob.name}`)
    await said(page, `Reset of ${bob.name} requested`).waitFor()
    await page.getByText(`The factors of ${bob.name} will be reset`).waitFor()
    expect(await page.getByRole('button', { name: 'Confirm', exact: true }).count()).toBe(0)

    const { page: other, complaints } = await site.consoleOf(boss, '/users')
    await other.getByText(new RegExp(`requested by ${ada.name}, takes force in (1 d|23 h)`)).waitFor()
    await isForEveryone(other)
    await other.goto(other.url().replace('/users', `/users/${bob.name}`))
    await press(other, 'Confirm')
    await isForEveryone(other)
    await press(other, `Reset ${bob.name} now`)
    await said(other, `Factors of ${bob.name} reset`).waitFor()
    expect(await other.getByText('will be reset').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('removes a member and transfers their resources (S28)', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const [ada, bob] = [named('ada'), named('bob')]
    await call('PUT', '/resources/database/orders', { owner: bob.name })
    const { page } = await site.consoleOf(ada, '/users')
    await choose(page, `Actions for ${bob.name}`, 'Remove')
    const confirmation = dialog(page, new RegExp(`^Remove ${bob.name} Test from`))
    await confirmation.getByText(`Transferred to you, ${ada.name}`).waitFor()
    await confirmation.getByText('1 resource: database orders').waitFor()
    expect(await page.evaluate('document.activeElement.textContent'), 'the focus is on Cancel').toBe('Cancel')
    await press(page, `Remove ${bob.name}`)
    await dialog(page, `${bob.name} removed`).getByText('database orders').waitFor()
    await press(page, 'Done')
    await page.getByText('1 total').waitFor()
    expect((await call('GET', '/resources/database/orders')).body.owner.name).toBe(ada.name)
  })

  test('moves the focus to the next row when its row is removed', async () => {
    const { named } = await site.organization({ ada: 'admin', bob: 'member', carol: 'member' })
    const { page } = await site.consoleOf(named('ada'), '/users')
    const labels = () => page.getByRole('button', { name: /^Actions for/ }).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    await page.getByRole('link', { name: named('bob').name, exact: true }).waitFor()
    const removed = named('bob').name
    const shown = await labels()
    const next = shown[shown.indexOf(`Actions for ${removed}`) + 1]
    await page.getByRole('button', { name: `Actions for ${removed}` }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Remove' }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await dialog(page, new RegExp(`^Remove ${removed}`)).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('2 total').waitFor()
    await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('aria-label')")).toBe(next)
  })

  test('changes the role and the name of a member', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = named('bob')
    const { page } = await site.consoleOf(named('ada'), '/users')
    await choose(page, `Actions for ${bob.name}`, 'Change role')
    const change = dialog(page, `Change the role of ${bob.name} Test`)
    expect(await change.getByLabel('Role').inputValue()).toBe('member')
    expect(await change.getByRole('button', { name: 'Change role' }).isDisabled(), 'the same role is no change').toBe(true)
    await change.getByLabel('Role').selectOption('Admin')
    await change.getByText('Everything in Invitations').waitFor()
    await isForEveryone(page)
    await press(page, `Make ${bob.name} an admin`)
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*Admin.*Active`) }).waitFor()
    await press(page, 'Undo')
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*Member.*Active`) }).waitFor()

    await choose(page, `Actions for ${bob.name}`, 'Edit')
    const edit = dialog(page, `Edit ${bob.name}`)
    await edit.getByLabel('Given name').fill('')
    await edit.getByText('Enter a given name.').waitFor()
    await edit.getByLabel('Given name').fill('Robert')
    await press(page, 'Save changes')
    await page.getByRole('row', { name: /Robert Test/ }).waitFor()
    expect((await call('GET', `/members/${bob.name}`)).body.given_name).toBe('Robert')
  })

  test('says so when someone else has removed the member', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = named('bob')
    const { page } = await site.consoleOf(named('ada'), '/users')
    await page.getByRole('link', { name: bob.name, exact: true }).waitFor()
    await choose(page, `Actions for ${bob.name}`, 'Deactivate')
    await call('DELETE', `/members/${bob.name}`)
    await press(page, `Deactivate ${bob.name}`)
    await page
      .getByRole('alert')
      .getByText(/left|no such member/)
      .first()
      .waitFor()
    await press(page, 'Close')
    await page.getByText('1 total').waitFor()
  })
})

/** Inserts members directly into the database. */
async function crowd(organization: string, size: number): Promise<void> {
  const { sql } = await import('kysely')
  const { kysely } = site.muster.server.database
  await sql`insert into account (id, email, email_canonical, password_hash, given_name, family_name, username, registered_at)
    select 'usr_0crowd' || ${organization}::text || lpad(n::text, 6, '0'), 'crowd' || n || '@' || ${organization}::text || '.example', 'crowd' || n || '@' || ${organization}::text || '.example', 'x', 'Crowd', n::text, 'crowd_' || n, muster_now()
    from generate_series(1, ${size}::int) n`.execute(kysely)
  await sql`insert into membership (organization_id, user_id, role, status)
    select o.id, a.id, 'member', 'active' from account a, organization o where o.name = ${organization} and a.id like ${`usr_0crowd${organization}%`}`.execute(
    kysely,
  )
}
