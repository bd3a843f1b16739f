// The interface of the engine. No other file of the server imports from `engine/`, which a test checks.

export { DataFolderForeign, DataFolderInUse } from './engine/data-folder.ts'
export { createPool, type Database, type DatabaseOptions, DatabaseTooOld, openDatabase } from './engine/database.ts'
export {
  DIFFERENT_DATABASES,
  isKnownMigration,
  isSameDatabase,
  latestMigration,
  MigrationFailed,
  migrate,
  pendingMigrations,
  ranMigrations,
} from './engine/migrate.ts'
export { PoolerWithoutStatements } from './engine/pooler.ts'
export { executePoint, POINT, point, pointStatement } from './engine/prepared.ts'
