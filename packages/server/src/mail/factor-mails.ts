import { compose, instant, type Mail, type Sender } from './compose.ts'
import { networkAddress, shown } from './safe-text.ts'

// Emails about the ways to sign in: the owner learns of every change, because a thief would make one (C16).

/** When and where it happened, and where the owner can do something about it. */
interface About extends Sender {
  at: Date
  address: string
  /** An account without a password gets no advice to change one. */
  hasPassword: boolean
  securityUrl: string
  loginsUrl: string
  resetUrl: string
}

/** For an account without a password, whose other ways in are under Security. */
const CHECK = 'If this was not you, end the logins that you do not recognize, and check how you sign in.'

export interface PasskeyMail extends About {
  change: 'added' | 'removed' | 'copied'
  /** The name that its owner gave it. */
  passkey: string
}

export function passkeyMail({ change, passkey, ...about }: PasskeyMail): Mail {
  const { hasPassword } = about
  const { subject, text, otherwise } = {
    added: {
      subject: 'A passkey was added to your account',
      text: `You can sign in with it.${hasPassword ? ' Your password stays valid.' : ''}`,
      otherwise: hasPassword
        ? 'If this was not you, remove the passkey, end the logins that you do not recognize, and set a new password now.'
        : 'If this was not you, remove the passkey, and end the logins that you do not recognize.',
    },
    removed: {
      subject: 'A passkey was removed from your account',
      text: 'It can no longer be used to sign in. Sessions that were started with it stay active.',
      otherwise: hasPassword ? 'If this was not you, set a new password now.' : CHECK,
    },
    copied: {
      subject: 'We refused one of your passkeys',
      text: 'This passkey exists on one device only, but its use suggests that it was copied. So we refused it.',
      otherwise: 'Remove the passkey, and add a new one with another security key.',
    },
  }[change]
  return notice(about, { subject, text, otherwise, rows: [['Passkey', shown(passkey)]] })
}

export interface FactorMail extends About {
  change:
    | 'authenticator_added'
    | 'authenticator_removed'
    | 'wrong_codes'
    | 'authenticator_locked'
    | 'unlock_link'
    | 'recovery_code_used'
    | 'recovery_codes_created'
    | 'factors_reset'
  /** The recovery codes that are left. */
  left: number
  /** Unlocks the app, without a sign-in. Undefined if it is open again. */
  unlock?: { url: string; expiresAt: Date } | undefined
}

