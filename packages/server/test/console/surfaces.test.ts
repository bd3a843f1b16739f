import { type Human, PASSWORD } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aJourney, type Journey } from '../journeys/journey.ts'
import { approve, signIn, signUp } from '../journeys/person.ts'
import { shown } from '../journeys/terminal.ts'
import { choose, dialog, heading, press, said } from './visitor.ts'

// One person's time in an organization through the console, the emails, the portal and the command line, without any shortcut.

let journey: Journey
let ada: Human
beforeAll(async () => {
  journey = await aJourney('pglite')
  ada = await journey.muster.person('ada')
})
afterAll(() => journey?.close())

test('an invited person joins, logs in, and is refused once deactivated', async () => {
  const { muster } = journey
  const [office, home, cli] = await Promise.all([journey.tab(), journey.tab(), journey.terminal()])
  const complaints: string[] = []
  for (const page of [office, home]) page.on('pageerror', ({ message }) => complaints.push(message))

  await office.goto(`${muster.url}/console/users`)
  await signIn(office, ada.name)
  await press(office, 'Invite new user')
  await dialog(office, 'Invite new user').getByLabel('Email addresses').fill('nina@example.com')
  await press(office, 'Invite')
  await dialog(office, '1 invitation sent').waitFor()
  await press(office, 'Done')

  const link = /^http\S+\/join\?token=\S+$/m.exec((await muster.mail.next('nina@example.com')).text)?.[0] ?? ''
  await home.goto(link)
  await heading(home, 'You are invited to join ada').waitFor()
  await home.getByRole('link', { name: 'Create an account' }).click()
  await signUp(home, muster, { email: 'nina@example.com', givenName: 'Nina', familyName: 'Newman' })
  await heading(home, 'Join ada').waitFor()
  await home.getByLabel('Your username').fill('nina')
  await press(home, 'Join')
  await heading(home, 'You joined ada').waitFor()

  await office.reload()
  await office.getByRole('row', { name: /nina.*Nina Newman.*nina@example\.com.*Member.*Active/ }).waitFor()

  const login = cli.start('login --no-browser')
  const { url, code } = await shown(login)
  await home.goto(url)
  await approve(home, code)
  expect(await login.ended).toMatchObject({ code: 0 })
  expect((await cli.json('profile')).organization).toMatchObject({ name: 'ada', role: 'member' })
  await home.goto(`${muster.url}/console/users`)
  await heading(home, 'Manage users').waitFor()

  await choose(office, 'Actions for nina', 'Deactivate')
  await dialog(office, 'Deactivate Nina Newman?').getByLabel('Reason').fill('Laptop lost')
  await press(office, 'Deactivate nina')
  await said(office, 'nina deactivated').waitFor()
  await office.getByRole('row', { name: /nina.*Deactivated/ }).waitFor()

  const refused = await cli.run('profile')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/This account is deactivated\.\n.*deactivated in ada on [\d-]+\. Ask ada /)
  const forPrograms = await cli.run('profile --json')
  expect(forPrograms.code).toBe(1)
  expect(JSON.parse(forPrograms.stdout || forPrograms.stderr)).toMatchObject({ code: 'user_deactivated', organization: { name: 'ada' }, contact: 'ada' })

  // Both the open page and a new sign-in are refused.
  await home.reload()
  await heading(home, 'Your account is deactivated').waitFor()
  expect(await home.getByRole('main').innerText()).toMatch(/Organization\s+ada[\s\S]*Since[\s\S]*Person to ask\s+ada/)
  await press(home, 'Use another account')
  await signIn(home, 'nina', PASSWORD)
  await heading(home, 'Your account is deactivated').waitFor()
  expect(await home.getByRole('main').innerText()).toContain(ada.email)
  expect(complaints).toEqual([])
})
