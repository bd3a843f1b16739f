import { roleHas } from '../../domain/model/role.ts'
import { html } from '../html.ts'
import { type Frame, layout } from '../layout.ts'
import { type CommandLine, command, type FormTarget, facts, linkButton, postButton, sheet } from '../parts.ts'
import { type AccountView, fullName, organizationLine } from './accounts/account.ts'

export interface HomePage {
  frame: Frame
  signedIn?:
    | { account: AccountView; signOut: FormTarget; chooseUsernamePath: string; accountPath: string; loginsPath: string; consolePath?: string | undefined }
    | undefined
  signInPath: string
  signUpPath: string
  cli: CommandLine
}

/** Introduces Muster to a visitor, or shows the signed-in account. Both versions list the first commands. */
export function homePage({ frame, signedIn, signInPath, signUpPath, cli }: HomePage): string {
  if (!signedIn) {
    return layout({
      frame,
      title: 'Your account for this cloud',
      lead: html`Muster manages your account, your organization and your logins. After you sign up, you can do most things from your terminal.`,
      body: [
        html`<div class="doors">${linkButton(signUpPath, 'Create an account')}${linkButton(signInPath, 'Sign in', 'plain')}</div>`,
        html`<section aria-labelledby="terminal"><h2 id="terminal">From the terminal</h2>
${command(cli('register -u NAME', { first: true }), 'Opens your browser to create an account, then logs you in for the current folder.')}
${command(cli('login', { first: true }), 'Logs you in with an existing account.')}
${command(cli('org join ORG -', { first: true }), 'Joins an organization with the secret that you were given.')}</section>`,
      ],
    })
  }
  const { account, signOut, chooseUsernamePath, accountPath, loginsPath, consolePath } = signedIn
  const registered = account.username !== null
  const canInvite = account.organization !== null && roleHas(account.organization.role, 'invitations:create')
  return layout({
    frame,
    title: registered ? `Signed in as ${account.username}` : 'Choose a username to finish signing up',
    body: [
      sheet({
        body: facts([
          ['Name', fullName(account)],
          ['Email', account.email],
          ['Username', account.username],
          ['Organization', registered && organizationLine(account)],
        ]),
        next: registered
          ? 'Signing out affects this browser only. Your terminals stay logged in.'
          : 'Until you choose a username, you can’t join or use an organization.',
        actions: registered
          ? [postButton(signOut, 'Sign out', 'plain'), consolePath !== undefined && linkButton(consolePath, 'Open the console')]
          : [postButton(signOut, 'Sign out', 'plain'), linkButton(chooseUsernamePath, 'Choose a username')],
      }),
      html`<div class="doors">${linkButton(accountPath, 'Your account', 'plain')}${linkButton(loginsPath, 'Your logins', 'plain')}</div>`,
      registered
        ? html`<section aria-labelledby="terminal"><h2 id="terminal">From the terminal</h2>
${command(cli('login', { first: true }), 'Logs you in for the current folder. You compare a code and approve the login here.')}
${command(cli('profile'), 'Shows your account, your organization, and when your login expires.')}
${command(
  canInvite ? cli('org invite') : cli('org show'),
  canInvite ? 'Prints a secret that lets one person join your organization. It expires after 24 hours.' : 'Shows your organization and its members.',
)}</section>`
        : '',
    ],
  })
}
