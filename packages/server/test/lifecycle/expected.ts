import { type Holding, type Invitation, type Key, type Machine, type Membership, Model, type Organization, type Owner, Refused, seats } from './model.ts'
import type { Ask, Step } from './steps.ts'

// The effect of each action on the model, and its outcome: a word for success, or the code of the refusal.

const oneOf = <T>(list: readonly T[], choice: number): T | undefined => list[choice % list.length]

const ofMembers = new Set<Ask>(['remove', 'sign out a member', 'deactivate', 'reactivate', 'role', 'promote'])
const ofAdmins = new Set<Ask>(['make a secret', 'make a link', 'invite', 'rename', 'make a machine'])
const ofMachines = new Set<Ask>(['make a key of a machine', 'remove a machine'])
const ofInvitations = new Set<Ask>(['resend', 'revoke', 'copy the link'])
const ofTokens = new Set<Ask>(['register with a token', 'accept', 'decline', 'answer though deactivated'])

type Rule = (life: Life, step: Step) => string

/** The model, and the choice of the objects that a step refers to. Muster's side uses the same choices, so that both refer to the same objects. */
export class Life extends Model {
  /** The credential that a step presents: the newest login, or any that the person ever had. */
  holding({ who, by }: Pick<Step, 'who' | 'by'>): Holding {
    const held = this.people[who]?.holdings ?? []
    const at = by === 0 ? held.findLastIndex(({ kind }) => kind !== 'key') : held.length - (((by - 1) % held.length) + 1)
    return held[at] as Holding
  }

  /** The newest login of the person, for actions that no key can perform. */
  login({ who, by }: Pick<Step, 'who' | 'by'>): Holding {
    const chosen = this.holding({ who, by })
    return chosen.kind === 'key' ? this.holding({ who, by: 0 }) : chosen
  }

  invitation({ pick }: Pick<Step, 'pick'>): Invitation | null {
    return this.invitations.at(-1 - (pick % Math.max(1, this.invitations.length))) ?? null
  }

  key({ pick }: Pick<Step, 'pick'>): Key | null {
    return this.keys.at(-1 - (pick % Math.max(1, this.keys.length))) ?? null
  }

  machineKey({ pick }: Pick<Step, 'pick'>): Key | null {
    const keys = this.keys.filter(({ holder }) => typeof holder === 'object')
    return keys.at(-1 - (pick % Math.max(1, keys.length))) ?? null
  }

  /** The organization that a step names, or null while there is none. */
  place({ who, where }: Pick<Step, 'who' | 'where'>): number | null {
    if (this.organizations.length === 0) return null
    return where === 0 ? (this.placeOf(who) ?? 0) : (where - 1) % this.organizations.length
  }

  /** The name that the step uses: the current one, or rarely the first one. */
  reference(step: Step): string {
    const organization = this.organizations[this.place(step) ?? -1]
    return (step.twist ? organization?.names[0] : organization?.name) ?? 'nowhere'
  }

  newName({ pick, whom }: Step): string {
    const them = this.people[whom]?.name ?? ''
    return [`new_${this.people[0]?.name}`, `other_${this.people[0]?.name}`, them, `${them}_2`][pick % 4] ?? ''
  }

  resource = ({ pick }: Step): string => (pick % 3 === 0 ? 'database/main' : `application/app${pick % 3}`)
  machineName = ({ pick }: Step): string => `machine-${pick % 2}`
  planName = ({ pick }: Step): string => Object.keys(seats)[pick % 4] ?? ''

  /** The owner that the step names: a service account, a person, or the caller. */
  ownerOf(step: Step, organization: number, asking: Owner): Owner {
    if (step.pick >= 6) {
      const machine = this.aliveMachine(organization, this.machineName(step))
      if (!machine) throw new Refused('member_not_found')
      return machine
    }
    const wanted = step.yes ? step.whom : asking
    if (typeof wanted === 'object') return wanted
    const membership = this.at(organization).members.get(wanted)
    if (!membership) throw new Refused('member_not_found')
    if (membership.status !== 'active') throw new Refused('owner_not_active')
    return wanted
  }

  /** True when the step names an owner other than the present one. */
  namesAnother(step: Step, organization: number, owner: Owner): boolean {
    if (step.pick >= 6) return owner !== this.aliveMachine(organization, this.machineName(step))
    return step.yes && owner !== step.whom
  }

  aliveMachine = (organization: number, name: string): Machine | undefined =>
    this.machines.find((machine) => machine.organization === organization && machine.name === name && !machine.removed)

