import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packageVersion as ownVersion } from './version.ts'

/** The way the user runs this command, for the next steps that it prints. A bare `muster` may not be installed, or be a stranger's package on npm. */
export function ownCommand(env: NodeJS.ProcessEnv, script = process.argv[1] ?? '', packageVersion = ownVersion): string {
  if (env.MUSTER_CLI_COMMAND?.trim()) return env.MUSTER_CLI_COMMAND.trim()
  if (packageVersion === null) return env.npm_command === 'exec' ? 'npx muster' : 'muster'
  const address = npxAddress(script)
  return address === null ? 'muster' : `npx --yes ${address}`
}

/** The address that was passed to `npx`, which records it in a package.json next to the `node_modules` folder with the package. */
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
