import type { UserId } from '@muster/contract/ids.ts'
import { together } from '../command/together.ts'
import type { Tx } from '../store.ts'

/** After a change of the factors, no browser is remembered any more (F11), and no emailed link unlocks the authenticator app (F7). */
export async function endAtFactorChange(
  { rememberedDevices, authenticators }: Pick<Tx, 'rememberedDevices' | 'authenticators'>,
  userId: UserId,
): Promise<void> {
  await together(rememberedDevices.endAllOf(userId), authenticators.endUnlock(userId))
}
