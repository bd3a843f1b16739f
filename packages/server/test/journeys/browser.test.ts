import { strict as assert } from 'node:assert'
import { engines } from '@muster/testkit/database.ts'
import { type Muster, PASSWORD } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { aJourney, type Journey } from './journey.ts'
import { heading, press, signIn, signUp } from './person.ts'

describe.each(engines)('an account in the browser, on %s', (engine) => {
  let journey: Journey
  let muster: Muster

  beforeAll(async () => {
    journey = await aJourney(engine)
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  test.concurrent.each([
    ['with JavaScript', 'ines', true],
    ['without JavaScript', 'nils', false],
  ] as const)('%s, a newcomer signs up and signs in by email or username (S45, S55)', async (_, name, javaScriptEnabled) => {
    await muster.person(`${name}_taken`)
    const page = await journey.tab({ javaScriptEnabled })
    await page.goto(muster.url)
    await page.getByRole('link', { name: 'Create an account' }).click()
    await signUp(page, muster, { email: `${name}@example.com`, givenName: 'Anna', familyName: 'Bergmann' })

    await page.getByRole('heading', { name: 'Choose a username' }).waitFor()
    for (const [typed, says] of [
      [`${name}_taken`, 'This name is taken.'],
      ['admin', 'This name is reserved.'],
      ['Not A Name', 'A name must have 3 to 30 characters: lowercase letters, digits and underscores.'],
    ] as const) {
      await page.getByLabel('Username').fill(typed)
      await press(page, 'Register')
      await page.getByRole('alert').getByText(says).waitFor()
      assert.equal(await page.getByLabel('Username').inputValue(), typed)
    }
    if (javaScriptEnabled) {
      await page.getByLabel('Username').fill(name)
      await page.getByText(`${name} is available.`).waitFor()
    }
    await page.getByLabel('Username').fill(name)
    await press(page, 'Register')
    await page.getByRole('heading', { name: `Signed in as ${name}` }).waitFor()
    assert.match(await page.getByRole('main').innerText(), new RegExp(`Anna Bergmann[\\s\\S]*${name}@example\\.com[\\s\\S]*${name} \\(admin\\)`))

    for (const identifier of [`${name}@example.com`, name, `${name.toUpperCase()}@EXAMPLE.com`]) {
      await press(page, 'Sign out')
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
      await page.getByRole('link', { name: 'Sign in again' }).click()
      await signIn(page, identifier)
      await page.getByRole('heading', { name: `Signed in as ${name}` }).waitFor()
    }
    await press(page, 'Sign out')
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, name, 'not the password of anybody')
    await page.getByRole('alert').getByText('Email, username or password is wrong.').waitFor()
    assert.equal(await page.getByLabel('Email or username').inputValue(), name)
  })

  test.concurrent('a password reset link works once and ends every session (S32)', async () => {
    const person = await muster.person('fritz')
    const [here, elsewhere] = [await journey.tab(), await journey.tab()]
    await elsewhere.goto(`${muster.url}/sign-in`)
    await signIn(elsewhere, 'fritz')
    assert.equal(await heading(elsewhere), 'Signed in as fritz')

    await here.goto(`${muster.url}/sign-in`)
    await here.getByRole('link', { name: 'Forgot your password?' }).click()
    await here.getByLabel('Email').fill(person.email)
    await press(here, 'Send the link')
    await here.getByRole('heading', { name: 'Check your email' }).waitFor()
    const { text } = await muster.mail.next(person.email)
    const link = text.match(/http\S+/)?.[0] ?? ''
    assert.ok(link.startsWith(`${muster.url}/reset-password?token=`))
    await here.goto(link)
    await here.getByLabel('New password').fill('password123')
    await press(here, 'Set password')
    await here.getByRole('alert').waitFor()
    await here.getByLabel('New password').fill('seven quiet lanterns drift')
    await press(here, 'Set password')
    await here.getByRole('heading', { name: 'Your new password is set' }).waitFor()
    assert.match((await muster.mail.next(person.email)).subject, /password was changed/)

    await elsewhere.reload()
    assert.equal(await heading(elsewhere), 'Your account for this cloud')
    assert.equal((await muster.call('GET', '/v1/me', { token: person.token })).body.code, 'token_revoked')
    await here.getByRole('link', { name: 'Sign in' }).click()
    await signIn(here, 'fritz', PASSWORD)
    await here.getByRole('alert').waitFor()
    await signIn(here, 'fritz', 'seven quiet lanterns drift')
    await here.getByRole('heading', { name: 'Signed in as fritz' }).waitFor()
    await here.goto(link)
    assert.equal(await heading(here), 'This link is no longer valid')
  })

  test.concurrent('an account without a username chooses one when it signs in (S55)', async () => {
    const person = await muster.newcomer('ursel')
    const page = await journey.tab()
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, person.email)
    await page.getByRole('heading', { name: 'Choose a username' }).waitFor()
    await page.goto(muster.url)
    assert.equal(await heading(page), 'Choose a username to finish signing up')
    await page.getByRole('link', { name: 'Choose a username' }).click()
    await page.getByLabel('Username').fill('ursel')
    await press(page, 'Register')
    await page.getByRole('heading', { name: 'Signed in as ursel' }).waitFor()
    await page.goto(`${muster.url}/sign-up/username`)
    assert.equal(await heading(page), 'Signed in as ursel')
  })

  test.concurrent('a sign-up code expires after five wrong tries and can be sent again', async () => {
    const page = await journey.tab()
    await page.goto(`${muster.url}/sign-up`)
    await page.getByLabel('Email').fill('franz@example.com')
    await page.getByLabel('Password', { exact: true }).fill('password')
    await page.getByLabel('Given name').fill('Franz')
    await page.getByLabel('Family name').fill('Test')
    await press(page, 'Send the code')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await press(page, 'Send the code')
    const right = /\b\d{6}\b/.exec((await muster.mail.next('franz@example.com')).text)?.[0] ?? ''
    const wrong = right === '000000' ? '000001' : '000000'
    for (let tries = 0; tries < 5; tries++) {
      await page.getByLabel('Six-digit code').fill(wrong)
      await press(page, 'Confirm')
      await page.getByRole('alert').waitFor()
    }
    assert.equal(await heading(page), 'This code is no longer valid')
    await page.getByRole('button', { name: 'Send a new code' }).first().click()
    await page.getByRole('heading', { name: 'Check your email for a code' }).waitFor()
    const fresh = /\b\d{6}\b/.exec((await muster.mail.next('franz@example.com')).text)?.[0] ?? ''
    await page.getByLabel('Six-digit code').fill(fresh)
    await press(page, 'Confirm')
    await page.getByRole('heading', { name: 'Choose a username' }).waitFor()
  })
})
