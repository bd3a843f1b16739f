import type {
  ApiKeyId,
  DeviceAuthorizationId,
  EmailChangeId,
  FactorResetId,
  InvitationId,
  PasswordResetId,
  SessionId,
  SignUpId,
  UserId,
} from '@muster/contract/ids.ts'
import type { Config } from '../config.ts'
import { CONFIRMATION_SECONDS, confirmationCode } from '../domain/accounts/confirm-by-email.ts'
import { EMAIL_CODE_SECONDS, emailChangeCode } from '../domain/accounts/email-change.ts'
import { addressReset, passwordResetToken, RESET_SECONDS } from '../domain/accounts/password-reset.ts'
import { searchedText } from '../domain/accounts/people.ts'
import { PENDING_SECONDS, PENDING_TRIES } from '../domain/accounts/second-factor.ts'
import { signInCode } from '../domain/accounts/sign-in-code.ts'
import { CODE_SECONDS, signUpCode } from '../domain/accounts/sign-up.ts'
import type { Execute } from '../domain/command/context.ts'
import type { MailJob, TriedEmail } from '../domain/command/store.ts'
import { endingCommand } from '../domain/credentials/device-authorization.ts'
import { unlockLinkToken } from '../domain/factors/lock.ts'
import { resetLinkToken } from '../domain/factors/reset.ts'
import { invitationPath } from '../domain/invitations/invitation.ts'
import type { Account } from '../domain/model/account.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import type { Mail } from '../mail/compose.ts'
import { confirmationCodeMail, factorMail, factorResetMail, identityMail, passkeyMail, signInCodeMail } from '../mail/factor-mails.ts'
import { keyExpiresMail } from '../mail/key-mails.ts'
import {
  addressInUseMail,
  alreadyRegisteredMail,
  deviceApprovedMail,
  emailChangeCodeMail,
  emailChangedMail,
  invitationMail,
  passwordChangedMail,
  passwordResetMail,
  signInLinkMail,
  signUpCodeMail,
  waysInMail,
} from '../mail/templates.ts'
import type { OutgoingMail, Transport } from '../mail/transport.ts'
import type { Job } from './queue.ts'

interface Options {
  config: Pick<Config, 'issuer' | 'providers' | 'passwords'>
  /** How people run the command here. */
  cli: string
  store: Store
  execute: Execute
  keys: SecretKeys
  transport: Transport
}

type Draft = Omit<OutgoingMail, 'messageId' | 'about'>

/**
 * Composes each email when it is sent: jobs carry only ids, codes and links are derived here, and every link begins with the configured
 * issuer (A11). An expired code or link is not sent. Retried until the mail server accepts it, so an email may arrive twice.
 */
