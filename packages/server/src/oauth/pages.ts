import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Frame } from '../portal/layout.ts'
import { type AccountView, logoutConfirmPage, problemPage, signedOutPage } from '../portal/pages/index.ts'
import { currentExchange } from './exchange.ts'

/** Muster's versions of the pages that the library shows. */
export interface LibraryPages {
  error(ctx: KoaContextWithOIDC, out: ErrorOut): Promise<void>
  confirmLogout(ctx: KoaContextWithOIDC): Promise<void>
  loggedOut(ctx: KoaContextWithOIDC): Promise<void>
}

export const frameOf = ({ issuer, localMailbox }: Pick<Config, 'issuer' | 'localMailbox'>): Frame => ({
  now: new Date(),
  host: new URL(issuer).host,
  ...(localMailbox && { mailboxPath: '/mailbox' }),
})

/** Browsers apply `form-action` to the redirects after a form, so it has to include the application's origin. */
export const pagePolicy = (...formTargets: string[]): string =>
  `default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action ${["'self'", ...formTargets].join(' ')}`

/** The origin of a registered redirect URI. Empty for a URI without an origin. */
export function originsOf(address: unknown): string[] {
  const origin = typeof address === 'string' ? URL.parse(address)?.origin : undefined
  return origin === undefined || origin === 'null' ? [] : [origin]
}

export const accountView = ({ account, membership, organization }: LiveState): AccountView => ({
  email: account.email,
  givenName: account.givenName,
  familyName: account.familyName,
  username: account.username,
  organization: membership && organization ? { name: organization.name, role: membership } : null,
})

/** A client without this grant type has no redirect URI either, and the library would report only that. */
const isForeignGrant = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc.route === 'authorization' && oidc.client?.grantTypeAllowed('authorization_code') === false

export function createLibraryPages(config: Pick<Config, 'issuer' | 'localMailbox'>, cli: string): LibraryPages {
  const show = (ctx: KoaContextWithOIDC, page: string, ...formTargets: string[]): void => {
    ctx.set('content-security-policy', pagePolicy(...formTargets))
    ctx.type = 'html'
    ctx.body = page
  }
  return {
    async error(ctx, thrown) {
      const out = isForeignGrant(ctx)
        ? { error: 'unauthorized_client', error_description: 'This client is not registered for the grant type authorization_code.' }
        : thrown
      const requestId = currentExchange().origin.requestId
      const next = 'Go back to the application and try again. If this keeps happening, contact the people who run the application.'
      // The library refuses to resume without the cookie of the interaction, which a server of an earlier version names differently.
      const title = ctx.oidc.route === 'resume' ? 'This sign-in has expired' : 'The application sent an invalid request'
      show(
        ctx,
        problemPage({
          frame: frameOf(config),
          title,
          detail: out.error_description,
          next,
          code: out.error,
          requestId,
        }),
      )
    },
    async confirmLogout(ctx) {
      const { oidc } = ctx
      const state = (oidc.session as unknown as { state: { secret: string; postLogoutRedirectUri?: string } }).state
      const { signedIn } = currentExchange()
      const account = signedIn ? accountView(signedIn.live) : { email: '', givenName: '', familyName: '', username: null, organization: null }
      const target = { action: '/oauth/logout/confirm', hidden: { xsrf: state.secret } }
      show(ctx, logoutConfirmPage({ frame: frameOf(config), target, account, application: oidc.client?.clientName }), ...originsOf(state.postLogoutRedirectUri))
    },
    async loggedOut(ctx) {
      show(ctx, signedOutPage({ frame: frameOf(config), signInPath: '/sign-in', cli: (words) => `${cli} ${words}` }))
    },
  }
}
