import { spawnSync } from 'node:child_process'

/** Clients that nobody here wrote. `npm run test:peers` runs each against a real Muster; docs/sign-in-from.md lists them from this table. */
export interface Peer {
  /** Names in examples/package.json, or Debian packages. */
  packages: readonly string[]
  from: 'npm' | 'Debian'
  /** What the case does, as its test's title says it. */
  does: string
  /** How the client finds out that the person was deactivated. */
  notices: string
  /** What has to be set besides the issuer, the id and the secret. */
  set?: string
  /** A command that succeeds where the packages are installed. */
  needs?: readonly string[]
}

/** Debian's own interpreter has Debian's modules, whatever comes first in the path. */
export const PYTHON = '/usr/bin/python3'

const command = (...line: string[]): readonly string[] => line
const refresh = 'at the next refresh'
const request = 'at the next request'

const APACHE = command('sh', '-c', 'ls /usr/lib/apache2/modules/mod_auth_openidc.so /usr/lib64/httpd/modules/mod_auth_openidc.so 2>/dev/null | grep -q .')

export const peers = {
  'openid-client 6': { from: 'npm', packages: ['openid-client'], does: 'signs in, refreshes, and fails after deactivation', notices: refresh },
  'openid-client 6 (device)': { from: 'npm', packages: ['openid-client'], does: 'logs in without a browser of its own', notices: refresh },
  'openid-client 5': {
    from: 'npm',
    packages: ['openid-client-5'],
    does: 'signs in, refreshes, and fails after deactivation',
    notices: refresh,
    set: "`id_token_signed_response_alg: 'ES256'`",
  },
  oauth4webapi: { from: 'npm', packages: ['oauth4webapi'], does: 'pushes its request, refreshes, and fails after deactivation', notices: refresh },
  arctic: { from: 'npm', packages: ['arctic'], does: 'signs in, refreshes, and fails after deactivation', notices: refresh },
  'simple-oauth2': { from: 'npm', packages: ['simple-oauth2'], does: 'signs in, refreshes, and fails after deactivation', notices: refresh },
  'client-oauth2': { from: 'npm', packages: ['client-oauth2'], does: 'signs in, refreshes, and fails after deactivation', notices: refresh },
  '@badgateway/oauth2-client': {
    from: 'npm',
    packages: ['@badgateway/oauth2-client'],
    does: 'signs in, refreshes, and fails after deactivation',
    notices: refresh,
  },
  '@openid/appauth': {
    from: 'npm',
    packages: ['@openid/appauth'],
    does: 'signs in without a secret, and fails after deactivation',
    notices: refresh,
  },
  'express-openid-connect': {
    from: 'npm',
    packages: ['express-openid-connect'],
    does: 'signs in, and ends its session on a logout token',
    notices: 'within about a second',
    set: "`idTokenSigningAlg: 'ES256'`",
  },
  '@auth/express': {
    from: 'npm',
    packages: ['@auth/express'],
    does: 'signs in, and ends its session when userinfo refuses',
    notices: request,
    set: "`client: { id_token_signed_response_alg: 'ES256' }`",
  },
  'oidc-client-ts': {
    from: 'npm',
    packages: ['oidc-client-ts'],
    does: 'signs in without a server, and notices at userinfo',
    notices: 'at the next userinfo request',
    set: 'a `nonce` for `signinRedirect`; it sends none by itself',
  },
  nginx: { from: 'Debian', packages: ['nginx'], does: 'asks forward auth about each request', notices: request, needs: command('nginx', '-v') },
  caddy: { from: 'Debian', packages: ['caddy'], does: 'asks forward auth about each request', notices: request, needs: command('caddy', 'version') },
  pgbouncer: {
    from: 'Debian',
    packages: ['pgbouncer'],
    does: 'stands between Muster and PostgreSQL',
    notices: 'it has no session',
    needs: command('pgbouncer', '--version'),
  },
  'mod_auth_openidc (API)': {
    from: 'Debian',
    packages: ['apache2', 'libapache2-mod-auth-openidc'],
    does: 'lets through only tokens that introspection calls active',
    notices: request,
    set: '`OIDCOAuthTokenIntrospectionInterval -1`',
    needs: APACHE,
  },
  'mod_auth_openidc (sign-in)': {
    from: 'Debian',
    packages: ['apache2', 'libapache2-mod-auth-openidc'],
    does: 'signs in, and ends its session on a logout token',
    notices: 'within about a second',
    set: '`OIDCPKCEMethod S256`, `OIDCSessionType server-cache`',
    needs: APACHE,
  },
} as const satisfies Record<string, Peer>

export type PeerName = keyof typeof peers

/** Whether this machine lacks what the client's case needs. */
export function isMissing({ needs }: Peer): boolean {
  const [program, ...args] = needs ?? []
  return program !== undefined && spawnSync(program, args, { stdio: 'ignore' }).status !== 0
}

/** The client that a test's title begins with; a longer name comes before a shorter one that it contains. */
export const peerOf = (title: string): PeerName | undefined =>
  (Object.keys(peers) as PeerName[]).sort((one, other) => other.length - one.length).find((name) => title.startsWith(`${name} `))
