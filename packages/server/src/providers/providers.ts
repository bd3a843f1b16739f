import { type Config, isLocalHost } from '../config.ts'
import type { Provider } from '../domain/providers/provider.ts'
import { createBoundedFetch } from './bounded-fetch.ts'
import { gitHubProvider } from './github.ts'
import { openIdProvider } from './openid.ts'
import { trustsDomains, trustsGoogle } from './trust.ts'

/** The path to which a provider sends the browser back. Each has its own, so that an answer of one is never taken for an answer of another. */
export const callbackPath = (id: string): string => `/sign-in/with/${id}/callback`

/** The providers that the operator has set (F19). */
export function createProviders({ issuer, providers }: Pick<Config, 'issuer' | 'providers'>): Provider[] {
  return providers.map((settings) => {
    const base = settings.kind === 'github' ? settings.url : settings.issuer
    const insecure = isLocalHost(new URL(issuer).hostname) && base.startsWith('http:')
    const fetch = createBoundedFetch({ isInternal: ({ host }) => host === new URL(base).host })
    const options = { redirectUri: `${issuer}${callbackPath(settings.id)}`, fetch, insecure }
    if (settings.kind === 'github') return gitHubProvider(settings, options)
    return openIdProvider({ ...settings, trusts: settings.kind === 'google' ? trustsGoogle : trustsDomains(settings.trustedDomains) }, options)
  })
}