  /** With `fit`, returns the step with a caller who may do it and an object that exists, if there are any. */
  fitted(step: Step): Step {
    const { ask, who, whom } = step
    const mine = this.placeOf(who)
    if (!step.fit) return step
    const plain = { ...step, where: 0, by: 0 }
    const byAdminOf = (organization: number, more: Partial<Step> = {}): Step => ({ ...plain, ...more, who: oneOf(this.admins(organization), who) ?? who })

    if (ofMembers.has(ask)) {
      const beside = (one: number): number[] => this.admins(this.placeOf(one) ?? -1).filter((admin) => admin !== one)
      const someone = oneOf(
        [...this.people.keys()].filter((one) => beside(one).length > 0),
        whom,
      )
      return someone === undefined ? step : { ...plain, whom: someone, who: oneOf(beside(someone), who) ?? who }
    }
    if (ofMachines.has(ask)) {
      const machine = oneOf(
        this.machines.filter(({ removed }) => !removed),
        step.pick,
      )
      return machine ? byAdminOf(machine.organization, { pick: Number(machine.name.at(-1)) }) : step
    }
    if (ofAdmins.has(ask)) return mine === null ? step : byAdminOf(mine)
    if (ofInvitations.has(ask)) {
      const wanted = this.openInvitation(step, ({ kind }) => ask !== 'resend' || kind === 'email')
      return wanted ? byAdminOf(wanted.invitation.organization, { pick: wanted.pick }) : step
    }
    if (ofTokens.has(ask)) {
      const suits = ({ organization, address, kind }: Invitation): boolean =>
        organization !== mine && (address ?? who) === who && (kind !== 'secret' || ask !== 'answer though deactivated')
      return { ...step, by: 0, pick: this.openInvitation(step, suits)?.pick ?? step.pick }
    }
    if (ask === 'transfer a resource' || ask === 'remove a resource') {
      const there = [0, 1, 2].filter((pick) => mine !== null && this.at(mine).resources.has(this.resource({ ...step, pick })))
      return { ...plain, pick: oneOf(there, step.pick) ?? step.pick }
    }
    if (ask === 'leave') {
      const guest = (one: number): boolean => this.organizations[this.placeOf(one) ?? -1]?.personal === false
      return { ...plain, who: oneOf([...this.people.keys()].filter(guest), who) ?? who }
    }
    if (ask === 'revoke a key') {
      const key = this.key(step)
      if (!key) return step
      return typeof key.holder === 'number' && !step.yes ? { ...plain, who: key.holder } : byAdminOf(key.organization)
    }
    if (ask === 'revive') {
      const left = this.organizations.findIndex(({ personal }, place) => !personal && this.present(place).length === 0)
      return left === -1 ? step : { ...step, where: left + 1 }
    }
    return ask === 'end a login' ? { ...plain, whom: who } : plain
  }

  private openInvitation({ pick }: Step, suits: (invitation: Invitation) => boolean): { invitation: Invitation; pick: number } | null {
    const open = this.invitations.filter((invitation) => this.stateOf(invitation) === 'open' && suits(invitation))
    const invitation = open.at(-1 - (pick % Math.max(1, open.length)))
    return invitation ? { invitation, pick: this.invitations.length - 1 - this.invitations.indexOf(invitation) } : null
  }

  // ---- Authentication and permissions

  standing(step: Step, { unregistered = false } = {}): Holding {
    const holding = this.login(step)
    return this.stand(step.who, holding, unregistered)
  }

  /** Accepts any login. A valid key is refused, because the action needs a person. */
  standingAtHand(step: Step, { unregistered = false } = {}): Holding {
    const holding = this.stand(step.who, this.holding(step), unregistered)
    if (holding.kind === 'key') throw new Refused('session_required')
    return holding
  }

  private stand(who: number, holding: Holding, unregistered: boolean): Holding {
    const refusal = this.refusal(who, holding)
    if (refusal) throw new Refused(refusal)
    if (!unregistered && !this.people[who]?.registered) throw new Refused('user_not_registered')
    return holding
  }

  /** Requires the caller's own organization by its current name, and the admin role where it is needed. Another organization does not exist for the caller. */
  enter(step: Step, needs: 'admin' | 'member'): number {
    const place = this.place(step)
    if (place === null) throw new Refused('organization_not_found')
    this.stand(step.who, this.holding(step), false)
    if (this.placeOf(step.who) !== place) throw new Refused('organization_not_found')
    if (needs === 'admin' && this.at(place).members.get(step.who)?.role !== 'admin') throw new Refused('forbidden')
    this.refuseFormer(step, place)
    return place
  }

