import { emailAddress } from '../model/email.ts'
import { Problem } from '../model/problem.ts'
import type { ProviderPerson } from './provider.ts'

/**
 * The canonical form of an address that the provider is trusted for. Null for any other, and for an address with other letters than those of ASCII: two of them may mean
 * one inbox here and two at the provider.
 */
export function trustedAddressOf(email: ProviderPerson['email']): string | null {
  if (!email?.trusted || !/^[\x21-\x7e]+$/.test(email.address)) return null
  try {
    return emailAddress(email.address).canonical
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
