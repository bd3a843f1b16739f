import { setTimeout as sleep } from 'node:timers/promises'
import { problems } from '@muster/contract/problems.ts'
import { type DeviceAuthorization, pollDeviceLogin, startDeviceLogin, type Tokens } from '../api/oauth.ts'
import { type Context, isSet } from '../context.ts'
import { Failure, interrupted, loginFirst, OAuthError, ProblemError, Unreachable } from '../errors.ts'
import { waiting } from '../output/spinner.ts'
import { hasBrowser, openBrowser, qrCode } from './browser.ts'
import { confirmLoginServer } from './chosen-server.ts'
import { afterPoll, type PollAnswer, type PollStep, startPolling } from './polling.ts'

export interface DeviceLoginOptions {
  /** Asks for a refresh token of this name (S47). */
  refreshTokenName?: string | undefined
  /** The username that will be registered with this login. */
  registersAs?: string | undefined
  qr?: boolean
  browser?: boolean
}

/** Why nobody can open a browser for this command, or null. */
export function whyNoPerson({ settings, env }: Context): string | null {
  const needs = 'and this needs a person with a browser.'
  if (!settings.input) return `--no-input was given, ${needs}`
  if (isSet(env.CI)) return `CI is set, ${needs}`
  return process.stderr.isTTY === true ? null : 'This needs a person with a browser, and there is no terminal.'
}

/** Refuses a login that nobody can approve. Without this check, a job would wait ten minutes for the code to expire. */
export function requirePerson(context: Context): void {
  const why = whyNoPerson(context)
  if (why === null) return
  throw loginFirst('You cannot log in here.', {
    why,
    next: 'Set MUSTER_URL, and MUSTER_TOKEN to a key (muster service-account key create) or MUSTER_REFRESH_TOKEN to a refresh token (muster login --get-refresh-token).',
  })
}

/** Logs in through a browser, here or on another device (RFC 8628, S52). */
export async function deviceLogin(context: Context, { refreshTokenName, registersAs, qr = false, browser = true }: DeviceLoginOptions = {}): Promise<Tokens> {
  requirePerson(context)
  await confirmLoginServer(context)
  const authorization = await startDeviceLogin(context.api, { refreshTokenName, registersAs })
  const opened = await show(context, authorization, { registers: registersAs !== undefined, qr, browser })
  return waiting(context.say, opened ? 'Waiting for approval in your browser… (Ctrl-C to cancel)' : 'Waiting for approval… (Ctrl-C to cancel)', () =>
    poll(context, authorization),
  )
}

async function show(
  { say, env }: Context,
  authorization: DeviceAuthorization,
  { registers, qr, browser }: { registers: boolean; qr: boolean; browser: boolean },
): Promise<boolean> {
  const url = authorization.verification_uri_complete
  const { user_code, verification_uri, expires_in } = authorization
  say.event('device_login', { verification_uri, verification_uri_complete: url, user_code, expires_in })
  say.note(`Open this page to ${registers ? 'create your account' : 'log in'}:\n\n  ${say.style('cyan', url)}\n`)
  if (qr) say.asIs(`${await qrCode(url)}\n`)
  say.note(`Check that the page shows this code:\n\n  ${say.style('bold', user_code)}\n`)
  return browser && !say.json && hasBrowser(env, process.platform) && (await openBrowser(url))
}

async function poll(context: Context, { device_code, interval }: DeviceAuthorization): Promise<Tokens> {
  let state = startPolling(performance.now(), interval ?? 5)
  let wait = state.intervalMs
  for (;;) {
    // `afterPoll` receives the time from a clock and does not add up the waits, because a wait can take longer than requested.
    await sleep(wait, undefined, { signal: context.signal }).catch(() => {
      throw interrupted()
    })
    const answer = await pollDeviceLogin(context.api, device_code).catch((error: unknown) => error)
    if (!(answer instanceof Error)) return answer as Tokens
    const step: PollStep = afterPoll(state, read(answer), performance.now())
    if ('end' in step) throw ended(step.end, answer)
    context.say.debug(`poll again in ${step.wait} ms`)
    state = step.state
    wait = step.wait
  }
}

function read(error: Error): PollAnswer {
  if (error instanceof Unreachable) return { kind: 'unreachable', retryAfterMs: error.retryAfterMs }
  if (error instanceof ProblemError && (error.status === 429 || error.status >= 500)) return { kind: 'unreachable', retryAfterMs: error.retryAfterMs }
  if (!(error instanceof OAuthError)) throw error
  if (error.error === 'authorization_pending') return { kind: 'pending' }
  if (error.error === 'slow_down') return { kind: 'slow_down' }
  if (error.status === 429 || error.status >= 500) return { kind: 'unreachable', retryAfterMs: error.retryAfterMs }
  return { kind: 'refused', error: error.error, reason: error.reason }
}

const endings = {
  denied: {
    code: 'access_denied',
    text: 'The login was denied in the browser.',
    next: 'If you did not deny it, someone else has seen the code. To try again, run the command again.',
  },
  expired: { code: 'expired_token', text: 'The code expired before the login was approved.', next: 'Run the command again for a new code.' },
  used: { code: 'invalid_grant', text: 'The code is unknown or was already used.', next: 'Run the command again for a new code.' },
} as const

/** The next step names no command, because any command may have started the login. */
function ended(end: 'denied' | 'expired' | 'used' | 'barred' | 'refused', cause: Error): Failure {
  if (end === 'barred') return barred(cause)
  if (end === 'refused') return cause instanceof Failure ? cause : new Failure('The login failed.', { code: 'login_failed', cause })
  const { code, text, next } = endings[end]
  const { requestId, body } = cause instanceof OAuthError ? cause : { requestId: undefined, body: undefined }
  return new Failure(text, { code, next, requestId, body: { ...body, code }, cause })
}

/** Shows the server's explanation: for a deactivated member the organization, the date, and the contact (S35); for a suspended person whom to ask (O14). */
export function barred(cause: Error): Failure {
  const { requestId, body } = cause instanceof Failure ? cause : { requestId: undefined, body: undefined }
  const why = typeof body?.error_description === 'string' ? body.error_description : typeof body?.detail === 'string' ? body.detail : undefined
  const suspended = cause instanceof Failure && cause.code === 'account_suspended'
  return new Failure(suspended ? problems.account_suspended.title : problems.user_deactivated.title, {
    code: suspended ? 'account_suspended' : 'user_deactivated',
    why: suspended ? undefined : why,
    next: suspended ? problems.account_suspended.next : 'After it is reactivated, log in: muster login.',
    requestId,
    body,
    cause,
  })
}
