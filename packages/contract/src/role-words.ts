import type { Role } from './permissions.ts'

/** A role in a sentence about a person: "an admin", or "a member with the role Deployer". */
export function roleInWords(role: Role, name: string | undefined): string {
  if (role === 'custom') return `a member with the role ${name}`
  return role === 'admin' ? 'an admin' : `a ${role}`
}
