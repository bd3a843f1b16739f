import type { SessionId, UserId } from '@muster/contract/ids.ts'
import Provider, { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Execute } from '../domain/command/context.ts'
import type { Limits } from '../domain/command/limits.ts'
import { refuseBarredPerson } from '../domain/command/refused-credential.ts'
import { startApplicationSession } from '../domain/credentials/application-session.ts'
import { type PendingRequests, redeemDevice, requestDeviceLogin } from '../domain/credentials/device-authorization.ts'
import { allNamesOf, audiencesAsked } from '../domain/credentials/granted-audience.ts'
import { endReusedFamily, isReuse, issueRefreshToken, refreshTokenName, refusalOfOver } from '../domain/credentials/refresh-token.ts'
import { finishSession } from '../domain/credentials/session.ts'
import type { OAuthModelStore } from '../domain/credentials/store.ts'
import { parseToken } from '../domain/model/opaque-token.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import { clientMetadata } from './client-metadata.ts'
import { withinConsent } from './consent.ts'
import { anonymous, currentExchange, principalOf } from './exchange.ts'
import type { KnownClients } from './known-clients.ts'
import { Refusal, refusing } from './refusal.ts'
import { grantPayloadOf, type OwnNames, resourcesOf } from './resources.ts'
import { registeredScopes } from './scopes.ts'

export interface AdapterOptions {
  store: Store
  execute: Execute
  limits: Pick<Limits, 'giveBack'>
  /** The names of Muster's own API. */
  resources: OwnNames
  clients: KnownClients
  pending: PendingRequests
  /** Creates a signing key for an algorithm that has none yet. */
  requireKey(alg: 'ES256' | 'RS256'): Promise<void>
}

/** The database's clock has already decided whether a row is valid, so the library gets an expiry far in the future or long ago. */
const NEVER = 32_503_680_000
const LONG_AGO = 1

/** The library's storage. Its grants are our sessions, and its refresh tokens and device codes are changed by commands. */
export function createAdapter(options: AdapterOptions): (kind: string) => Adapter {
  const kinds: Record<string, Partial<Adapter>> = {
    Client: registeredClients(options),
    Grant: grants(options),
    DeviceCode: deviceCodes(options),
    RefreshToken: refreshTokens(options),
    AuthorizationCode: authorizationCodes(options),
    // JWTs are not stored.
    AccessToken: { find: async () => undefined, revokeByGrantId: nothing },
    ClientCredentials: { find: async () => undefined },
  }
  return (kind) => ({ ...unused(kind), ...(kinds[kind] ?? models(kind, options.store)) })
}

async function nothing(): Promise<undefined> {
  return undefined
}

const unused = (kind: string): Adapter => {
  const refuse = async (): Promise<never> => {
    throw new Error(`The OAuth library asked for something of ${kind} that Muster does by itself.`)
  }
  return { upsert: refuse, find: refuse, findByUserCode: refuse, findByUid: refuse, consume: refuse, destroy: refuse, revokeByGrantId: refuse }
}

function registeredClients({ clients, requireKey }: AdapterOptions): Partial<Adapter> {
  return {
    async find(id) {
      const client = await clients.read(id)
      if (!client) return undefined
      await requireKey(client.alg)
      currentExchange().client = client
      return clientMetadata(client) as AdapterPayload
    },
  }
}

/** Finds ended sessions too. Why they ended is decided when the account is loaded (S36). */
function grants({ store, execute, resources }: AdapterOptions): Partial<Adapter> {
  const sessionOf = async (id: SessionId) => {
    const session = await store.reading.sessions.find(id)
    return { session, grant: session?.grantPayload }
  }
  return {
    async find(id) {
      const { refresh } = currentExchange()
      const { session, grant } = refresh?.live.session.id === id ? { ...refresh.live, grant: refresh.grant } : await sessionOf(id as SessionId)
      const stored = grant ?? (await store.reading.oauthModels.findByGrant('AuthorizationCode', id))?.payload
      if (!stored) return undefined
      const accountId = session?.userId ?? (stored.accountId as string)
      const clientId = session?.clientId ?? (stored.clientId as string)
      const granted = grantPayloadOf(stored, resources)
      const consented =
        currentExchange().client?.firstParty === false
          ? await withinConsent(store.reading, granted, { accountId, clientId, organizationId: session?.organizationId }, resources)
          : granted
      return { ...consented, kind: 'Grant', jti: id, accountId, clientId, exp: NEVER }
    },
    async destroy(id) {
      // A reused token ends its whole family where the reuse is recorded.
      if (currentExchange().refusal?.code === 'token_revoked') return
      await execute(
        async function endGrant(context, sessionId: SessionId) {
          await finishSession(context, sessionId, 'revoked')
        },
        anonymous(),
        id as SessionId,
      )
    },
  }
}

