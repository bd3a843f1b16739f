// A model of the life of a member in the plainest code: arrays, and the rules of docs/rules.md. It calls nothing of the domain, so a wrong rule goes unnoticed
// only if it was misunderstood twice. People and organizations are identified by their index in a list.

export type Refusal = string
export type Status = 'active' | 'deactivated' | 'left'
export type Role = 'admin' | 'member'

export class Refused extends Error {
  readonly code: Refusal
  constructor(code: Refusal) {
    super(code)
    this.code = code
  }
}

/** A sign-in. `ended` means that it was ended individually, and `dead` that it ended with all credentials of its user. */
export interface Login {
  ended: boolean
  dead: boolean
  endsAt: number | null
  madeFor: number | null
}

/** A credential that a step can present. An access token keeps the organization it was issued for; a cookie and a key are looked up. */
export interface Holding {
  kind: 'token' | 'cookie' | 'key'
  login: Login
  /** Of an access token: the organization in it. `dead` means that the token is older than its login's last move. */
  madeFor: number | null
  dead: boolean
}

export interface Person {
  name: string
  registered: boolean
  /** By the operator (O14). */
  suspended: boolean
  holdings: Holding[]
}

export interface Membership {
  role: Role
  status: Status
  /** The order of joining. */
  joined: number
  deactivatedBy: number | null
}

export interface Machine {
  name: string
  organization: number
  removed: boolean
}

/** A person by index, or a service account. */
export type Owner = number | Machine

export interface Organization {
  name: string
  /** The first name is the one at its creation. */
  names: string[]
  founder: number
  personal: boolean
  plan: string
  suspended: boolean
  renames: number
  members: Map<number, Membership>
  resources: Map<string, Owner>
}

export interface Invitation {
  kind: 'secret' | 'link' | 'email'
  organization: number
  role: Role
  state: 'open' | 'accepted' | 'declined' | 'revoked' | 'expired'
  version: number
  /** The index of the invited person. */
  address: number | null
  by: number
  endsAt: number
  acceptedBy: number | null
}

export interface Key {
  holder: Owner
  organization: number
  by: number
  holding: Holding
}

export const seats: Record<string, number | null> = { solo: 1, duo: 2, trio: 3, pro: null }
const DAY = 24
const lifetimes = { secret: DAY, link: DAY, email: 7 * DAY }

export class Model {
  hour = 0
  clock = 0
  readonly people: Person[]
  readonly organizations: Organization[] = []
  readonly invitations: Invitation[] = []
  readonly machines: Machine[] = []
  readonly keys: Key[] = []
  /** The holders of each name: a user, an organization, or a user and the organization they founded. */
  readonly names = new Map<string, { user: number | null; organization: number | null }>()

  constructor(names: readonly string[]) {
    this.people = names.map((name) => ({ name, registered: false, suspended: false, holdings: [] }))
    for (const person of this.people) this.logIn(person, 'token', DAY)
  }

  // ---- Credentials

  logIn(person: Person, kind: 'token' | 'cookie', hours: number): void {
    const madeFor = this.placeOf(this.people.indexOf(person))
    person.holdings.push({ kind, login: { ended: false, dead: false, endsAt: this.hour + hours, madeFor }, madeFor, dead: false })
  }

  /** S36, from its second step on. Returns the first reason that applies. */
  refusal(who: number, { kind, login, ...own }: Holding): Refusal | null {
    // A token from before its holder registered names no organization, but its login does.
    const madeFor = (kind === 'token' ? own.madeFor : null) ?? login.madeFor
    const dead = login.dead || (kind === 'token' && own.dead)
    const place = this.placeOf(who)
    if (login.endsAt !== null && login.endsAt <= this.hour) return 'token_expired'
    if (login.ended) return 'token_revoked'
    if (this.people[who]?.suspended) return 'account_suspended'
    if (place !== null && this.at(place).members.get(who)?.status === 'deactivated') return 'user_deactivated'
    if (place !== null && this.at(place).suspended) return 'organization_suspended'
    if (dead) return madeFor !== null && madeFor !== place ? 'membership_left' : 'token_revoked'
    return null
  }

