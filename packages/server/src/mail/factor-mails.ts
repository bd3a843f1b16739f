import { compose, instant, type Mail, type Sender } from './compose.ts'
import { networkAddress, shown } from './safe-text.ts'

// Emails about the ways to sign in: the owner learns of every change, because a thief would make one (C16).

/** When and where it happened, and where the owner can do something about it. */
interface About extends Sender {
  at: Date
  address: string
  securityUrl: string
  resetUrl: string
}

export interface PasskeyMail extends About {
  change: 'added' | 'removed' | 'copied'
  /** The name that its owner gave it. */
  passkey: string
}

export function passkeyMail({ change, passkey, ...about }: PasskeyMail): Mail {
  const { subject, text, otherwise } = {
    added: {
      subject: 'A passkey was added to your account',
      text: 'You can sign in with it. Your password stays valid.',
      otherwise: 'If this was not you, remove the passkey, end the logins that you do not recognize, and set a new password now.',
    },
    removed: {
      subject: 'A passkey was removed from your account',
      text: 'It can no longer be used to sign in. Sessions that were started with it stay active.',
      otherwise: 'If this was not you, set a new password now.',
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
    | 'recovery_code_used'
    | 'recovery_codes_created'
    | 'factors_reset'
  /** The recovery codes that are left. */
  left: number
}

export function factorMail({ change, left, ...about }: FactorMail): Mail {
  const { subject, text, otherwise } = {
    authenticator_added: {
      subject: 'An authenticator app was added to your account',
      text: 'After your password, we now ask for a code from the app. Keep your recovery codes in a safe place.',
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
  return notice(about, { subject, text, otherwise })
}

interface Notice {
  subject: string
  text: string
  /** Advice to an owner who did not do this. */
  otherwise: string
  rows?: readonly (readonly [name: string, value: string])[]
}

function notice({ issuer, at, address, securityUrl, resetUrl }: About, { subject, text, otherwise, rows = [] }: Notice): Mail {
  return compose({
    issuer,
    subject,
    heading: subject,
    blocks: [
      { rows: [...rows, ['When', instant(at)], ['From', networkAddress(address)]] },
      { paragraph: text },
      { link: 'See how you sign in', url: securityUrl },
      { quiet: otherwise },
      { link: 'Set a new password', url: resetUrl },
    ],
  })
}