function deviceCodes({ store, limits, execute, resources, pending }: AdapterOptions): Partial<Adapter> {
  return {
    async upsert(id, payload) {
      const { client } = currentExchange()
      if (!client) throw new Error('A device request without its client.')
      const { refresh_token_name: name, ...others }: Record<string, unknown> = payload.params ?? {}
      const audiences = audiencesAsked(others.resource, resources)
      const params: Record<string, unknown> = {
        ...others,
        ...(typeof name === 'string' && { refresh_token_name: refreshTokenName(name) }),
        ...(audiences.some((one) => one !== resources[0]) && { audiences }),
      }
      const asked = String(params.scope ?? '')
        .split(' ')
        .filter(Boolean)
      const scopes = [...new Set([...asked, ...client.impliedScopes])]
      const request = { deviceCodeHash: digest(id), clientId: client.id, scopes, params: JSON.parse(storable(params)) }
      const { userCode } = await refusing(requestDeviceLogin({ store, execute, pending }, anonymous(), request))
      currentExchange().userCode = userCode
    },
    async find(id) {
      const device = await store.reading.deviceAuthorizations.findByDeviceCode(digest(id))
      // A consumed code is reported as unknown: a second use must not end the session of the first.
      if (!device || device.state === 'redeemed') return undefined
      currentExchange().refreshTokenName = device.refreshTokenName
      if (device.state === 'denied' && device.userId) await refusing(refuseBarredPerson(store.reading, device.userId))
      const answered = device.state === 'approved' && {
        accountId: device.userId as string,
        grantId: device.sessionId as string,
        sid: device.sessionId as string,
        scope: registeredNow(device.scopes),
        resource: allNamesOf(audiencesAsked(device.params.audiences, resources), resources),
      }
      return {
        kind: 'DeviceCode',
        jti: id,
        clientId: device.clientId,
        userCode: device.userCode.replace('-', ''),
        params: device.params,
        iat: seconds(device.requestedAt),
        exp: device.expired ? LONG_AGO : NEVER,
        ...answered,
        ...(device.signedInAt && { authTime: seconds(device.signedInAt) }),
        ...(device.state === 'denied' && { error: 'access_denied', errorDescription: 'the login was denied' }),
      } as AdapterPayload
    },
    async consume(id) {
      const deviceCodeHash = digest(id)
      const redeemed = await refusing(execute(redeemDevice, anonymous(), { deviceCodeHash }))
      // A successful login does not count for its address, because an office may share one.
      if (redeemed) return limits.giveBack(['device authorization by address', redeemed.address])
      const device = await store.reading.deviceAuthorizations.findByDeviceCode(deviceCodeHash)
      if (device?.state === 'denied') return
      if (device?.state === 'approved' && device.expired) throw new errors.ExpiredToken('device code is expired')
      throw new errors.InvalidGrant('device code already redeemed')
    },
    revokeByGrantId: nothing,
  }
}

function refreshTokens({ store, execute }: AdapterOptions): Partial<Adapter> {
  return {
    async upsert(id, { jti: _, exp: __, ...payload }) {
      const live = await store.reading.sessions.liveState(payload.grantId as SessionId, null)
      if (!live) throw new Refusal(new Problem('token_revoked'))
      await refusing(
        execute(issueRefreshToken, principalOf(live), {
          // The successor keeps the name.
          name: currentExchange().refresh?.token.name ?? currentExchange().refreshTokenName,
          tokenHash: digest(id),
          sessionId: payload.grantId as SessionId,
          userId: payload.accountId as UserId,
          clientId: payload.clientId ?? '',
          scopes: (payload.scope ?? '').split(' ').filter(Boolean),
          payload: { ...payload },
          rotates: !currentExchange().client?.commandLine,
        }),
      )
    },
    async find(id) {
      const presented = parseToken('muster_rt', id) === null ? null : await store.reading.refreshTokens.present(digest(id))
      if (!presented) {
        currentExchange().refusal = new Problem('invalid_token')
        return undefined
      }
      const { token } = presented
      currentExchange().refresh = presented
      if (token.over) currentExchange().refusal = refusalOfOver(token.over)
      return {
        ...token.payload,
        sid: presented.live.session.id,
        jti: id,
        exp: token.over ? LONG_AGO : NEVER,
        ...(isReuse(token, new Date()) && { consumed: true }),
      } as unknown as AdapterPayload
    },
    async consume(id) {
      const token = await store.reading.refreshTokens.findByHash(digest(id))
      // Two simultaneous uses get one successor, see `isReuse`.
      if (!token || !(await store.reading.refreshTokens.consume(token.id))) throw new errors.InvalidGrant('refresh token already used')
    },
    async destroy(id) {
      currentExchange().refusal = new Problem('token_revoked', 'The refresh token was used twice, so its login was revoked.')
      const token = await store.reading.refreshTokens.findByHash(digest(id))
      if (token) await execute(endReusedFamily, anonymous(), token)
    },
    revokeByGrantId: nothing,
  }
}

