import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { startCommand } from '@muster/testkit/command.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { browserOf } from '../packages/server/test/oauth/conversation.ts'

// `npm run screenshots` creates the README's pictures: a Muster with sample people, its real pages in a real Chromium, and the real command.
// The people and their times are always the same; only codes and the hours of the day differ between two runs. It needs a free port 4000,
// because the pictures show the address that a newcomer will see.

const images = join(import.meta.dirname, '../docs/images')
const HOUR = 3600
const DAY = 24 * HOUR

interface Person {
  username: string
  given: string
  family: string
  role: 'admin' | 'member'
  /** Seconds before now. */
  joined: number
  lastSeen: number
}

/** In the order in which they joined. The first founds the organization. */
const people: readonly Person[] = [
  { username: 'mara', given: 'Mara', family: 'Lindqvist', role: 'admin', joined: 420 * DAY, lastSeen: 0 },
  { username: 'tomas_h', given: 'Tomás', family: 'Herrera', role: 'admin', joined: 400 * DAY, lastSeen: 3 * HOUR },
  { username: 'priya', given: 'Priya', family: 'Raman', role: 'member', joined: 185 * DAY, lastSeen: 11 * 60 },
  { username: 'jonas', given: 'Jonas', family: 'Weber', role: 'member', joined: 160 * DAY, lastSeen: 6 * DAY },
  { username: 'aiko', given: 'Aiko', family: 'Tanaka', role: 'member', joined: 95 * DAY, lastSeen: 2 * DAY },
  { username: 'sam_okafor', given: 'Sam', family: 'Okafor', role: 'member', joined: 40 * DAY, lastSeen: 40 * 60 },
  { username: 'lena', given: 'Lena', family: 'Novak', role: 'member', joined: 9 * DAY, lastSeen: DAY + 2 * HOUR },
]

const muster = await startMuster({ engine: 'pglite', env: { PORT: '4000' } })
const browser = await launchBrowser()
try {
  const humans = await foundNorthwind(muster)
  const alice = await muster.newcomer('alice')
  await succeed('PATCH', '/v1/me', alice.token, { given_name: 'Alice', family_name: 'Ng' })
  for (const theme of ['light', 'dark'] as const) {
    await manageUsers(browser, humans.mara as Human, theme)
    await deviceLogin(browser, alice, theme)
  }
} finally {
  await browser.close()
  await muster.close()
}
process.exit()

/** Founds the organization and adds each person at the time they joined. Jonas is deactivated. */
async function foundNorthwind({ clock, person, login }: Muster): Promise<Record<string, Human>> {
  const ago = (seconds: number): Promise<void> => clock.advance(-seconds - clock.ahead())
  const humans: Record<string, Human> = {}
  const founder = async (): Promise<string> => (await login(humans.mara as Human)).token
  for (const { username, given, family, role, joined } of people) {
    await ago(joined)
    const human = await person(username)
    humans[username] = human
    await succeed('PATCH', '/v1/me', human.token, { given_name: given, family_name: family })
    if (username === 'mara') {
      await succeed('POST', '/v1/organizations/mara/rename', human.token, { from: 'mara', to: 'northwind' })
      await succeed('PATCH', '/v1/operator/organizations/northwind', OPERATOR_TOKEN, { plan: 'pro' })
    } else {
      const { body } = await succeed('POST', '/v1/organizations/northwind/secrets', await founder(), { role })
      await succeed('POST', '/v1/organizations/join', human.token, { organization: 'northwind', secret: body.secret })
    }
  }
  for (const { username, lastSeen } of people.toSorted((a, b) => b.lastSeen - a.lastSeen)) {
    await ago(lastSeen)
    await succeed('GET', '/v1/me', (await login(humans[username] as Human)).token)
  }
  await ago(0)
  await succeed('POST', '/v1/organizations/northwind/members/jonas/deactivate', await founder(), {})
  return humans
}

/** Calls the API. @throws if the response is not 2xx */
async function succeed(method: string, path: string, token: string, body?: unknown) {
  const answer = await muster.call(method, path, { token, body })
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer
}

