import type { RoleId } from '@muster/contract/ids.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'
import { mayDo } from '../command/authorize.ts'
import { emailAddress } from '../model/email.ts'
import type { Actor, Rights } from '../model/live.ts'
import type { Member } from '../model/membership.ts'

/** Selects members of an organization. */
export interface MemberFilter {
  status?: MembershipStatus | undefined
  role?: Role | undefined
  /** Of a custom role. */
  roleId?: RoleId | undefined
  search?: MemberSearch | undefined
}

export interface MemberSearch {
  /** In the form of names and canonical addresses: NFC, lower case, and the domain of a complete address in ASCII. */
  text: string
  /** Whether addresses are searched. */
  inEmails: boolean
}

/** A text of at least this length matches anywhere in a name; a shorter one only at its beginning. */
export const ANYWHERE_FROM = 3

/** A client that acts for itself (P15). It sees addresses if it may read users. */
export interface PlatformViewer {
  emails: boolean
}

/** The caller, in the organization of the member; or the operator, who sees what an admin sees; or a client. */
export type Viewer = (Rights & Pick<Actor, 'id'>) | 'operator' | PlatformViewer

export interface Visible {
  email: boolean
  /** Who changed the status last, and why. */
  statusReason: boolean
  lastSeen: boolean
  /** That the operator has suspended the person. The reason stays with the operator. */
  suspension: boolean
}

/** What decides about addresses. */
type Sight = Rights | 'operator' | PlatformViewer

const isAdmin = (viewer: Sight): boolean => viewer === 'operator' || ('role' in viewer && mayDo(viewer, 'members:read-email'))
const seesEmails = (viewer: Sight): boolean => isAdmin(viewer) || (viewer !== 'operator' && 'emails' in viewer && viewer.emails)

/**
 * The parts of a member that a viewer sees beside the name, username, role and status (S4). The address of a former member is shown to nobody in the
 * organization. With `own`, members see their own address too: for systems whose clients have no other way to read it.
 */
export function visibleTo(viewer: Viewer, member: Pick<Member, 'userId' | 'status'>, { own = false } = {}): Visible {
  const seesAll = isAdmin(viewer)
  const isOwn = own && viewer !== 'operator' && 'id' in viewer && viewer.id === member.userId
  const isHere = member.status !== 'left'
  const isClient = viewer !== 'operator' && 'emails' in viewer
  return { email: isHere && (seesEmails(viewer) || isOwn), statusReason: seesAll, lastSeen: isHere && seesAll, suspension: isHere && (seesAll || isClient) }
}

/** The members a caller asks for. A caller who sees no addresses finds nobody by one (S4). */
export function memberFilter(viewer: Sight, asked: Omit<MemberFilter, 'search'> & { q?: string | undefined }): MemberFilter {
  const text = canonical(asked.q?.normalize('NFC').toLowerCase().trim() ?? '')
  return {
    status: asked.status,
    role: asked.role,
    roleId: asked.roleId,
    search: text === '' ? undefined : { text, inEmails: seesEmails(viewer) && asked.status !== 'left' },
  }
}

/** Part of an international domain matches nothing, because only a complete domain has an ASCII form. */
function canonical(text: string): string {
  try {
    return emailAddress(text).canonical
  } catch {
    return text
  }
}

/** The beginning of a name or an id of an organization, as these are stored. */
export const searchedName = (text: string | undefined): string | undefined => (text?.startsWith('org_') ? text : text?.toLowerCase())
