import { nameAndUsername } from '@muster/contract/names.ts'
import { deactivatedText } from '@muster/contract/page-texts.ts'
import type { Inviter } from '../../../domain/model/invitation.ts'
import { type HeldRole, inWords } from '../../../domain/model/role.ts'
import type { Loss } from '../../../domain/organizations/move-plan.ts'
import { type Content, html, type Markup } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import {
  button,
  type CommandLine,
  command,
  type Fault,
  type FormTarget,
  facts,
  faultSummary,
  field,
  form,
  linkButton,
  notice,
  postButton,
  sheet,
} from '../../parts.ts'
import { deadline, moment } from '../../time.ts'
import { type AccountView, actingAs, organizationLine } from '../accounts/account.ts'
import { signUpSteps } from '../accounts/sign-up.ts'
import { type ProvidersView, providerButtons } from '../providers/buttons.ts'
import { type Blocked, blockedSection } from './blockers.ts'

/** The invitation as every page shows it. */
export interface InvitationFacts {
  organization: string
  inviter: Inviter
  role: HeldRole
  /** The invited address, masked unless the user is signed in with it. Null for a link. */
  email: string | null
  expiresAt: Date
}

// The name is free text. `bdi` keeps a direction mark in it from moving the username.
const inviterLine = ({ name, username }: Inviter): Content => (name === '' || name === username ? username : html`<bdi>${name}</bdi> (${username})`)

const roleWords = {
  admin: 'Admin: can also invite and remove members and rename the organization',
  member: 'Member: full access to the organization’s resources',
  viewer: 'Viewer: can see the organization and its resources',
} as const
const roleLine = ({ role, customRole }: HeldRole): Content => (role === 'custom' ? html`<bdi>${customRole?.name}</bdi>` : roleWords[role])

// The page counts down. When the invitation expires, it reloads and shows the next step (S16).
const invitationFacts = ({ organization, inviter, role, email, expiresAt }: InvitationFacts, frame: Frame): Markup =>
  facts([
    ['Organization', organization],
    ['Invited by', inviterLine(inviter)],
    ['For', email],
    ['Role', roleLine(role)],
    ['Expires', html`<span data-then="/join">${deadline(expiresAt, frame.now)}</span>`],
  ])

export interface JoinStrangerPage {
  frame: Frame
  invitation: InvitationFacts
  signInPath: string
  signUpPath: string
  providers?: ProvidersView | undefined
}

/** For a visitor who is not signed in. It is the same whether or not the address has an account (S13). */
export function joinStrangerPage({ frame, invitation, signInPath, signUpPath, providers }: JoinStrangerPage): string {
  return layout({
    frame,
    title: `You are invited to join ${invitation.organization}`,
    lead: 'Sign in or create an account to review the invitation. You join only after you accept it.',
    body: [
      sheet({
        body: invitationFacts(invitation, frame),
        next: invitation.email
          ? 'This invitation is for this email address only. Sign in or create an account with it.'
          : 'Sign in with your account, or create one.',
        actions: [linkButton(signUpPath, 'Create an account', 'plain'), linkButton(signInPath, 'Sign in')],
      }),
      providerButtons(providers),
    ],
  })
}

export interface JoinPage {
  frame: Frame
  /** Buttons: `decision` = `accept` or `decline`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  invitation: InvitationFacts
  /** Null when nothing blocks the move. */
  blocked: Omit<Blocked, 'target' | 'organization' | 'username' | 'faults'> | null
  /** The resources were transferred a moment ago. */
  transferred?: boolean
  /** Another reason why the invitation cannot be accepted now: no free seat, or the plan. */
  problem: string | null
  loses: readonly Loss[]
  faults?: readonly Fault[] | undefined
}

/** The invitation, the effects of accepting it, and the blockers (S24). Accepting takes a click (S20). */
export function joinPage({ frame, target, account, useAnother, invitation, blocked, transferred, problem, loses, faults }: JoinPage): string {
  const from = account.organization?.name
  const stopped = blocked !== null || problem !== null
  return layout({
    frame,
    title: `Move to ${invitation.organization}?`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      transferred && notice({ tone: 'active', body: 'Your resources have been transferred.' }),
      actingAs(account, useAnother),
      problem !== null && notice({ tone: 'paused', title: 'You can’t accept this invitation right now', body: problem }),
      form({
        target,
        body: [
          invitationFacts(invitation, frame),
          !stopped &&
            loses.length > 0 &&
            html`<section aria-labelledby="loses"><h2 id="loses">If you accept</h2><ul class="grants">${loses.map(({ detail }) => html`<li>${detail}</li>`)}</ul></section>`,
        ],
        next: blocked
          ? 'Clear the blockers below, then accept. The invitation stays open until it expires.'
          : problem !== null
            ? 'The invitation stays open until it expires. Check again later.'
            : `You can belong to one organization at a time. You’ll leave ${from ?? 'yours'} and join ${invitation.organization} immediately.`,
        actions: [
          button({ text: 'No, thanks', tone: 'plain', name: 'decision', value: 'decline' }),
          stopped ? linkButton('/join', 'Check again', 'plain') : button({ text: 'Move account', name: 'decision', value: 'accept' }),
        ],
      }),
      blocked && blockedSection({ ...blocked, target, organization: from ?? 'your organization', username: account.username, faults }),
    ],
  })
}

