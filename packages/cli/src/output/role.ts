import { roleInWords } from '@muster/contract/role-words.ts'
import type { Member } from '../api/types.ts'

/** The role in an answer. A custom role has a name. */
interface Held {
  role: Member['role']
  role_name?: string | undefined
}

/** For a table, and as commands take it: `admin`, or the name that the organization gave it. */
export const roleName = ({ role, role_name: name }: Held): string => name ?? role

/** In a sentence about a person: "an admin", or "a member with the role Deployer". */
export const inRole = ({ role, role_name: name }: Held): string => roleInWords(role, name)
