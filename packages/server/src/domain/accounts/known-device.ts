import { randomBytes } from 'node:crypto'
import type { UserId } from '@muster/contract/ids.ts'
import type { Account } from '../model/account.ts'
import { type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'

// A browser that has signed in to an account keeps an entry for it in one cookie: a random id, and an HMAC over the account and that id. The entry proves that
// sign-in and gives no access. It exists so that strangers who guess at a password cannot use up the owner's tries (0031).

/** The accounts in one cookie, most recent first. A limit keeps requests short. */
const ACCOUNTS_PER_BROWSER = 8
const ID_LENGTH = 16
const ENTRY = /^[\w-]{38}$/

/** One year from the latest sign-in. */
export const KNOWN_DEVICE_SECONDS = 31_536_000

/** The part of an account that an entry depends on. A new password raises the version, so entries from before it become invalid. */
export type DeviceAccount = Pick<Account, 'id' | 'passwordVersion'>

/** Used for an unknown name, so that both answers take equally long (C06). */
export const noDeviceAccount: DeviceAccount = { id: 'usr_' as UserId, passwordVersion: 0 }

/** The id under which this browser is known to the account, or null. */
export function knownDeviceOf(keys: SecretKeys, account: DeviceAccount, cookie = ''): string | null {
  const entry = entriesOf(cookie).find((one) => isOf(keys, account, one))
  return entry === undefined ? null : entry.slice(0, ID_LENGTH)
}

/** The cookie after a sign-in to the account: its entry first, the oldest entries dropped. */
export function withKnownDevice(keys: SecretKeys, account: DeviceAccount, cookie = ''): string {
  const entries = entriesOf(cookie)
  const existing = entries.find((one) => isOf(keys, account, one))
  const id = existing?.slice(0, ID_LENGTH) ?? randomBytes(12).toString('base64url')
  const entry = entryOf(keys.lasting, account, id)
  return [entry, ...entries.filter((one) => one !== existing)].slice(0, ACCOUNTS_PER_BROWSER).join('.')
}

const entriesOf = (cookie: string): string[] => cookie.split('.', ACCOUNTS_PER_BROWSER).filter((one) => ENTRY.test(one))

const entryOf = (key: RootKey, { id, passwordVersion }: DeviceAccount, deviceId: string): string =>
  deviceId + key.mac('known-device', id, passwordVersion, deviceId).subarray(0, 16).toString('base64url')

const isOf = (keys: SecretKeys, account: DeviceAccount, entry: string): boolean =>
  keys.everyLasting.some((key) => sameBytes(Buffer.from(entry), Buffer.from(entryOf(key, account, entry.slice(0, ID_LENGTH)))))
