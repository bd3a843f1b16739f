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

/** What this installation is; or, signed in, as whom, and what to do in the terminal. */
export function homePage({ frame, signedIn, signInPath, signUpPath, cli }: HomePage): string {
  if (!signedIn) {
    return layout({
      frame,
      title: 'Your account for this cloud',
      lead: html`Muster keeps who you are, the organization you work in, and every login you hold. You sign up once; after that most of it happens in the terminal.`,
      body: [
        html`<div class="doors">${linkButton(signUpPath, 'Create an account')}${linkButton(signInPath, 'Sign in', 'plain')}</div>`,
        html`<section aria-labelledby="terminal"><h2 id="terminal">From the terminal</h2>
${command(cli('register -u NAME', { first: true }), 'Creates your account and logs in this folder. It opens the browser for you.')}
${command(cli('login', { first: true }), 'Logs in with the account you have.')}
${command(cli('org join ORG -', { first: true }), 'Joins the organization whose secret you were given.')}</section>`,
      ],
    })
  }
  const { account, signOut, chooseUsernamePath, accountPath, loginsPath, consolePath } = signedIn
  const registered = account.username !== null
  return layout({
    frame,
    title: registered ? `Signed in as ${account.username}` : 'Choose a username to finish',
    body: [
      sheet({
        body: facts([
          ['Name', fullName(account)],
          ['Email', account.email],
          ['Username', account.username],
          ['Organization', registered && organizationLine(account)],
        ]),
        next: registered
          ? 'Signing out ends this browser session. Logins on your terminals go on.'
          : 'Your account exists, but until it has a username it cannot join or start anything.',
        actions: registered
          ? [postButton(signOut, 'Sign out', 'plain'), consolePath !== undefined && linkButton(consolePath, 'Open the console')]
          : [postButton(signOut, 'Sign out', 'plain'), linkButton(chooseUsernamePath, 'Choose a username')],
      }),
      html`<div class="doors">${linkButton(accountPath, 'Your account', 'plain')}${linkButton(loginsPath, 'Your logins', 'plain')}</div>`,
      registered
        ? html`<section aria-labelledby="terminal"><h2 id="terminal">From the terminal</h2>
${command(cli('login', { first: true }), 'Logs in this folder. You compare a code and approve it here.')}
${command(cli('profile'), 'Shows who you are, your organization, and when the login ends.')}
${command(
  account.organization?.role === 'admin' ? cli('org invite') : cli('org show'),
  account.organization?.role === 'admin'
    ? 'Prints a secret that lets someone join your organization. It works for 24 hours.'
    : 'Shows your organization and its members.',
)}</section>`
        : '',
    ],
  })
}