export function factorMail({ change, left, unlock, ...about }: FactorMail): Mail {
  const { hasPassword, passwords } = about
  const signIn = hasPassword ? 'your password' : 'a sign-in with a provider'
  const before = unlock && instant(unlock.expiresAt)
  const notYours = hasPassword
    ? 'someone has your password, your provider account, or a browser where you are signed in. Set a new password before you unlock the app, and end the logins that you do not recognize.'
    : 'someone has your account at a provider, or a browser where you are signed in. End the logins that you do not recognize, and check how you sign in.'
  const once = unlock ? ' The link unlocks the app once. It signs nobody in.' : ''
  const { subject, text, otherwise } = {
    authenticator_added: {
      subject: 'An authenticator app was added to your account',
      text: `When you sign in with ${hasPassword ? 'your password or ' : ''}a provider, we now ask for a code from the app. Keep your recovery codes in a safe place.`,
      otherwise: hasPassword
        ? 'If this was not you, set a new password now, and ask the operator of this cloud for help.'
        : 'If this was not you, end the logins that you do not recognize, and ask the operator of this cloud for help.',
    },
    authenticator_removed: {
      subject: 'The authenticator app was removed from your account',
      text: 'From now on, no second factor is asked for when you sign in. Your recovery codes are no longer valid.',
      otherwise: hasPassword ? 'If this was not you, set a new password now.' : CHECK,
    },
    wrong_codes: {
      subject: 'Wrong sign-in codes for your account',
      text: `Several wrong codes were entered after ${signIn}, or in a browser where you are signed in. They gave no access.`,
      otherwise: hasPassword ? 'If this was not you, set a new password, and end the logins that you do not recognize.' : CHECK,
    },
    authenticator_locked: {
      subject: 'Your authenticator app is locked',
      text: `50 wrong codes were entered after ${signIn}, or in a browser where you are signed in. So the app accepts no code. Sign in with a recovery code or a passkey${unlock ? `, or unlock the app before ${before}:` : '.'}`,
      otherwise: `If the wrong codes were not yours, ${notYours}${once}`,
    },
    unlock_link: {
      subject: 'Unlock your authenticator app',
      text: `We were asked for this link after ${signIn}. Your authenticator app accepts no code, because too many wrong ones were entered. Unlock it before ${before}:`,
      otherwise: `If you did not ask for it, ${notYours}${once}`,
    },
    recovery_code_used: {
      subject: 'A recovery code was used',
      text: `One of your recovery codes was used. ${left === 0 ? 'None is' : left === 1 ? 'One is' : `${left} are`} left. You can create new ones.`,
      otherwise: hasPassword
        ? 'If this was not you, set a new password now, and create new recovery codes.'
        : 'If this was not you, end the logins that you do not recognize, and create new recovery codes.',
    },
    recovery_codes_created: {
      subject: 'New recovery codes were created',
      text: 'They replace all earlier ones.',
      otherwise: hasPassword
        ? 'If this was not you, set a new password now, end the logins that you do not recognize, and create new recovery codes.'
        : 'If this was not you, end the logins that you do not recognize, and create new recovery codes.',
    },
    factors_reset: {
      subject: 'Your passkeys and your authenticator app were removed',
      text: `The operator of this cloud removed them, your recovery codes and your links to providers, and ended all your sessions. ${hasPassword ? 'Sign in with your password.' : passwords ? 'To sign in again, set a password.' : 'To sign in again, get a sign-in link.'}`,
      otherwise: hasPassword
        ? 'If you did not ask for this, set a new password now, and ask the operator of this cloud.'
        : 'If you did not ask for this, ask the operator of this cloud.',
    },
  }[change]
  const action = unlock && { button: 'Unlock the app', url: unlock.url }
  return notice(about, { subject, text, otherwise, ...(action && { action }), noWayIn: change === 'factors_reset' && !hasPassword })
}

export interface IdentityMail extends About {
  change: 'linked' | 'unlinked'
  /** The name of the provider, and the account there. */
  provider: string
  label: string
}

export function identityMail({ change, provider, label, ...about }: IdentityMail): Mail {
  const { hasPassword } = about
  const { subject, text, otherwise } = {
    linked: {
      subject: `${provider} can now sign you in`,
      text: 'The account below was linked to your account here. From now on, it signs you in.',
      otherwise: hasPassword
        ? 'If this was not you, unlink it, end the logins that you do not recognize, and set a new password now.'
        : 'If this was not you, unlink it, and end the logins that you do not recognize.',
    },
    unlinked: {
      subject: `${provider} was unlinked from your account`,
      text: 'The account below no longer signs you in. Sessions that it has started go on.',
      otherwise: hasPassword ? 'If this was not you, set a new password now.' : CHECK,
    },
  }[change]
  return notice(about, { subject, text, otherwise, rows: [[provider, shown(label)]] })
}

export interface ConfirmationCodeMail extends Sender {
  code: string
  minutes: number
}

export function confirmationCodeMail({ issuer, code, minutes }: ConfirmationCodeMail): Mail {
  return compose({
    issuer,
    subject: `${code} is your Muster code`,
    heading: 'Confirm that it’s you',
    blocks: [
      { code },
      { paragraph: `Enter this code on the page where you asked for it. It expires in ${minutes} minutes. It allows changes to how you sign in.` },
      { quiet: 'If you did not ask for it, do not share the code, and end the logins that you do not recognize.' },
    ],
  })
}

/** For an owner whom nothing else signs in. While passwords are off, the same page emails a link (F23). */
const wayIn = ({ passwords, resetUrl }: Pick<About, 'passwords' | 'resetUrl'>) => ({
  link: passwords ? 'Set a password' : 'Get a sign-in link',
  url: resetUrl,
})

interface Notice {
  subject: string
  text: string
  /** Advice to an owner who did not do this. */
  otherwise: string
  rows?: readonly (readonly [name: string, value: string])[]
  action?: { button: string; url: string }
  /** Nothing signs the owner in any more. */
  noWayIn?: boolean
}

