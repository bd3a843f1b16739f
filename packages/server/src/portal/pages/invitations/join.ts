import { nameAndUsername } from '@muster/contract/names.ts'
import type { Inviter } from '../../../domain/model/invitation.ts'
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
import { type Blocked, blockedSection } from './blockers.ts'

/** What one is joining, as what, and until when one may decide. */
export interface InvitationFacts {
  organization: string
  inviter: Inviter
  role: 'admin' | 'member'
  /** The address it is for, masked unless one is signed in as it; null for a link. */
  email: string | null
  expiresAt: Date
}

// The name is free text. It is isolated, so that a direction mark in it cannot move the username.
const inviterLine = ({ name, username }: Inviter): Content => (name === '' || name === username ? username : html`<bdi>${name}</bdi> (${username})`)

const roleWords = { admin: 'Admin: may invite, remove and rename too', member: 'Member: full access to what it has' } as const

// The page counts down, and when the time has come it asks anew and shows what to do then (S16).
const invitationFacts = ({ organization, inviter, role, email, expiresAt }: InvitationFacts, frame: Frame, as?: Content): Markup =>
  facts([
    ['Organization', organization],
    ['Invited by', inviterLine(inviter)],
    ['You', as],
    ['For', email],
    ['As', roleWords[role]],
    ['Ends', html`<span data-then="/join">${deadline(expiresAt, frame.now)}</span>`],
  ])

const again = 'Coming back is by a new invitation.'

export interface JoinStrangerPage {
  frame: Frame
  invitation: InvitationFacts
  signInPath: string
  signUpPath: string
}

