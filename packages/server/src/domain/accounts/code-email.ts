import type { Limits } from '../command/limits.ts'
import { spendAmongStrangers } from '../command/spend.ts'
import { networkOf } from '../model/network.ts'
import type { Principal } from '../model/principal.ts'
import type { RootKey } from '../model/secret-keys.ts'
import type { CodeDigits } from './store.ts'

/**
 * Counts one emailed code (S44). Each network has ten codes a day for one address, and all networks together have ten as well. After that, each network has two
 * a day, and the codes get longer. So strangers can neither block a sign-up, nor guess a code by requesting many, nor fill an inbox from one network.
 * @throws Problem too_many_attempts
 */
export async function spendCodeEmail(limits: Pick<Limits, 'spendTogether' | 'giveBack'>, { origin }: Principal, emailCanonical: string): Promise<CodeDigits> {
  const key = `${networkOf(origin.address)} ${emailCanonical}`
  const { crowded } = await spendAmongStrangers(limits, {
    own: [['mail code by email and network', key]],
    together: ['mail code by email', emailCanonical],
    beyond: ['mail code by email and network beyond', key],
  })
  return crowded ? 12 : 6
}

/** Derived whenever it is needed, so no row and no job contains the code. */
export function inboxCode(
  key: RootKey,
  purpose: 'sign-up-code' | 'email-change-code' | 'sign-in-code' | 'confirmation-code',
  digits: number,
  ...parts: (string | number)[]
): string {
  return String(key.mac(purpose, ...parts).readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0')
}