export interface JoinNewcomerPage {
  frame: Frame
  /** Field: `username`; buttons: `decision` = `accept` or `decline`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  invitation: InvitationFacts
  problem: string | null
  value?: string | undefined
  suggestions?: readonly string[] | undefined
  faults?: readonly Fault[] | undefined
  signingUp?: boolean
}

/** For an account without a username: chooses it and joins in one step (S5, S55). */
export function joinNewcomerPage({ frame, target, account, useAnother, invitation, problem, value, suggestions, faults, signingUp }: JoinNewcomerPage): string {
  return layout({
    frame,
    title: `Join ${invitation.organization}`,
    steps: signingUp ? signUpSteps({ client: invitation.organization, kind: 'invitation' }, 2) : undefined,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      actingAs(account, useAnother),
      problem !== null && notice({ tone: 'paused', title: 'You can’t accept this invitation right now', body: problem }),
      form({
        target,
        body: [
          invitationFacts(invitation, frame),
          field({
            name: 'username',
            label: 'Your username',
            kind: 'username',
            autocomplete: 'username',
            maxlength: 30,
            value,
            hint: '3 to 30 lowercase letters, digits or underscores. You can’t change it later.',
            faults,
          }),
          suggestions && suggestions.length > 0 ? html`<p class="suggestions">Available: ${suggestions.join(', ')}</p>` : '',
        ],
        next: `This registers you and adds you to ${invitation.organization}. If you leave later, you get a personal organization with your username.`,
        actions: [
          button({ text: 'No, thanks', tone: 'plain', name: 'decision', value: 'decline' }),
          button({ text: 'Join', name: 'decision', value: 'accept' }),
        ],
      }),
    ],
  })
}

export interface JoinDeactivatedPage {
  frame: Frame
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  invitation: InvitationFacts
  deactivated: { organization: string; since: Date; contact: { name?: string | undefined; email: string } | null }
  /** When the invitation session expires. */
  expiresAt: Date
  problem: string | null
}

/** Status 401: deactivated in one organization, invited by another (S26). */
export function joinDeactivatedPage({ frame, target, account, useAnother, invitation, deactivated, expiresAt, problem }: JoinDeactivatedPage): string {
  const { organization, since, contact } = deactivated
  return layout({
    frame,
    title: 'Your account is deactivated',
    lead: html`An admin of <strong>${organization}</strong> deactivated your account. You can’t sign in there until an admin reactivates it. You can still accept or decline this invitation.`,
    body: [
      sheet({
        body: facts([
          ['Organization', organization],
          ['Since', moment(since, frame.now)],
          [
            deactivatedText.contact,
            contact && html`${contact.name && html`${contact.name}<br>`}<a href="mailto:${encodeURIComponent(contact.email)}">${contact.email}</a>`,
          ],
        ]),
      }),
      html`<h2>Your invitation to ${invitation.organization}</h2>`,
      actingAs(account, useAnother),
      problem !== null && notice({ tone: 'paused', title: 'You can’t accept this invitation right now', body: problem }),
      form({
        target,
        body: invitationFacts(invitation, frame),
        next: html`If you move, you leave ${organization}, and an admin there becomes the owner of your resources. This page expires ${deadline(expiresAt, frame.now)}.`,
        actions: [
          button({ text: 'No, thanks', tone: 'plain', name: 'decision', value: 'decline' }),
          problem === null ? button({ text: 'Move account', name: 'decision', value: 'accept' }) : linkButton('/join', 'Check again'),
        ],
      }),
    ],
  })
}

export interface JoinWrongAddressPage {
  frame: Frame
  account: AccountView
  useAnother: FormTarget
  invitation: InvitationFacts
}

/** Status 403 (S8). */
export function joinWrongAddressPage({ frame, account, useAnother, invitation }: JoinWrongAddressPage): string {
  const { organization, email, inviter } = invitation
  return layout({
    frame,
    title: 'This invitation is for another address',
    lead: html`<strong>${organization}</strong> invited <strong>${email}</strong>. You are signed in as <strong>${account.email}</strong>.`,
    body: sheet({
      body: facts([
        ['Invited address', email],
        ['Signed in as', account.email],
        ['Organization', organizationLine(account)],
        ['Expires', html`<span data-then="/join">${deadline(invitation.expiresAt, frame.now)}</span>`],
      ]),
      next: `If the invited address is also yours, sign in with its account. Otherwise, ask ${nameAndUsername(inviter.name, inviter.username)} to invite ${account.email}.`,
      actions: [postButton(useAnother, 'Use another account', 'plain')],
    }),
  })
}

