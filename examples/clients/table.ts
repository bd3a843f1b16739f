import { spawnSync } from 'node:child_process'

/** Clients from other projects. `npm run test:peers` runs each against a real Muster, and docs/sign-in-from.md lists them from this table. */
export interface Peer {
  /** Names in examples/package.json, or Debian packages. */
  packages: readonly string[]
  from: 'npm' | 'Debian'
  /** The result of the client's test, worded as in the test's title. */
  does: string
  /** How the client learns that the person was deactivated. */
  notices: string
  /** Settings beside the issuer, the id and the secret. */
  set?: string
  /** A command that succeeds when the packages are installed. */
  needs?: readonly string[]
}

/** Debian's own interpreter has Debian's modules, even if another one is first on the search path. */
export const PYTHON = '/usr/bin/python3'

const command = (...line: string[]): readonly string[] => line
const refresh = 'at the next refresh'
const request = 'at the next request'
const userinfo = 'at the next userinfo request'
const expiry = 'when the token expires, up to 24 hours later: introspect too'

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
    notices: userinfo,
    set: 'a `nonce` for `signinRedirect`; it sends none by itself',
  },
  'passport-openidconnect': {
    from: 'npm',
    packages: ['passport-openidconnect'],
    does: 'signs in, and is refused after deactivation',
    notices: userinfo,
    set: 'register with `--no-pkce`, set `nonce: true`: it cannot do PKCE',
  },
  'passport-oauth2': {
    from: 'npm',
    packages: ['passport-oauth2'],
    does: 'signs in, and is refused after deactivation',
    notices: userinfo,
    set: '`state: true`, `pkce: true`, a session store',
  },
  grant: {
    from: 'npm',
    packages: ['grant'],
    does: 'signs in, and is refused after deactivation',
    notices: userinfo,
    set: "`scope_delimiter: ' '` (it joins scopes with commas), and `state`, `nonce` and `pkce`, which are off by default",
  },
  '@fastify/oauth2': {
    from: 'npm',
    packages: ['@fastify/oauth2'],
    does: 'signs in, and is refused after deactivation',
    notices: userinfo,
    set: "`discovery: { issuer }`, `pkce: 'S256'`; `userinfo()` does not reject a refused token, so check `sub`",
  },
  '@hono/oidc-auth': {
    from: 'npm',
    packages: ['@hono/oidc-auth'],
    does: 'signs in, and asks again after its refresh interval',
    notices: 'after `OIDC_AUTH_REFRESH_INTERVAL` (15 minutes by default)',
    set: '`OIDC_AUTH_REFRESH_INTERVAL` in seconds',
  },
  jose: {
    from: 'npm',
    packages: ['jose'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`algorithms: ['ES256']`, issuer and audience",
  },
  'jsonwebtoken with jwks-rsa': {
    from: 'npm',
    packages: ['jsonwebtoken', 'jwks-rsa'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`algorithms: ['ES256']`, issuer and audience",
  },
  'express-oauth2-jwt-bearer': {
    from: 'npm',
    packages: ['express-oauth2-jwt-bearer'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`tokenSigningAlg: 'ES256'`",
  },
  '@fastify/jwt with get-jwks': {
    from: 'npm',
    packages: ['@fastify/jwt', 'get-jwks'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`algorithms: ['ES256']`, issuer and audience",
  },
  'koa-jwt with jwks-rsa': {
    from: 'npm',
    packages: ['koa-jwt', 'jwks-rsa'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`algorithms: ['ES256']`, issuer and audience",
  },
  'hono/jwk': {
    from: 'npm',
    packages: ['hono'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`alg: ['ES256']`, `verification: { typ: 'at+jwt', iss, aud }`: it refuses this `typ` otherwise, and checks no issuer or audience",
  },
  'aws-jwt-verify': {
    from: 'npm',
    packages: ['aws-jwt-verify'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: '`jwksUri`, issuer and audience',
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
  'python3-jwt': {
    from: 'Debian',
    packages: ['python3-jwt', 'python3-cryptography'],
    does: 'accepts a valid token and refuses a forged one',
    notices: expiry,
    set: "`algorithms=['ES256']`, issuer and audience",
    needs: command(PYTHON, '-c', 'import jwt, cryptography'),
  },
  'python3-authlib': {
    from: 'Debian',
    packages: ['python3-authlib', 'python3-requests'],
    does: 'signs in, refreshes, and fails after deactivation',
    notices: refresh,
    set: "`code_challenge_method='S256'`",
    needs: command(PYTHON, '-c', 'import authlib, requests'),
  },
  'python3-requests-oauthlib': {
    from: 'Debian',
    packages: ['python3-requests-oauthlib'],
    does: 'signs in, refreshes, and fails after deactivation',
    notices: refresh,
    set: 'PKCE by hand; its version has none',
    needs: command(PYTHON, '-c', 'import requests_oauthlib'),
  },
  'ruby-oauth2': {
    from: 'Debian',
    packages: ['ruby-oauth2'],
    does: 'signs in, refreshes, and fails after deactivation',
    notices: refresh,
    set: 'PKCE by hand; `auth_scheme: :basic_auth`',
    needs: command('/usr/bin/ruby', '-e', "require 'oauth2'"),
  },
  'liblwp-authen-oauth2-perl': {
    from: 'Debian',
    packages: ['liblwp-authen-oauth2-perl'],
    does: 'signs in, and is refused after deactivation',
    notices: userinfo,
    set: 'PKCE by hand; `is_strict => 0`, and `redirect_uri` in `request_tokens`',
    needs: command('/usr/bin/perl', '-MLWP::Authen::OAuth2', '-e', '1'),
  },
} as const satisfies Record<string, Peer>

export type PeerName = keyof typeof peers

/** True when this machine lacks a requirement of the client's case. */
export function isMissing({ needs }: Peer): boolean {
  const [program, ...args] = needs ?? []
  return program !== undefined && spawnSync(program, args, { stdio: 'ignore' }).status !== 0
}

/** The client whose name begins a test's title. A longer name precedes a shorter one that it contains. */
export const peerOf = (title: string): PeerName | undefined =>
  (Object.keys(peers) as PeerName[]).sort((one, other) => other.length - one.length).find((name) => title.startsWith(`${name} `))