/** The code names the application's session, which begins when the code is used. An unused code leaves nothing behind. */
function authorizationCodes({ store, execute, resources }: AdapterOptions): Partial<Adapter> {
  const model = models('AuthorizationCode', store)
  return {
    ...model,
    /** `sid` in the ID token is the session that begins with the code (OpenID Connect Back-Channel Logout section 2.1). */
    async find(id) {
      const code = await model.find?.(id)
      // The redirect URI was removed after the code was sent to it (P14).
      if (!code || !(Provider.ctx as KoaContextWithOIDC).oidc.client?.redirectUriAllowed(String(code.redirectUri))) return undefined
      return { ...code, scope: registeredNow(code.scope?.split(' ') ?? []), sid: code.grantId } as AdapterPayload
    },
    async upsert(id, payload, lifetimeSeconds) {
      const { grant, signedIn } = currentExchange()
      if (!grant || grant.id !== payload.grantId || !signedIn) throw new Error('An authorization code without its grant.')
      const own = { grant: grant.payload, startedBy: signedIn.principal.sessionId, resource: resourcesOf(payload.resource, resources) }
      await model.upsert?.(id, { ...payload, ...own } as AdapterPayload, lifetimeSeconds)
    },
    async consume(id) {
      const codeHash = digest(id)
      const row = await store.reading.oauthModels.find('AuthorizationCode', codeHash)
      if (!row) throw new errors.InvalidGrant('authorization code not found')
      const { grantId, clientId, startedBy, grant } = row.payload as {
        grantId: SessionId
        clientId: string
        startedBy: SessionId
        grant: Record<string, unknown>
      }
      const live = await store.reading.sessions.liveState(startedBy, null)
      const principal = live ? principalOf(live) : anonymous()
      const { firstParty = true } = currentExchange().client ?? {}
      const session = await refusing(execute(startApplicationSession, principal, { codeHash, sessionId: grantId, clientId, startedBy, grant, firstParty }))
      if (!session) throw new errors.InvalidGrant('authorization code already consumed')
    },
    revokeByGrantId: nothing,
  }
}

/** The scopes of a login under way that its client, which asks for the tokens, is still registered for (P14). */
function registeredNow(scopes: readonly string[]): string {
  const { client } = currentExchange()
  if (!client) throw new Error('A token request without its client.')
  const { id: clientId, scopes: allowed_scopes, impliedScopes } = client
  return registeredScopes(scopes, { clientId, allowed_scopes, takes_any_scope: impliedScopes.length > 0 }).join(' ')
}

/** The library's own short-lived objects. Their ids are secrets in cookies and URLs, so they are removed from the payloads. */
function models(kind: string, { reading }: Store): Partial<Adapter> {
  type Row = Awaited<ReturnType<OAuthModelStore['find']>>
  const open = (row: Row, id: string): AdapterPayload | undefined => {
    if (!row) return undefined
    const payload = JSON.parse(JSON.stringify(row.payload).replaceAll(ITSELF, id)) as AdapterPayload
    return { ...payload, exp: row.expired ? LONG_AGO : (payload.exp ?? NEVER), ...(row.consumedAt && { consumed: seconds(row.consumedAt) }) }
  }
  return {
    async upsert(id, payload, lifetimeSeconds) {
      const text = storable(withoutCookie(payload)).replaceAll(id, ITSELF)
      const uid = kind === 'Session' ? (payload.uid ?? null) : null
      await reading.oauthModels.put(kind, digest(id), {
        payload: JSON.parse(text),
        uid,
        grantId: payload.grantId ?? null,
        lifetimeSeconds: lifetimeSeconds || null,
      })
    },
    find: async (id) => open(await reading.oauthModels.find(kind, digest(id)), id),
    // Used only to find out whether the session exists, and whose it is. Its id is in the cookie and not stored.
    findByUid: async (uid) => open(await reading.oauthModels.findByUid(kind, uid), uid),
    async consume(id) {
      if (!(await reading.oauthModels.consume(kind, digest(id)))) throw new errors.InvalidGrant('already used')
    },
    destroy: (id) => reading.oauthModels.delete(kind, digest(id)),
    revokeByGrantId: (grantId) => reading.oauthModels.deleteByGrant(kind, grantId),
  }
}

const ITSELF = '{itself}'

/** Input in a form that can be stored: jsonb cannot hold NUL, and a caller must not set the placeholder for ids. */
function storable(payload: object): string {
  const text = JSON.stringify(payload)
  if (text.includes('\\u0000') || text.includes(ITSELF)) throw new errors.InvalidRequest('A parameter contains characters that are not allowed.')
  return text
}

/** Removes the cookie of the session that an interaction began in. Nothing reads it. */
function withoutCookie(payload: AdapterPayload): AdapterPayload {
  const session = payload.session as { cookie?: string } | undefined
  if (!session?.cookie) return payload
  const { cookie: _, ...rest } = session
  return { ...payload, session: rest } as AdapterPayload
}

const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)
