import { domainToASCII } from 'node:url'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'
import type { ListedPerson } from './store.ts'

// The operator finds people (O13).

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
