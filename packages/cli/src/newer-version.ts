import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from './context.ts'
import { isChosen } from './login/chosen-server.ts'
import { packageVersion } from './version.ts'

const DAY = 86_400_000
const PATIENCE_MILLISECONDS = 1500

/**
 * Reports once a day that the server offers another version. Only a chosen server is asked, because the hint tells the user to run a package from it.
 * A checkout has no package version, so nothing is reported.
 */
export async function sayNewerVersion(context: Context): Promise<void> {
  const { api, say, env, settings, server } = context
  if (packageVersion === null || !say.isTerminal || say.json || settings.quiet || env.CI || !isChosen(context) || !isDue(context)) return
  const asked = api.offeredPackage().catch(() => null)
  const answer = await Promise.race([asked, sleep(PATIENCE_MILLISECONDS, null, { ref: false })])
  const version = String(answer?.version ?? '')
  if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version) || version === packageVersion || isOlder(version, packageVersion)) return
  say.hint(
    `\nA newer version of muster is available at ${server.url}: ${version} (this is ${packageVersion}).\nTo run it: npx --yes ${server.url}/cli-${version}.tgz COMMAND`,
  )
}

/** Compares the numbers only. Builds of one version differ in their digest, which has no order, so another build at the server counts as newer. */
function isOlder(version: string, than: string): boolean {
  const parts = (text: string) => (text.split('-')[0] ?? '').split('.').map(Number)
  const [a, b] = [parts(version), parts(than)]
  const at = a.findIndex((part, index) => part !== b[index])
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}

/** Also records the check, so that a server that does not respond delays at most one command a day. */
function isDue({ knownServers }: Context): boolean {
  const mark = join(dirname(knownServers.path), 'newer-version-checked')
  try {
    const checked = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (Date.now() - checked < DAY) return false
    mkdirSync(dirname(mark), { recursive: true, mode: 0o700 })
    writeFileSync(mark, '')
    return true
  } catch {
    return false
  }
}
