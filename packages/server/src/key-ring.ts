import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { RootKeyRow, RootKeyStore, SecretState } from './domain/credentials/store.ts'
import { RootKey, SecretKeys, sameBytes } from './domain/model/secret-keys.ts'

// The root keys of the installation, which are stored sealed with a key derived from MUSTER_SECRET (O8, decision 0059). Each process reads them when they
// change, so a rotation of the secret needs no restart.

/** The secrets in the settings cannot open what is stored. The message says what to set. */
export class WrongSecret extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WrongSecret'
  }
}

/** MUSTER_SECRET, and MUSTER_SECRET_PREVIOUS if it is set. */
export type Secrets = readonly [secret: string, ...previous: string[]]

export const checkOf = (secret: string): Buffer => new RootKey(Buffer.from(secret)).mac('secret-check', 'installation')

const contextOf = ({ kind, generation }: Pick<RootKeyRow, 'kind' | 'generation'>): string => `${kind}/${generation}`

export function sealRoot(secret: string, kind: RootKeyRow['kind'], generation: number, root: Uint8Array): RootKeyRow {
  const sealed = new RootKey(Buffer.from(secret)).seal('root-key', contextOf({ kind, generation }), Buffer.from(root).toString('base64'))
  return { kind, generation, secretCheck: checkOf(secret), sealed }
}

export function openRoot(secrets: Secrets, row: RootKeyRow): Buffer | null {
  const secret = secrets.find((one) => sameBytes(checkOf(one), row.secretCheck))
  return secret === undefined ? null : Buffer.from(new RootKey(Buffer.from(secret)).open('root-key', contextOf(row), row.sealed), 'base64')
}

export const newRoot = (): Buffer => randomBytes(32)

/** Stores the first root keys. Several processes may do this at once: one of them wins, and the others read its keys. */
async function storeFirst(rootKeys: RootKeyStore, secrets: Secrets): Promise<void> {
  const isNew = await rootKeys.begin(checkOf(secrets[0]))
  const state = await rootKeys.lock()
  const secret = secrets.find((one) => sameBytes(checkOf(one), state.secretCheck))
  if (state.roots.length > 0 || secret === undefined) return
  // An installation of before has made its values with the secret itself, so the secret goes on as its first root key until the first rotation.
  const root = isNew ? newRoot() : Buffer.from(secret)
  await rootKeys.insert(sealRoot(secret, 'rows', 0, root))
  await rootKeys.insert(sealRoot(secret, 'lasting', 0, root))
}

/** @throws WrongSecret */
async function opened(rootKeys: RootKeyStore, state: SecretState, secrets: Secrets): Promise<Parameters<SecretKeys['set']>[0]> {
  if (state.roots.length === 0) throw await whyNotOpened(rootKeys, state, secrets)
  const roots = new Map<number, RootKey>()
  const making: RootKey[] = []
  const announced: RootKey[] = []
  for (const row of state.roots) {
    const root = openRoot(secrets, row)
    if (root === null && row.generation > state.generation) continue // announced, and no value is made with it yet
    if (root === null) throw await whyNotOpened(rootKeys, state, secrets)
    const key = new RootKey(root)
    if (row.kind === 'rows') roots.set(row.generation, key)
    else if (row.generation > state.generation) announced.push(key)
    else making.push(key)
  }
  const [newest, ...older] = making
  if (newest === undefined || !roots.has(state.generation)) throw new Error('The root keys are missing from the table root_key. Restore it from a backup.')
  return { generation: state.generation, roots, lasting: [newest, ...older, ...announced] }
}

