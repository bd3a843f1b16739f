import { createVerifier, TokenRefused, type Verifier, type VerifierOptions, VerifierUnavailable } from '@muster/sdk'
import type { Clock } from '@muster/sdk/clock.ts'
import { type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'

export interface Credentials {
  clientId: string
  clientSecret: string
}

/** Registers the client of a resource server. */
export async function aClient(muster: Muster, scopes = ['signals', 'introspect'], api?: string): Promise<Credentials> {
  const body = { name: 'Resource server', grants: ['client_credentials'], scopes, api }
  const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
  return { clientId: client.id, clientSecret: client.secret }
}

export interface Counting {
  fetch: typeof fetch
  /** The paths of all requests. */
  requests: string[]
}

/** A fetch that records requests, and can send them to another address than the issuer's. */
export function counting(issuer?: string, through?: string): Counting {
  const requests: string[] = []
  return {
    requests,
    fetch: (input, init) => {
      const url = String(input)
      requests.push(new URL(url).pathname)
      return fetch(issuer !== undefined && through !== undefined ? url.replace(issuer, through) : url, init)
    },
  }
}

/** A wall clock and a steady clock that move together. */
export function movedClock(): Clock & { ahead: number } {
  const clock = { ahead: 0, wall: () => Date.now() + clock.ahead * 1_000, steady: () => performance.now() + clock.ahead * 1_000 }
  return clock
}

export async function aVerifier(muster: Muster, options: Partial<VerifierOptions> & Credentials): Promise<Verifier> {
  // Faults are expected here and would fill the output of the tests.
  const verifier = createVerifier({ issuer: muster.url, onError: () => {}, ...options })
  await verifier.ready(60)
  return verifier
}

/** Returns `accepted`, the code of the refusal, or why the verifier was unavailable. */
export async function verdict(verifier: Verifier, token: string): Promise<string> {
  try {
    await verifier.verify(token)
    return 'accepted'
  } catch (error) {
    if (error instanceof TokenRefused) return error.code
    if (error instanceof VerifierUnavailable) return `unavailable: ${error.reason}`
    throw error
  }
}

export async function eventually(what: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const until = performance.now() + seconds * 1_000
  while (!(await what())) {
    if (performance.now() > until) throw new Error(`not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