  /** A service account has the rights of a member for resources. */
  enterAsMachine(step: Step, key: Key): number {
    const place = this.place(step)
    if (place === null) throw new Refused('organization_not_found')
    const refusal = this.refusalOfMachine(key)
    if (refusal) throw new Refused(refusal)
    if (key.organization !== place) throw new Refused('organization_not_found')
    this.refuseFormer(step, place)
    return place
  }

  enterAsOperator(step: Step): Organization {
    const place = this.place(step)
    if (place === null) throw new Refused('organization_not_found')
    this.refuseFormer(step, place)
    return this.at(place)
  }

  refuseFormer(step: Step, place: number): void {
    if (this.reference(step) !== this.at(place).name) throw new Refused('organization_renamed')
  }

  /** A member of the organization who has not left. */
  member(organization: number, whom: number): Membership {
    const membership = this.at(organization).members.get(whom)
    if (!membership) throw new Refused('member_not_found')
    if (membership.status === 'left') throw new Refused('membership_ended')
    return membership
  }

  /** A token is valid only in the newest version of its invitation. */
  byToken(step: Step): Invitation {
    const invitation = this.invitation(step)
    if (!invitation || (step.twist && invitation.version > 1)) throw new Refused('invitation_not_found')
    return invitation
  }

  invitationOf(step: Step, organization: number): Invitation {
    const invitation = this.invitation(step)
    if (invitation?.organization !== organization) throw new Refused('invitation_not_found')
    return invitation
  }
}

const token = (life: Life, { who, whom, yes }: Step, kind: 'secret' | 'link' | 'email', organization: number): string => {
  life.invite({ kind, organization, role: yes ? 'admin' : 'member', by: who, address: kind === 'email' ? whom : null })
  return 'ok'
}

const makeToken =
  (kind: 'secret' | 'link'): Rule =>
  (life, step) => {
    const organization = life.enter(step, 'admin')
    life.refuseSolo(organization)
    return token(life, step, kind, organization)
  }

const register: Rule = (life, step) => {
  const { who } = step
  life.standing(step, { unregistered: true })
  const person = life.people[who]
  if (!person || person.registered) return 'already_registered'
  const invitation = step.ask === 'register with a token' ? life.byToken(step) : null
  if (invitation) {
    life.refuseOver(invitation)
    life.refuseOther(invitation, who)
  }
  if (life.names.has(person.name)) return 'name_taken'
  // Nothing changes until every refusal is ruled out, as in a transaction.
  if (invitation) life.arriveInvited(invitation.organization, who, invitation.role)
  if (invitation) Object.assign(invitation, { state: 'accepted', acceptedBy: who })
  person.registered = true
  life.names.set(person.name, { user: who, organization: null })
  life.found(who, person.name, invitation !== null)
  for (const { kind, login } of person.holdings) if (kind !== 'key' && !login.ended) login.madeFor ??= life.placeOf(who)
  const asked = life.login(step)
  if (asked.kind === 'token') person.holdings.push({ ...asked, madeFor: life.placeOf(who), dead: false })
  return 'ok'
}

const accept: Rule = (life, step) => {
  const { who } = step
  const invitation = life.byToken(step)
  const holding = life.standingAtHand(step)
  const from = life.placeOf(who) as number
  if (from === invitation.organization) {
    if (invitation.state === 'accepted' && invitation.acceptedBy === who) return 'ok: nothing new'
    return 'already_member'
  }
  life.refuseOver(invitation)
  life.refuseOther(invitation, who)
  life.refuseBlocked(from, who)
  life.arriveInvited(invitation.organization, who, invitation.role)
  Object.assign(invitation, { state: 'accepted', acceptedBy: who })
  life.depart(from, who)
  life.goOn(who, holding)
  return 'ok'
}

