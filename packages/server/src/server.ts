import { realpathSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { createExecute } from './domain/execute.ts'
import { createApp } from './http/app.ts'
import { browserSessions } from './http/browser-session.ts'
import { keysOf, secretInFolder } from './installation.ts'
import { startExpiry } from './jobs/expiry.ts'
import { mailHandler } from './jobs/mail.ts'
import { openQueue } from './jobs/queue.ts'
import { createMailbox } from './mail/mailbox.ts'
import { createTransport } from './mail/transport.ts'
import { createOAuth } from './oauth/provider.ts'
import { createPasswordHasher } from './password-hasher.ts'
import { portalRoutes } from './portal/routes.ts'
import { type Database, openDatabase } from './store/database.ts'
import { createLimits } from './store/limit-store.ts'
import { migrate, pendingMigrations } from './store/migrate.ts'
import { nowOf } from './store/now.ts'
import { createStore } from './store/transaction.ts'

// The only file that knows every part.

export interface RunningServer {
  app: FastifyInstance
  database: Database
  /** Where it listens, which with port 0 is known only now. */
  port: number
  /** Lets what is under way end, then closes everything. */
  close(): Promise<void>
}

export interface ServerOptions {
  /** Already open, for tests; else opened as the settings say. */
  database?: Database | undefined
  logStream?: { write(line: string): void } | undefined
}
