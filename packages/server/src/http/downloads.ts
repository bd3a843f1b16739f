import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { Problem } from '../domain/model/problem.ts'
import { downloadsFolder } from '../files.ts'

// The command and the SDK, for `npx` and `npm install` by address. npm caches a package by its URL, so the content of a versioned URL never
// changes: the version ends with a digest of the content (scripts/build-downloads.ts, decision 0041).

type Name = 'cli' | 'sdk'

interface Package {
  version: string
  file: string
  integrity: string
}

/** The newest packages, and the names of all tarballs built here, which are read on request. Null if nothing was built. */
export interface Downloads {
  folder: string
  newest: Record<Name, Package>
  files: ReadonlySet<string>
}

export function readDownloads(folder = downloadsFolder): Downloads | null {
  const index = join(folder, 'index.json')
  if (!existsSync(index)) return null
  return {
    folder,
    newest: JSON.parse(readFileSync(index, 'utf8')) as Record<Name, Package>,
    files: new Set(readdirSync(folder).filter((name) => name.endsWith('.tgz'))),
  }
}

/** The command line for people who have not installed the command: as configured, or `npx` with the address of its package. */
export function cliCommand({ cliCommand, issuer }: Pick<Config, 'cliCommand' | 'issuer'>, downloads: Downloads | null): string {
  return cliCommand ?? (downloads ? `npx --yes ${issuer}/${downloads.newest.cli.file}` : 'muster')
}

export async function downloadRoutes(
  app: FastifyInstance,
  { config, downloads }: { config: Pick<Config, 'cliCommand' | 'issuer'>; downloads: Downloads | null },
): Promise<void> {
  if (!downloads) return // not built: the addresses do not exist
  const options = { schema: { hide: true }, logLevel: 'warn' } as const
  for (const name of ['cli', 'sdk'] as const) {
    const { version, file, integrity } = downloads.newest[name]
    // The issuer's address, whatever the Host header says, because people copy it.
    const url = `${config.issuer}/${file}`
    const command = name === 'cli' ? cliCommand(config, downloads) : `npm install ${url}`
    app.get(`/${name}.json`, options, (_request, reply) => reply.header('cache-control', 'no-store').send({ version, url, integrity, command }))
    app.get(`/${name}.tgz`, options, (_request, reply) => reply.header('cache-control', 'no-store').redirect(url, 302))
    app.get<{ Params: { rest: string } }>(`/${name}-:rest`, options, async (request, reply) => {
      const tarball = `${name}-${request.params.rest}`
      // Only a listed name is read, so no name leads out of the folder.
      if (!downloads.files.has(tarball)) throw new Problem('not_found', `This version is not available. Current version: ${url}`)
      return reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .type('application/gzip')
        .send(await readFile(join(downloads.folder, tarball)))
    })
  }
}
