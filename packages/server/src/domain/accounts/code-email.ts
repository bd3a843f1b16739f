import type { Limits } from '../command/limits.ts'
import { spendAmongStrangers } from '../command/spend.ts'
import { networkOf } from '../model/network.ts'
import type { Principal } from '../model/principal.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import type { CodeDigits } from './store.ts'

/**
 * Counts one emailed code (S44). Each network has ten a day for one address. Together they have ten as well; after that each network has two a day, and
 * the codes get longer: so strangers can neither keep an address from signing up, nor guess a code by asking for very many, nor fill an inbox from one place.
 * @throws Problem too_many_attempts
 */
export async function spendCodeEmail(limits: Pick<Limits, 'spend' | 'giveBack'>, { origin }: Principal, emailCanonical: string): Promise<CodeDigits> {
  const key = `${networkOf(origin.address)} ${emailCanonical}`
  const { crowded } = await spendAmongStrangers(limits, {
    own: [['mail code by email and network', key]],
    together: ['mail code by email', emailCanonical],
    beyond: ['mail code by email and network beyond', key],
  })
  return crowded ? 12 : 6
}

/** Made from the parts whenever it is needed, so no row and no job holds it. */
export function inboxCode(keys: SecretKeys, purpose: 'sign-up-code' | 'email-change-code', digits: CodeDigits, ...parts: (string | number)[]): string {
  return String(keys.mac(purpose, ...parts).readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0')
}
