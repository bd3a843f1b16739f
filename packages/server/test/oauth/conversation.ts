import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { approveDevice, claimDevice, denyDevice } from '@muster/server/domain/credentials/device-authorization.ts'
import { startBrowserSession } from '@muster/server/domain/credentials/session.ts'
import { systemPrincipal, type UserPrincipal } from '@muster/server/domain/model/principal.ts'
import type { Human, Muster } from '@muster/testkit/muster.ts'
import * as client from 'openid-client'

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
export const SCOPE = 'openid profile email api'

/** Signs a person in to a browser, and returns a principal for commands and a cookie for requests. */
export async function browserOf({ server }: Muster, human: Human): Promise<{ principal: UserPrincipal; cookie: string }> {
  const { execute } = server.services
  const { session, cookie } = await execute(
    async (context, _: undefined) => {
      const account = await context.tx.accounts.find(human.id)
      if (!account) throw new Error(`${human.name} has no account`)
      const current = await context.tx.memberships.current(human.id)
      return startBrowserSession(context, account, current?.organizationId ?? null, { methods: ['pwd'] })
    },
    systemPrincipal,
    undefined,
  )
  const { epoch, organizationId } = session
  return {
    cookie: `muster_session=${cookie}`,
    principal: { kind: 'user', userId: human.id, sessionId: session.id, epoch, organizationId, token: null, origin: systemPrincipal.origin },
  }
}

/** A browser that keeps cookies and follows redirects within Muster, but not to another origin. */
export function visitorOf(muster: Muster, cookie?: string) {
  const jar = new Map<string, string>(cookie ? [cookie.split(/=(.*)/s).slice(0, 2) as [string, string]] : [])
  const visit = async (address: string, form?: Record<string, string>): Promise<{ at: URL; status: number; text: string; headers: Headers }> => {
    for (let at = new URL(address, muster.url), body = form; ; body = undefined) {
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), accept: 'text/html', origin: muster.url },
        ...(body && { method: 'POST', body: new URLSearchParams(body) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
        if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name)
        else jar.set(name, value)
      }
      const location = response.headers.get('location')
      if (location === null) return { at, status: response.status, text: await response.text(), headers: response.headers }
      at = new URL(location, at)
      if (at.origin !== muster.url) return { at, status: response.status, text: '', headers: response.headers }
    }
  }
  return { jar, visit }
}

/** openid-client as configured by discovery. */
export const discovered = (muster: Muster, clientId: string = CLI_CLIENT_ID, secret?: string): Promise<client.Configuration> =>
  client.discovery(new URL(muster.url), clientId, secret, secret === undefined ? client.None() : undefined, { execute: [client.allowInsecureRequests] })

/** Approves or denies a user code as a person would in the browser. */
export async function answerDevice(muster: Muster, human: Human, userCode: string, decision: 'approve' | 'deny' = 'approve'): Promise<void> {
  const { execute } = muster.server.services
  const { principal } = await browserOf(muster, human)
  const { id } = await execute(claimDevice, principal, { userCode })
  if (decision === 'approve') await execute(approveDevice, principal, { id })
  else await execute(denyDevice, principal, { id })
}

export interface Answered {
  status: number
  headers: Headers
  body: any
}

/** Posts a plain form, for requests that no conforming client would send. */
export async function postForm(muster: Muster, path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(muster.url + path, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text }
}

export const startDevice = (muster: Muster, scope = SCOPE, more: Record<string, string> = {}): Promise<Answered> =>
  postForm(muster, '/oauth/device/code', { client_id: CLI_CLIENT_ID, scope, ...more })

export const pollDevice = (muster: Muster, deviceCode: string, more: Record<string, string> = {}): Promise<Answered> =>
  postForm(muster, '/oauth/token', { grant_type: DEVICE_GRANT, device_code: deviceCode, client_id: CLI_CLIENT_ID, ...more })

export const refresh = (muster: Muster, refreshToken: string, more: Record<string, string> = {}): Promise<Answered> =>
  postForm(muster, '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: CLI_CLIENT_ID, ...more })

/** Performs a whole device login. With `offline_access` the response has a refresh token. `more` names another client, or a `resource`. */
export async function deviceLogin(
  muster: Muster,
  human: Human,
  scope = SCOPE,
  more: Record<string, string> = {},
): Promise<{ access_token: string; refresh_token?: string; expires_in: number; scope: string; id_token?: string }> {
  const { body } = await startDevice(muster, scope, more)
  await answerDevice(muster, human, body.user_code)
  const answer = await pollDevice(muster, body.device_code, more)
  if (answer.status !== 200) throw new Error(`The poll was answered with ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
