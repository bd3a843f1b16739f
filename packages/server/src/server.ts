import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { Compat } from './compat/compat.ts'
import { compats } from './compats.ts'
import { type Config, ConfigError, hostsApplications, isLocalHost } from './config.ts'
import type { OtherWays } from './domain/accounts/store.ts'
import { createExecute } from './domain/command/execute.ts'
import type { PasswordHasher } from './domain/command/services.ts'
import { installBuiltInClients, isInternalHost } from './domain/credentials/client.ts'
import { operatorTokenHash } from './domain/credentials/operator-token.ts'
import { systemPrincipal } from './domain/model/principal.ts'
import type { Notices } from './domain/model/revocation.ts'
import type { AwaitRevocations } from './domain/signals/receiver.ts'
import type { Store } from './domain/store.ts'
import { createApp } from './http/app.ts'
import { consoleRoutes } from './http/console.ts'
import { cliCommand, downloadRoutes, readDownloads } from './http/downloads.ts'
import { createLogs } from './http/log.ts'
import { createMetrics } from './http/monitoring/metrics.ts'
import type { Services } from './http/services.ts'
import { secretInFolder, secretsInFolder, secretsOfSettings } from './installation.ts'
import { logoutHandler } from './jobs/backchannel-logout.ts'
import { startExpiry } from './jobs/expiry.ts'
import { startFactorResets } from './jobs/factor-resets.ts'
import { startKeyExpiry } from './jobs/key-expiry.ts'
import { mailHandler } from './jobs/mail.ts'
import { openQueue } from './jobs/queue.ts'
import { secretHandler } from './jobs/secret-values.ts'
import { openKeyRing } from './key-ring.ts'
import { createMailbox } from './mail/mailbox.ts'
import { createTransport } from './mail/transport.ts'
import { createOAuth } from './oauth/provider.ts'
import { createPasswordHasher } from './password-hasher.ts'
import { passwordStrength as strength } from './password-strength.ts'
import { notFoundResponder } from './portal/not-found.ts'
import { otherHostResponder } from './portal/other-host.ts'
import { portalRoutes } from './portal/routes.ts'
import { createProviders } from './providers/providers.ts'
import { createSecretRotation } from './secret-rotation.ts'
import { createGuardedPost } from './signals/guarded-post.ts'
import { createSignals } from './signals/signals.ts'
import { requireInUse } from './store/archive/state.ts'
import { createLimits } from './store/command/limit-store.ts'
import { rootKeysOf } from './store/credentials/root-key-store.ts'
import { type Database, migrate, openDatabase, pendingMigrations } from './store/database.ts'
import { installationState } from './store/installation-state.ts'
import { nowOf } from './store/now.ts'
import { listenToNotices } from './store/signals/notices.ts'
import { createStore } from './store/transaction.ts'
import { createWebAuthn } from './webauthn.ts'

// Connects all parts of the server.

export interface RunningServer {
  app: FastifyInstance
  database: Database
  /** The services of the routes, also for tests and benchmarks. */
  services: Services
  /** The command line for people who have not installed the command. */
  cli: string
  /** The actual port, if the configured port is 0. */
  port: number
  /**
   * Lets other processes take over: `/readyz` answers 503, connections end with their next response, held requests are answered, and this process takes no job
   * and is no receiver. Requests are still served (O5).
   */
  drain(): Promise<void>
  /** Waits for running requests, then closes everything. */
  close(): Promise<void>
}

export interface ServerOptions {
  /** An open database, for tests. By default, it is opened from the settings. */
  database?: Database | undefined
  /** The folder with the packages of the command and the SDK, for tests. */
  downloadsFolder?: string | undefined
  /** A hasher with cheaper hashes, for tests of other things. */
  hasher?: PasswordHasher | undefined
  /** The output of the log. Standard output by default. */
  logStream?: { write(line: string): void } | undefined
}

