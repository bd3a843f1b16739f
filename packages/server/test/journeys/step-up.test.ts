import { strict as assert } from 'node:assert'
import { type Human, type Muster, PASSWORD } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { aJourney, type Journey } from './journey.ts'
import { press, signIn } from './person.ts'
import { shown } from './terminal.ts'

describe('a change that requires a recent sign-in (F15)', () => {
  let journey: Journey
  let muster: Muster
  beforeAll(async () => {
    journey = await aJourney('postgres')
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  /** Makes the sign-ins of a person an hour old. */
  const age = ({ id }: Human) =>
    sql`update session set authenticated_at = authenticated_at - interval '1 hour' where user_id = ${id}`.execute(muster.server.database.kysely)

  test.concurrent('a command shows a code, and goes on once its person has confirmed (F16)', async () => {
    const kim = await muster.person('kim')
    await age(kim)
    const cli = await (await journey.terminal()).holds(kim)
    const create = cli.start('key create "nightly build" --scope all', { watched: true })
    const { url, code } = await shown(create)
    const page = await journey.tab()
    await page.goto(url)
    await signIn(page, kim.email)
    await page.getByRole('heading', { name: 'Is this your terminal?' }).waitFor()
    assert.match(await page.getByRole('main').innerText(), new RegExp(`about to create a key[\\s\\S]*${code}[\\s\\S]*Requested from\\s+127\\.0\\.0\\.1`))
    await press(page, 'Confirm')
    await page.getByRole('heading', { name: 'Confirmed' }).waitFor()
    const ended = await create.ended
    assert.deepEqual([ended.code, /^muster_uk_\S+\n$/.test(ended.stdout)], [0, true], ended.text)
    const again = await cli.run('key create "another" --scope all')
    assert.equal(again.code, 0, again.text) // within ten minutes
  })

  test.concurrent('a command without a person says what to run first', async () => {
    const lou = await muster.person('lou')
    await age(lou)
    const cli = await (await journey.terminal()).holds(lou)
    const { code, text } = await cli.run('key create "CI" --scope all', { env: { CI: 'true' } })
    assert.equal(code, 1)
    assert.match(text, /This requires a recent sign-in\.[\s\S]*CI is set[\s\S]*muster confirm/)
  })

  test.concurrent('muster confirm renews the login before a script', async () => {
    const max = await muster.person('max')
    await age(max)
    const cli = await (await journey.terminal()).holds(max)
    const confirm = cli.start('confirm --no-browser')
    const { url } = await shown(confirm)
    const page = await journey.tab({ javaScriptEnabled: false })
    await page.goto(url)
    await signIn(page, max.email)
    await page.getByRole('heading', { name: 'Is this your terminal?' }).waitFor()
    await press(page, 'Confirm')
    const ended = await confirm.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /Confirmed\. For 10 minutes/)
    assert.equal((await cli.run('key create "CI" --scope all', { env: { CI: 'true' } })).code, 0)
  })

  const signInToConsole = async (person: Human): Promise<Page> => {
    const page = await journey.tab()
    await page.goto(`${muster.url}/sign-in?continue=${encodeURIComponent('/console/keys')}`)
    await signIn(page, person.email)
    await page.getByRole('button', { name: 'Create key' }).first().waitFor()
    return page
  }

  test.concurrent('the console asks above the open dialog, whose text stays (F17)', async () => {
    const nia = await muster.person('nia')
    const page = await signInToConsole(nia)
    await age(nia)
    await page.getByRole('button', { name: 'Create key' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Create key' })
    await dialog.getByLabel('Description').fill('nightly build')
    await dialog.getByLabel('Permissions', { exact: true }).selectOption('all')
    await dialog.getByRole('button', { name: 'Create key' }).click()

    const question = page.getByRole('dialog', { name: 'Confirm that it’s you' })
    await question.getByText('You are about to create a key.').waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    await dialog.getByText('This requires a recent sign-in.').waitFor()
    assert.equal(await dialog.getByLabel('Description').inputValue(), 'nightly build')

    await dialog.getByRole('button', { name: 'Create key' }).click()
    await question.getByLabel('Password').fill('not the password')
    await page.keyboard.press('Enter')
    await question.getByText('This password is not correct.').waitFor()
    await question.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page
      .getByText(/muster_uk_/)
      .first()
      .waitFor()
    await question.waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('dialog').count(), 1)
  })
})
