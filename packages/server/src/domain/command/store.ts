import type { Attempt, DomainEvent } from '@muster/contract/events.ts'
import type { AuditEventId, OrganizationId } from '@muster/contract/ids.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { ActorKind } from '../model/principal.ts'

/** One event as it is stored. The database adds its number and its time (S57). */
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

/** An event as it is read: with its number and time, and with the current names of actor and target. */
export interface RecordedEvent extends AuditEvent {
  seq: bigint
  at: Date
  actorName: string | null
  /** The client of the session, or the key, that the actor acted by (P17). Null: a browser session, the operator, Muster itself. */
  via: { kind: 'client' | 'key'; name: string } | null
  targetName: string | null
  /** The personal fields whose values were erased (P19): of the details, or `address`. */
  erased: string[]
}

/** Selects events. An empty filter selects all. */
export interface AuditFilter {
  organizationId?: OrganizationId | undefined
  /** For the operator, without an organization (O13). */
  requestId?: string | undefined
  /** Any of these ids: of a user, a service account or a client; or `operator`, `system`. */
  actor?: readonly string[] | undefined
  target?: readonly string[] | undefined
  /** An action such as `membership.ended`, or a noun such as `membership` for all of its actions. */
  action?: string | undefined
  /** Refusals of this attempt. */
  attempted?: Attempt | undefined
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
}

export interface AuditStore {
  insert(event: AuditEvent): Promise<void>
  /** Newest first. The cursor is the number of an event, so that a page does not change while new events are recorded. */
  page(filter: AuditFilter, page: PageRequest): Promise<Page<RecordedEvent>>
  /** Oldest first: up to `limit` events after this number. */
  after(seq: bigint, filter: AuditFilter, limit: number): Promise<RecordedEvent[]>
}

/** An event with its place in the feed of the installation, or in the feed of its organization (P18). */
export interface PositionedEvent extends RecordedEvent {
  position: bigint
}

/** The feed of the installation, or of one organization. Each has positions of its own, from 1 without gaps. */
export type FeedOf = 'installation' | OrganizationId

/** An event that somebody has read. After a restore, another event can have its position. */
export interface FeedPlace {
  position: bigint
  id: string
}

export interface PositionsGiven {
  count: number
  /** The last position of the installation. */
  last: bigint
  /** The organizations whose feeds have new events. Null: too many to list. */
  organizations: OrganizationId[] | null
  /** There may be more events without a position than one pass takes. */
  hasMore: boolean
}

export interface EventPositionStore {
  /**
   * Gives positions to the committed events that have none, in the order of their numbers, at most some thousand at once. Null: another process is doing it. With
   * `thorough`, it searches all of them, also where none are expected.
   */
  give(options?: { thorough?: boolean }): Promise<PositionsGiven | null>
  /** The last position, and whether events may be waiting for one. */
  look(): Promise<{ last: bigint; areWaiting: boolean }>
  /** The newest place in the feed. Null: the feed is empty. */
  newest(feed: FeedOf): Promise<FeedPlace | null>
  /** False if this event does not have this position in the feed. */
  isIn(feed: FeedOf, place: FeedPlace): Promise<boolean>
  /** Up to `limit` events after a position, in the order of the positions. */
  after(feed: FeedOf, position: bigint, limit: number): Promise<PositionedEvent[]>
}

export interface StoredAnswer {
  requestHash: Uint8Array
  /** Sealed. */
  answer: Uint8Array | null
  keyGeneration: number
}

export interface IdempotencyStore {
  /** Null if the key is claimed now, otherwise the stored request and response. Waits for a concurrent request with the same key. */
  claim(principal: string, key: string, requestHash: Uint8Array): Promise<StoredAnswer | null>
  answer(principal: string, key: string, answer: Uint8Array, keyGeneration: number): Promise<void>
  deleteExpired(): Promise<void>
}

/** Jobs, added in the transaction of the change that causes them (the outbox). A job carries ids and no secrets. */
export interface JobStore {
  send(job: Job): Promise<void>
}

export type Job = { name: 'secret'; data: Record<string, never> } | { name: 'mail'; data: MailJob } | { name: 'backchannel-logout'; data: LogoutJob }

/** The emails to send. Links and codes are derived when the email is sent. */
export type MailJob =
  | { template: 'sign_up_code'; signUpId: string; number: number } // an address in use gets a notice instead
  | { template: 'invitation'; invitationId: string; version: number }
  | { template: 'password_reset'; passwordResetId: string }
  | { template: 'password_changed'; userId: string; at: string; address: string }
  | { template: 'passkey'; change: 'added' | 'removed' | 'copied'; userId: string; passkey: string; at: string; address: string }
  | {
      template: 'factor'
      change:
        | 'authenticator_added'
        | 'authenticator_removed'
        | 'wrong_codes'
        | 'authenticator_locked'
        | 'unlock_link'
        | 'recovery_code_used'
        | 'recovery_codes_created'
        | 'factors_reset'
      userId: string
      /** The recovery codes that are left, if one was used. */
      left?: number
      at: string
      address: string
    }
  | { template: 'factor_reset'; change: 'requested' | 'stopped' | 'completed'; factorResetId: string }
  | { template: 'sign_in_code'; signIn: string } // the digest of its token
  | {
      template: 'identity'
      change: 'linked' | 'unlinked'
      userId: string
      provider: string
      label: string
      at: string
      address: string
      /** Another address than that of the account. */
      to?: string
    }
  | { template: 'confirmation_code'; sessionId: string; number: number }
  | { template: 'email_change_code'; emailChangeId: string } // an address in use gets a notice instead
  | { template: 'email_changed'; emailChangeId: string; at: string; address: string } // to the old address
  | { template: 'key_expires'; keyId: string; userId: string } // to one of the people who answer for the key
  | { template: 'login_approved'; sessionId: string; deviceAuthorizationId: string }

/** Informs an application that its session has ended, once that is committed. */
export interface LogoutJob {
  sessionId: string
  at: string
}

/** The last attempt to send an email (O13). */
export interface TriedEmail {
  /** Of its job. */
  id: string
  address: string
  job: MailJob
  state: 'sent' | 'retrying' | 'failed'
  attempts: number
  /** Why the last attempt failed. */
  reason: string | null
  firstAt: Date
  lastAt: Date
}

export interface EmailStore {
  note(email: Omit<TriedEmail, 'firstAt' | 'lastAt'> & { canonical: string }): Promise<void>
  /** An email that was tried, and is not sent because its code or link is no longer valid. */
  noteOutdated(id: string): Promise<void>
  find(id: string): Promise<TriedEmail | null>
  /** The newest first. With a search, those whose address begins with it, in the order of the addresses. */
  page(asked: PageRequest & { search?: string | undefined }): Promise<Page<TriedEmail>>
  /** Emails without an attempt, counted no further than this. */
  waiting(atMost: number): Promise<number>
  /** Housekeeping. */
  deleteOld(days: number): Promise<void>
}