/** Starts all parts and listens. @throws ConfigError, DataFolderInUse, DatabaseTooOld, StoreNotInUse, WrongSecret */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const compat = await enabledCompats(config)
  const folder = config.databaseUrl === null && !options.database ? config.dataDir : undefined
  const database = options.database ?? (await openDatabase({ databaseUrl: config.databaseUrl ?? undefined, dataDir: folder, prepared: config.prepared }))
  const closing: (() => Promise<unknown> | unknown)[] = options.database ? [] : [() => database.close()]
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  const logs = createLogs(config.logLevel, options.logStream)
  const log = logs.log as FastifyBaseLogger
  try {
    await migrate(database, config.migrateUrl ?? undefined)
    await requireInUse(database.kysely)
    if (hostsApplications(config))
      log.warn(
        { next: 'Set MUSTER_CLOUD_DOMAIN to a domain of its own.' },
        'applications are on the host of the issuer or below it, so each could ask for the passkeys of your users',
      )
    if (config.migrateUrl !== null && (await mayChangeRecord(database)))
      log.warn(
        {
          next: 'As the role of MUSTER_MIGRATE_URL: revoke update, delete on audit_event, audit_personal from the role of DATABASE_URL, which must not be a superuser (docs/operations.md, "A second role for migrations").',
        },
        'the role of the server may change the audit log (audit_event or audit_personal)',
      )
    const secrets = config.secret === null ? secretsInFolder(config.dataDir) : secretsOfSettings(config.secret, config.previousSecrets)
    const keyRing = await openKeyRing({
      ...rootKeysOf(database),
      secrets: secrets.read,
    })
    closing.push(() => keyRing.stop())
    const { keys } = keyRing
    const operatorToken = config.operatorToken ?? (folder === undefined ? null : await secretInFolder(folder, 'operator-token'))
    const queue = await openQueue(database, (error) => log.error({ err: error }, 'a job failed'))
    closing.push(() => queue.stop())
    const { passwords } = config
    let isDraining = false
    let applyOwnRevocation: Notices['revocation'] = () => {}
    let awaitRevocations: AwaitRevocations = async () => null
    let onRecorded = (): void => {}
    const onRevoked = (revocation: Parameters<Notices['revocation']>[0]) => applyOwnRevocation(revocation)
    const store = createStore(database, queue, { onRevoked, onRecorded: () => onRecorded(), floor: config.factorFloor, passwords })
    await requireRootOfItsOwn(store, operatorToken)
    const limits = createLimits(database, config.limits)
    closing.push(() => limits.stop())
    const providers = createProviders(config)
    const webauthn = createWebAuthn(config.issuer)
    requireFactorsPossible(config, webauthn)
    const ways = { passkeys: webauthn !== null, issuers: providers.map(({ issuer }) => issuer) }
    if (!passwords) await requireOtherWays(store, ways)
    const execute = createExecute({ store, keys, limits, plans: config.plans, admission: config.admission, passwords, ways })
    const hasher = options.hasher ?? createPasswordHasher()
    await execute(installBuiltInClients, systemPrincipal, { clients: compat.flatMap(({ clients }) => clients) })
    const downloads = readDownloads(options.downloadsFolder)
    const cli = cliCommand(config, downloads)
    const oauth = await createOAuth({
      config,
      cli,
      store,
      execute,
      keys,
      limits,
      awaitRevocations: (...args) => awaitRevocations(...args),
      audienceAliases: compat.flatMap(({ audiences }) => audiences),
      onError: (error) => log.error({ err: error }, 'the issuer met an error'),
    })
    closing.push(() => oauth.stop())

    const metrics = createMetrics({
      waitingHashes: () => hasher.waiting(),
      pool: database.pool,
      jobFailures: queue.failures,
      installation: () => installationState(database.kysely),
    })
    const signals = await createSignals({
      config,
      store,
      execute,
      limits,
      keys,
      accessTokens: oauth,
      listen: (notices) => {
        applyOwnRevocation = notices.revocation // this process must not wait for its own notice, which arrives a moment after the commit
        return listenToNotices(database, { ...notices, secret: () => void keyRing.refresh().catch(() => {}) }, (error) =>
          log.debug({ err: error }, 'notices from other processes are not received'),
        )
      },
      sign: oauth.signEventToken,
      onKeyWithdrawn: oauth.readSigningKeys,
      onPositioned: metrics.positioned,
      log,
    })
    onRecorded = signals.sequencer.wake
    awaitRevocations = async (...wait) => {
      const report = await signals.awaitRevocations(...wait)
      metrics.awaited(report)
      return report
    }
    closing.push(() => signals.stop())

    const mailbox = config.localMailbox ? createMailbox() : null
    const { admission } = config
    const services: Services = {
      config,
      store,
      execute,
      keys,
      limits,
      admission,
      ways,
      passwords,
      hasher,
      strength,
      accessTokens: oauth,
      awaitRevocations,
      webauthn,
    }
    const app = await createApp({
      ...services,
      operatorToken,
      signingKeys: { list: () => oauth.signingKeys(), rotate: oauth.rotateSigningKeys, withdraw: oauth.withdrawSigningKey, prepare: oauth.prepareSigning },
      secret: createSecretRotation({ ring: keyRing, source: secrets, rootKeys: store.reading.rootKeys, execute, ...oauth }),
      isDraining: () => isDraining,
      health: { fault: async () => (isDraining ? 'the process drains' : (keyRing.fault() ?? faultOf(database))) },
      metrics,
      notFoundPage: notFoundResponder({ config, mailbox }),
      otherHostPage: otherHostResponder({ config, mailbox }),
      log,
      answered: logs.answered,
    })
    const transport = createTransport({ config, mailbox, log })
    closing.push(() => transport.close())
    await app.register(oauth.plugin)
    await app.register(signals.plugin)
    await app.register(portalRoutes, {
      config,
      store,
      execute,
      keys,
      limits,
      admission,
      passwords,
      hasher,
      strength,
      mailbox,
      applicationOf: oauth.applicationOf,
      cli,
      webauthn,
      providers,
    })
    await app.register(consoleRoutes, { cli })
    await app.register(downloadRoutes, { config, downloads })
    for (const { routes } of compat) await app.register(routes, { ...services, hasher })
    closing.push(() => closeApp(app))

    const local = isLocalHost(new URL(config.issuer).hostname)
    const post = createGuardedPost({ isInternal: (url) => local || isInternalHost(url, config.logoutHosts) })
    await queue.work('backchannel-logout', logoutHandler({ config, store, sign: oauth.signLogoutToken, post, log }))
    await queue.work('secret', secretHandler({ execute, refresh: keyRing.refresh }), { goesOnLater: true })
    await queue.work('mail', mailHandler({ config, cli, store, execute, keys, transport }))
    closing.push(startExpiry({ store, limits, log }))
    closing.push(startFactorResets({ store, execute, log }))
    closing.push(startKeyExpiry({ store, execute, log }))
    keyRing.start((error) => log.error({ err: error }, 'the root keys could not be read'))
    await app.listen({ host: config.host, port: config.port })
    // Not awaited, so that the server starts without its mail server. Emails are queued until it is available.
    transport
      .verify()
      .catch((error: Error & { next?: string }) => log.warn({ err: error, next: error.next }, 'the mail server cannot be used; emails wait in the queue'))
    const { port } = app.server.address() as AddressInfo
    const drain = async (): Promise<void> => {
      isDraining = true
      await Promise.all([signals.drain(), queue.rest()])
    }
    return { app, database, services, cli, port, drain, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A named token in this setting would become root, and could no longer be revoked (O12). @throws ConfigError */
async function requireRootOfItsOwn({ reading }: Store, token: string | null): Promise<void> {
  const hash = token === null ? null : operatorTokenHash(token)
  const name = hash && (await reading.operatorTokens.nameOf(hash))
  if (name)
    throw new ConfigError([
      `MUSTER_OPERATOR_TOKEN is the operator token "${name}". It is the setting of the root token: create another with \`openssl rand -hex 32\`.`,
    ])
}

/** A factor that nobody can have here would keep every member out, from now or from a later day on (F13). @throws ConfigError */
function requireFactorsPossible({ factorFloor, issuer }: Config, webauthn: unknown): void {
  if (factorFloor.policy === 'phishing-resistant' && webauthn === null)
    throw new ConfigError([
      `MUSTER_FACTOR_POLICY is phishing-resistant, but passkeys are not possible at ${issuer}: set an issuer with https and a host name, or require any.`,
    ])
}

/** Passwords are off, so everybody needs another way in (F23). @throws ConfigError */
async function requireOtherWays({ reading }: Store, ways: OtherWays): Promise<void> {
  if (!ways.passkeys && ways.issuers.length === 0)
    throw new ConfigError(['MUSTER_PASSWORDS is off, and nobody could sign in: set a provider, or an issuer with https and a host name for passkeys.'])
  const { count, names } = await reading.people.countWithPasswordOnly(ways)
  if (count === 0) return
  const more = count > names.length ? ` and ${count - names.length} more` : ''
  throw new ConfigError([
    [
      `MUSTER_PASSWORDS is off, but the only way in of ${count === 1 ? 'one account' : `${count} accounts`} is a password: ${names.join(', ')}${more}.`,
      'To list them: start with MUSTER_PASSWORDS=on, and run: muster server user list --password-only --all',
      'Let each add a passkey or link a provider on the page Security, or suspend them: muster server user suspend USER',
    ].join('\n  '),
  ])
}

const enabledCompats = ({ compat }: Config): Promise<Compat[]> => Promise.all(compat.map((name) => (compats[name] as () => Promise<Compat>)()))

const CLOSE_MILLISECONDS = 10_000

/** Waits for running requests, then closes all connections after a timeout, because a silent connection would delay the shutdown for ever. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const impatience = setTimeout(() => app.server.closeAllConnections(), CLOSE_MILLISECONDS)
  try {
    await app.close()
  } finally {
    clearTimeout(impatience)
  }
}

/** True if the database lets this role change or delete events of the record. Only with two roles can it be prevented. */
async function mayChangeRecord({ kysely }: Database): Promise<boolean> {
  const { rows } = await sql<{
    may: boolean
  }>`select has_table_privilege('audit_event', 'update, delete') or has_table_privilege('audit_personal', 'update, delete') as may`.execute(kysely)
  return rows[0]?.may === true
}

/** Why this process is not ready, or null: pending migrations, or a clock that differs from the database's (S54). @throws if the database does not answer */
async function faultOf(database: Database): Promise<string | null> {
  const before = Date.now()
  const now = (await nowOf(database.kysely)).getTime()
  const after = Date.now()
  const offset = Math.max(before - now, now - after)
  if (offset > 2_000) return `the clock is ${offset} ms from the database's`
  const pending = await pendingMigrations(database)
  return pending.length > 0 ? `migrations have not run: ${pending.join(', ')}` : null
}
