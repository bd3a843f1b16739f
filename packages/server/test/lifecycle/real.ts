import { CLI_CLIENT_ID, type InvitationId, type SessionId, type UserId } from '@muster/contract/ids.ts'
import { changePassword } from '@muster/server/domain/accounts/password-change.ts'
import { signIn } from '@muster/server/domain/accounts/sign-in.ts'
import type { Command, Context } from '@muster/server/domain/command/context.ts'
import type { Limits } from '@muster/server/domain/command/limits.ts'
import { refusalOf } from '@muster/server/domain/command/refused-credential.ts'
import type { Accounts } from '@muster/server/domain/command/services.ts'
import { createKey, revokeKey } from '@muster/server/domain/credentials/api-key.ts'
import { createServiceAccount, createServiceAccountKey, removeServiceAccount } from '@muster/server/domain/credentials/service-account.ts'
import { endOtherSessions, endSession, startSession } from '@muster/server/domain/credentials/session.ts'
import { copyInvitationLink } from '@muster/server/domain/invitations/copy-link.ts'
import { createSecret, declineInvitation, invitationToken, revokeInvitation } from '@muster/server/domain/invitations/invitation.ts'
import { inviteByEmail, resendInvitation } from '@muster/server/domain/invitations/invite-by-email.ts'
import { openAdmission } from '@muster/server/domain/model/admission.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import type { KeyPrincipal, Principal, UserPrincipal } from '@muster/server/domain/model/principal.ts'
import { Problem } from '@muster/server/domain/model/problem.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { acceptAsDeactivated, answeringBy, answeringPrincipal, declineAsDeactivated } from '@muster/server/domain/organizations/answer-as-deactivated.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { deactivateMember, reactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { joinOrganization, leaveOrganization } from '@muster/server/domain/organizations/move.ts'
import { movePlan } from '@muster/server/domain/organizations/move-plan.ts'
import { promoteMember, resumeOrganization, reviveOrganization, setPlan, suspendOrganization } from '@muster/server/domain/organizations/operator.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { signMemberOut } from '@muster/server/domain/organizations/sign-out-member.ts'
import { resumePerson, suspendPerson } from '@muster/server/domain/organizations/suspend-person.ts'
import { registerResource, removeResource, transferResource } from '@muster/server/domain/resources/resource.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { passwordStrength as strength } from '@muster/server/password-strength.ts'
import type { FaultTape } from '@muster/testkit/retry-errors.ts'
import type { World } from '@muster/testkit/world.ts'
import type { Life } from './expected.ts'
import type { Holding, Login } from './model.ts'
import type { Ask, Step } from './steps.ts'

const origin = { address: '127.0.0.1', userAgent: 'test', requestId: 'test' }
const anonymous: Principal = { kind: 'anonymous', origin }
const operator: Principal = { kind: 'operator', name: 'root', tokenId: null, origin }
const system: Principal = { kind: 'system', origin }

/** Rate limits are not under test here. */
const noLimits: Limits = {
  counted: () => undefined,
  spend: async () => {},
  spendTogether: async (spendings) => spendings.map(() => null).concat(null),
  giveBack: async () => {},
  isUsedUp: async () => false,
  deleteExpired: async () => {},
  stop: async () => {},
}
const hasher = createPasswordHasher({ parameters: { memoryCost: 8, timeCost: 1, parallelism: 1 } })
const firstPassword = 'a marmalade sandwich 0'
const firstHash = hasher.hash(firstPassword)

interface Someone {
  id: UserId
  email: string
  password: string
}

interface Chosen {
  shown: Holding | null
  login: Holding | null
  other: Login | null
  machineKey: Holding | null
  key: Holding | null
  /** The name by which the step refers to the organization, and its current name. */
  reference: string
  name: string | undefined
}

/** The same people in Muster, over a database. Objects that the model knows by index have ids here. */
export class Real {
  readonly world: World
  readonly tape: FaultTape
  readonly people: Someone[] = []
  readonly invitations: InvitationId[] = []
  readonly #accounts: Accounts
  readonly #life: Life
  readonly #sessions = new Map<Login, SessionId>()
  readonly #principals = new Map<Holding, UserPrincipal | KeyPrincipal>()
  #passwords = 0

  constructor(world: World, tape: FaultTape, life: Life) {
    this.world = world
    this.tape = tape
    this.#life = life
    this.#accounts = {
      store: world.store,
      execute: world.execute,
      keys: world.keys,
      limits: noLimits,
      admission: openAdmission,
      passwords: true,
      hasher,
      strength,
    }
  }

  /** Creates as many accounts as the model has people, each with a terminal login. */
  async begin(): Promise<void> {
    for (const [who, { name }] of this.#life.people.entries()) {
      const id = newId('user')
      const email = `${name}@example.com`
      const person = { id, email, emailCanonical: email, passwordHash: await firstHash, givenName: name, familyName: '' }
      await this.world.store.reading.accounts.insert(person)
      this.people.push({ id, email, password: firstPassword })
      await this.#logIn(who)
    }
  }

  person = (who: number): Someone => this.people[who] as Someone

  /** Runs the step, with the database failures it asks for, and returns a word or the code of the refusal. */
  async answer(step: Step): Promise<string> {
    this.tape.splice(0, this.tape.length, ...step.faults)
    try {
      return await this.#asked[step.ask](step)
    } catch (error) {
      if (error instanceof Problem) return codeOf(error)
      throw error
    } finally {
      this.tape.length = 0
    }
  }

  /** Returns why a credential is refused now, or null when it is valid. */
  async refusal(holding: Holding): Promise<string | null> {
    const principal = await this.#principal(holding)
    const { sessions, apiKeys } = this.world.store.reading
    const live = principal.kind === 'key' ? await apiKeys.live({ id: principal.keyId }) : await sessions.liveState(principal.sessionId, null)
    return refusalOf(live, principal)
  }

  async #principal(holding: Holding): Promise<UserPrincipal | KeyPrincipal> {
    const principal = this.#principals.get(holding)
    if (!principal) throw new Error('The model chose a credential that nobody has.')
    if (holding.kind !== 'cookie' || principal.kind === 'key') return principal
    // A cookie identifies a session and contains nothing else.
    const session = await this.world.store.reading.sessions.find(principal.sessionId)
    return { ...principal, epoch: session?.epoch ?? -1, organizationId: session?.organizationId ?? null }
  }

  /** Maps a new credential of the model to the real one. */
  #hold(holding: Holding | undefined, principal: UserPrincipal | KeyPrincipal): void {
    if (!holding || this.#principals.has(holding)) throw new Error('A person got a credential that the model does not have.')
    this.#principals.set(holding, principal)
    if (principal.kind === 'user') this.#sessions.set(holding.login, principal.sessionId)
  }

  #newest = (who: number): Holding | undefined => this.#life.people[who]?.holdings.at(-1)

  async #logIn(who: number): Promise<void> {
    const session = await this.world.execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.find(this.person(who).id)
        const current = account && (await context.tx.memberships.current(account.id))
        if (!account) throw new Error('no account')
        return startSession(context, { kind: 'cli', account, organizationId: current?.organizationId ?? null, clientId: CLI_CLIENT_ID })
      },
      system,
      undefined,
    )
    this.#hold(this.#newest(who), this.#principalOf(who, session))
  }

  #principalOf = (who: number, { id, epoch, organizationId }: Pick<UserPrincipal, 'epoch' | 'organizationId'> & { id: SessionId }): UserPrincipal => ({
    kind: 'user',
    userId: this.person(who).id,
    sessionId: id,
    epoch,
    organizationId,
    token: null,
    origin,
  })

  async #cookie(who: number, cookie: string): Promise<void> {
    const session = await this.world.store.reading.sessions.findByTokenHash(digest(cookie))
    if (!session) throw new Error('The cookie belongs to no session.')
    this.#hold(this.#newest(who), this.#principalOf(who, session))
  }

  /** The session continues after a move, and a caller with a token gets a new one. */
  async #goOn(who: number, asked: Holding): Promise<void> {
    const newest = this.#newest(who)
    if (asked.kind !== 'token' || !newest || newest.login !== asked.login || this.#principals.has(newest)) return
    const session = await this.world.store.reading.sessions.find(this.#sessions.get(asked.login) as SessionId)
    if (session) this.#hold(newest, this.#principalOf(who, session))
  }

  async #run<I, O>(command: Command<I, O>, principal: Principal, input: I): Promise<O> {
    return this.world.execute(command, principal, input)
  }

  /** The credential of the step, chosen before the model changed. */
  chosen: Chosen = { shown: null, login: null, other: null, reference: '', machineKey: null, key: null, name: undefined }

  /** Chooses everything that depends on the state before the step. */
  choose(step: Step): void {
    const life = this.#life
    const machineKey = step.twist ? (life.machineKey(step)?.holding ?? null) : null
    const formerNames = !['register a resource', 'transfer a resource', 'remove a resource'].includes(step.ask)
    this.chosen = {
      shown: life.holding(step),
      login: life.login(step),
      other: life.login({ who: step.whom, by: step.pick }).login,
      reference: life.reference({ ...step, twist: step.twist && formerNames }),
      machineKey,
      key: life.key(step)?.holding ?? null,
      name: life.organizations[life.place(step) ?? -1]?.name,
    }
  }

  #by = (): Promise<UserPrincipal | KeyPrincipal> => this.#principal(this.chosen.shown as Holding)
  #login = async (): Promise<UserPrincipal> => (await this.#principal(this.chosen.login as Holding)) as UserPrincipal

  /** The token of the invitation that the step chooses, in the version before the step. */
  async #token({ pick, twist }: Step): Promise<string> {
    const id = this.invitations.at(-1 - (pick % Math.max(1, this.invitations.length)))
    if (!id) return 'muster_os_nothing'
    const invitation = await this.world.store.reading.invitations.find(id)
    if (!invitation) throw new Error('no such invitation')
    const { kind, version } = invitation
    return invitationToken(this.world.keys, { id, kind, version: twist && version > 1 ? version - 1 : version, keyGeneration: 0 })
  }

  #invitationId = ({ pick }: Step): string => this.invitations.at(-1 - (pick % Math.max(1, this.invitations.length))) ?? newId('invitation')

  #resource(step: Step): { organization: string; kind: string; name: string } {
    const [kind = '', name = ''] = this.#life.resource(step).split('/')
    return { organization: this.chosen.reference, kind, name }
  }

  async #resourceAsker(): Promise<Principal> {
    const { machineKey } = this.chosen
    return machineKey ? this.#principal(machineKey) : this.#by()
  }

  #namedOwner(step: Step): string | undefined {
    if (step.pick >= 6) return this.#life.machineName(step)
    return step.yes ? this.person(step.whom).id : undefined
  }

  readonly #register = async (step: Step): Promise<string> => {
    const token = step.ask === 'register with a token' ? await this.#token(step) : undefined
    const principal = await this.#login()
    await this.#run(registerUser, principal, { username: this.#life.people[step.who]?.name ?? '', token })
    await this.#goOn(step.who, this.chosen.login as Holding)
    return 'ok'
  }

  readonly #makeToken =
    (kind: 'secret' | 'link') =>
    async ({ yes }: Step): Promise<string> => {
      const role = yes ? 'admin' : 'member'
      const { id } = await this.#run(createSecret, await this.#by(), { organization: this.chosen.reference, role, kind } as const)
      this.invitations.push(id)
      return 'ok'
    }

  readonly #signIn = async ({ who, twist }: Step, answering?: string): Promise<{ cookie: string; limited: boolean }> => {
    const { email, password } = this.person(who)
    const signedIn = await signIn(this.#accounts, anonymous, { identifier: email, password: twist ? 'something else' : password, replaces: null, answering })
    if ('pending' in signedIn) throw new Error('no second factor was added')
    return signedIn
  }

  /** Requests the move plan first, which must predict the outcome (S24). */
  readonly #accept = async (step: Step): Promise<string> => {
    const token = await this.#token(step)
    const principal = await this.#by()
    const plan = await this.#run(movePlan, principal, { token }).catch(() => null)
    this.tape.splice(0, this.tape.length, ...step.faults)
    const moved = await this.#run(joinOrganization, principal, { token }).catch((error: unknown) => {
      if (plan?.possible && plan.from) throw new Error(`The plan says that the move is possible, but it was refused: ${String(error)}`)
      throw error
    })
    if (!moved.left) return 'ok: nothing new'
    if (!plan?.possible) throw new Error('The plan says that the move is not possible, but it was done.')
    await this.#goOn(step.who, this.chosen.shown as Holding)
    return 'ok'
  }

  readonly #answer = async (step: Step): Promise<string> => {
    const { cookie, limited } = await this.#signIn({ ...step, twist: false }, await this.#token(step))
    if (!limited) {
      await this.#cookie(step.who, cookie)
      return 'ok'
    }
    const answering = await answeringBy(this.world.store.reading, cookie)
    if (!answering) throw new Error('There is an invitation session without an invitation.')
    const principal = answeringPrincipal(answering, origin)
    if (refusalOf(await this.world.store.reading.sessions.liveState(principal.sessionId, null), principal) !== 'invalid_token')
      throw new Error('The invitation session was accepted as a session.')
    const input = { sessionId: answering.session.id }
    if (!step.yes) await this.#run(declineAsDeactivated, principal, input)
    else await this.#cookie(step.who, (await this.#run(acceptAsDeactivated, principal, input)).cookie)
    return 'ok'
  }

  readonly #member = async <O>(command: Command<{ organization: string; user: string }, O>, { whom }: Step): Promise<O> =>
    this.#run(command, await this.#by(), { organization: this.chosen.reference, user: this.person(whom).id })

  readonly #asked: Record<Ask, (step: Step) => Promise<string>> = {
    register: this.#register,
    'register with a token': this.#register,
    'sign in': async (step) => {
      const { cookie } = await this.#signIn(step)
      await this.#cookie(step.who, cookie)
      return 'ok'
    },
    'log in on a terminal': async ({ who }) => {
      if (this.#principals.has(this.#newest(who) as Holding)) return 'not asked'
      await this.#logIn(who)
      return 'ok'
    },
    'end a login': async () => {
      const sessionId = this.#sessions.get(this.chosen.other as Login) as SessionId
      await this.#run(endSession, await this.#login(), { sessionId, reason: 'ended_by_user' } as const)
      return 'ok'
    },
    'end other logins': async () => {
      await this.#run(endOtherSessions, await this.#login(), undefined)
      return 'ok'
    },
    'change password': async ({ who, yes, twist }) => {
      const person = this.person(who)
      const newPassword = `a marmalade sandwich ${++this.#passwords}`
      const currentPassword = twist ? 'something else' : person.password
      await changePassword(this.#accounts, await this.#login(), { currentPassword, newPassword, endKeys: yes })
      person.password = newPassword
      return 'ok'
    },

    'make a secret': this.#makeToken('secret'),
    'make a link': this.#makeToken('link'),
    invite: async ({ whom, yes }) => {
      const input = { organization: this.chosen.reference, emails: [this.person(whom).email.toUpperCase()], role: yes ? 'admin' : 'member' } as const
      const [result] = await inviteByEmail(this.#accounts, await this.#by(), input)
      if (!result) return 'nothing'
      if (result.status === 'refused') return result.code
      if (result.status === 'open') return 'open'
      this.invitations.push(result.invitation.id)
      return 'ok'
    },
    resend: async (step) => {
      await resendInvitation(this.#accounts, await this.#by(), { organization: this.chosen.reference, id: this.#invitationId(step) })
      return 'ok'
    },
    'copy the link': async (step) => {
      const { path } = await this.#run(copyInvitationLink, await this.#by(), { organization: this.chosen.reference, id: this.#invitationId(step) })
      return path.endsWith(await this.#token({ ...step, twist: false })) ? 'ok' : `another link: ${path}`
    },
    revoke: async (step) => (await this.#run(revokeInvitation, await this.#by(), { organization: this.chosen.reference, id: this.#invitationId(step) })).state,
    decline: async (step) => {
      const token = await this.#token(step)
      await this.#run(declineInvitation, await this.#by(), { token })
      return 'ok'
    },
    accept: this.#accept,
    'answer though deactivated': this.#answer,

    leave: async ({ who }) => {
      await this.#run(leaveOrganization, await this.#by(), { organization: this.chosen.reference })
      await this.#goOn(who, this.chosen.shown as Holding)
      return 'ok'
    },
    remove: async (step) => {
      await this.#member(removeMember, step)
      return 'ok'
    },
    'sign out a member': async (step) => `ok: logins ${(await this.#member(signMemberOut, step)).ended}`,
    deactivate: async (step) => {
      const { ended, keysToRoll } = await this.#member(deactivateMember, step)
      return `ok: logins ${ended.sessions}, keys ${ended.keys}, invitations ${ended.invitations}, keys to roll ${keysToRoll.length}`
    },
    reactivate: async (step) => {
      await this.#member(reactivateMember, step)
      return 'ok'
    },
    role: async ({ whom, yes }) => {
      const input = { organization: this.chosen.reference, user: this.person(whom).id, role: yes ? 'admin' : 'member' } as const
      await this.#run(changeRole, await this.#by(), input)
      return 'ok'
    },
    rename: async (step) => {
      const from = this.chosen.name ?? ''
      await this.#run(renameOrganization, await this.#by(), { organization: this.chosen.reference, from, to: this.#life.newName(step) })
      return 'ok'
    },

    'register a resource': async (step) => {
      await this.#run(registerResource, await this.#resourceAsker(), { ...this.#resource(step), owner: this.#namedOwner(step) })
      return 'ok'
    },
    'transfer a resource': async (step) => {
      const asker = await this.#resourceAsker()
      const asking = asker.kind === 'key' ? asker.holder.id : this.person(step.who).id
      await this.#run(transferResource, asker, { ...this.#resource(step), owner: this.#namedOwner(step) ?? asking })
      return 'ok'
    },
    'remove a resource': async (step) => {
      await this.#run(removeResource, await this.#resourceAsker(), this.#resource(step))
      return 'ok'
    },

    'make a key': async ({ who }) => {
      const { id } = await this.#run(createKey, await this.#by(), { description: 'a key', scope: null, expiresInDays: null })
      await this.#holdKey(this.#newest(who), id)
      return 'ok'
    },
    'revoke a key': async ({ yes }) => {
      const known = this.chosen.key && this.#principals.get(this.chosen.key)
      const id = known?.kind === 'key' ? known.keyId : newId('apiKey')
      await this.#run(revokeKey, await this.#by(), { id, organization: yes ? this.chosen.reference : undefined })
      return 'ok'
    },
    'make a machine': async (step) => {
      await this.#run(createServiceAccount, await this.#by(), { organization: this.chosen.reference, name: this.#life.machineName(step) })
      return 'ok'
    },
    'make a key of a machine': async (step) => {
      const input = {
        organization: this.chosen.reference,
        serviceAccount: this.#life.machineName(step),
        description: 'of a machine',
        scope: null,
        expiresInDays: null,
      }
      const { id } = await this.#run(createServiceAccountKey, await this.#by(), input)
      await this.#holdKey(this.#life.keys.at(-1)?.holding, id)
      return 'ok'
    },
    'remove a machine': async (step) => {
      await this.#run(removeServiceAccount, await this.#by(), { organization: this.chosen.reference, serviceAccount: this.#life.machineName(step) })
      return 'ok'
    },

    plan: async (step) => {
      await this.#run(setPlan, operator, { organization: this.chosen.reference, plan: this.#life.planName(step) })
      return 'ok'
    },
    suspend: async () => {
      await this.#run(suspendOrganization, operator, { organization: this.chosen.reference })
      return 'ok'
    },
    resume: async () => {
      await this.#run(resumeOrganization, operator, { organization: this.chosen.reference })
      return 'ok'
    },
    // By username: an account without one is not found.
    'suspend a person': async ({ whom }) => {
      const { withoutAdmin } = await this.#run(suspendPerson, operator, { user: this.#life.people[whom]?.name ?? '' })
      return `ok: ${withoutAdmin.length > 0 ? 'no admin' : 'has an admin'}`
    },
    'resume a person': async ({ whom }) => {
      await this.#run(resumePerson, operator, { user: this.#life.people[whom]?.name ?? '' })
      return 'ok'
    },
    promote: async ({ whom }) => {
      await this.#run(promoteMember, operator, { organization: this.chosen.reference, user: this.person(whom).id })
      return 'ok'
    },
    revive: async () => {
      this.invitations.push((await this.#run(reviveOrganization, operator, { organization: this.chosen.reference })).id)
      return 'ok'
    },
    // Everybody confirms who they are, because the model does not know F15.
    'time passes': async () => {
      for (const id of this.#sessions.values())
        await this.#run(({ tx }: Context, _: undefined) => tx.sessions.confirm(id, { at: undefined, methods: ['pwd'] }), system, undefined)
      return 'ok'
    },
  }

  async #holdKey(holding: Holding | undefined, id: KeyPrincipal['keyId']): Promise<void> {
    const live = await this.world.store.reading.apiKeys.live({ id })
    if (!live) throw new Error('A key of nobody.')
    const { key, holder } = live
    const whose =
      holder.kind === 'user' ? ({ kind: 'user', id: holder.account.id } as const) : ({ kind: 'service_account', id: holder.serviceAccount.id } as const)
    this.#hold(holding, { kind: 'key', keyId: id, holder: whose, epoch: key.epoch, organizationId: key.organizationId, origin })
  }
}

/** The blockers of a move are part of the outcome (S24). */
function codeOf({ code, extensions }: Problem): string {
  if (code !== 'move_blocked') return code
  const blockers = extensions['blockers'] as { kind: string; resource?: { kind: string; name: string } }[]
  return `move_blocked: ${blockers
    .map(({ kind, resource }) => (resource ? `${resource.kind}/${resource.name}` : kind))
    .sort()
    .join(', ')}`
}
