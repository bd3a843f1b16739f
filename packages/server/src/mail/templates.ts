import { NAME_PATTERN } from '@muster/contract/names.ts'
import { html } from 'hono/html'
import { forHeader, networkAddress, safeName, shown } from './safe-text.ts'

/** The content of an email, without sender and recipient. */
export interface Mail {
  subject: string
  text: string
  html: string
}

type Markup = ReturnType<typeof html>

/** The issuer as a URL: the only source of links. */
export interface Sender {
  issuer: string
}

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

export interface AlreadyRegisteredMail extends Sender {
  signInUrl: string
  resetUrl: string
}

export function alreadyRegisteredMail({ issuer, signInUrl, resetUrl }: AlreadyRegisteredMail): Mail {
  return compose({
    issuer,
    subject: 'You already have an account',
    heading: 'You already have an account',
    blocks: [
      { paragraph: 'Someone, most likely you, tried to sign up with this email address. It already has an account, so you can sign in instead.' },
      { button: 'Sign in', url: signInUrl },
      { link: 'Forgot your password? Reset it', url: resetUrl },
      { quiet: 'If this was not you, ignore this email. Nothing has changed.' },
    ],
  })
}

export interface InvitationMail extends Sender {
  organization: string
  /** The inviter's username. `inviterName` is the name that they chose. */
  invitedBy: string
  inviterName: string
  role: 'admin' | 'member'
  expiresAt: Date
  joinUrl: string
}

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
          ['Role', role === 'admin' ? 'Admin: can invite and remove members' : 'Member'],
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
  resetUrl: string
  minutes: number
}

export function passwordResetMail({ issuer, resetUrl, minutes }: PasswordResetMail): Mail {
  return compose({
    issuer,
    subject: 'Choose a new password',
    heading: 'Choose a new password',
    blocks: [
      { paragraph: `This link works once and expires in ${minutes} minutes. A new password ends all your sessions and refresh tokens.` },
      { button: 'Choose a new password', url: resetUrl },
      { quiet: 'If you did not request this, ignore this email. Your password has not changed.' },
    ],
  })
}

export interface PasskeyMail extends Sender {
  change: 'added' | 'removed' | 'copied'
  /** The name that its owner gave it. */
  passkey: string
  at: Date
  address: string
  securityUrl: string
  resetUrl: string
}

export function passkeyMail({ issuer, change, passkey, at, address, securityUrl, resetUrl }: PasskeyMail): Mail {
  const { subject, text, otherwise } = {
    added: {
      subject: 'A passkey was added to your account',
      text: 'You can sign in with it. Your password stays valid.',
      otherwise: 'If this was not you, remove the passkey, end the logins that you do not recognize, and set a new password now.',
    },
    removed: {
      subject: 'A passkey was removed from your account',
      text: 'Nobody can sign in with it any more. Sessions it started stay active.',
      otherwise: 'If this was not you, set a new password now.',
    },
    copied: {
      subject: 'We refused one of your passkeys',
      text: 'This passkey exists on one device only, but its use suggests that it was copied. So we refused it.',
      otherwise: 'Remove the passkey, and add a new one with another security key.',
    },
  }[change]
  return compose({
    issuer,
    subject,
    heading: subject,
    blocks: [
      {
        rows: [
          ['Passkey', shown(passkey)],
          ['When', instant(at)],
          ['From', networkAddress(address)],
        ],
      },
      { paragraph: text },
      { link: 'See your passkeys', url: securityUrl },
      { quiet: otherwise },
      { link: 'Set a new password', url: resetUrl },
    ],
  })
}

export interface FactorMail extends Sender {
  change:
    | 'authenticator_added'
    | 'authenticator_removed'
    | 'wrong_codes'
    | 'authenticator_locked'
    | 'recovery_code_used'
    | 'recovery_codes_created'
    | 'factors_reset'
  /** The recovery codes that are left. */
  left: number
  at: Date
  address: string
  securityUrl: string
  resetUrl: string
}

