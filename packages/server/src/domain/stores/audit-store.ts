import type { AuditEvent, AuditFilter, RecordedEvent } from '../audit.ts'
import type { Page, PageRequest } from './page.ts'

export interface AuditStore {
  insert(event: AuditEvent): Promise<void>
  /** Newest first. The cursor is a number of the record, so that a page stays what it is while more is written. */
  page(filter: AuditFilter, page: PageRequest): Promise<Page<RecordedEvent>>
  /** Oldest first: the next so many after a number. */
  after(seq: bigint, filter: AuditFilter, limit: number): Promise<RecordedEvent[]>
}