  /** The key of a service account, which never moves. */
  refusalOfMachine({ holder, holding }: Key): Refusal | null {
    const { organization } = holder as Machine
    if (holding.login.ended) return 'token_revoked'
    if (this.at(organization).suspended) return 'organization_suspended'
    return holding.login.dead ? 'token_revoked' : null
  }

  works = (who: number, holding: Holding): boolean =>
    !holding.login.ended && !holding.login.dead && (holding.login.endsAt === null || holding.login.endsAt > this.hour) && who >= 0

  // ---- Memberships

  at(organization: number): Organization {
    return this.organizations[organization] as Organization
  }

  /** The one organization that a person has not left. */
  placeOf(who: number): number | null {
    const at = this.organizations.findIndex(({ members }) => (members.get(who)?.status ?? 'left') !== 'left')
    return at === -1 ? null : at
  }

  present = (organization: number): [number, Membership][] =>
    [...(this.organizations[organization]?.members ?? [])].filter(([, { status }]) => status !== 'left')

  /** Active admins in the order in which they joined, without those that the operator has suspended. */
  admins = (organization: number): number[] => this.everyAdmin(organization).filter((who) => !this.people[who]?.suspended)

  everyAdmin = (organization: number): number[] =>
    this.present(organization)
      .filter(([, { role, status }]) => role === 'admin' && status === 'active')
      .sort(([, one], [, other]) => one.joined - other.joined)
      .map(([who]) => who)

  alone = (organization: number, who: number): boolean => this.present(organization).every(([other]) => other === who)

  /** S29: there are other members, and none of them is an active admin. */
  isLastAdmin = (organization: number, who: number): boolean =>
    !this.alone(organization, who) && this.admins(organization).length === 1 && this.admins(organization)[0] === who

  /** S23: all blockers at once. They are the resources a person owns (all resources when alone) and being the last admin. */
  blockers(organization: number, who: number): string[] {
    const own = [...this.at(organization).resources].filter(([, owner]) => owner === who || this.alone(organization, who)).map(([name]) => name)
    return this.isLastAdmin(organization, who) ? [...own, 'last_admin'] : own
  }

  refuseBlocked(organization: number, who: number): void {
    const blockers = this.blockers(organization, who)
    if (blockers.length > 0) throw new Refused(`move_blocked: ${blockers.sort().join(', ')}`)
  }

  // ---- Changes of a membership

  /** S32: ends every credential of a person and revokes their open invitations (S19). Returns the number of invitations. */
  endAll(organization: number | null, who: number): number {
    for (const holding of this.people[who]?.holdings ?? []) {
      holding.dead = true
      holding.login.dead = true
    }
    return organization === null ? 0 : this.revokeOpen(organization, ({ by }) => by === who)
  }

  revokeOpen(organization: number, which: (invitation: Invitation) => boolean): number {
    const open = this.invitations.filter((invitation) => invitation.organization === organization && this.stateOf(invitation) === 'open' && which(invitation))
    for (const invitation of open) invitation.state = 'revoked'
    return open.length
  }

  /** S2, S23: ends a membership. An organization without members becomes dormant. */
  depart(organization: number, who: number): void {
    const nobodyIsLeft = this.alone(organization, who)
    const membership = this.at(organization).members.get(who)
    if (membership) membership.status = 'left'
    this.endAll(organization, who)
    if (!nobodyIsLeft) return
    this.revokeOpen(organization, () => true)
    for (const { holder, holding } of this.keys) if (typeof holder === 'object' && holder.organization === organization) holding.login.dead = true
  }

  arrive(organization: number, who: number, role: Role): void {
    this.at(organization).members.set(who, { role, status: 'active', joined: ++this.clock, deactivatedBy: null })
  }

