import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { Execute } from '../domain/command/context.ts'
import { addFirstSigningKey, type NewSigningKey, rotateSigningKey, withdrawSigningKey } from '../domain/credentials/signing-key.ts'
import type { SigningKeyRow } from '../domain/credentials/store.ts'
import { currentMoment, type Moment, millisecondsSince } from '../domain/model/clock.ts'
import { type Principal, systemPrincipal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'

export type SigningAlg = 'ES256' | 'RS256'

export interface SigningKey {
  kid: string
  alg: SigningAlg
  publicJwk: Record<string, unknown>
  publicKey: KeyObject
  privateKey: KeyObject
  createdAt: Date
  signsFrom: Date
  retiredAt: Date | null
}

export interface SigningKeyView {
  kid: string
  alg: SigningAlg
  state: 'upcoming' | 'signing' | 'retired'
  createdAt: Date
  signsFrom: Date
}

export interface SigningKeyTimes {
  /** How long a new key is published before it signs: longer than a JWKS is cached. */
  leadSeconds?: number | undefined
  /** How long a key is published after its last use: longer than the lifetime of any token. */
  keepSeconds?: number | undefined
  pollMilliseconds?: number | undefined
  /** Older reads verify nothing, so every process refuses a withdrawn key after this time. */
  freshMilliseconds?: number | undefined
}

export interface SigningKeys {
  /** The published keys. The current signing key of each alg comes first. */
  all(): readonly SigningKey[]
  signing(alg: SigningAlg): SigningKey | undefined
  /** The same, from the last read. */
  find(kid: string): SigningKey | undefined
  /** Reads everything committed before this call. @throws when the database does not answer */
  readNow(): Promise<void>
  /** Reads the keys again if the last read is older than `freshMilliseconds`. @throws when the database does not answer */
  requireFresh(): Promise<void>
  /** Reads the keys again. Calls `onChange` if the published keys or the signing key changed. */
  refresh(): Promise<void>
  require(alg: SigningAlg): Promise<void>
  rotate(principal: Principal): Promise<SigningKeyView[]>
  /** Resolves when no process accepts what the key signed. @throws Problem signing_key_not_found */
  withdraw(principal: Principal, kid: string): Promise<SigningKeyView[]>
  /** One new key for each algorithm in use, sealed with this root key (O8). */
  successors(generation: number): Promise<NewSigningKey[]>
  /** After the keys were replaced. Resolves when no process accepts what the old keys signed. */
  replaced(): Promise<void>
  view(): Promise<SigningKeyView[]>
  stop(): void
}

interface Options extends SigningKeyTimes {
  store: Store
  execute: Execute
  keys: SecretKeys
  onChange(): void
  onError(error: unknown): void
}

const DAY = 86_400

/** The keys that sign tokens. Every process reads their rows every few seconds, so a rotation needs no restart. */
export async function createSigningKeys(options: Options): Promise<SigningKeys> {
  const { store, execute, keys, onChange, onError, leadSeconds = 600, keepSeconds = 2 * DAY, pollMilliseconds = 500, freshMilliseconds = 1_000 } = options
  const opened = new Map<string, SigningKey>()
  let published: SigningKey[] = []
  let state = ''
  let readAt: Moment | undefined
  let refreshing: Promise<void> | undefined

  const load = async (): Promise<void> => {
    const startedAt = currentMoment()
    const now = Date.now()
    const rows = await store.reading.signingKeys.list()
    published = rows
      .filter(({ retiredAt }) => retiredAt === null || retiredAt.getTime() + keepSeconds * 1000 > now)
      .map((row) => {
        const { signsFrom, retiredAt } = row
        const key = { ...(opened.get(row.kid) ?? openKey(row, keys)), signsFrom, retiredAt }
        opened.set(row.kid, key)
        return key
      })
    const first = published.filter((key) => signing(key.alg) === key)
    published = [...first, ...published.filter((key) => !first.includes(key))]
    readAt = startedAt
  }

  /** The newest key that may sign. The very first key signs at once, even if this clock is slightly behind the database's. */
  const signing = (alg: SigningAlg): SigningKey | undefined => {
    const now = Date.now()
    const ofAlg = published.filter((key) => key.alg === alg).sort((one, other) => one.signsFrom.getTime() - other.signsFrom.getTime())
    return ofAlg.findLast((key) => key.signsFrom.getTime() <= now) ?? ofAlg[0]
  }

  const refresh = async (): Promise<void> => {
    await load()
    const seen = published.map(({ kid, alg }) => `${kid}${signing(alg)?.kid === kid ? '*' : ''}`).join(' ')
    if (seen === state) return
    state = seen
    onChange()
  }

  const isFresh = (): boolean => readAt !== undefined && millisecondsSince(readAt) < freshMilliseconds
  const readNow = async (): Promise<void> => {
    // A running read may have begun before the commit that the caller must see.
    if (refreshing) await refreshing.catch(() => {})
    refreshing ??= refresh().finally(() => {
      refreshing = undefined
    })
    await refreshing
  }

  const requireKey = async (alg: SigningAlg): Promise<void> => {
    if (signing(alg)) return
    await load()
    if (!signing(alg)) await execute(addFirstSigningKey, systemPrincipal, await newKey(alg, keys))
    await refresh()
  }

  const view = async (): Promise<SigningKeyView[]> => {
    await refresh()
    const now = Date.now()
    return published.map((key) => ({
      kid: key.kid,
      alg: key.alg,
      state: signing(key.alg) === key ? 'signing' : key.signsFrom.getTime() > now ? 'upcoming' : 'retired',
      createdAt: key.createdAt,
      signsFrom: key.signsFrom,
    }))
  }

  await requireKey('ES256')
  await refresh()
  let reading = false
  const timer = setInterval(async () => {
    if (reading) return
    reading = true
    try {
      await refresh()
    } catch (error) {
      onError(error)
    } finally {
      reading = false
    }
  }, pollMilliseconds).unref()

  return {
    all: () => published,
    signing,
    find: (kid) => published.find((key) => key.kid === kid),
    refresh,
    require: requireKey,
    async rotate(principal) {
      for (const alg of new Set(published.map((key) => key.alg))) {
        await execute(rotateSigningKey, principal, { ...(await newKey(alg, keys)), afterSeconds: leadSeconds })
      }
      await store.reading.signingKeys.deleteRetired(keepSeconds)
      return view()
    },
    async withdraw(principal, kid) {
      const row = (await store.reading.signingKeys.list()).find((key) => key.kid === kid)
      if (!row) throw new Problem('signing_key_not_found')
      await execute(withdrawSigningKey, principal, { kid, successor: await newKey(row.alg, keys) })
      await refresh()
      // After this time, every process has read the keys since the commit, or reads them before it verifies the next token.
      await sleep(freshMilliseconds)
      return view()
    },
    successors: (generation) => Promise.all([...new Set(published.map(({ alg }) => alg))].map((alg) => newKey(alg, keys, generation))),
    async replaced() {
      await readNow()
      await sleep(freshMilliseconds)
    },
    readNow,
    async requireFresh() {
      if (!isFresh()) await readNow()
    },
    view,
    stop: () => clearInterval(timer),
  }
}

/** RSA with 3072 bits is as strong as the curve (NIST SP 800-57 part 1, table 2). */
async function newKey(alg: SigningAlg, keys: SecretKeys, generation = keys.generation): Promise<NewSigningKey> {
  const generate = promisify(generateKeyPair)
  const { privateKey } = alg === 'ES256' ? await generate('ec', { namedCurve: 'P-256' }) : await generate('rsa', { modulusLength: 3072 })
  const bare = createPublicKey(privateKey).export({ format: 'jwk' }) as JWK
  const kid = await calculateJwkThumbprint(bare)
  const publicJwk = { ...bare, kid, alg, use: 'sig' }
  const privateJwk = keys.of(generation).seal('signing-key', kid, JSON.stringify(privateKey.export({ format: 'jwk' })))
  return { kid, alg, publicJwk, privateJwk, keyGeneration: generation }
}

function openKey({ kid, alg, publicJwk, privateJwk: sealed, keyGeneration, createdAt, signsFrom, retiredAt }: SigningKeyRow, keys: SecretKeys): SigningKey {
  const privateKey = createPrivateKey({ key: JSON.parse(keys.of(keyGeneration).open('signing-key', kid, sealed)), format: 'jwk' })
  return { kid, alg, publicJwk, publicKey: createPublicKey(privateKey), privateKey, createdAt, signsFrom, retiredAt }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Synchronous: to hand an ES256 signature to a thread and to take it back costs more than the signature. */
export const signatureOf = (data: Uint8Array, { privateKey }: Pick<SigningKey, 'privateKey'>): Buffer =>
  sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })

export function signJwt(typ: string, claims: Record<string, unknown>, key: Pick<SigningKey, 'kid' | 'alg' | 'privateKey'>): string {
  const signed = `${encode({ alg: key.alg, typ, kid: key.kid })}.${encode(claims)}`
  return `${signed}.${signatureOf(Buffer.from(signed), key).toString('base64url')}`
}
