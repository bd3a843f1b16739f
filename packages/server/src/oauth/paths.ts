import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'

export const routes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  device_authorization: '/oauth/device/code',
  code_verification: '/device', // Muster's own page. The library only returns its URL
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
  end_session: '/oauth/logout',
  pushed_authorization_request: '/oauth/par',
  jwks: '/.well-known/jwks.json',
} as const

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** The address of the page that the device opens, with all that the page must know. */
export function completeAddress(
  address: string,
  { userCode, clientId, commandLine, signsUp = false }: { userCode: string; clientId: string; commandLine: boolean; signsUp?: boolean },
): string {
  const complete = new URL(address)
  complete.searchParams.set('user_code', userCode)
  // Part of the URL: a page that looked up the code would reveal to strangers which codes exist (D03).
  if (signsUp) complete.searchParams.set('sign_up', 'yes')
  if (commandLine && clientId !== CLI_CLIENT_ID) complete.searchParams.set('client', clientId)
  return complete.href
}
