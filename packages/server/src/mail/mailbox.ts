import { randomUUID } from 'node:crypto'
import type { OutgoingMail } from './transport.ts'

/** An email that was kept instead of sent. */
export interface KeptMail extends OutgoingMail {
  id: string
  at: Date
}

/** Keeps emails on a developer's own machine. In memory only: a database must not hold codes and links. */
export interface Mailbox {
  keep(mail: OutgoingMail): KeptMail
  /** Newest first. */
  all(): KeptMail[]
  find(id: string): KeptMail | null
}

export function createMailbox(most = 100): Mailbox {
  const mails: KeptMail[] = []
  return {
    keep(mail) {
      const kept = { ...mail, id: randomUUID(), at: new Date() }
      mails.unshift(kept)
      mails.length = Math.min(mails.length, most)
      return kept
    },
    all: () => [...mails],
    find: (id) => mails.find((mail) => mail.id === id) ?? null,
  }
}
