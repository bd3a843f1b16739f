import type { ClientId, DeviceAuthorizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { DeviceAuthorization } from '../device-authorization.ts'

export interface NewDeviceAuthorization {
  id: DeviceAuthorizationId
  deviceCodeHash: Uint8Array
  userCode: string
  clientId: ClientId
  scopes: string[]
  params: Record<string, unknown>
  address: string
  network: string
  userAgent: string | null
  lifetimeSeconds: number
}

export interface DeviceAuthorizationStore {
  /** False when the user code is another's. */
  insert(device: NewDeviceAuthorization): Promise<boolean>
  /** Whether so many wait for an answer, in time. */
  hasPending(count: number): Promise<boolean>
  /** How many of this network wait for an answer. No other request of that network is counted or stored until this transaction ends. */
  lockAndCountPending(network: string): Promise<number>
  find(id: DeviceAuthorizationId): Promise<DeviceAuthorization | null>
  findByUserCode(userCode: string): Promise<DeviceAuthorization | null>
  findByDeviceCode(deviceCodeHash: Uint8Array): Promise<DeviceAuthorization | null>
  /** While it is pending and in time, for one browser session; another may have it when that one has ended. */
  claim(id: DeviceAuthorizationId, sessionId: SessionId): Promise<boolean>
  /** While it is pending, in time, and claimed by this session. */
  approve(id: DeviceAuthorizationId, approval: { claimedBy: SessionId; userId: UserId; sessionId: SessionId }): Promise<boolean>
  /** While it is pending, in time, and claimed by nobody, or by a session of this user. */
  refuse(id: DeviceAuthorizationId, userId: UserId): Promise<boolean>
  deny(id: DeviceAuthorizationId, denial: { claimedBy: SessionId; userId: UserId }): Promise<boolean>
  /** Takes what was approved and is in time: one statement, so that two polls cannot both win (I3). */
  redeem(deviceCodeHash: Uint8Array): Promise<DeviceAuthorization | null>
  /** Remembers a poll, and says whether it came too early; each early one makes the interval longer (RFC 8628 section 3.5). */
  poll(deviceCodeHash: Uint8Array, pace: { seconds: number; tolerance: number; atMost: number }): Promise<{ early: boolean }>
  /** Moves the end of one that is pending to so many seconds from now, never beyond `atMost` seconds after it was requested. */
  hold(userCode: string, seconds: number, atMost: number): Promise<void>
  /** Those that ended so long ago that nobody will ask for them. */
  deleteEnded(seconds: number): Promise<void>
}