async function whyNotOpened(rootKeys: RootKeyStore, state: SecretState, secrets: Secrets): Promise<WrongSecret> {
  const checks = secrets.map(checkOf)
  if (checks.some((check) => sameBytes(check, state.secretCheck)))
    return new WrongSecret(
      'The secret was rotated, and values of the previous secret are still in use. Set MUSTER_SECRET_PREVIOUS to the previous secret, until `muster server secret rotate --finish` has run.',
    )
  const [ended] = (await Promise.all(checks.map((check) => rootKeys.endedAt(check)))).filter((at) => at !== null)
  const isPrevious = ended !== undefined || state.roots.some(({ secretCheck }) => checks.some((check) => sameBytes(check, secretCheck)))
  if (isPrevious)
    return new WrongSecret(
      `MUSTER_SECRET is a previous secret of this database${ended === undefined ? '' : `, which ended at ${ended.toISOString()}`}. Set MUSTER_SECRET to the secret that the other servers have.`,
    )
  return new WrongSecret(
    'MUSTER_SECRET differs from the secret that this database was created with, or was last rotated to. With it, nothing stored could be decrypted and no link would work. Set the original secret again.',
  )
}

interface Opening {
  /** Runs `work` in a transaction. */
  transaction<T>(work: (rootKeys: RootKeyStore) => Promise<T>): Promise<T>
  rootKeys: RootKeyStore
  /** Read again each time, because the embedded mode keeps them in files that a rotation writes. */
  secrets(): Promise<Secrets>
}

export interface KeyRing {
  keys: SecretKeys
  secrets(): Promise<Secrets>
  /** Why this process cannot make or check values, or null. */
  fault(): string | null
  /** Reads the root keys, and tells other processes which ones this process has. */
  refresh(): Promise<void>
  /** Reads them every second from now on. */
  start(onError: (error: unknown) => void): void
  stop(): Promise<void>
}

/** How often each process reads the root keys. A notice makes it read at once. */
const READ_MILLISECONDS = 1_000
/** How often a process reports that it runs. It counts as stopped after three times as long (`SEEN_SECONDS` in root-key-store.ts). */
const REPORT_MILLISECONDS = 5_000

/** @throws WrongSecret */
export async function openKeyRing({ transaction, rootKeys, secrets }: Opening): Promise<KeyRing> {
  const configured = await secrets()
  await transaction((tx) => storeFirst(tx, configured))
  const keys = new SecretKeys(newRoot())
  const id = randomBytes(12).toString('hex')
  const name = `${hostname()}, process ${process.pid}`
  let fault: string | null = null
  let seen = ''
  let reportedAt = Number.NEGATIVE_INFINITY
  let isStarted = false
  let timer: NodeJS.Timeout | undefined

  const read = async (): Promise<void> => {
    const state = await rootKeys.read()
    if (!state) throw new Error('The installation has no secret.')
    const known = await secrets()
    const now = JSON.stringify([
      state.generation,
      state.roots.map(({ sealed }) => Buffer.from(sealed).toString('base64')),
      known.map((one) => checkOf(one).toString('base64')),
    ])
    if (now !== seen) {
      try {
        keys.set(await opened(rootKeys, state, known))
        fault = null
      } catch (error) {
        if (!(error instanceof WrongSecret)) throw error
        // Nothing is made or accepted with keys that may have ended.
        keys.set({ generation: state.generation, roots: new Map(), lasting: [new RootKey(newRoot())] })
        fault = error.message
      }
      seen = now
      reportedAt = Number.NEGATIVE_INFINITY
    }
    if (isStarted && performance.now() - reportedAt > REPORT_MILLISECONDS) {
      reportedAt = performance.now()
      await rootKeys.noteProcess({ id, name, secretChecks: known.map(checkOf), generation: keys.newestRead })
    }
  }
  let reading: Promise<void> | undefined
  const refresh = async (): Promise<void> => {
    // A running read may have begun before the commit that the caller must see.
    if (reading) await reading.catch(() => {})
    reading ??= read().finally(() => {
      reading = undefined
    })
    await reading
  }
  await refresh()
  if (fault !== null) throw new WrongSecret(fault)
  return {
    keys,
    secrets,
    fault: () => fault,
    refresh,
    start(onError) {
      isStarted = true
      const again = (): void => void refresh().catch(onError)
      again()
      timer = setInterval(again, READ_MILLISECONDS).unref()
    },
    async stop() {
      clearInterval(timer)
      isStarted = false
      await reading?.catch(() => {})
      await rootKeys.removeProcess(id).catch(() => {})
    },
  }
}