export function factorMail({ issuer, change, left, at, address, securityUrl, resetUrl }: FactorMail): Mail {
  const { subject, text, otherwise } = {
    authenticator_added: {
      subject: 'An authenticator app was added to your account',
      text: 'After your password, we now ask for a code of the app. Keep your recovery codes in a safe place.',
      otherwise: 'If this was not you, set a new password now, and ask the operator of this cloud for help.',
    },
    authenticator_removed: {
      subject: 'The authenticator app was removed from your account',
      text: 'From now on, your password alone is enough to sign in. Your recovery codes are no longer valid.',
      otherwise: 'If this was not you, set a new password now.',
    },
    wrong_codes: {
      subject: 'Wrong sign-in codes for your account',
      text: 'Several wrong codes were entered after your password, or in a browser where you are signed in. They gave no access.',
      otherwise: 'If this was not you, set a new password, and end the logins that you do not recognize.',
    },
    authenticator_locked: {
      subject: 'Your authenticator app is locked',
      text: '50 wrong codes were entered after your password, or in a browser where you are signed in. To use the app again, sign in once with a recovery code or a passkey.',
      otherwise: 'If this was not you, set a new password, and end the logins that you do not recognize.',
    },
    recovery_code_used: {
      subject: 'A recovery code was used',
      text: `One of your recovery codes was used. ${left === 0 ? 'None is' : left === 1 ? 'One is' : `${left} are`} left. You can create new ones.`,
      otherwise: 'If this was not you, set a new password now, and create new recovery codes.',
    },
    recovery_codes_created: {
      subject: 'New recovery codes were created',
      text: 'They replace all earlier ones.',
      otherwise: 'If this was not you, set a new password now, end the logins that you do not recognize, and create new recovery codes.',
    },
    factors_reset: {
      subject: 'Your passkeys and your authenticator app were removed',
      text: 'The operator of this cloud removed them and your recovery codes, and ended all your sessions. Your password alone is enough to sign in.',
      otherwise: 'If you did not ask for this, set a new password now, and ask the operator of this cloud.',
    },
  }[change]
  return compose({
    issuer,
    subject,
    heading: subject,
    blocks: [
      {
        rows: [
          ['When', instant(at)],
          ['From', networkAddress(address)],
        ],
      },
      { paragraph: text },
      { link: 'See how you sign in', url: securityUrl },
      { quiet: otherwise },
      { link: 'Set a new password', url: resetUrl },
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
  securityUrl: string
  resetUrl: string
  /** How people run the command here. */
  cli: string
  /** The page that lists sessions and ends them. */
  loginsUrl?: string | undefined
}

export function passwordChangedMail({ issuer, at, address, keys, passkeys, securityUrl, resetUrl, loginsUrl, cli }: PasswordChangedMail): Mail {
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
  signInUrl: string
  resetUrl: string
}

/** To an address that someone wanted to use, and that already has an account. */
export function addressInUseMail({ issuer, signInUrl, resetUrl }: AddressInUseMail): Mail {
  return compose({
    issuer,
    subject: 'This email address already has an account',
    heading: 'This email address already has an account',
    blocks: [
      {
        paragraph: 'Someone tried to change the email address of another account to this one. This address already has an account, so the change was refused.',
      },
      { button: 'Sign in', url: signInUrl },
      { link: 'Forgot your password? Reset it', url: resetUrl },
      { quiet: 'If this was not you, ignore this email. Nothing has changed.' },
    ],
  })
}

export interface EmailChangedMail extends Sender {
  username: string | null
  at: Date
  address: string
  loginsUrl: string
}

/** To the old address, which can no longer sign in. */
export function emailChangedMail({ issuer, username, at, address, loginsUrl }: EmailChangedMail): Mail {
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
        paragraph:
          'If this was not you, sign in with your username, change your password, and end all other logins. If you can’t sign in, contact the operator of this cloud immediately.',
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
      { paragraph: 'If this was not you, set a new password now. That ends all your logins and refresh tokens.' },
      ...(sessionsUrl === undefined ? [] : [{ button: 'Review your logins', url: sessionsUrl }]),
      { link: 'Set a new password', url: resetUrl },
      { quiet: `If this was you, there is nothing to do.${endsBy === null ? '' : ' To end this login early, run:'}` },
      ...(endsBy === null ? [] : [{ command: endsBy }]),
    ],
  })
}

