import { setTimeout as sleep } from 'node:timers/promises'
import type { RecentAction } from '@muster/contract/authentication.ts'
import type { Answer } from '../api/calls.ts'
import type { Context } from '../context.ts'
import { Failure, interrupted, ProblemError, Unreachable } from '../errors.ts'
import { waiting } from '../output/spinner.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { whyNoPerson } from './device-login.ts'
import type { Login } from './login.ts'

export interface ConfirmOptions {
  /** What the server refused. The page in the browser names it. */
  action?: RecentAction | null
  browser?: boolean
}

/** Lets the person confirm in a browser that it is them, for this login (F16). Afterwards, the login has a token with the new time. */
export async function confirmInBrowser(context: Context, login: Login, { action = null, browser = true }: ConfirmOptions = {}): Promise<void> {
  const { say, env } = context
  const requested = await login.POST('/v1/me/terminal-confirmations', { body: { action } })
  const { verification_uri_complete: url, user_code, verification_uri, expires_at } = requested
  say.event('confirmation', { verification_uri, verification_uri_complete: url, user_code, expires_at })
  say.note(`Open this page to confirm that it is you:\n\n  ${say.style('cyan', url)}\n`)
  say.note(`Check that the page shows this code:\n\n  ${say.style('bold', user_code)}\n`)
  const opened = browser && !say.json && hasBrowser(env, process.platform) && (await openBrowser(url))
  const text = `Waiting for your confirmation${opened ? ' in your browser' : ''}… (Ctrl-C to cancel)`
  await waiting(say, text, () => untilConfirmed(context, login, requested))
  await login.take(await login.POST('/v1/me/token'), login.known)
}

type Requested = Answer<'post', '/v1/me/terminal-confirmations'>

async function untilConfirmed({ signal }: Context, login: Login, { id, interval }: Requested): Promise<void> {
  for (;;) {
    await sleep(interval * 1_000, undefined, { signal }).catch(() => {
      throw interrupted()
    })
    const answer = await login.GET('/v1/me/terminal-confirmations/{id}', { params: { path: { id } } }).catch((error: unknown) => error)
    // The person may confirm while the server is away for a moment. The code expires in any case.
    if (answer instanceof Unreachable || (answer instanceof ProblemError && (answer.status === 429 || answer.status >= 500))) continue
    if (answer instanceof Error) throw answer
    const { state } = answer as Answer<'get', '/v1/me/terminal-confirmations/{id}'>
    if (state === 'approved') return
    if (state === 'denied')
      throw new Failure('The confirmation was denied in the browser.', { code: 'access_denied', next: 'To try again, run the command again.' })
    if (state === 'expired')
      throw new Failure('The code expired before you confirmed.', { code: 'expired_token', next: 'Run the command again for a new code.' })
  }
}

/** The refusal for a command that nobody is there to confirm. */
export function unconfirmed(context: Context, login: Login, cause: ProblemError): Failure {
  const confirm = context.command('confirm')
  return new Failure(cause.message, {
    code: cause.code,
    why: whyNoPerson(context) ?? cause.why,
    next: login.isStored
      ? `Run this in a terminal, then run the command again within 10 minutes: ${confirm}`
      : `Use an API key. Or run ${confirm} in a terminal with the same MUSTER_REFRESH_TOKEN, then run the command again within 10 minutes.`,
    requestId: cause.requestId,
    body: cause.body && { ...cause.body },
    cause,
  })
}

/** A person without the factor that the organization requires cannot confirm: they add it first. @throws Failure */
export async function refuseUnready({ api, now }: Context, login: Login, cause: ProblemError): Promise<void> {
  const { required } = await login.GET('/v1/me/factors')
  if (!required || required.ready || (required.from !== null && Date.parse(required.from) > now)) return // a later requirement refuses nothing yet
  throw new Failure(cause.message, {
    code: cause.code,
    why: cause.why,
    next: `Add it, then run the command again: ${api.url}/account/security`,
    requestId: cause.requestId,
    body: cause.body && { ...cause.body },
    cause,
  })
}