  /** Joins by invitation. The plan must allow several members and a free seat, and the organization stops being personal (S2, S7). */
  arriveInvited(organization: number, who: number, role: Role): void {
    const target = this.at(organization)
    if (target.suspended) throw new Refused('organization_suspended')
    this.refuseSolo(organization)
    this.refuseFull(organization)
    if (target.founder !== who) target.personal = false
    this.arrive(organization, who, role)
  }

  refuseSolo(organization: number): void {
    if (seats[this.at(organization).plan] === 1) throw new Refused('plan_required')
  }

  refuseFull(organization: number): void {
    const most = seats[this.at(organization).plan] ?? null
    const active = this.present(organization).filter(([, { status }]) => status === 'active').length
    if (most !== null && active >= most) throw new Refused('seat_limit')
  }

  /** S2: creates a personal organization, which is dormant when its founder starts in another one. */
  found(who: number, name: string, asleep: boolean): void {
    const holder = this.names.get(name)
    this.names.set(name, { user: holder?.user ?? null, organization: this.organizations.length })
    this.organizations.push({
      name,
      names: [name],
      founder: who,
      personal: true,
      plan: 'pro',
      suspended: false,
      renames: 0,
      members: new Map(),
      resources: new Map(),
    })
    const organization = this.organizations.length - 1
    this.arrive(organization, who, 'admin')
    const membership = this.at(organization).members.get(who)
    if (membership && asleep) membership.status = 'left'
  }

  homeOf(who: number): Organization | undefined {
    return this.organizations.find(({ founder, personal }) => founder === who && personal)
  }

  /** S2: restores the personal organization, or creates a new one when the old one is shared or suspended. */
  returnToOwnOrganization(who: number): void {
    const home = this.homeOf(who)
    if (home && !home.suspended) this.arrive(this.organizations.indexOf(home), who, 'admin')
    else {
      if (home) home.personal = false
      let number = 2
      const name = () => `${this.people[who]?.name}_${number}`
      while (this.names.has(name())) number += 1
      this.found(who, name(), false)
    }
  }

  /** S32: the login that requested the move continues in the new organization. Tokens that it was issued before do not. */
  goOn(who: number, holding: Holding): void {
    holding.login.dead = false
    holding.login.madeFor = this.placeOf(who)
    if (holding.kind === 'token') this.people[who]?.holdings.push({ ...holding, madeFor: this.placeOf(who), dead: false })
  }

  /** S6, S26, S28: transfers all resources of one owner to another. */
  handOver(organization: number, from: Owner, to: Owner): void {
    const { resources } = this.at(organization)
    for (const [name, owner] of resources) if (owner === from) resources.set(name, to)
  }

  // ---- Invitations

  invite(invitation: Pick<Invitation, 'kind' | 'organization' | 'role' | 'address' | 'by'>): void {
    this.invitations.push({ ...invitation, state: 'open', version: 1, endsAt: this.hour + lifetimes[invitation.kind], acceptedBy: null })
  }

  renew(invitation: Invitation): void {
    invitation.version += 1
    invitation.endsAt = this.hour + lifetimes[invitation.kind]
  }

  stateOf = ({ state, endsAt }: Invitation): Invitation['state'] => (state === 'open' && endsAt <= this.hour ? 'expired' : state)

  refuseOver(invitation: Invitation): void {
    const state = this.stateOf(invitation)
    if (state !== 'open') throw new Refused(state === 'accepted' ? 'invitation_used' : `invitation_${state}`)
  }

  refuseOther({ address }: Invitation, who: number): void {
    if (address !== null && address !== who) throw new Refused('invitation_wrong_address')
  }

  /** S10, S11: a member is not invited, and an invitation does not reactivate a deactivated one. */
  refuseMember(organization: number, who: number): void {
    const status = this.at(organization).members.get(who)?.status
    if (status === 'active') throw new Refused('already_member')
    if (status === 'deactivated') throw new Refused('member_deactivated')
  }
}
