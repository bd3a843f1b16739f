// The interface of the engine. No other file of the server imports from `engine/`, which a test checks.

export { DataFolderInUse } from './engine/data-folder.ts'
export { createPool, type Database, DatabaseTooOld, openDatabase } from './engine/database.ts'
export { MigrationFailed, migrate, pendingMigrations } from './engine/migrate.ts'
export { PoolerWithoutStatements } from './engine/pooler.ts'
export { executePoint, POINT, point, pointStatement } from './engine/prepared.ts'