export function mailHandler({ config, cli, store, execute, keys, transport }: Options): (job: Job<MailJob>) => Promise<void> {
  const { issuer, passwords } = config
  const sender = { issuer, passwords }
  const link = (path: string): string => `${issuer}${path}`
  const resetUrl = link('/forgot-password')
  const loginsUrl = link('/logins')
  const securityUrl = link('/account/security')
  const hasPassword = (account: Pick<Account, 'passwordHash'> | null): boolean => account !== null && account.passwordHash !== null
  /** For an email about a change of how a person signs in. */
  const about = (account: Account, { at, address }: { at: string; address: string }) => ({
    ...sender,
    at: new Date(at),
    address,
    hasPassword: hasPassword(account),
    securityUrl,
    loginsUrl,
    resetUrl,
  })

  const drafts: { [T in MailJob['template']]: (data: Extract<MailJob, { template: T }>) => Promise<Draft | null> } = {
    async sign_up_code({ signUpId, number }) {
      const signUp = await store.reading.signUps.find(signUpId as SignUpId)
      if (!signUp || signUp.codeNumber !== number || signUp.codeExpired) return null
      const to = signUp.email
      const holder = await store.reading.accounts.findByEmail(signUp.emailCanonical)
      if (holder) {
        if (signUp.codeDigits > 6) return null // ten emails were sent today
        return { to, ...alreadyRegisteredMail({ ...sender, hasPassword: hasPassword(holder), signInUrl: link('/sign-in'), resetUrl }), link: link('/sign-in') }
      }
      const code = signUpCode(keys, signUp)
      return { to, ...signUpCodeMail({ ...sender, code, minutes: CODE_SECONDS / 60 }), code }
    },
    async invitation({ invitationId, version }) {
      const found = await store.reading.invitations.toMail(invitationId as InvitationId)
      if (!found) return null
      const { invitation, organization } = found
      // Revoked, answered, sent again or expired in the meantime: nothing is sent (S19).
      if (invitation.version !== version || invitation.email === null || invitation.state !== 'open') return null
      if (organization.suspendedAt) throw new Error('The organization is suspended: its invitations wait until it is resumed.') // retried
      const url = link(invitationPath(keys, invitation))
      return {
        to: invitation.email,
        ...invitationMail({
          ...sender,
          organization: organization.name,
          invitedBy: invitation.inviter.username,
          inviterName: invitation.inviter.name,
          role: invitation,
          expiresAt: invitation.expiresAt,
          joinUrl: url,
        }),
        link: url,
      }
    },
    async password_reset({ passwordResetId }) {
      const id = passwordResetId as PasswordResetId
      const reset = await store.reading.passwordResets.find(id)
      if (!reset?.open) return null
      const { address, requestId } = reset
      const addressed = await execute(addressReset, { kind: 'anonymous', origin: { address, requestId, userAgent: null } }, { id })
      if (!addressed) return null
      const { account, isUsable } = addressed
      const to = account.email
      if (!isUsable) return { to, ...waysInMail({ ...sender, signInUrl: link('/sign-in') }), link: link('/sign-in') }
      const url = `${link(passwords ? '/reset-password' : '/sign-in/link')}?token=${passwordResetToken(keys, reset)}`
      const minutes = RESET_SECONDS / 60
      const mail = passwords
        ? passwordResetMail({ ...sender, hasPassword: hasPassword(account), resetUrl: url, minutes })
        : signInLinkMail({ ...sender, url, minutes })
      return { to, ...mail, link: url }
    },
    async password_changed({ userId, at, address }) {
      const account = await store.reading.accounts.find(userId as UserId)
      if (!account) return null
      const keys = await store.reading.apiKeys.countAlive({ userId: account.id })
      const { length: passkeys } = await store.reading.passkeys.list(account.id)
      const { length: identities } = await store.reading.identities.list(account.id)
      return {
        to: account.email,
        ...passwordChangedMail({ ...sender, at: new Date(at), address, keys, passkeys, identities, securityUrl, resetUrl, loginsUrl, cli }),
      }
    },
    async passkey({ change, userId, passkey, at, address }) {
      const account = await store.reading.accounts.find(userId as UserId)
      if (!account) return null
      return { to: account.email, ...passkeyMail({ ...about(account, { at, address }), change, passkey }) }
    },
    async factor({ change, userId, left, at, address }) {
      const account = await store.reading.accounts.find(userId as UserId)
      if (!account) return null
      const app = change === 'authenticator_locked' || change === 'unlock_link' ? await store.reading.authenticators.find(account.id) : null
      const token = app && unlockLinkToken(keys, app)
      const unlock =
        token && app.unlockExpiresAt ? { url: `${link('/account/unlock-authenticator')}?token=${token}`, expiresAt: app.unlockExpiresAt } : undefined
      if (change === 'unlock_link' && !unlock) return null // the app is open again
      const mail = factorMail({ ...about(account, { at, address }), change, left: left ?? 0, unlock })
      return { to: account.email, ...mail, ...(unlock && { link: unlock.url }) }
    },
    async factor_reset({ change, factorResetId }) {
      const reset = await store.reading.factorResets.find(factorResetId as FactorResetId)
      const account = reset && (await store.reading.accounts.find(reset.userId))
      if (!account || (change === 'requested' && !reset.open)) return null
      const stopUrl = `${link('/account/stop-reset')}?token=${resetLinkToken(keys, reset.id)}`
      const { requestedByName: requestedBy, organization, inForceAt } = reset
      const urls = { stopUrl, securityUrl, resetUrl }
      const mail = factorResetMail({ ...sender, change, requestedBy, organization, inForceAt, hasPassword: hasPassword(account), ...urls })
      return { to: account.email, ...mail, ...(change === 'requested' && { link: stopUrl }) }
    },
    async sign_in_code({ signIn }) {
      const tokenHash = Buffer.from(signIn, 'hex')
      const pending = await store.reading.pendingSignIns.find(tokenHash, PENDING_TRIES)
      const account = pending && (await store.reading.accounts.find(pending.userId))
      if (!account) return null
      const code = signInCode(keys, tokenHash)
      return { to: account.email, ...signInCodeMail({ ...sender, code, minutes: PENDING_SECONDS / 60, resetUrl }), code }
    },
    async identity({ change, userId, provider: id, label, at, address, to }) {
      const account = await store.reading.accounts.find(userId as UserId)
      if (!account) return null
      const provider = config.providers.find((one) => one.id === id)?.name ?? id
      return { to: to ?? account.email, ...identityMail({ ...about(account, { at, address }), change, provider, label }) }
    },
    async confirmation_code({ sessionId, number }) {
      const open = await store.reading.confirmationCodes.find(sessionId as SessionId)
      const account = open && (await store.reading.accounts.find(open.userId))
      if (!account || open.codeNumber !== number || open.expired) return null
      const code = confirmationCode(keys, open)
      return { to: account.email, ...confirmationCodeMail({ ...sender, code, minutes: CONFIRMATION_SECONDS / 60 }), code }
    },
    async email_change_code({ emailChangeId }) {
      const change = await store.reading.emailChanges.find(emailChangeId as EmailChangeId)
      if (!change || change.ended || change.expired) return null
      const holder = await store.reading.accounts.findByEmail(change.emailCanonical)
      if (holder && holder.id !== change.userId) {
        if (change.codeDigits > 6) return null // ten emails were sent today
        return {
          to: change.email,
          ...addressInUseMail({ ...sender, hasPassword: hasPassword(holder), signInUrl: link('/sign-in'), resetUrl }),
          link: link('/sign-in'),
        }
      }
      const code = emailChangeCode(keys, change)
      return { to: change.email, ...emailChangeCodeMail({ ...sender, code, minutes: EMAIL_CODE_SECONDS / 60 }), code }
    },
    async email_changed({ emailChangeId, at, address }) {
      const change = await store.reading.emailChanges.find(emailChangeId as EmailChangeId)
      const account = change && (await store.reading.accounts.find(change.userId))
      return (
        account && {
          to: change.oldEmail,
          ...emailChangedMail({ ...sender, username: account.username, hasPassword: hasPassword(account), at: new Date(at), address, loginsUrl }),
          link: loginsUrl,
        }
      )
    },
    async key_expires({ keyId, userId }) {
      const key = await store.reading.apiKeys.find(keyId as ApiKeyId)
      const account = await store.reading.accounts.find(userId as UserId)
      const found = key && (await store.reading.organizations.find(key.organizationId))
      if (!key?.expiresAt || key.endedAt || key.expiresAt <= (await store.reading.now()) || !account || !found) return null
      const isOwn = key.userId === userId
      const url = link(isOwn ? '/console/keys' : `/console/keys/service-accounts/${key.holderName}`)
      const mail = keyExpiresMail({ ...sender, key, expiresAt: key.expiresAt, isOwn, organization: found.organization.name, url, cli })
      return { to: account.email, ...mail, link: url }
    },
    async login_approved({ sessionId, deviceAuthorizationId }) {
      const session = await store.reading.sessions.find(sessionId as SessionId)
      const live = session && (await store.reading.sessions.liveState(session.id, null))
      if (!live) return null
      const { account, organization } = live
      // The address of the terminal, not of the browser: the user may not know the terminal (D02).
      const device = await store.reading.deviceAuthorizations.find(deviceAuthorizationId as DeviceAuthorizationId)
      return {
        to: account.email,
        ...deviceApprovedMail({
          ...sender,
          username: account.username,
          client: device?.clientName ?? session.clientId ?? 'unknown',
          organization: organization?.name ?? null,
          address: device?.address ?? session.address ?? 'unknown',
          agent: device?.userAgent ?? session.userAgent ?? undefined,
          at: session.createdAt,
          longLived: session.kind === 'refresh',
          endsBy: device && endingCommand(device, cli),
          sessionsUrl: loginsUrl,
          hasPassword: hasPassword(await store.reading.accounts.find(account.id)),
          resetUrl,
        }),
      }
    },
  }

  return async ({ id, data, retryCount, retryLimit }) => {
    const draft = await (drafts[data.template] as (data: MailJob) => Promise<(Mail & Draft) | null>)(data)
    if (!draft) return store.reading.emails.noteOutdated(id)
    const note = (state: TriedEmail['state'], reason: string | null) =>
      store.reading.emails.note({ id, address: draft.to, canonical: searchedText(draft.to), job: data, state, attempts: retryCount + 1, reason })
    try {
      await transport.send({ ...draft, about: data.template.replaceAll('_', ' '), messageId: id })
    } catch (error) {
      await note(retryCount < retryLimit ? 'retrying' : 'failed', (error as Error).message.slice(0, 500))
      throw error
    }
    await note('sent', null)
    if (data.template === 'invitation') await store.reading.invitations.noteMailed(data.invitationId as InvitationId, data.version)
  }
}