/** S26: a deactivated member may move to an organization that invited them. */
const answer: Rule = (life, step) => {
  const { who } = step
  const place = life.placeOf(who)
  if (life.people[who]?.suspended) return 'account_suspended'
  const membership = place === null ? null : life.at(place).members.get(who)
  if (place === null || membership?.status !== 'deactivated') return signIn(life, { ...step, twist: false })
  let invitation: Invitation
  try {
    invitation = life.byToken(step)
    life.refuseOver(invitation)
    life.refuseOther(invitation, who)
    if (invitation.kind === 'secret' || invitation.organization === place) return 'user_deactivated'
  } catch {
    return 'user_deactivated'
  }
  if (!step.yes) {
    invitation.state = 'declined'
    return 'ok'
  }
  if (life.at(place).suspended) return 'organization_suspended'
  life.arriveInvited(invitation.organization, who, invitation.role)
  Object.assign(invitation, { state: 'accepted', acceptedBy: who })
  const { deactivatedBy } = membership
  const by = deactivatedBy === null ? undefined : life.at(place).members.get(deactivatedBy)
  const isHeir = by?.status === 'active' && !life.people[deactivatedBy as number]?.suspended
  life.handOver(place, who, isHeir ? (deactivatedBy as number) : ((life.admins(place)[0] ?? life.everyAdmin(place)[0]) as number))
  life.depart(place, who)
  life.logIn(life.people[who] as Life['people'][number], 'cookie', UNUSED_COOKIE_HOURS)
  return 'ok'
}

/** No step of a life is a request of a browser, so nothing notes a use of its session (F18). */
const UNUSED_COOKIE_HOURS = 7 * 24

const signIn: Rule = (life, { who, twist }) => {
  if (twist) return 'wrong_credentials'
  if (life.people[who]?.suspended) return 'account_suspended'
  const place = life.placeOf(who)
  if (place !== null && life.at(place).members.get(who)?.status === 'deactivated') return 'user_deactivated'
  if (place !== null && life.at(place).suspended) return 'organization_suspended'
  life.logIn(life.people[who] as Life['people'][number], 'cookie', UNUSED_COOKIE_HOURS)
  return 'ok'
}

const endOthers = (life: Life, who: number, kept: Holding): void => {
  for (const holding of life.people[who]?.holdings ?? [])
    if (holding.kind !== 'key' && holding.login !== kept.login && life.works(who, holding)) holding.login.ended = true
}

const enterForResources = (life: Life, step: Step): { organization: number; asking: Owner } => {
  const key = step.twist ? life.machineKey(step) : null
  if (key) return { organization: life.enterAsMachine({ ...step, twist: false }, key), asking: key.holder }
  return { organization: life.enter({ ...step, twist: false }, 'member'), asking: step.who }
}

const newKey = (life: Life, key: Omit<Key, 'holding'>): Holding => {
  const login = { ended: false, dead: false, endsAt: null, madeFor: key.organization }
  const holding: Holding = { kind: 'key', login, madeFor: key.organization, dead: false }
  life.keys.push({ ...key, holding })
  return holding
}

