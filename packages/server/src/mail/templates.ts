import { NAME_PATTERN } from '@muster/contract/names.ts'
import type { HeldRole } from '../domain/model/role.ts'
import { compose, instant, type Mail, type Sender } from './compose.ts'
import { networkAddress, safeName, shown } from './safe-text.ts'

export interface SignUpCodeMail extends Sender {
  code: string
  minutes: number
}

/** The code is in the subject too, so that it can be read from the list of emails. */
export function signUpCodeMail({ issuer, code, minutes }: SignUpCodeMail): Mail {
  return compose({
    issuer,
    subject: `${code} is your Muster code`,
    heading: 'Your sign-up code',
    blocks: [
      { code },
      { paragraph: `Enter this code on the page where you signed up. It expires in ${minutes} minutes.` },
      { quiet: 'If you did not sign up, ignore this email. No account is created without the code. Do not share the code: we will never ask you for it.' },
    ],
  })
}

/** A link for the owner of an account who cannot sign in. */
const wayBack = ({ hasPassword, passwords, resetUrl }: Sender & { hasPassword: boolean; resetUrl: string }) => ({
  link: hasPassword ? 'Forgot your password? Reset it' : passwords ? 'Can’t sign in? Set a password' : 'Can’t sign in? Get a sign-in link',
  url: resetUrl,
})

export interface AlreadyRegisteredMail extends Sender {
  hasPassword: boolean
  signInUrl: string
  resetUrl: string
}

export function alreadyRegisteredMail({ signInUrl, ...account }: AlreadyRegisteredMail): Mail {
  const { issuer } = account
  return compose({
    issuer,
    subject: 'You already have an account',
    heading: 'You already have an account',
    blocks: [
      { paragraph: 'Someone, most likely you, tried to sign up with this email address. It already has an account, so you can sign in instead.' },
      { button: 'Sign in', url: signInUrl },
      wayBack(account),
      { quiet: 'If this was not you, ignore this email. Nothing has changed.' },
    ],
  })
}

export interface InvitationMail extends Sender {
  organization: string
  /** The inviter's username. `inviterName` is the name that they chose. */
  invitedBy: string
  inviterName: string
  role: HeldRole
  expiresAt: Date
  joinUrl: string
}

const roleWords = {
  admin: 'Admin: can invite and remove members',
  member: 'Member',
  viewer: 'Viewer: can see the organization and its resources',
} as const
const roleLine = ({ role, customRole }: HeldRole): string => (role === 'custom' ? safeName(customRole?.name ?? '') : roleWords[role])

/** The same whether or not the address has an account (S13). The link opens a page; accepting takes a click there (S17). */
export function invitationMail({ issuer, organization, invitedBy, inviterName, role, expiresAt, joinUrl }: InvitationMail): Mail {
  const isValidName = NAME_PATTERN.test(organization)
  return compose({
    issuer,
    // The subject has only a valid organization name, never other text that a user chose.
    subject: isValidName ? `Invitation to join ${organization}` : 'Invitation to join an organization',
    heading: isValidName ? `You are invited to join ${organization}` : 'You are invited to join an organization',
    blocks: [
      {
        rows: [
          ['Organization', shown(organization)],
          ['Invited by', inviterName === '' ? shown(invitedBy) : `${shown(invitedBy)}, ${safeName(inviterName)}`],
          ['Role', roleLine(role)],
          ['Expires', instant(expiresAt)],
        ],
      },
      { button: 'View invitation', url: joinUrl },
      { paragraph: 'You can review the invitation before you accept it. Sign in with this email address, or create an account with it.' },
      {
        quiet:
          'If you do not know the sender, ignore this email. Opening the link does not accept the invitation. The invitation works once, and only for this email address.',
      },
    ],
  })
}

export interface PasswordResetMail extends Sender {
  hasPassword: boolean
  resetUrl: string
  minutes: number
}

