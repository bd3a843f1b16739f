import type { DomainEvent } from '@muster/contract/events.ts'
import type { AuditEventId, OrganizationId } from '@muster/contract/ids.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { ActorKind } from '../model/principal.ts'

/** One event as it is written; the database gives it its number and its time (S57). */
export interface AuditEvent {
  id: AuditEventId
  type: DomainEvent['type']
  outcome: 'done' | 'refused'
  actorKind: ActorKind
  actorId: string | null
  actorSessionId: string | null
  actorKeyId: string | null
  organizationId: string | null
  target: string
  details: Record<string, unknown>
  address: string
  requestId: string
}

/** As it is read again: with its number and time, and the names of today of who did it and to whom. */
export interface RecordedEvent extends AuditEvent {
  seq: bigint
  at: Date
  actorName: string | null
  targetName: string | null
}

/** Which events are wanted. Whoever gives none of these wants all. */
export interface AuditFilter {
  organizationId?: OrganizationId | undefined
  /** Ids, any of them: of a user, a service account, a client; or `operator`, `system`. */
  actor?: readonly string[] | undefined
  target?: readonly string[] | undefined
  /** `membership.ended`, or `membership` for all of that noun. */
  action?: string | undefined
  from?: Date | undefined
  /** Not included. */
  to?: Date | undefined
}

export interface AuditStore {
  insert(event: AuditEvent): Promise<void>
  /** Newest first. The cursor is a number of the record, so that a page stays what it is while more is written. */
  page(filter: AuditFilter, page: PageRequest): Promise<Page<RecordedEvent>>
  /** Oldest first: the next so many after a number. */
  after(seq: bigint, filter: AuditFilter, limit: number): Promise<RecordedEvent[]>
}

export interface IdempotencyStore {
  /** Null when the key is ours now; else what stands under it. Waits for whoever is using it at this moment. */
  claim(principal: string, key: string, requestHash: Uint8Array): Promise<{ requestHash: Uint8Array; answer: Uint8Array | null } | null>
  answer(principal: string, key: string, answer: Uint8Array): Promise<void>
  deleteExpired(): Promise<void>
}

/** Work for later, kept in the same transaction as the change it follows from (outbox). Data are ids, never secrets. */
export interface JobStore {
  send(job: Job): Promise<void>
}

export type Job = { name: 'mail'; data: MailJob } | { name: 'backchannel-logout'; data: LogoutJob }

/** Which mail to make; links and codes are made when it is sent. */
export type MailJob =
  | { template: 'sign_up_code'; signUpId: string; number: number } // or, to an address in use: you already have an account
  | { template: 'invitation'; invitationId: string; version: number }
  | { template: 'password_reset'; passwordResetId: string }
  | { template: 'password_changed'; userId: string; at: string; address: string }
  | { template: 'email_change_code'; emailChangeId: string } // or, to an address in use: somebody tried
  | { template: 'email_changed'; emailChangeId: string; at: string; address: string } // to the old address
  | { template: 'login_approved'; sessionId: string; deviceAuthorizationId: string }

/** Inform an application that its session has ended, once that is so. */
export interface LogoutJob {
  sessionId: string
  at: string
}
