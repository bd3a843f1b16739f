import { base64url } from 'jose'

/** Tokens are remembered by their digest, so that a memory dump contains none. */
export type Digest = (text: string) => string | Promise<string>

/** Synchronous where the runtime allows it. WebCrypto, which every runtime has, is asynchronous. */
export const digest: Digest = immediately() ?? byWebCrypto

export async function byWebCrypto(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

function immediately(): ((text: string) => string) | null {
  type Runtime = { process?: { getBuiltinModule?: (name: string) => { hash?: (algorithm: string, text: string, encoding: string) => string } | undefined } }
  const { hash } = (globalThis as Runtime).process?.getBuiltinModule?.('node:crypto') ?? {}
  return hash ? (text) => hash('sha256', text, 'base64url') : null
}