export function passwordResetMail({ issuer, hasPassword, resetUrl, minutes }: PasswordResetMail): Mail {
  const subject = hasPassword ? 'Choose a new password' : 'Choose a password'
  return compose({
    issuer,
    subject,
    heading: subject,
    blocks: [
      {
        paragraph: `This link works once and expires in ${minutes} minutes. A ${hasPassword ? 'new password' : 'password'} ends all your sessions and refresh tokens.`,
      },
      { button: subject, url: resetUrl },
      { quiet: `If you did not request this, ignore this email. ${hasPassword ? 'Your password has not' : 'Nothing has'} changed.` },
    ],
  })
}

export interface SignInLinkMail extends Sender {
  url: string
  minutes: number
}

/** While passwords are off, for an account that has no way in (F23). */
export function signInLinkMail({ issuer, url, minutes }: SignInLinkMail): Mail {
  return compose({
    issuer,
    subject: 'Your sign-in link',
    heading: 'Sign in and add a passkey',
    blocks: [
      { paragraph: `This link signs you in. It works once and expires in ${minutes} minutes. Then add a passkey, so that you can sign in again.` },
      { button: 'Sign in', url },
      { quiet: 'If you did not request this, ignore this email. Do not share the link.' },
    ],
  })
}

export interface WaysInMail extends Sender {
  signInUrl: string
}

/** While passwords are off, for an account that has a passkey or a provider: an inbox alone does not open it (F23). */
export function waysInMail({ issuer, signInUrl }: WaysInMail): Mail {
  return compose({
    issuer,
    subject: 'You can sign in without a link',
    heading: 'You can sign in without a link',
    blocks: [
      { paragraph: 'Someone, most likely you, asked for a sign-in link. Your account has a passkey or is linked to a provider, so sign in with that.' },
      { button: 'Sign in', url: signInUrl },
      { quiet: 'If you lost it, ask an admin of your organization or the operator of this cloud to reset how you sign in. Then ask for a sign-in link again.' },
    ],
  })
}

export interface PasswordChangedMail extends Sender {
  at: Date
  address: string
  /** The number of API keys that stay valid. */
  keys: number
  /** The number of passkeys, which stay valid. */
  passkeys: number
  /** The number of linked accounts at providers, which stay linked. */
  identities: number
  securityUrl: string
  resetUrl: string
  /** How people run the command here. */
  cli: string
  /** The page that lists sessions and ends them. */
  loginsUrl?: string | undefined
}

export function passwordChangedMail({ issuer, at, address, keys, passkeys, identities, securityUrl, resetUrl, loginsUrl, cli }: PasswordChangedMail): Mail {
  return compose({
    issuer,
    subject: 'Your password was changed',
    heading: 'Your password was changed',
    blocks: [
      {
        rows: [
          ['When', instant(at)],
          ['From', networkAddress(address)],
        ],
      },
      { paragraph: 'All your other sessions and refresh tokens have ended. To log in again on a terminal, run:' },
      { command: `${cli} login` },
      ...(keys === 0
        ? []
        : [
            {
              paragraph: `${keys === 1 ? 'Your API key stays' : `Your ${keys} API keys stay`} valid. To list your keys and revoke them, run:`,
            },
            { command: `${cli} key list` },
          ]),
      ...(passkeys === 0
        ? []
        : [
            { paragraph: `${passkeys === 1 ? 'Your passkey stays' : `Your ${passkeys} passkeys stay`} valid. Remove any passkey that you do not recognize.` },
            { link: 'See your passkeys', url: securityUrl },
          ]),
      ...(identities === 0
        ? []
        : [
            {
              paragraph: `${identities === 1 ? 'An account at another provider still signs' : `${identities} accounts at other providers still sign`} you in. Unlink any that you do not recognize.`,
            },
            { link: 'See how you sign in', url: securityUrl },
          ]),
      ...(loginsUrl === undefined ? [] : [{ link: 'View your logins', url: loginsUrl }]),
      { quiet: 'If this was not you, set a new password now. Also check who has access to your email.' },
      { link: 'Set a new password', url: resetUrl },
    ],
  })
}

export interface EmailChangeCodeMail extends Sender {
  code: string
  minutes: number
}

/** To the new address. */
export function emailChangeCodeMail({ issuer, code, minutes }: EmailChangeCodeMail): Mail {
  return compose({
    issuer,
    subject: `${code} is your Muster code`,
    heading: 'Confirm your new email address',
    blocks: [
      { code },
      { paragraph: `To change your email address, enter this code where you requested the change. It expires in ${minutes} minutes.` },
      { quiet: 'If you did not request this, ignore this email. Nothing changes without the code. Do not share the code: we will never ask you for it.' },
    ],
  })
}

