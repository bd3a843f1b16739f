import { revokeToken } from '../api/oauth.ts'
import type { RefreshToken } from '../api/types.ts'
import { command, flag } from '../command.ts'
import type { Context } from '../context.ts'
import { readSecret } from '../input/read-secret.ts'
import { confirmServer } from '../login/chosen-server.ts'
import type { Credentials } from '../login/credentials.ts'
import { signedIn } from '../login/sign-in.ts'
import { sayRevocation } from '../output/revocation.ts'
import { relative } from '../output/time.ts'
import { checkToken } from './shared/token-check.ts'

const revoke = command(
  'revoke [token]',
  {
    summary: 'revoke a token; needs no login if you have the token itself',
    options: { yes: flag('skip the confirmation prompt; only an id prompts') },
    examples: ['muster revoke - < token.txt', 'muster revoke rtk_…', 'muster revoke muster_rt_…'],
    notes:
      'Accepts a refresh token, an access token, a key, or the id of a refresh token, which needs a login. With - the token is read from standard input, which keeps it out of your shell history.\nRevoking a refresh token also ends its session and access tokens. Revoking a token twice is not an error.',
  },
  async (context, input) => {
    const { api, say, ask } = context
    const token =
      input.token === undefined ? await ask.secret('Token', 'the token, or - to read it from standard input') : await readSecret(context, input.token, 'token')
    if (token.startsWith('rtk_')) return revokeById(context, token, { yes: input.yes })
    checkToken(token)
    await confirmServer(context, 'token')
    await revokeToken(api, token)
    const effect = await forgetToken(context, token)
    if (say.json) return say.data({ revoked: true, logged_out: effect === 'logged out' }, () => '')
    say.done('Token revoked.')
    sayEffect(context, effect)
  },
)

/** The effect of revoking a token on the login that is stored here. */
type Effect = 'none' | 'logged out' | 'renewed'

/** Revoking a refresh token revokes its access tokens too. If only the access token is revoked, the stored refresh token gets the next one. */
async function forgetToken(context: Context, token: string): Promise<Effect> {
  let effect: Effect = 'none'
  const forget = (stored: Credentials | null): Credentials | null => {
    if (!stored || (stored.refresh_token !== token && stored.access_token !== token)) return stored
    effect = stored.refresh_token && stored.access_token === token ? 'renewed' : 'logged out'
    return effect === 'renewed' ? { ...stored, expires_at: new Date(0).toISOString() } : null
  }
  if (context.credentials()) await context.place.found?.update(forget)
  return effect
}

function sayEffect(context: Context, effect: Effect): void {
  const { say, command } = context
  if (effect === 'logged out') say.note(`This was your login here: you are now logged out. To log in again: ${command.call(context, 'login')}`)
  if (effect === 'renewed')
    say.note('It was the access token of your login here. The next command gets a new one with your refresh token; to end the login: muster logout --revoke')
}

/** `revoke` with an id and `token revoke` are one command with two names. */
export async function revokeById(context: Context, id: string, { yes }: { yes: boolean }): Promise<void> {
  const { say, ask } = context
  if (!yes) ask.mustBePossible()
  const login = await signedIn(context)
  const { items } = await login.GET('/v1/me/refresh-tokens')
  const token = items.find((item) => item.id === id)
  // If the id is not in the list, the server refuses it and gives the reason.
  if (token && !yes) await confirmRevocation(context, token)
  const ended = await login.DELETE('/v1/me/refresh-tokens/{id}', { params: { path: { id } }, ends: true })
  const effect = token?.current ? await forgetToken(context, login.refreshToken ?? login.accessToken) : 'none'
  if (say.json) return say.data({ revoked: true, id, logged_out: effect === 'logged out', ...ended }, () => '')
  say.done(`The refresh token ${id} has been revoked, with its session and access tokens.`)
  sayRevocation(context, ended ?? {})
  sayEffect(context, effect)
}

async function confirmRevocation({ ask, now }: Context, { name, client_id, created_at, last_used_at, address }: RefreshToken): Promise<void> {
  const used = last_used_at ? `was last used ${relative(last_used_at, now)}${address ? ` from ${address}` : ''}` : 'was never used'
  await ask.confirm(
    `Revoke the refresh token ${name === null ? '' : `"${name}" `}of ${client_id}, created ${relative(created_at, now)}? It ${used}. Anything that uses it stops working.`,
  )
}

export default [revoke]