const rules: Record<Ask, Rule> = {
  register,
  'register with a token': register,
  'sign in': signIn,
  'log in on a terminal': (life, step) => {
    const place = life.placeOf(step.who)
    if (life.people[step.who]?.suspended) return 'not asked'
    if (place !== null && (life.at(place).suspended || life.at(place).members.get(step.who)?.status === 'deactivated')) return 'not asked'
    life.logIn(life.people[step.who] as Life['people'][number], 'token', 24)
    return 'ok'
  },
  // A login or key below its holder's epoch is not ended a second time.
  'end a login': (life, step) => {
    life.standing(step, { unregistered: true })
    const { login } = life.login({ who: step.whom, by: step.pick })
    if (step.whom !== step.who) return 'session_not_found'
    if (!login.dead) login.ended = true
    return 'ok'
  },
  'end other logins': (life, step) => {
    endOthers(life, step.who, life.standing(step, { unregistered: true }))
    return 'ok'
  },
  'change password': (life, step) => {
    if (step.twist) return 'password_wrong'
    endOthers(life, step.who, life.standing(step, { unregistered: true }))
    if (step.yes) for (const { kind, login } of life.people[step.who]?.holdings ?? []) if (kind === 'key' && !login.dead) login.ended = true
    return 'ok'
  },

  'make a secret': makeToken('secret'),
  'make a link': makeToken('link'),
  invite(life, step) {
    const organization = life.enter(step, 'admin')
    life.refuseSolo(organization)
    life.refuseMember(organization, step.whom)
    const open = life.invitations.find((one) => one.organization === organization && one.address === step.whom && life.stateOf(one) === 'open')
    return open ? 'open' : token(life, step, 'email', organization)
  },
  resend(life, step) {
    const organization = life.enter(step, 'admin')
    life.refuseSolo(organization)
    const invitation = life.invitationOf(step, organization)
    if (invitation.kind !== 'email') return 'invitation_not_mailed'
    life.refuseOver(invitation)
    life.refuseMember(organization, invitation.address as number)
    life.renew(invitation)
    return 'ok'
  },
  'copy the link'(life, step) {
    const invitation = life.invitationOf(step, life.enter(step, 'admin'))
    life.refuseOver(invitation)
    return invitation.kind === 'secret' ? 'invitation_without_link' : 'ok'
  },
  revoke(life, step) {
    const invitation = life.invitationOf(step, life.enter(step, 'admin'))
    if (invitation.state === 'accepted') return 'already_accepted'
    if (life.stateOf(invitation) === 'open') invitation.state = 'revoked'
    return life.stateOf(invitation)
  },
  decline(life, step) {
    life.standingAtHand(step, { unregistered: true })
    const invitation = life.byToken(step)
    if (invitation.state === 'declined') return 'ok'
    life.refuseOver(invitation)
    life.refuseOther(invitation, step.who)
    invitation.state = 'declined'
    return 'ok'
  },
  accept,
  'answer though deactivated': answer,

  leave(life, step) {
    const holding = life.standingAtHand(step)
    const place = life.place(step) as number
    if (life.placeOf(step.who) !== place) return 'organization_not_found'
    life.refuseFormer(step, place)
    if (life.at(place).personal) return 'personal_organization'
    if (life.homeOf(step.who)?.suspended) return 'organization_suspended'
    life.refuseBlocked(place, step.who)
    life.depart(place, step.who)
    life.returnToOwnOrganization(step.who)
    life.goOn(step.who, holding)
    return 'ok'
  },
  remove(life, step) {
    const place = life.enter(step, 'admin')
    life.member(place, step.whom)
    if (step.whom === step.who) return 'self_action'
    life.handOver(place, step.whom, step.who)
    life.depart(place, step.whom)
    life.returnToOwnOrganization(step.whom)
    return 'ok'
  },
  'sign out a member'(life, { who, whom, ...step }) {
    const membership = life.member(life.enter({ who, whom, ...step }, 'admin'), whom)
    if (who === whom) return 'self_action'
    const held = membership.status === 'deactivated' ? [] : (life.people[whom]?.holdings ?? [])
    const logins = new Set(held.filter((holding) => holding.kind !== 'key' && life.works(whom, holding)).map(({ login }) => login))
    for (const login of logins) login.ended = true
    return `ok: logins ${logins.size}`
  },
  deactivate(life, step) {
    const { who, whom } = step
    const place = life.enter(step, 'admin')
    const membership = life.member(place, whom)
    if (who === whom) return 'self_action'
    const toRoll = life.keys.filter(
      ({ holder, by, organization, holding }) => typeof holder === 'object' && by === whom && organization === place && life.works(0, holding),
    )
    const told = `keys to roll ${toRoll.length}`
    if (membership.status === 'deactivated') return `ok: logins 0, keys 0, invitations 0, ${told}`
    const held = (life.people[whom]?.holdings ?? []).filter((holding) => life.works(whom, holding))
    const logins = new Set(held.filter(({ kind }) => kind !== 'key').map(({ login }) => login)).size
    const keys = held.filter(({ kind }) => kind === 'key').length
    Object.assign(membership, { status: 'deactivated', deactivatedBy: who })
    return `ok: logins ${logins}, keys ${keys}, invitations ${life.endAll(place, whom)}, ${told}`
  },
  reactivate(life, step) {
    const place = life.enter(step, 'admin')
    const membership = life.member(place, step.whom)
    if (membership.status === 'active') return 'ok'
    life.refuseFull(place)
    Object.assign(membership, { status: 'active', deactivatedBy: null })
    return 'ok'
  },
  role(life, step) {
    const place = life.enter(step, 'admin')
    const membership = life.member(place, step.whom)
    if (step.whom === step.who) return 'self_action'
    const role = step.yes ? 'admin' : 'member'
    if (membership.role === role) return 'ok'
    membership.role = role
    if (!step.yes) life.revokeOpen(place, ({ by }) => by === step.whom)
    return 'ok'
  },
  rename(life, step) {
    const place = life.enter(step, 'admin')
    const organization = life.at(place)
    const to = life.newName(step)
    if (to === organization.name) return 'ok'
    if (organization.renames >= 5) return 'rename_limit'
    const holder = life.names.get(to)
    if (holder && holder.organization !== place && (holder.organization !== null || holder.user !== organization.founder)) return 'name_taken'
    life.names.set(to, { user: holder?.user ?? null, organization: place })
    organization.name = to
    organization.names.push(to)
    organization.renames += 1
    return 'ok'
  },

  'register a resource'(life, step) {
    const { organization, asking } = enterForResources(life, step)
    const { resources } = life.at(organization)
    const owner = resources.get(life.resource(step))
    if (owner === undefined) resources.set(life.resource(step), life.ownerOf(step, organization, asking))
    else if (life.namesAnother(step, organization, owner)) return 'resource_owned'
    return 'ok'
  },
  'transfer a resource'(life, step) {
    const { organization, asking } = enterForResources(life, step)
    const { resources } = life.at(organization)
    if (!resources.has(life.resource(step))) return 'resource_not_found'
    resources.set(life.resource(step), life.ownerOf(step, organization, asking))
    return 'ok'
  },
  'remove a resource'(life, step) {
    const { organization } = enterForResources(life, step)
    return life.at(organization).resources.delete(life.resource(step)) ? 'ok' : 'resource_not_found'
  },

  'make a key'(life, step) {
    life.standingAtHand(step)
    const holding = newKey(life, { holder: step.who, organization: life.placeOf(step.who) as number, by: step.who })
    life.people[step.who]?.holdings.push(holding)
    return 'ok'
  },
  'revoke a key'(life, step) {
    const key = life.key(step)
    const place = step.yes ? life.enter(step, 'admin') : null
    if (place === null) life.standingAtHand(step)
    if (!key || (place === null ? key.holder !== step.who : key.organization !== place)) return 'key_not_found'
    if (!key.holding.login.dead) key.holding.login.ended = true
    return 'ok'
  },
  'make a machine'(life, step) {
    const place = life.enter(step, 'admin')
    const name = life.machineName(step)
    if (life.aliveMachine(place, name)) return 'name_taken'
    life.machines.push({ name, organization: place, removed: false })
    return 'ok'
  },
  'make a key of a machine'(life, step) {
    const place = life.enter(step, 'admin')
    if (life.holding(step).kind === 'key') return 'session_required'
    const machine = life.aliveMachine(place, life.machineName(step))
    if (!machine) return 'service_account_not_found'
    newKey(life, { holder: machine, organization: place, by: step.who })
    return 'ok'
  },
  'remove a machine'(life, step) {
    const place = life.enter(step, 'admin')
    const machine = life.aliveMachine(place, life.machineName(step))
    if (!machine) return 'service_account_not_found'
    machine.removed = true
    for (const { holder, holding } of life.keys) if (holder === machine) holding.login.dead = true
    life.handOver(place, machine, step.who)
    return 'ok'
  },

  plan(life, step) {
    life.enterAsOperator(step).plan = life.planName(step)
    return 'ok'
  },
  suspend(life, step) {
    life.enterAsOperator(step).suspended = true
    return 'ok'
  },
  resume(life, step) {
    life.enterAsOperator(step).suspended = false
    return 'ok'
  },
  // O14. The answer says whether an organization is left without an active admin.
  'suspend a person'(life, { whom }) {
    const person = life.people[whom]
    const place = life.placeOf(whom)
    if (person?.registered && !person.suspended) {
      person.suspended = true
      life.endAll(place, whom)
    }
    return place === null ? 'user_not_found' : `ok: ${life.admins(place).length === 0 && !life.alone(place, whom) ? 'no admin' : 'has an admin'}`
  },
  'resume a person'(life, { whom }) {
    const person = life.people[whom]
    if (!person?.registered) return 'user_not_found'
    person.suspended = false
    return 'ok'
  },
  promote(life, step) {
    const membership = life.enterAsOperator(step).members.get(step.whom)
    if (!membership) return 'member_not_found'
    if (membership.status === 'left') return 'membership_ended'
    if (membership.status === 'deactivated') return 'member_deactivated'
    membership.role = 'admin'
    return 'ok'
  },
  revive(life, step) {
    const organization = life.enterAsOperator(step)
    const place = life.organizations.indexOf(organization)
    if (organization.personal) return 'personal_organization'
    if (life.present(place).length > 0) return 'organization_has_members'
    life.refuseSolo(place)
    life.invite({ kind: 'secret', organization: place, role: 'admin', by: organization.founder, address: null })
    return 'ok'
  },
  'time passes'(life) {
    life.hour += 13
    return 'ok'
  },
}

/** Applies the step to the model, and returns the outcome that the caller must get. */
export function expected(life: Life, step: Step): string {
  try {
    return rules[step.ask](life, step)
  } catch (error) {
    if (error instanceof Refused) return error.code
    throw error
  }
}
