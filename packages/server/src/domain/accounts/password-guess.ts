import type { Spending } from '../command/limits.ts'
import type { Accounts } from '../command/services.ts'
import { type Spent, spendAmongStrangers, spendEach } from '../command/spend.ts'
import { networkOf } from '../model/network.ts'
import { type DeviceAccount, knownDeviceOf, noDeviceAccount } from './known-device.ts'

export interface Guess {
  /** The normalized name. It is counted instead of the account: otherwise a refusal would reveal which address belongs to a username (C06). */
  name: string
  account: DeviceAccount | null
  /** The address that the request came from. */
  address: string
  /** The browser's known-device cookie. */
  devices: string | undefined
}

/**
 * Counts one guess at a password before it is checked. A browser that has signed in to the account before has its own tries. All others are counted by network.
 * Networks that the account has never used are also counted together: after 100 wrong passwords in a day, they share one try a minute. So strangers cannot lock
 * out the owner, and the number of guesses stays bounded (0031).
 * @throws Problem too_many_attempts
 */
export async function spendGuess(
  { store, limits, keys }: Pick<Accounts, 'store' | 'limits' | 'keys'>,
  { name, account, address, devices }: Guess,
): Promise<Spent> {
  const known = account ?? noDeviceAccount
  const device = knownDeviceOf(keys, known, devices)
  if (account && device !== null) return spendEach(limits, [['sign-in by known device', `${account.id} ${device}`]])

  const network = networkOf(address)
  const byNetwork: Spending[] = [
    ['sign-in by address', address],
    ['sign-in by network', network],
    ['sign-in by name and network', `${network} ${name}`],
  ]
  const hasUsed = await store.reading.accounts.hasUsedNetwork(known.id, network) // also for unknown names, so that both answers take equally long
  if (account && hasUsed) return spendEach(limits, byNetwork)
  return spendAmongStrangers(limits, { own: byNetwork, together: ['sign-in by strangers', name], beyond: ['sign-in by strangers beyond', name] })
}
