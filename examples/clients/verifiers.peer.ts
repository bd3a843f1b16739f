import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fastifyJwt from '@fastify/jwt'
import { getRequestListener } from '@hono/node-server'
import { JwtVerifier } from 'aws-jwt-verify'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import fastify from 'fastify'
import buildGetJwks from 'get-jwks'
import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import Koa from 'koa'
import koaJwt from 'koa-jwt'
import type { House } from './house.ts'
import { tryPeers } from './peers.ts'
import { PYTHON } from './table.ts'

const { JwksClient, koaJwtSecret } = createRequire(import.meta.url)('jwks-rsa')
const algorithms = ['ES256']
const jwksOf = (issuer: string): string => `${issuer}/.well-known/jwks.json`

/** Checks a valid token, and one with the same claims and key id that was signed by another key. */
async function verifies({ issuer, member, register, deactivate }: House, check: (token: string) => Promise<string>): Promise<void> {
  const { privateKey } = await generateKeyPair('ES256')
  const { alg = '', kid, typ } = decodeProtectedHeader(member.token)
  const forged = await new SignJWT(decodeJwt(member.token)).setProtectedHeader({ alg, kid, typ } as { alg: string }).sign(privateKey)
  assert.equal(await check(member.token), member.id)
  await assert.rejects(check(forged))
  await deactivate()
  // A signature stays valid after a deactivation, so the documentation requires introspection too.
  const { id, secret } = await register({ grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] })
  const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}` }
  const answer = await fetch(`${issuer}/oauth/introspect`, { method: 'POST', headers, body: new URLSearchParams({ token: member.token }) })
  assert.deepEqual(await answer.json(), { active: false })
}

/** Runs `verifies` against an API that returns the subject of the caller's token. */
async function apiVerifies(house: House, listener: RequestListener): Promise<void> {
  const api = await house.serve(listener)
  await verifies(house, async (token) => {
    const answer = await fetch(api, { headers: { authorization: `Bearer ${token}` } })
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
    return answer.text()
  })
}

tryPeers({
  async jose(house) {
    const keys = createRemoteJWKSet(new URL(jwksOf(house.issuer)))
    const expected = { issuer: house.issuer, audience: house.issuer, typ: 'at+jwt', algorithms }
    await verifies(house, async (token) => (await jwtVerify(token, keys, expected)).payload.sub ?? '')
  },

  async 'jsonwebtoken with jwks-rsa'(house) {
    const keys = new JwksClient({ jwksUri: jwksOf(house.issuer) })
    await verifies(house, async (token) => {
      const key = await keys.getSigningKey(decodeProtectedHeader(token).kid)
      return String(jsonwebtoken.verify(token, key.getPublicKey(), { issuer: house.issuer, audience: house.issuer, algorithms: ['ES256'] }).sub)
    })
  },

  async 'express-oauth2-jwt-bearer'(house) {
    const api = express()
    api.use(auth({ issuerBaseURL: house.issuer, audience: house.issuer, tokenSigningAlg: 'ES256', strict: true }))
    api.get('/', (request, response) => void response.send(request.auth?.payload.sub))
    await apiVerifies(house, api)
  },

  async '@fastify/jwt with get-jwks'(house) {
    const keys = buildGetJwks({ issuersWhitelist: [house.issuer] })
    const api = fastify()
    await api.register(fastifyJwt, {
      decode: { complete: true },
      secret: (_: unknown, token: any) => keys.getPublicKey({ kid: token.header.kid, alg: token.header.alg, domain: token.payload.iss }),
      verify: { allowedIss: house.issuer, allowedAud: house.issuer, algorithms },
    } as never)
    api.get('/', async (request) => ((await (request as any).jwtVerify()) as { sub: string }).sub)
    await api.ready()
    await apiVerifies(house, (request, response) => void api.server.emit('request', request, response))
  },

  async 'koa-jwt with jwks-rsa'(house) {
    const api = new Koa()
    api.silent = true
    api.use(koaJwt({ secret: koaJwtSecret({ jwksUri: jwksOf(house.issuer) }), issuer: house.issuer, audience: house.issuer, algorithms }))
    api.use((context) => {
      context.body = context.state['user'].sub
    })
    await apiVerifies(house, api.callback())
  },

  async 'hono/jwk'(house) {
    const api = new Hono()
    api.use(jwk({ jwks_uri: jwksOf(house.issuer), alg: ['ES256'], verification: { typ: 'at+jwt', iss: house.issuer, aud: house.issuer } }))
    api.get('/', (context) => context.text((context.get as any)('jwtPayload').sub))
    await apiVerifies(house, getRequestListener(api.fetch))
  },

  async 'aws-jwt-verify'(house) {
    const verifier = JwtVerifier.create({ issuer: house.issuer, audience: house.issuer, jwksUri: jwksOf(house.issuer) })
    await verifies(house, async (token) => String((await verifier.verify(token)).sub))
  },

  async 'python3-jwt'(house) {
    const program = join(import.meta.dirname, 'debian/jwt_verify.py')
    await verifies(house, async (token) => (await promisify(execFile)(PYTHON, [program, house.issuer, token])).stdout.trim())
  },
})