/** For somebody who is not signed in: the same whether or not the address has an account (S13). */
export function joinStrangerPage({ frame, invitation, signInPath, signUpPath }: JoinStrangerPage): string {
  return layout({
    frame,
    title: `You are invited to ${invitation.organization}`,
    lead: 'First say who you are. Nothing is accepted before you have seen what it means and clicked.',
    body: sheet({
      body: invitationFacts(invitation, frame),
      next: invitation.email
        ? 'It is for this address only: sign in with it, or create an account for it.'
        : 'Sign in with the account you have, or create one.',
      actions: [linkButton(signUpPath, 'Create an account', 'plain'), linkButton(signInPath, 'Sign in')],
    }),
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
  /** What else speaks against it now: no seat, no plan. */
  problem: string | null
  loses: readonly Loss[]
  faults?: readonly Fault[] | undefined
}

/** Never accepted by itself (S20): the invitation, what changes, and what blocks the move with how to clear it (S24). */
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
      problem !== null && notice({ tone: 'paused', title: 'It cannot be accepted just now', body: problem }),
      form({
        target,
        body: [
          invitationFacts(invitation, frame),
          !stopped &&
            loses.length > 0 &&
            html`<section aria-labelledby="loses"><h2 id="loses">What changes for you</h2><ul class="grants">${loses.map(({ detail }) => html`<li>${detail}</li>`)}</ul></section>`,
        ],
        next: blocked
          ? `You can move as soon as what is listed below is cleared. Until it expires, the invitation stays open.`
          : problem !== null
            ? 'Until it expires, the invitation stays open. Open this page again to check.'
            : `You are in one organization at a time: you leave ${from ?? 'yours'} and are in ${invitation.organization} at once. ${again}`,
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

/** An account without a username takes it and joins in one step (S5, S55). */
export function joinNewcomerPage({ frame, target, account, useAnother, invitation, problem, value, suggestions, faults, signingUp }: JoinNewcomerPage): string {
  return layout({
    frame,
    title: `Join ${invitation.organization}`,
    steps: signingUp ? signUpSteps({ client: invitation.organization, kind: 'invitation' }, 2) : undefined,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      actingAs(account, useAnother),
      problem !== null && notice({ tone: 'paused', title: 'It cannot be accepted just now', body: problem }),
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
            hint: '3 to 30 characters: lowercase letters, digits and underscores. It is yours for ever and cannot be changed.',
            faults,
          }),
          suggestions && suggestions.length > 0 ? html`<p class="suggestions">Free now: ${suggestions.join(', ')}</p>` : '',
        ],
        next: `You are registered and in ${invitation.organization} at once. An organization of your own, with your username, waits in case you leave.`,
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
  /** Of the session that can do this and nothing else. */
  expiresAt: Date
  problem: string | null
}

/** Status 401: deactivated in one organization, invited by another (S26). */
export function joinDeactivatedPage({ frame, target, account, useAnother, invitation, deactivated, expiresAt, problem }: JoinDeactivatedPage): string {
  const { organization, since, contact } = deactivated
  return layout({
    frame,
    title: 'Your account is deactivated',
    lead: html`An admin of <strong>${organization}</strong> deactivated it. You cannot sign in there until it is reactivated. You can still answer this invitation.`,
    body: [
      sheet({
        body: facts([
          ['Organization', organization],
          ['Since', moment(since, frame.now)],
          [
            'Whom to ask',
            contact && html`${contact.name && html`${contact.name}<br>`}<a href="mailto:${encodeURIComponent(contact.email)}">${contact.email}</a>`,
          ],
        ]),
      }),
      html`<h2>${invitation.organization} invites you</h2>`,
      actingAs(account, useAnother),
      problem !== null && notice({ tone: 'paused', title: 'It cannot be accepted just now', body: problem }),
      form({
        target,
        body: invitationFacts(invitation, frame),
        next: html`Moving, you leave ${organization} for good; what you own there passes to an admin. This page can answer until ${deadline(expiresAt, frame.now)}.`,
        actions: [
          button({ text: 'No, thanks', tone: 'plain', name: 'decision', value: 'decline' }),
          problem === null ? button({ text: 'Move account', name: 'decision', value: 'accept' }) : linkButton('/join', 'Look again'),
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
        ['Invited', email],
        ['You are', account.email],
        ['Organization', organizationLine(account)],
        ['Ends', html`<span data-then="/join">${deadline(invitation.expiresAt, frame.now)}</span>`],
      ]),
      next: `If that address is yours too, use its account. If not, ask ${nameAndUsername(inviter.name, inviter.username)} for an invitation to ${account.email}.`,
      actions: [postButton(useAnother, 'Use another account', 'plain')],
    }),
  })
}

export type InvitationEnd = 'used' | 'expired' | 'revoked' | 'declined' | 'unknown' | 'suspended'

export interface JoinEndedPage {
  frame: Frame
  end: InvitationEnd
  /** Told only with a link that was genuine. */
  organization?: string | undefined
  /** For whoever is not signed in. */
  signInPath?: string | undefined
}

/** What happened, and the one next step. */
const endings: Record<InvitationEnd, (admin: string) => readonly [title: string, lead: string]> = {
  used: (admin) => ['This invitation was used', `It works once. If it was you who accepted it, sign in: you are in. If not, ask ${admin} for a new one.`],
  expired: (admin) => ['This invitation has ended', `Its time is over. Ask ${admin} for a new one; it takes them a moment.`],
  revoked: (admin) => ['This invitation was revoked', `Whoever invited you took it back, or may not invite any more. Ask ${admin} for a new one.`],
  declined: (admin) => ['This invitation was declined', `Nothing more happens with it. If you have changed your mind, ask ${admin} for a new one.`],
  unknown: () => [
    'There is no such invitation',
    'The link is not whole, or a newer one was sent since. Look for the newest mail, copy the link again from end to end, or ask for a new one.',
  ],
  suspended: () => ['The organization is suspended', 'Nobody can join it for now. Ask whoever invited you.'],
}

/** Status 410, 404 or 403. */
export function joinEndedPage({ frame, end, organization, signInPath }: JoinEndedPage): string {
  const [title, lead] = endings[end](organization === undefined ? 'an admin' : `an admin of ${organization}`)
  const toSignIn = end === 'used' && signInPath !== undefined
  return layout({
    frame,
    title,
    lead,
    body: html`<div class="doors">${toSignIn ? linkButton(signInPath, 'Sign in') : linkButton('/', 'To the start', 'plain')}</div>`,
  })
}

export interface JoinAcceptedPage {
  frame: Frame
  organization: string
  role: 'admin' | 'member'
  cli: CommandLine
  consolePath: string | undefined
}

/** What comes after joining: the console, where there is one. */
const nextDoors = (consolePath: string | undefined): Markup =>
  html`<div class="doors">${consolePath !== undefined && linkButton(consolePath, 'Open the console')}${linkButton('/', 'To your account', 'plain')}</div>`

export function joinAcceptedPage({ frame, organization, role, cli, consolePath }: JoinAcceptedPage): string {
  return layout({
    frame,
    title: `You are in ${organization}`,
    heading: html`<span class="status active">You are in ${organization}</span>`,
    lead: `As ${role === 'admin' ? 'an admin' : 'a member'}, from now on. Logins of before have ended: on each terminal, log in once more.`,
    body: [
      nextDoors(consolePath),
      html`<section aria-label="Next">${command(cli('login', { first: true }), 'Logs in this folder, in the new organization.')}</section>`,
    ],
  })
}

export interface JoinMemberPage {
  frame: Frame
  organization: string
  role: 'admin' | 'member'
  /** Whose the invitation is: of whoever looks and accepted it, of their address though they came in another way, or of somebody else, still open. */
  invitation: 'accepted' | 'own' | 'for another'
  consolePath: string | undefined
}

const nothingToJoin: Record<JoinMemberPage['invitation'], string> = {
  accepted: 'It was this invitation that you accepted. It works once, and nothing more happens with it.',
  own: 'You came in another way; this invitation has nothing to give you.',
  'for another': 'This link is for somebody else and is still open: pass it on to whom it is meant for.',
}

/** Somebody who is in the organization opens an invitation to it. Nothing changes. */
export function joinMemberPage({ frame, organization, role, invitation, consolePath }: JoinMemberPage): string {
  return layout({
    frame,
    title: `You are in ${organization} already`,
    lead: `You are ${role === 'admin' ? 'an admin' : 'a member'} of it, and nothing has changed. ${nothingToJoin[invitation]}`,
    body: nextDoors(consolePath),
  })
}

export interface JoinDeclinedPage {
  frame: Frame
}

export function joinDeclinedPage({ frame }: JoinDeclinedPage): string {
  return layout({
    frame,
    title: 'Declined',
    heading: html`<span class="status idle">Declined</span>`,
    lead: 'Nothing has changed for you, and the invitation is worth nothing now. Whoever invited you sees that it was declined.',
    body: html`<div class="doors">${linkButton('/', 'To the start', 'plain')}</div>`,
  })
}
