import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { accessibilityFaults, loadWithEachDocument, widthFaults } from '@muster/testkit/accessibility.ts'
import { launchBrowser } from '@muster/testkit/browser.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assets, portalContentSecurityPolicy } from '../../src/portal/assets.ts'
import { samples } from './samples.ts'

// `continue` redirects at once. Its parts are on other pages too.
const { continue: _, ...pages } = samples()

let server: Server
let browser: Browser
let origin: string
const posts: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const asset = Object.values(assets).find(({ path }) => path === pathname)
    if (asset) return response.writeHead(200, { 'content-type': asset.contentType }).end(asset.body)
    if (pathname.startsWith('/v1/usernames/')) {
      const available = pathname.endsWith('/alice') === false
      return response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(available ? { available } : { available, reason: 'name_taken' }))
    }
    if (request.method === 'POST') {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        posts.push(body)
        setTimeout(() => response.writeHead(204).end(), 300)
      })
      return
    }
    const page = pages[pathname.slice(1)]
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': portalContentSecurityPolicy }).end(page ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  server?.close()
})

async function withPage(options: BrowserContextOptions, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options)
  try {
    await act(await context.newPage())
  } finally {
    await context.close()
  }
}

const wide = { width: 1280, height: 800 }
const narrow = { width: 320, height: 640 }

/** Opens every page. Returns the faults that `look` finds and those that the browser reports. */
async function faultsOfAll(
  options: BrowserContextOptions,
  look: (page: Page) => Promise<string[]>,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const faults: string[] = []
  await withPage(options, async (page) => {
    await prepare(page)
    let name = ''
    page.on('request', (request) => request.url().startsWith(origin) || faults.push(`${name}: asked ${request.url()}`))
    page.on('console', (message) => message.type() === 'error' && faults.push(`${name}: ${message.text()}`))
    page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`))
    for (name of Object.keys(pages)) {
      await page.goto(`${origin}/${name}`)
      faults.push(...(await look(page)).map((fault) => `${name}: ${fault}`))
    }
  })
  return faults
}

async function excess(page: Page): Promise<string[]> {
  const px = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  return px === 0 ? [] : [`${px} px too wide at ${page.viewportSize()?.width} px`]
}

test('every page is accessible, fits the window and loads only its own assets', { timeout: 600_000 }, async () => {
  const faults = await faultsOfAll(
    { viewport: wide },
    async (page) => {
      const faults = [...(await accessibilityFaults(page)), ...(await excess(page))]
      await page.setViewportSize(narrow)
      faults.push(...(await widthFaults(page)), ...(await excess(page)))
      await page.setViewportSize(wide)
      return faults
    },
    loadWithEachDocument,
  )
  expect(faults).toEqual([])
})

test('every control is at least 44 px high on a touch screen', { timeout: 600_000 }, async () => {
  const faults = await faultsOfAll({ viewport: narrow, hasTouch: true, isMobile: true }, async (page) => {
    const small = (await page.evaluate(
      `[...document.querySelectorAll('button, a.button, input:not([type=hidden]):not(.unseen), .brand, .bottom a')].filter((one) => one.offsetParent && (one.closest('label') ?? one).getBoundingClientRect().height < (one.matches('.toggle') ? 34 : 44)).map((one) => one.outerHTML)`,
    )) as string[]
    return [...(await excess(page)), ...small]
  })
  expect(faults).toEqual([])
})

test('the skip link gets the focus first and leads to the content', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/signed-out`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Sign in again')
  })
})

test('the error summary has the focus and links to the field', async () => {
  await withPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${origin}/sign-up-faults`)
    // The browser sets the focus when it first paints, not when it has parsed the page.
    await expect.poll(() => page.evaluate('document.activeElement.getAttribute("role")')).toBe('alert')
    await page.getByRole('link', { name: 'Muster cannot use this email address' }).click()
    expect(await page.evaluate('document.activeElement.id')).toBe('email')
  })
})

test('a form without JavaScript sends the pressed button and shows no other', async () => {
  await withPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${origin}/sign-up`)
    expect(await page.getByRole('button').allTextContents()).toEqual(['Send the code'])
    await page.goto(`${origin}/device-approve`)
    posts.length = 0
    await page.getByRole('button', { name: 'Deny' }).click()
    await expect.poll(() => posts).toHaveLength(1)
    expect(posts[0]).toContain('decision=deny')
    expect(posts[0]).toContain('csrf=token')
  })
})

test('a form is sent once when its button is clicked twice', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/device-approve`)
    posts.length = 0
    await page.evaluate(`globalThis.stopped = []; addEventListener('submit', (event) => stopped.push(event.defaultPrevented))`)
    await page.getByRole('button', { name: 'Approve' }).dblclick()
    expect(await page.evaluate('stopped')).toEqual([false, true])
    await expect.poll(() => posts).toHaveLength(1)
    expect(posts[0]).toContain('decision=approve')
  })
})

test('a password can be shown and is hidden again when it is sent', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/sign-up`)
    await page.getByLabel('Password', { exact: true }).fill('correct')
    await page.getByText('7 of at least 10 characters').waitFor()
    await page.getByRole('button', { name: 'Show password' }).click()
    expect(await page.locator('#password').getAttribute('type')).toBe('text')
    await page.getByRole('button', { name: 'Send the code' }).click()
    expect(await page.locator('#password').getAttribute('type')).toBe('password')
  })
})

test('the username page says whether a typed name is available', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/username`)
    await page.locator('#username').fill('bob')
    await page.getByText('bob is available.').waitFor()
    await page.locator('#username').fill('alice')
    await page.getByText('This name is taken.').waitFor()
    await page.locator('#username').fill('Alice')
    await page.getByText('Only lowercase letters, digits and underscores.').waitFor()
  })
})

test('a suggested name is not underlined, so an underscore stays visible', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/username-taken`)
    await page.getByRole('link', { name: 'alice_example' }).waitFor()
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.suggestions a')).textDecorationLine`)).toBe('none')
  })
})

test('a user code gets its dash and capitals while it is typed', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/device-code`)
    await page.locator('#user_code').pressSequentially('bcdfghjk')
    expect(await page.locator('#user_code').inputValue()).toBe('BCDF-GHJK')
    await page.locator('#user_code').pressSequentially('lm') // ten characters, as during a flood of requests
    expect(await page.locator('#user_code').inputValue()).toBe('BCDFG-HJKLM')
  })
})

test("a countdown uses the server's clock", async () => {
  await withPage({}, async (page) => {
    await page.goto(`${origin}/verify`)
    expect(await page.locator('[data-until]').textContent()).toMatch(/^in 9 min (20|19|18) s$/)
  })
})

test('a copy button confirms the copy', async () => {
  await withPage({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    await page.goto(`${origin}/home`)
    await page.getByRole('button', { name: 'Copy npx --yes https://accounts.example.com/cli-0.1.0-b0123456789ab.tgz login' }).click()
    await page.getByText('Copied').first().waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('npx --yes https://accounts.example.com/cli-0.1.0-b0123456789ab.tgz login')
  })
})
