import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import cookie from '@fastify/cookie'
import fastifyOauth2 from '@fastify/oauth2'
import { getRequestListener } from '@hono/node-server'
import { getAuth, initOidcAuthMiddleware, oidcAuthMiddleware, processOAuthCallback } from '@hono/oidc-auth'
import express, { type Express } from 'express'
import session from 'express-session'
import fastify from 'fastify'
import { Hono } from 'hono'
import { vi } from 'vitest'
import type { House } from './house.ts'
import { tryPeers } from './peers.ts'

const require = createRequire(import.meta.url)
const { Passport } = require('passport')
const { Strategy: OAuth2Strategy } = require('passport-oauth2')
const { Strategy: OpenIdStrategy } = require('passport-openidconnect')
const grant = require('grant')

const sessions = () => session({ secret: 'the secret of a test', resave: false, saveUninitialized: true })
const SCOPES = { grants: ['authorization_code'], scopes: ['openid', 'profile', 'email'] }

const askUserinfo = (issuer: string, token: string | undefined): Promise<Response> =>
  fetch(`${issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })

/** Tests an application that has the pages `/login` and `/me`. The page `/me` requests userinfo with the session's token. */
async function signsIn({ visitor, member, deactivate }: House, application: string, login = '/login'): Promise<void> {
  const person = visitor()
  await person.signIn(application + login)
  const me = await person.visit(`${application}/me`)
  assert.equal(me.status, 200, me.text)
  assert.equal(JSON.parse(me.text).sub, member.id)
  await deactivate()
  assert.equal((await person.visit(`${application}/me`)).status, 401)
}

/** Serves an application and registers a client for its address. The application's own handler is set later, because it needs the client's id and secret. */
async function place(house: House, callback: string, more: Record<string, unknown> = {}) {
  let listener: (request: any, response: any) => void = () => {}
  const application = await house.serve((request, response) => listener(request, response))
  const client = await house.register({ ...SCOPES, redirect_uris: [application + callback], ...more })
  const run = (next: typeof listener): void => {
    listener = next
  }
  return { application, client, run }
}

async function passportApp(
  house: House,
  strategyOf: (options: Record<string, unknown>, keep: (token: string) => void) => object,
  more: Record<string, unknown> = {},
) {
  const { application, client, run } = await place(house, '/callback', more)
  let token: string | undefined
  const passport = new Passport()
  const options = {
    issuer: house.issuer,
    authorizationURL: `${house.issuer}/oauth/authorize`,
    tokenURL: `${house.issuer}/oauth/token`,
    userInfoURL: `${house.issuer}/oauth/userinfo`,
    clientID: client.id,
    clientSecret: client.secret,
    callbackURL: `${application}/callback`,
  }
  passport.use(
    'muster',
    strategyOf(options, (one) => {
      token = one
    }),
  )
  const app: Express = express()
  app.use(sessions())
  app.get('/login', passport.authenticate('muster', { session: false }))
  app.get('/callback', passport.authenticate('muster', { session: false }), (_, response) => void response.send('Signed in'))
  app.get('/me', async (_, response) => {
    const answer = await askUserinfo(house.issuer, token)
    response.status(answer.status).send(await answer.text())
  })
  run(app)
  return application
}

tryPeers({
  async 'passport-openidconnect'(house) {
    const strategyOf = (options: object, keep: (token: string) => void) =>
      new OpenIdStrategy(
        { ...options, scope: ['profile', 'email'], nonce: true },
        (
          _issuer: string,
          profile: unknown,
          _context: unknown,
          _idToken: string,
          accessToken: string,
          _refresh: string,
          done: (error: null, user: unknown) => void,
        ) => {
          keep(accessToken)
          done(null, profile)
        },
      )
    await signsIn(house, await passportApp(house, strategyOf, { require_pkce: false }))
  },

  async 'passport-oauth2'(house) {
    const strategyOf = (options: object, keep: (token: string) => void) =>
      new OAuth2Strategy(
        { ...options, scope: ['openid', 'profile', 'email'], state: true, pkce: true },
        (accessToken: string, _refresh: string, _profile: unknown, done: (error: null, user: unknown) => void) => {
          keep(accessToken)
          done(null, {})
        },
      )
    await signsIn(house, await passportApp(house, strategyOf))
  },

  async grant(house) {
    const { application, client, run } = await place(house, '/connect/muster/callback')
    const app = express()
    app.use(sessions())
    app.use(
      grant.express({
        defaults: { origin: application, transport: 'session', state: true, nonce: true, pkce: true },
        muster: {
          oauth: 2,
          authorize_url: `${house.issuer}/oauth/authorize`,
          access_url: `${house.issuer}/oauth/token`,
          key: client.id,
          secret: client.secret,
          scope: ['openid', 'profile', 'email'],
          scope_delimiter: ' ',
          callback: '/done',
        },
      }),
    )
    app.get('/done', (_, response) => void response.send('Signed in'))
    app.get('/me', async (request, response) => {
      const answer = await askUserinfo(house.issuer, (request.session as any).grant.response?.access_token)
      response.status(answer.status).send(await answer.text())
    })
    run(app)
    await signsIn(house, application, '/connect/muster')
  },

  async '@fastify/oauth2'(house) {
    const { application, client, run } = await place(house, '/callback')
    const app = fastify()
    await app.register(cookie)
    await app.register(
      fastifyOauth2 as never,
      {
        name: 'muster',
        credentials: { client: { id: client.id, secret: client.secret } },
        scope: ['openid', 'profile', 'email'],
        startRedirectPath: '/login',
        callbackUri: `${application}/callback`,
        discovery: { issuer: house.issuer },
        pkce: 'S256',
      } as never,
    )
    let token: unknown
    app.get('/callback', async (request) => {
      token = (await (app as any).muster.getAccessTokenFromAuthorizationCodeFlow(request)).token
      return 'Signed in'
    })
    app.get('/me', async (_, reply) => {
      const person = await (app as any).muster.userinfo(token) // This resolves for every status.
      return reply.code(person.sub === undefined ? 401 : 200).send(person)
    })
    await app.ready()
    run((request, response) => void app.server.emit('request', request, response))
    await signsIn(house, application)
  },

  async '@hono/oidc-auth'(house) {
    const { application, client, run } = await place(house, '/callback')
    const app = new Hono()
    app.use(
      initOidcAuthMiddleware({
        OIDC_AUTH_SECRET: 's'.repeat(32),
        OIDC_ISSUER: house.issuer,
        OIDC_CLIENT_ID: client.id,
        OIDC_CLIENT_SECRET: client.secret,
        OIDC_REDIRECT_URI: `${application}/callback`,
        OIDC_SCOPES: 'openid email',
        OIDC_AUTH_REFRESH_INTERVAL: '1',
      }),
    )
    app.get('/callback', (context) => processOAuthCallback(context))
    app.use('*', oidcAuthMiddleware())
    app.get('*', async (context) => context.text(String((await getAuth(context))?.['sub'])))
    run(getRequestListener(app.fetch))
    const person = house.visitor()
    const page = await person.signIn(application)
    assert.equal(page.text, house.member.id)
    await house.deactivate()
    await vi.waitFor(async () => assert.equal((await person.visit(application)).at.origin, house.issuer), { timeout: 20_000, interval: 500 })
  },
})
