import type { OperatedOrganization } from '../../api/types.ts'
import { command, skipPrompt, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { facts } from '../../output/table.ts'
import { count } from '../../output/text.ts'
import { momentInFull, when } from '../../output/time.ts'
import { contactOf } from '../org/contacts.ts'
import { confirmSignOut, saySignedOut } from '../shared/sign-out.ts'

// The operator's commands for organizations (S58).

const reason = value('TEXT', 'reason, for the audit log')

const organization = command(
  'server organization <org>',
  {
    summary: 'show an organization: plan, seats, admins, suspension',
    options: { operatorTokenFile },
    examples: ['muster server organization acme'],
    notes: 'Accepts a name, a former name or an id.',
  },
  async (context, { org, operatorTokenFile }) => {
    const found = await asOperator(context, operatorTokenFile).GET('/v1/operator/organizations/{org}', { params: { path: { org } } })
    context.say.data(found, () => details(context, found))
    if (found.suspended_at) context.say.hint(`\nTo resume it: muster server resume ${found.name}`)
    else if (!found.personal && found.members.active + found.members.deactivated === 0)
      context.say.hint(`\nIt has no members. To restore it: muster server revive ${found.name}`)
    else if (found.admins.length === 0) context.say.hint(`\nIt has no admin. To promote a member: muster server promote ${found.name} USER`)
  },
)

function details({ say, now }: Context, found: OperatedOrganization): string {
  const { members } = found
  return say.details([
    ['Name', found.name],
    ['Id', found.id],
    ['Kind', found.personal ? 'personal' : 'shared'],
    ['Plan', found.plan],
    [
      'Seats',
      facts(
        found.seats === null ? `${members.active} used, unlimited` : `${members.active} of ${found.seats} used`,
        String(members.active),
        found.seats === null ? 'unlimited' : String(found.seats),
      ),
    ],
    ['Suspended', momentInFull(found.suspended_at, now)],
    ['Reason', found.suspended_reason],
    ['Admins', found.admins.map(({ username }) => username).join(', ') || 'none'],
    ['Founder', found.founder.username],
    ['Deactivated', members.deactivated > 0 ? String(members.deactivated) : null],
    ['Resources', String(found.resources)],
    ['Technical', contactOf(found.technical_contact)],
    ['Billing', contactOf(found.billing_contact)],
    ['Address', found.address?.replaceAll('\n', ', ')],
    ['Created', momentInFull(found.created_at, now)],
  ])
}

const plan = command(
  'server plan <org> [plan]',
  {
    summary: 'show or change the plan of an organization; a smaller plan removes nobody',
    options: { reason, operatorTokenFile },
    examples: ['muster server plan acme', 'muster server plan acme enterprise --reason "contract of May"'],
  },
  async (context, { org, plan, reason, operatorTokenFile }) => {
    const { say } = context
    const operator = asOperator(context, operatorTokenFile)
    const params = { path: { org } }
    if (plan === undefined) {
      const found = await operator.GET('/v1/operator/organizations/{org}', { params })
      return say.data({ plan: found.plan, seats: found.seats, members: found.members }, () => found.plan)
    }
    const found = await operator.PATCH('/v1/operator/organizations/{org}', { params, body: { plan, reason }, repeatable: true })
    if (say.json) return say.data(found, () => '')
    say.done(`${found.name} is now on the ${found.plan} plan: ${found.seats === null ? 'unlimited seats' : count(found.seats, 'seat')}.`)
    if (found.seats !== null && found.members.active > found.seats)
      say.warn(`It already has ${found.members.active} members. No one loses access, but no one else can join.`)
  },
)

const suspend = command(
  'server suspend <org>',
  {
    summary: 'suspend an organization: its members and keys are refused until it is resumed',
    options: { reason, yes: skipPrompt, operatorTokenFile },
    examples: ['muster server suspend acme --reason "unpaid since May"', 'muster server suspend acme --yes'],
  },
  async (context, { org, reason, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const operator = asOperator(context, operatorTokenFile)
    const params = { path: { org } }
    if (!yes) {
      const { name, members } = await operator.GET('/v1/operator/organizations/{org}', { params })
      await ask.confirm(`Suspend ${name}? Its ${count(members.active, 'member')} and all its keys lose access at once.`)
    }
    const found = await operator.POST('/v1/operator/organizations/{org}/suspend', { params, body: { reason }, repeatable: true, ends: true })
    if (say.json) return say.data(found, () => '')
    say.done(`${found.name} has been suspended.`)
    sayRevocation(context, found, 'changed')
    say.hint(`To resume it: muster server resume ${found.name}`)
  },
)

const resume = command(
  'server resume <org>',
  {
    summary: 'end a suspension: credentials from before are valid again',
    options: { reason, operatorTokenFile },
    examples: ['muster server resume acme', 'muster server resume acme --reason "paid"'],
  },
  async (context, { org, reason, operatorTokenFile }) => {
    const { say } = context
    const found = await asOperator(context, operatorTokenFile).POST('/v1/operator/organizations/{org}/resume', {
      params: { path: { org } },
      body: { reason },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(found, () => '')
    say.done(`${found.name} has been resumed.`)
    sayRevocation(context, found, 'changed')
  },
)

const liftPolicy = command(
  'server lift-policy <org>',
  {
    summary: 'lift the factor policy of an organization',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server lift-policy acme'],
    notes: 'For an organization whose admins cannot meet their own policy any more. An admin can set it again. MUSTER_FACTOR_POLICY stays in force.',
  },
  async (context, { org, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) await ask.confirm(`Lift the factor policy of ${org}?`)
    const found = await asOperator(context, operatorTokenFile).DELETE('/v1/operator/organizations/{org}/factor-policy', { params: { path: { org } } })
    if (say.json) return say.data(found, () => '')
    say.done(`The policy of ${found.name} is lifted.`)
  },
)

const promote = command(
  'server promote <org> <user>',
  {
    summary: 'make an active member an admin when no admin is left',
    options: { reason, operatorTokenFile },
    examples: ['muster server promote acme bob --reason "ada lost her account"'],
  },
  async (context, { org, user, reason, operatorTokenFile }) => {
    const { say } = context
    const member = await asOperator(context, operatorTokenFile).POST('/v1/operator/organizations/{org}/promote', {
      params: { path: { org } },
      body: { user, reason },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(member, () => '')
    say.done(`${member.username} is an admin of ${org}.`)
    sayRevocation(context, member, 'changed')
  },
)

const revive = command(
  'server revive <org>',
  {
    summary: 'create a secret for a new admin of an organization without members; it is shown once',
    options: { operatorTokenFile },
    examples: ['muster server revive acme', 'SECRET=$(muster server revive acme)'],
    notes: 'The person who joins with it becomes an admin. If the organization still has members: muster server promote.',
  },
  async (context, { org, operatorTokenFile }) => {
    const { say, now } = context
    const made = await asOperator(context, operatorTokenFile).POST('/v1/operator/organizations/{org}/revive', {
      params: { path: { org } },
      creates: true,
    })
    say.data(made, () => made.secret)
    say.hint(`It lets one person join as admin and expires ${when(made.expires_at, now)}: muster org join ${org} SECRET`)
  },
)

const signOut = command(
  'server sign-out <org> <user>',
  {
    summary: 'sign a member out everywhere; they can log in again',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server sign-out acme bob', 'muster server sign-out acme bob --yes'],
    notes: 'Their browser sessions, CLI logins, access tokens and refresh tokens end. Their keys and the keys of service accounts stay valid.',
  },
  async (context, { org, user, yes, operatorTokenFile }) => {
    if (!yes) await confirmSignOut(context, user)
    const answer = await asOperator(context, operatorTokenFile).POST('/v1/operator/organizations/{org}/sign-out', {
      params: { path: { org } },
      body: { user },
      repeatable: true,
      ends: true,
    })
    saySignedOut(context, answer)
  },
)

export default [organization, plan, suspend, resume, liftPolicy, promote, signOut, revive]
