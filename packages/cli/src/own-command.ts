import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Context } from './context.ts'
import { clean } from './text.ts'
import { packageVersion } from './version.ts'

/** How the person runs this command, for the next steps it prints: a bare `muster` may be nobody's, or a stranger's package on npm. */
export function ownCommand(env: NodeJS.ProcessEnv, script = process.argv[1] ?? ''): string {
  if (env.MUSTER_CLI_COMMAND?.trim()) return env.MUSTER_CLI_COMMAND.trim()
  if (packageVersion === null) return env.npm_command === 'exec' ? 'npx muster' : 'muster'
  const address = npxAddress(script)
  return address === null ? 'muster' : `npx --yes ${address}`
}

/** What `npx` was asked to run: it notes the address beside the folder that it installed the package in. */
function npxAddress(script: string): string | null {
  try {
    const [folder] = realpathSync(script).split(/[\\/]node_modules[\\/]/)
    const manifest = JSON.parse(readFileSync(join(folder ?? dirname(script), 'package.json'), 'utf8')) as { _npx?: { packages?: unknown[] } }
    const [address] = manifest._npx?.packages ?? []
    return typeof address === 'string' && /^https?:\/\/[\w.:[\]-]+\/cli-[\w.-]+\.tgz$/.test(address) ? address : null
  } catch {
    return null
  }
}

/** How somebody else runs the command, to be passed on: as the server says. */
export async function offeredCommand({ api, say }: Context): Promise<string> {
  try {
    const { command } = await api.request<{ command: string }>('GET', '/cli.json')
    return clean(String(command))
  } catch (error) {
    say.debug(`${api.url} does not say how the command is run: ${String(error)}`)
    return 'muster'
  }
}
