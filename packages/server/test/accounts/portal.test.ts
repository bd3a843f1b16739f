import { assets } from '@muster/server/portal/assets.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, type Office } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())

describe('the portal', () => {
  test.each(['/', '/sign-up', '/sign-in', '/forgot-password', '/signed-out', '/reset-password', '/reset-password/done'])(
    '%s has a strict content security policy and is never cached',
    async (path) => {
      const { headers } = await office.browser().get(path)
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' })
    },
  )

  test('an asset has a path that changes with its content', async () => {
    const { body } = await office.browser().get('/sign-in')
    for (const { path, contentType } of Object.values(assets)) {
      expect(body).toContain(path)
      const file = await office.browser().get(path)
      expect(file.statusCode).toBe(200)
      expect(file.headers['content-type']).toBe(contentType)
      expect(file.headers['cache-control']).toContain('immutable')
    }
    expect((await office.browser().get('/favicon.ico')).headers['content-type']).toBe('image/svg+xml')
  })

  test('text typed by a user is escaped on every page (C17)', async () => {
    const browser = office.browser()
    const markup = '"><script>alert(1)</script>'
    const pages = [
      await browser.post('/sign-in', { identifier: markup, password: markup }),
      await browser.post('/sign-up', { email: markup, password: markup, given_name: markup, family_name: markup }),
      await browser.post('/forgot-password', { email: markup }),
      await browser.get(`/sign-in?continue=${encodeURIComponent(`/device?user_code=${markup}`)}`),
      await browser.get(`/reset-password?token=${encodeURIComponent(markup)}`),
      await (await office.person('ada', { username: null })).post('/sign-up/username', { username: markup }),
    ]
    for (const { body } of pages) expect(body).not.toContain('<script>alert')
  })

  test("a command to copy names the issuer unless it is the command's default", async () => {
    expect((await office.browser().get('/')).body).toContain('<code>muster register -u NAME</code>')
    const elsewhere = await anOffice({ config: { issuer: 'https://accounts.example.com' } })
    try {
      const { body } = await elsewhere.browser().get('/')
      for (const words of ['register -u NAME', 'login', 'org join ORG -'])
        expect(body).toContain(`<code>muster ${words} --url https://accounts.example.com</code>`)
    } finally {
      await elsewhere.close()
    }
  })

  test('an empty field is requested by name instead of reported as invalid', async () => {
    const { body, statusCode } = await office.browser().post('/sign-up', { email: ' ', password: '', given_name: '', family_name: '' })
    expect(statusCode).toBe(422)
    for (const text of ['Enter your email address.', 'Choose a password of 10 to 256 characters.', 'Enter your given name.']) expect(body).toContain(text)
    expect(body).toContain('Fix 3 problems to continue')
    expect(body).not.toContain('cannot use this email address')
    const forgot = await office.browser().post('/forgot-password', { email: '' })
    expect(forgot.body).toContain('Enter your email address.')
    expect(forgot.body).not.toContain('cannot use this email address')
  })

  test('an unconfirmed sign-up gives no access (C14)', async () => {
    const browser = office.browser()
    await browser.post('/sign-up', { email: 'bob@example.com', password: 'vellum otter canoe ninety', given_name: 'Bob', family_name: '' })
    expect((await browser.get('/')).body).toContain('Create an account')
    for (const path of ['/device', '/sign-up/username']) expect((await browser.get(path)).headers.location).toMatch(/^\/sign-in/)
    expect((await browser.post('/device', { user_code: 'BCDF-GHJK' })).headers.location).toMatch(/^\/sign-in/)
    expect((await browser.post('/sign-up/username', { username: 'bob' })).headers.location).toBe('/sign-in')
  })

  test('a request body over the limit is refused', async () => {
    expect((await office.browser().post('/sign-in', { identifier: 'x'.repeat(20_000), password: 'x' })).statusCode).toBe(413)
  })
})