export type InvitationEnd = 'used' | 'expired' | 'revoked' | 'declined' | 'unknown' | 'suspended'

export interface JoinEndedPage {
  frame: Frame
  end: InvitationEnd
  /** Given only for a genuine link. */
  organization?: string | undefined
  /** For a visitor who is not signed in. */
  signInPath?: string | undefined
}

/** For each end of an invitation: what happened, and the next step. */
const endings: Record<InvitationEnd, (admin: string) => readonly [title: string, lead: string]> = {
  used: (admin) => ['This invitation has already been used', `Each invitation works once. If you accepted it, sign in. If not, ask ${admin} for a new one.`],
  expired: (admin) => ['This invitation has expired', `Ask ${admin} for a new one.`],
  revoked: (admin) => [
    'This invitation is not valid',
    `An admin revoked it, or the person who invited you can no longer give this role. Ask ${admin} for a new one.`,
  ],
  declined: (admin) => ['This invitation was declined', `It can no longer be accepted. If you changed your mind, ask ${admin} for a new one.`],
  unknown: () => [
    'Invitation not found',
    'The link is incomplete, or a newer one replaced it. Open the link in the newest email, copy the whole link again, or ask for a new invitation.',
  ],
  suspended: () => ['The organization is suspended', 'No one can join it for now. Ask the person who invited you for details.'],
}

/** Status 410, 404 or 403. */
export function joinEndedPage({ frame, end, organization, signInPath }: JoinEndedPage): string {
  const [title, lead] = endings[end](organization === undefined ? 'an admin' : `an admin of ${organization}`)
  const toSignIn = end === 'used' && signInPath !== undefined
  return layout({
    frame,
    title,
    lead,
    body: html`<div class="doors">${toSignIn ? linkButton(signInPath, 'Sign in') : linkButton('/', 'Back to home', 'plain')}</div>`,
  })
}

export interface JoinAcceptedPage {
  frame: Frame
  organization: string
  role: HeldRole
  cli: CommandLine
  consolePath: string | undefined
}

/** Links to follow after joining. The console is a separate package and may be missing. */
const nextDoors = (consolePath: string | undefined): Markup =>
  html`<div class="doors">${consolePath !== undefined && linkButton(consolePath, 'Open the console')}${linkButton('/', 'Go to your account', 'plain')}</div>`

export function joinAcceptedPage({ frame, organization, role, cli, consolePath }: JoinAcceptedPage): string {
  return layout({
    frame,
    title: `You joined ${organization}`,
    heading: html`<span class="status active">You joined ${organization}</span>`,
    lead: `You are now ${inWords(role)}. Your earlier logins have ended. Log in again on each terminal.`,
    body: [
      nextDoors(consolePath),
      html`<section aria-label="Next step">${command(cli('login', { first: true }), 'Logs you in to the new organization, for the current folder.')}</section>`,
    ],
  })
}

export interface JoinMemberPage {
  frame: Frame
  organization: string
  role: HeldRole
  /** Accepted by this user; sent to this user, who joined in another way; or a link that is still open for someone else. */
  invitation: 'accepted' | 'own' | 'for another'
  consolePath: string | undefined
}

const nothingToJoin: Record<JoinMemberPage['invitation'], string> = {
  accepted: 'You accepted this invitation earlier.',
  own: 'You joined in another way, so you don’t need this invitation.',
  'for another': 'This link can still be used by one other person. Send it to the person you want to invite.',
}

/** For a member who opens an invitation to their own organization. Nothing changes. */
export function joinMemberPage({ frame, organization, role, invitation, consolePath }: JoinMemberPage): string {
  return layout({
    frame,
    title: `You already belong to ${organization}`,
    lead: `You are ${inWords(role)}. Nothing has changed. ${nothingToJoin[invitation]}`,
    body: nextDoors(consolePath),
  })
}

export interface JoinDeclinedPage {
  frame: Frame
}

export function joinDeclinedPage({ frame }: JoinDeclinedPage): string {
  return layout({
    frame,
    title: 'Invitation declined',
    heading: html`<span class="status idle">Invitation declined</span>`,
    lead: 'The invitation can no longer be used. The person who invited you can see that you declined it. Nothing else has changed.',
    body: html`<div class="doors">${linkButton('/', 'Back to home', 'plain')}</div>`,
  })
}