function notice(
  { issuer, passwords, at, address, hasPassword, securityUrl, loginsUrl, resetUrl }: About,
  { subject, text, otherwise, rows = [], action, noWayIn = false }: Notice,
): Mail {
  return compose({
    issuer,
    subject,
    heading: subject,
    blocks: [
      { rows: [...rows, ['When', instant(at)], ['From', networkAddress(address)]] },
      { paragraph: text },
      ...(action ? [action] : []),
      ...(noWayIn ? [wayIn({ passwords, resetUrl })] : [{ link: 'See how you sign in', url: securityUrl }]),
      { quiet: otherwise },
      ...(noWayIn ? [] : [hasPassword ? { link: 'Set a new password', url: resetUrl } : { link: 'View your logins', url: loginsUrl }]),
    ],
  })
}

export interface FactorResetMail extends Sender {
  change: 'requested' | 'stopped' | 'completed'
  /** The username of the admin. */
  requestedBy: string
  organization: string
  inForceAt: Date
  /** Stops the reset, without a sign-in. */
  stopUrl: string
  hasPassword: boolean
  securityUrl: string
  resetUrl: string
}

/** An admin of the member's organization resets how they sign in (F12). A thief who has that admin's session would do it, so the link to stop it comes first. */
export function factorResetMail(mail: FactorResetMail): Mail {
  const { issuer, passwords, change, requestedBy, organization, inForceAt, stopUrl, hasPassword, securityUrl, resetUrl } = mail
  const signIn = hasPassword
    ? 'Sign in with your password and a code that we email to you.'
    : passwords
      ? 'To sign in again, set a password, and enter it and a code that we email to you.'
      : 'To sign in again, get a sign-in link.'
  const rows = [
    ['Requested by', shown(requestedBy)],
    ['Organization', shown(organization)],
  ] as const
  if (change === 'requested')
    return compose({
      issuer,
      subject: 'An admin wants to reset how you sign in',
      heading: 'An admin wants to reset how you sign in',
      blocks: [
        { rows: [...rows, ['Takes force', `${instant(inForceAt)}, or when another admin confirms it`]] },
        { paragraph: 'Then your passkeys, your authenticator app and your recovery codes are removed, and all your sessions, refresh tokens and keys end.' },
        { paragraph: 'If you did not ask this admin for help, stop the reset now:' },
        { button: 'Stop the reset', url: stopUrl },
        { quiet: 'If you asked for it, there is nothing to do. The link only stops the reset.' },
      ],
    })
  const { subject, text } = {
    stopped: { subject: 'The reset of how you sign in was stopped', text: 'Nothing about how you sign in has changed.' },
    completed: {
      subject: 'Your passkeys and your authenticator app were removed',
      text: `All your sessions, refresh tokens and keys have ended. ${signIn} Then add your factors again under Security.`,
    },
  }[change]
  return compose({
    issuer,
    subject,
    heading: subject,
    blocks: [
      { rows },
      { paragraph: text },
      { link: 'See how you sign in', url: securityUrl },
      { quiet: `If you did not expect this, ${hasPassword ? 'set a new password, and ' : ''}ask the operator of this cloud.` },
      ...(hasPassword ? [{ link: 'Set a new password', url: resetUrl }] : change === 'completed' ? [wayIn({ passwords, resetUrl })] : []),
    ],
  })
}

export interface SignInCodeMail extends Sender {
  code: string
  minutes: number
  resetUrl: string
}

/** Only after the right password, so whoever asked for it knows the password. */
export function signInCodeMail({ issuer, code, minutes, resetUrl }: SignInCodeMail): Mail {
  return compose({
    issuer,
    subject: `${code} is your Muster code`,
    heading: 'Your sign-in code',
    blocks: [
      { code },
      {
        paragraph: `Enter this code on the page where you are signing in. It expires in ${minutes} minutes. We ask for it because an admin reset how you sign in.`,
      },
      { quiet: 'If this was not you, someone knows your password: set a new one now. Do not share the code: we will never ask you for it.' },
      { link: 'Set a new password', url: resetUrl },
    ],
  })
}
