import type { LightMyRequestResponse } from 'fastify'
import { type Browser, issuer } from '../accounts/office.ts'

const unescaped = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&#38;', '&')

/** The address that a page leads the browser to, at the provider. */
export function addressIn(page: LightMyRequestResponse): string {
  const [, to] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.body) ?? []
  if (to === undefined) throw new Error(`the page leads nowhere: ${page.statusCode} ${page.headers.location ?? page.body.slice(0, 200)}`)
  return unescaped(to)
}

/** Follows a provider's redirects until it sends the browser back. @returns the path at this server, with its query */
export async function answerOf(address: string): Promise<string> {
  const cookies = new Map<string, string>()
  for (let at = address, steps = 0; steps < 10; steps += 1) {
    if (at.startsWith(`${issuer}/`)) return at.slice(issuer.length)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(at, { redirect: 'manual', headers: cookie ? { cookie } : {} })
    for (const one of response.headers.getSetCookie()) cookies.set(one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1).split(';', 1)[0] ?? '')
    const location = response.headers.get('location')
    if (location === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`)
    at = new URL(location, at).href
  }
  throw new Error('the provider redirects for ever')
}

/** "Continue with …": to the provider and back. */
export async function continueWith(browser: Browser, provider: string, returnPath?: string): Promise<LightMyRequestResponse> {
  const page = await browser.post('/sign-in/with', { provider, ...(returnPath !== undefined && { continue: returnPath }) })
  return browser.get(await answerOf(addressIn(page)))
}
