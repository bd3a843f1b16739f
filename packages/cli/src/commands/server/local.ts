import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command, flag, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { Failure, usage } from '../../errors.ts'

// Commands that need no running server: they use its settings and its database directly. The server's code runs in a separate process,
// because a command bundled with the database drivers would start more slowly.

const notes = "Run this on the server's machine with its environment. It connects to nothing but the database."

const migrate = command(
  'server migrate',
  {
    summary: 'bring the database up to date, with MUSTER_MIGRATE_URL or DATABASE_URL',
    examples: ['muster server migrate', 'MUSTER_MIGRATE_URL=postgres://owner@db/muster muster server migrate'],
    notes: `${notes}\nThe server also migrates when it starts. If you migrate beforehand, its role need not own the schema.`,
  },
  (context) => administer(context, 'migrate'),
)

const config = command(
  'server config',
  {
    summary: 'print the settings in force and where each comes from, without secrets',
    examples: ['muster server config', 'muster server config --json'],
    notes,
  },
  (context) => administer(context, 'config'),
)

const backup = command(
  'server backup <file>',
  {
    summary: 'write everything in the database to one file, or check such a file',
    options: { verify: flag('restore the file into a temporary database, check it and delete that database') },
    examples: ['muster server backup muster-2026-11-29.backup', 'muster server backup muster-2026-11-29.backup --verify'],
    notes: `${notes}\nWith PostgreSQL, servers go on meanwhile. Stop a server with an embedded database first. The secret is not in the file: keep it in another place.`,
  },
  (context, { file, verify }) => administer(context, 'backup', asPath(file), ...(verify ? ['--verify'] : [])),
)

const restore = command(
  'server restore [file]',
  {
    summary: 'restore a backup into an empty database, and end the access from before',
    options: {
      inPlace: flag("the database was restored by PostgreSQL's own tools: only end the access from before"),
      keepKeys: flag('keep API keys and refresh tokens valid, at the restore or later'),
    },
    examples: ['muster server restore muster-2026-11-29.backup', 'muster server restore --keep-keys', 'muster server restore --in-place'],
    notes: `${notes}\nStop every server process first. A server started on a restored database without this command accepts what was revoked since the backup.`,
  },
  async (context, { file, inPlace, keepKeys }) => {
    if (file !== undefined && inPlace) throw usage('Name a file, or --in-place.')
    if (file === undefined && !inPlace && !keepKeys) throw usage('Name the file of a backup, or --in-place, or --keep-keys.')
    await administer(
      context,
      'restore',
      ...(file === undefined ? [] : [asPath(file)]),
      ...(inPlace ? ['--in-place'] : []),
      ...(keepKeys ? ['--keep-keys'] : []),
    )
  },
)

/** So that the name of a file is not taken for an option. */
const asPath = (file: string): string => (file.startsWith('-') ? `./${file}` : file)

const move = command(
  'server move',
  {
    summary: 'move everything to PostgreSQL, or back to an embedded database',
    options: {
      to: value('TARGET', 'an empty database: postgres://…, or a folder for an embedded one'),
      cancel: flag('start servers on the old store again, without what has happened in the new one'),
    },
    examples: [
      'muster server move --to postgres://muster_owner@db.internal/muster',
      'DATABASE_URL=postgres://… muster server move --to .muster/data',
      'muster server move --cancel',
    ],
    notes: `${notes}\nStop every server process first. Ids, sessions, keys and links stay the same; start the server on the target with the same secret.\nTo keep a password out of the process list, set PGPASSWORD.`,
  },
  async (context, { to, cancel }) => {
    if ((to === undefined) === !cancel) throw usage('Say where to move with --to, or --cancel.')
    await administer(context, 'move', to === undefined ? '--cancel' : asPath(to))
  },
)

/** @param more what follows the command */
async function administer({ settings, signal, env }: Context, what: string, ...more: string[]): Promise<void> {
  const folder = dirname(realpathSync(process.argv[1] ?? '.'))
  // In the repository, the folders of the source, the bundle and the executable are at the same depth below the root.
  const root = join(folder, '../../..')
  const places = [
    { script: join(folder, 'administration.js'), nodeVersion: join(folder, 'node-version.js') }, // in a release, beside this command
    { script: join(root, 'packages/server/bin/administration.js'), nodeVersion: join(root, 'scripts/node-version.js') },
  ]
  const place = places.find(({ script }) => existsSync(script))
  if (place === undefined)
    throw new Failure('The server is not installed here.', { code: 'server_not_here', next: `Run it where the server runs: muster server ${what}` })
  const words = ['--import', place.nodeVersion, place.script, what, ...more, ...(settings.json ? ['--json'] : [])]
  const child = spawn(process.execPath, words, { stdio: 'inherit', env, signal })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  // The child process has reported the error.
  if (code !== 0) process.exit(code ?? 1)
}

export default [migrate, config, backup, restore, move]
