import { type Answer, type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'

/** A client that may receive signals, with its access token. */
export interface ResourceServer {
  clientId: string
  token: string
}

export async function aResourceServer(muster: Muster, scopes = ['signals']): Promise<ResourceServer> {
  const body = { name: 'Resource server', grants: ['client_credentials'], scopes }
  const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret, scope: scopes.join(' ') })
  const answer = await muster.call('POST', '/oauth/token', { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  return { clientId: client.id, token: answer.body.access_token }
}

export const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
export const ACCOUNT_DISABLED = 'https://schemas.openid.net/secevent/risc/event-type/account-disabled'
export const BATCH = 'urn:muster:event-type:revocations'
export const POLL = 'urn:ietf:rfc:8936'
export const PUSH = 'urn:ietf:rfc:8935'

/** A stream as a verifier process uses it. */
export interface Stream {
  id: string
  body: Record<string, any>
  poll(request?: Record<string, unknown>, at?: Muster): Promise<Answer>
  /** Polls without waiting and acknowledges each response until nothing is left. */
  drain(at?: Muster): Promise<Set[]>
  remove(): Promise<Answer>
}

export type Set = Record<string, any>

export async function aStream(muster: Muster, { token }: ResourceServer, settings: Record<string, unknown> = {}): Promise<Stream> {
  const { status, body } = await muster.call('POST', '/ssf/streams', { token, body: settings })
  if (status !== 201) throw new Error(`no stream: ${status} ${JSON.stringify(body)}`)
  const poll = (request: Record<string, unknown> = { returnImmediately: true }, at = muster): Promise<Answer> =>
    at.call('POST', `/ssf/streams/${body.stream_id}/poll`, { token, body: request })
  return {
    id: body.stream_id,
    body,
    poll,
    async drain(at = muster) {
      const sets: Set[] = []
      let ack: string[] = []
      while (true) {
        const answer = await poll({ returnImmediately: true, ack }, at)
        if (answer.status !== 200) throw new Error(`poll: ${answer.status} ${JSON.stringify(answer.body)}`)
        ack = Object.keys(answer.body.sets)
        for (const set of Object.values(answer.body.sets)) sets.push(claimsOf(set as string))
        if (ack.length === 0 && !answer.body.moreAvailable) return sets
      }
    },
    remove: () => muster.call('DELETE', `/ssf/streams?stream_id=${body.stream_id}`, { token }),
  }
}

/** Decodes a token without verifying its signature. */
export const claimsOf = (set: string): Set => JSON.parse(Buffer.from(set.split('.')[1] as string, 'base64url').toString())

/** Verifies a token as a receiver does: signature, issuer, audience and type. */
export async function verifiedClaims(muster: Muster, { clientId }: ResourceServer, set: string): Promise<Set> {
  const { body } = await muster.call('GET', '/.well-known/jwks.json')
  const keys = createLocalJWKSet(body as JSONWebKeySet)
  const { payload } = await jwtVerify(set, keys, { issuer: muster.url, audience: clientId, typ: 'secevent+jwt', algorithms: ['RS256'] })
  return payload
}

/** Returns the revocation rows in these tokens. */
export const rowsOf = (sets: Set[]): Set[] => sets.flatMap(({ muster }) => muster ?? [])
