import { domainToASCII } from 'node:url'
import type { Context } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { record } from '../command/record.ts'
import { isFirstOf } from '../command/refused-attempts.ts'
import { emailAddress } from '../model/email.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Store, Tx } from '../store.ts'
import type { ListedPerson } from './store.ts'

// The operator finds people (O13), and so do clients with the right to (P15).

/** The beginning of a username, an id or an address, as these are stored (S39, S44). */
export function searchedText(text: string): string {
  const lower = text.trim().normalize('NFC').toLowerCase().normalize('NFC')
  const at = lower.lastIndexOf('@')
  const domain = lower.slice(at + 1)
  // The parser of domains reads `163` as an address of a network, so it gets only domains that need it. One that is not typed to its end may have no form in ASCII.
  return at === -1 || /^\p{ASCII}*$/u.test(domain) ? lower : `${lower.slice(0, at + 1)}${domainToASCII(domain) || domain}`
}

export interface ViewedPerson extends ListedPerson {
  /** Counted up to 1,000. */
  sessions: number
  keys: number
}

/** Shows one account, with what only the operator sees together. That is recorded. */
export async function viewPerson({ tx, principal, record }: Context, { reference }: { reference: string }): Promise<ViewedPerson> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const person = await tx.people.find(reference.toLowerCase())
  if (!person) throw new Problem('user_not_found')
  await record({ type: 'account.viewed', target: person.id })
  return { ...person, sessions: await tx.sessions.countAlive(person.id, 1_000), keys: await tx.apiKeys.countAlive({ userId: person.id }) }
}

/** By id, username or complete email address. */
export async function findPerson({ people }: Pick<Tx, 'people'>, reference: string): Promise<ListedPerson | null> {
  if (!reference.includes('@')) return people.find(reference.toLowerCase())
  try {
    return await people.findByAddress(emailAddress(reference).canonical)
  } catch (error) {
    if (error instanceof Problem && error.code === 'email_invalid') return null
    throw error
  }
}

/** Before a client gets email addresses. Recorded once an hour, without the addresses, because a backend may read all day (P15). */
export async function recordAddressesRead({ store, limits }: { store: Pick<Store, 'transaction'>; limits: Limits }, principal: Principal): Promise<void> {
  if (principal.kind !== 'client') throw new Problem('forbidden')
  const { clientId } = principal
  // Spending changes a row, for which the requests of a busy backend would wait.
  if (await limits.isUsedUp('addresses recorded by client', clientId)) return
  if (!(await isFirstOf(limits, 'addresses recorded by client', clientId))) return
  try {
    await store.transaction(async (tx) => {
      const client = await tx.clients.find(clientId)
      await record(tx, principal, { type: 'client.addresses_read', target: clientId, name: client?.name ?? clientId })
    })
  } catch (error) {
    await limits.giveBack(['addresses recorded by client', clientId]) // the next request records it
    throw error
  }
}