/** The page "Manage users" with the menu of one member open. */
async function manageUsers(browser: Browser, human: Human, theme: 'light' | 'dark'): Promise<void> {
  const { context, page } = await signedIn(browser, human, theme, { width: 1400, height: 660 })
  await page.goto('/console/users')
  await page.getByRole('button', { name: /^Actions .*priya/ }).click()
  await page.getByRole('menuitem', { name: 'Deactivate' }).waitFor()
  await page.screenshot({ path: join(images, `console-users-${theme}.png`) })
  await context.close()
}

/** A terminal that waits for a login, beside the page that approves it. */
async function deviceLogin(browser: Browser, newcomer: Human, theme: 'light' | 'dark'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-screenshots-'))
  const command = await startCommand(['register', '-u', 'alice', '--no-browser'], {
    cwd: folder,
    env: { HOME: folder, MUSTER_URL: muster.url, MUSTER_CLI_COMMAND: 'muster', NO_COLOR: '1', TERM: 'xterm' },
    watched: true,
  })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    command.onOutput((_stream, text) => {
      output += text
      const address = /http\S+user_code=\S+/.exec(stripVTControlCharacters(output))?.[0]
      if (address && /Waiting/.test(output)) resolve(address)
    })
    void command.ended.then(({ stderr }) => reject(new Error(`The command ended: ${stderr}`)))
  })
  const { context, page } = await signedIn(browser, newcomer, theme, { width: 560, height: 760 })
  await page.goto(url)
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  const portal = (await page.screenshot({ fullPage: true })).toString('base64')
  const scene = await context.newPage()
  await scene.setViewportSize({ width: 1260, height: 900 })
  await scene.setContent(sceneOf(`$ npx muster register -u alice\n${lastFrame(output)}`, portal, theme))
  await scene.locator('main').screenshot({ path: join(images, `device-login-${theme}.png`), omitBackground: true })
  await context.close()
  command.interrupt()
  await command.ended
  rmSync(folder, { recursive: true, force: true })
}

/** A browser context in which this person is signed in. */
async function signedIn(browser: Browser, human: Human, colorScheme: 'light' | 'dark', viewport: { width: number; height: number }) {
  const { cookie } = await browserOf(muster, human)
  const context: BrowserContext = await browser.newContext({
    baseURL: muster.url,
    colorScheme,
    reducedMotion: 'reduce',
    viewport,
    deviceScaleFactor: 1.25,
    locale: 'en-GB',
  })
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url: muster.url, httpOnly: true, sameSite: 'Lax' }])
  const page: Page = await context.newPage()
  return { context, page }
}

/** The text that the terminal shows in the end, with the last version of each line. */
function lastFrame(output: string): string {
  return stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.split('\r').findLast((frame) => frame.trim() !== '') ?? '')
    .join('\n')
}

function sceneOf(text: string, portal: string, theme: 'light' | 'dark'): string {
  const colours =
    theme === 'light'
      ? { surface: '#f4f3ef', line: '#dddcd6', text: '#1b1b18', link: '#3b50b8' }
      : { surface: '#201f1c', line: '#3a3934', text: '#edece6', link: '#9fb0ff' }
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const terminal = escaped.replace(/http\S+/, (address) => `<span>${address}</span>`).replace(/^(\s+)([A-Z]{4}-[A-Z]{4})$/m, '$1<b>$2</b>')
  return `<style>
    body { margin: 0; background: transparent }
    main { display: inline-flex; gap: 24px; align-items: flex-start; padding: 8px }
    pre { width: 640px; margin: 0; padding: 24px 28px; border-radius: 10px; font: 16px/1.6 monospace; box-sizing: border-box;
      background: ${colours.surface}; border: 1px solid ${colours.line}; color: ${colours.text}; white-space: pre-wrap; overflow-wrap: anywhere }
    span { color: ${colours.link} }
    img { width: 560px; border-radius: 10px; border: 1px solid ${colours.line} }
  </style><main><pre>${terminal}</pre><img alt="" src="data:image/png;base64,${portal}"></main>`
}
