import type { DeviceAuthorizationId, UserId } from '@muster/contract/ids.ts'
import type { Limits, Spending } from '../command/limits.ts'
import type { Accounts } from '../command/services.ts'
import { trySpend } from '../command/spend.ts'
import { networkOf } from '../model/network.ts'
import type { Principal, UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { claimDevice, refuseDevice } from './device-authorization.ts'

// A signed-in person enters a user code. Wrong codes are counted by account. They are also counted by network, but that limit refuses nobody without a wrong code
// of their own: strangers must not be able to keep others from logging in (S52, 0031). Nothing counts those of everybody (0051).

type Guessing = Pick<Accounts, 'limits' | 'execute'>

/** @throws Problem user_code_unknown, user_code_claimed, device_authorization_ended or too_many_attempts */
export async function enterUserCode(
  { limits, execute }: Guessing,
  principal: UserPrincipal,
  { userCode }: { userCode: string },
): Promise<{ id: DeviceAuthorizationId }> {
  return counted(limits, principal, () => execute(claimDevice, principal, { userCode }))
}

/** Tells the device of a suspended or deactivated person the reason (O14, S35). Counted in the same way, because the answer reveals whether the code exists. */
export async function refuseUserCode(
  { limits, execute }: Guessing,
  principal: Principal,
  { userCode, userId }: { userCode: string; userId: UserId },
): Promise<void> {
  await counted(limits, { userId, origin: principal.origin }, async () => {
    if (!(await execute(refuseDevice, principal, { userCode, userId }))) throw new Problem('user_code_unknown')
  })
}

async function counted<T>(limits: Limits, { userId, origin }: Pick<UserPrincipal, 'userId' | 'origin'>, work: () => Promise<T>): Promise<T> {
  const byNetwork = ['user code by network', networkOf(origin.address)] as const
  const own: Spending[] = [
    ['user code by account', userId],
    ['user code by account beyond', userId],
  ]
  const [over, refusal] = await limits.spendTogether(own)
  if (over) {
    await limits.giveBack(['user code by account beyond', userId])
    throw over
  }
  const giveBack = (): Promise<void> => limits.giveBack(...own)
  if (refusal && (await limits.isUsedUp(...byNetwork))) {
    await giveBack()
    throw refusal
  }
  try {
    const done = await work()
    await giveBack()
    return done
  } catch (error) {
    if (!(error instanceof Problem) || !WRONG.has(error.code)) await giveBack()
    else await trySpend(limits, ...byNetwork)
    throw error
  }
}

const WRONG: ReadonlySet<string> = new Set(['user_code_unknown', 'user_code_claimed', 'device_authorization_ended'])