export interface AddressInUseMail extends Sender {
  hasPassword: boolean
  signInUrl: string
  resetUrl: string
}

/** To an address that someone wanted to use, and that already has an account. */
export function addressInUseMail({ signInUrl, ...account }: AddressInUseMail): Mail {
  const { issuer } = account
  return compose({
    issuer,
    subject: 'This email address already has an account',
    heading: 'This email address already has an account',
    blocks: [
      {
        paragraph: 'Someone tried to change the email address of another account to this one. This address already has an account, so the change was refused.',
      },
      { button: 'Sign in', url: signInUrl },
      wayBack(account),
      { quiet: 'If this was not you, ignore this email. Nothing has changed.' },
    ],
  })
}

export interface EmailChangedMail extends Sender {
  username: string | null
  hasPassword: boolean
  at: Date
  address: string
  loginsUrl: string
}

/** To the old address, which can no longer sign in. */
export function emailChangedMail({ issuer, username, hasPassword, at, address, loginsUrl }: EmailChangedMail): Mail {
  return compose({
    issuer,
    subject: 'Your email address was changed',
    heading: 'Your email address was changed',
    blocks: [
      {
        rows: [...(username === null ? [] : [['Account', shown(username)] as const]), ['When', instant(at)], ['From', networkAddress(address)]],
      },
      { paragraph: 'Emails about your account now go to the new address. You can no longer sign in with this one.' },
      {
        paragraph: `If this was not you, ${
          hasPassword
            ? 'sign in with your username, change your password,'
            : 'sign in with your passkey or provider, remove any other that you do not recognize,'
        } and end all other logins. If you can’t sign in, contact the operator of this cloud immediately.`,
      },
      { button: 'Review your logins', url: loginsUrl },
    ],
  })
}

export interface DeviceApprovedMail extends Sender {
  username: string | null
  client: string
  organization: string | null
  place?: string | undefined
  address: string
  agent?: string | undefined
  at: Date
  /** True for a login with a refresh token (S47). */
  longLived: boolean
  /** The command that ends this login, if the client has one. */
  endsBy: string | null
  /** The page that lists sessions and ends them, if there is one. */
  sessionsUrl?: string | undefined
  hasPassword: boolean
  resetUrl: string
}

/** Sent for each approved command-line login: the user may have approved an attacker's code (D02). */
export function deviceApprovedMail({
  issuer,
  username,
  client,
  organization,
  place,
  address,
  agent,
  at,
  longLived,
  endsBy,
  sessionsUrl,
  hasPassword,
  resetUrl,
}: DeviceApprovedMail): Mail {
  return compose({
    issuer,
    subject: longLived ? 'New command-line login, valid for up to a year' : 'New command-line login',
    heading: longLived ? 'A command-line login, valid for up to a year, was approved' : 'A command-line login was approved',
    blocks: [
      {
        rows: [
          ...(username === null ? [] : [['Account', shown(username)] as const]),
          ['Client', shown(client)],
          ...(organization === null ? [] : [['Organization', shown(organization)] as const]),
          ['From', [place && shown(place), networkAddress(address)].filter(Boolean).join(', ')],
          ...(agent ? [['With', shown(agent)] as const] : []),
          ['When', instant(at)],
          ['Valid for', longLived ? 'up to a year, without another approval' : '24 hours'],
        ],
      },
      {
        paragraph: hasPassword
          ? 'If this was not you, set a new password now. That ends all your logins and refresh tokens.'
          : 'If this was not you, end this login now, and all others that you do not recognize.',
      },
      ...(sessionsUrl === undefined ? [] : [{ button: 'Review your logins', url: sessionsUrl }]),
      ...(hasPassword ? [{ link: 'Set a new password', url: resetUrl }] : []),
      { quiet: `If this was you, there is nothing to do.${endsBy === null ? '' : ' To end this login early, run:'}` },
      ...(endsBy === null ? [] : [{ command: endsBy }]),
    ],
  })
}
