import type { KeyIdentity, Me } from '../api/types.ts'
import type { Context } from '../context.ts'
import { exits, Failure } from '../errors.ts'

// A secret goes only to a server the user chose: one named with --url or MUSTER_URL, or one the user has used from this folder before.
// `.muster/credentials` may have come with a checkout, and the default is a guess: neither decides where a secret goes (S50, decision 0040).

const credentialsPath = ({ place }: Context): string => (place.found ?? place.fresh).path

/** The servers are recorded by credentials file, so with a file of the user's choice the folder says nothing. */
const here = (context: Context): string => (context.env.MUSTER_CREDENTIALS ? `with ${credentialsPath(context)}` : 'from this folder')

export function isChosen(context: Context): boolean {
  const { source, url } = context.server
  return source === 'named' || context.knownServers.has(credentialsPath(context), url)
}

/** For a credential from the environment or a file. Never prompts, because the server can be specified in the same place. */
export function requireChosenServer(context: Context, credential: string): void {
  if (isChosen(context)) return
  throw unchosen(`${credential} was not sent: no server is specified.`, {
    why: `${origin(context)}. A credential is sent only to a server that you specify.`,
    next: 'Set MUSTER_URL to its server, or pass --url URL.',
  })
}

/** For a secret that a person types or passes: asks once for each folder and server. */
export async function confirmServer(context: Context, secret: string): Promise<void> {
  if (isChosen(context)) return
  const { ask, say, server } = context
  if (!ask.possible)
    throw unchosen(`The ${secret} was not sent: ${server.url} has not been used ${here(context)} before.`, {
      why: `${origin(context)}.`,
      next: 'Specify the server with --url URL or MUSTER_URL.',
    })
  say.note(`${origin(context)}. It has not been used ${here(context)} before.`)
  await ask.confirm(`Send the ${secret} to ${server.url}?`)
  context.hasUnconfirmedLogin = hasUnknownLogin(context)
  await rememberServer(context, credentialsPath(context))
}

/**
 * A secret is redeemed for the account that is logged in. If the login came with a checkout, the secret would make the author of the checkout a
 * member, even at the right server. The account is therefore confirmed once, unless the login was created from this folder.
 */
export async function confirmAccount(context: Context, { isStored, me }: { isStored: boolean; me: Me | KeyIdentity }, secret: string): Promise<void> {
  if (!isStored || !(context.hasUnconfirmedLogin || hasUnknownLogin(context))) return
  const { ask, say } = context
  const account = 'email' in me ? (me.username ?? me.email) : me.id
  const login = `The login in ${credentialsPath(context)} is for ${account} and was not created from this folder`
  if (!ask.possible)
    throw new Failure(`The ${secret} was not used.`, { code: 'login_not_chosen', exit: exits.usage, why: `${login}.`, next: 'Log in: muster login' })
  say.note(`${login}.`)
  await ask.confirm(`Use the ${secret} as ${account}?`)
  context.hasUnconfirmedLogin = false
  await rememberServer(context, credentialsPath(context))
}

/** Whether the stored login was not created from this folder. A file named by MUSTER_CREDENTIALS was chosen by the user. */
const hasUnknownLogin = (context: Context): boolean =>
  !context.env.MUSTER_CREDENTIALS && context.credentials() !== null && !context.knownServers.has(credentialsPath(context), context.server.url)

/** Logging in makes a server a chosen one, so a server that only a `.muster/credentials` file names is confirmed first. */
export async function confirmLoginServer(context: Context): Promise<void> {
  const { ask, say, server } = context
  if (server.source !== 'login' || isChosen(context)) return
  if (!ask.possible)
    throw unchosen(`No login was started: ${server.url} has not been used ${here(context)} before.`, {
      why: `${origin(context)}.`,
      next: 'Specify the server with --url URL or MUSTER_URL.',
    })
  say.note(`${origin(context)}. It has not been used ${here(context)} before.`)
  await ask.confirm(`Log in at ${server.url}?`)
}

/** If the configuration folder is not writable, the user is only asked again next time. */
export async function rememberServer(context: Context, path: string): Promise<void> {
  try {
    await context.knownServers.add(path, context.server.url)
  } catch (error) {
    context.say.debug(`${context.knownServers.path} was not written: ${String(error)}`)
  }
}

function origin(context: Context): string {
  const { source, url } = context.server
  return source === 'login' ? `${credentialsPath(context)} names ${url}` : `No server is specified, so the default ${url} would be used`
}

const unchosen = (text: string, { why, next }: { why: string; next: string }): Failure => new Failure(text, { code: 'server_not_chosen', exit: 2, why, next })