/** "20 November 2026, 18:42 UTC": a form that no email program turns into an appointment. */
function instant(date: Date): string {
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })}, ${date.toISOString().slice(11, 16)} UTC`
}

type Block =
  | { code: string }
  | { command: string }
  | { paragraph: string }
  | { quiet: string }
  | { button: string; url: string }
  | { link: string; url: string }
  | { rows: readonly (readonly [name: string, value: string])[] }

interface Draft extends Sender {
  subject: string
  heading: string
  blocks: readonly Block[]
}

function compose({ issuer, subject, heading, blocks }: Draft): Mail {
  const host = new URL(issuer).host
  const foot = `Sent by the Muster server at ${host}.`
  return {
    subject: forHeader(subject),
    text: `${[heading, ...blocks.map(asText), '-- ', foot].join('\n\n').replace('-- \n\n', '-- \n')}\n`,
    html: String(asPage(heading, foot, blocks.map(asHtml))),
  }
}

function asText(block: Block): string {
  if ('code' in block) return `    ${block.code}`
  if ('command' in block) return `    ${block.command}` // not wrapped, so that it can be copied
  if ('paragraph' in block) return wrap(block.paragraph)
  if ('quiet' in block) return wrap(block.quiet)
  if ('button' in block) return `${block.button}:\n${ours(block.url)}`
  if ('link' in block) return `${block.link}:\n${ours(block.url)}`
  const width = Math.max(...block.rows.map(([name]) => name.length))
  return block.rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

// The colours of the portal, in a notation that old email programs support.
const ink = '#1b1a16'
const muted = '#5d5b54'
const accent = '#3a4bb8'
const sans = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
const mono = "ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace"

function asHtml(block: Block): Markup {
  if ('code' in block)
    return html`<p class="code" style="margin:0 0 16px;padding:12px 16px;background:#f4f3ef;border:1px solid #dedcd6;border-radius:6px;font:600 28px/1.3 ${mono};letter-spacing:0.16em;color:${ink}">${block.code}</p>`
  if ('command' in block)
    return html`<p class="code" style="margin:0 0 16px;padding:8px 12px;background:#f4f3ef;border:1px solid #dedcd6;border-radius:6px;font:400 13px/1.4 ${mono};color:${ink};word-break:break-word">${block.command}</p>`
  if ('paragraph' in block) return html`<p style="margin:0 0 16px">${block.paragraph}</p>`
  if ('quiet' in block) return html`<p class="muted" style="margin:0 0 16px;font-size:13px;color:${muted}">${block.quiet}</p>`
  if ('button' in block)
    return html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px"><tr><td class="button" bgcolor="${accent}" style="border-radius:6px;background:${accent}"><a href="${ours(block.url)}" style="display:inline-block;padding:11px 18px;font-weight:600;color:#ffffff;text-decoration:none">${block.button}</a></td></tr></table>`
  if ('link' in block)
    return html`<p style="margin:0 0 16px;font-size:13px"><a class="link" href="${ours(block.url)}" style="color:${accent}">${block.link}</a></p>`
  return html`<table cellpadding="0" cellspacing="0" border="0" width="100%" style="margin:0 0 16px;font-size:13px">${block.rows.map(
    ([name, value]) =>
      html`<tr><th scope="row" class="muted cell" align="left" valign="top" width="96" style="padding:7px 12px 7px 0;border-top:1px solid #dedcd6;font-weight:400;color:${muted}">${name}</th><td class="cell" valign="top" style="padding:7px 0;border-top:1px solid #dedcd6;word-break:break-word">${value}</td></tr>`,
  )}</table>`
}

function asPage(heading: string, foot: string, blocks: Markup[]): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${heading}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #0f1013 !important; color: #ebecee !important; }
  .sheet { background: #16181b !important; border-color: #2d2f33 !important; }
  .muted { color: #a6a8ad !important; }
  .cell { border-color: #2d2f33 !important; }
  .code { background: #0b0c0e !important; border-color: #2d2f33 !important; color: #ebecee !important; }
  .link { color: #adb9fc !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#fafaf8;color:${ink}">
<table role="presentation" class="page" cellpadding="0" cellspacing="0" border="0" width="100%" bgcolor="#fafaf8" style="background:#fafaf8;color:${ink};font:400 15px/1.5 ${sans}">
<tr><td align="center" style="padding:24px 16px">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" style="max-width:480px">
<tr><td style="padding:0 0 12px;font-size:16px;font-weight:600">Muster</td></tr>
<tr><td class="sheet" bgcolor="#ffffff" style="padding:24px 24px 8px;background:#ffffff;border:1px solid #dedcd6;border-radius:6px">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3;font-weight:600">${heading}</h1>
${blocks}
</td></tr>
<tr><td class="muted" style="padding:12px 0;font-size:12px;color:${muted}">${foot}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

/** Emails link only to http and https. */
function ours(url: string): string {
  const { protocol, href } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('An email cannot link to this URL.')
  return href
}

/** Wraps plain text at 76 characters. */
function wrap(text: string): string {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line && line.length + word.length + 1 > 76) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.join('\n')
}
