import * as pages from '../../src/portal/pages/index.ts'

/** Every page in every state that looks different. `say` is applied to each text that a user can choose. */
export function samples(
  say: (text: string) => string = (text) => text,
  program = 'npx --yes https://accounts.example.com/cli-0.1.0-b0123456789ab.tgz',
): Record<string, string> {
  const now = new Date('2026-11-20T18:32:00Z')
  const soon = new Date('2026-11-20T18:41:20Z')
  const frame = { now, host: say('localhost:4000'), mailboxPath: '/mailbox' }
  const target = { action: '/somewhere', hidden: { csrf: say('token'), return_to: say('/device?user_code=BCDF-GHJK') } }
  const account: pages.AccountView = {
    email: say('alice@example.com'),
    givenName: say('Alice'),
    familyName: say('Example'),
    username: say('alice'),
    organization: { name: say('acme'), role: 'admin' },
  }
  const unregistered: pages.AccountView = { ...account, username: null, organization: null }
  const terminal = { client: say('muster'), kind: 'terminal' } as const
  const application = { client: say('Example Notes'), kind: 'application' } as const
  const paths = { signInPath: '/sign-in', signUpPath: '/sign-up', forgotPasswordPath: '/forgot-password' }
  const approval: pages.DeviceApprovalPage = {
    frame,
    target,
    account,
    useAnother: target,
    userCode: say('BCDF-GHJK'),
    expiresAt: soon,
    client: { name: say('muster'), id: say('muster-cli') },
    request: { address: say('203.0.113.7'), place: say('Lisbon, Portugal'), agent: say('muster 0.1.0, linux x64'), at: new Date('2026-11-20T18:31:10Z') },
    sameAddress: true,
    longLived: false,
  }
  const cli = (words: string) => `${program} ${words}`
  const own = { accountPath: '/account', loginsPath: '/logins' }
  const login = (kind: pages.LoginView['kind'], more: Partial<pages.LoginView> = {}): pages.LoginView => ({
    kind,
    current: false,
    client: say('muster'),
    address: say('203.0.113.7'),
    agent: say('muster 0.1.0, linux x64'),
    createdAt: new Date('2026-11-19T09:12:00Z'),
    lastUsedAt: new Date('2026-11-20T18:11:00Z'),
    endsAt: new Date('2026-11-21T09:12:00Z'),
    end: target,
    ...more,
  })
  const logins = [
    login('browser', { current: true, client: null, agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0' }),
    login('cli'),
    login('refresh', { refreshToken: say('rtk_01m7x5qb03fztrqwn3dm8v89dy'), endsAt: new Date('2027-11-19T09:12:00Z') }),
    login('application', { client: say('Example Notes'), agent: null, address: null }),
  ]
  const ownPaths = { names: '/account/names', email: '/account/email', password: '/account/password', logins: '/logins', home: '/' }
  const mails: pages.MailView[] = [
    { path: '/mailbox/3', to: say('alice@example.com'), subject: say('204815 is your Muster code'), at: new Date('2026-11-20T18:31:20Z'), code: say('204815') },
    {
      path: '/mailbox/2',
      to: say('bob@example.com'),
      subject: say('Choose a new password'),
      at: new Date('2026-11-20T17:01:20Z'),
      link: 'http://localhost:4000/reset?token=abc',
    },
    { path: '/mailbox/1', to: say('alice@example.com'), subject: say('New command-line login'), at: new Date('2026-11-18T17:01:20Z') },
  ]
  const fault = (field: string | undefined, text: string) => ({ field, text: say(text) })

  const invitation: pages.InvitationFacts = {
    organization: say('borealis'),
    inviter: { username: say('carol'), name: say('Carol Reed') },
    role: 'member',
    email: say('a•••@example.com'),
    expiresAt: new Date('2026-11-26T18:32:00Z'),
  }
  const joining = { frame, target, useAnother: target, invitation }
  const loses = [
    { kind: 'organization' as const, detail: say("You are no longer in acme. You'll need a new invitation to return.") },
    { kind: 'sessions' as const, count: 3, detail: say('3 other logins of yours, on terminals and in browsers, end.') },
  ]
  const blockers = [
    ...(
      [
        ['application', 'shop'],
        ['database', 'orders'],
      ] as const
    ).map(([kind, name]) => ({
      kind: 'resource' as const,
      detail: say(`You own the ${kind} ${name} in acme.`),
      remedies: [{ code: 'transfer' as const, resource: { kind, name: say(name) }, to: say('bob') }],
      command: say(`muster resource transfer ${kind}/${name} bob`),
      transfer: { to: say('bob') },
    })),
    {
      kind: 'last_admin' as const,
      detail: say('You are the only active admin of acme, which has other members: bob.'),
      remedies: [{ code: 'promote' as const, members: [say('bob')] }],
      command: say('muster user role bob admin'),
    },
  ]

  return {
    home: pages.homePage({ frame, ...paths, cli }),
    'home-signed-in': pages.homePage({ frame, ...paths, cli, signedIn: { account, signOut: target, chooseUsernamePath: '/username', ...own } }),
    'home-unregistered': pages.homePage({
      frame,
      ...paths,
      cli,
      signedIn: { account: unregistered, signOut: target, chooseUsernamePath: '/username', ...own },
    }),
    'sign-up': pages.signUpPage({ frame, target, ...paths }),
    'sign-up-terminal': pages.signUpPage({ frame, target, ...paths, purpose: terminal }),
    'sign-up-invitation': pages.signUpPage({ frame, target, ...paths, restricted: { signUp: 'invitation', domains: [] } }),
    'sign-up-domains': pages.signUpPage({ frame, target, ...paths, restricted: { signUp: 'domains', domains: ['example.com', '*.example.org'] } }),
    'sign-up-faults': pages.signUpPage({
      frame,
      target,
      ...paths,
      values: { email: say('alice@example'), given_name: say('Alice'), family_name: say('Example') },
      faults: [fault('email', 'Muster cannot use this email address.'), fault('password', 'This password is too easy to guess. Try several unrelated words.')],
    }),
    verify: pages.verifyCodePage({ frame, target, resend: target, startOver: target, email: account.email, digits: 6, expiresAt: soon, purpose: terminal }),
    'verify-fault': pages.verifyCodePage({
      frame,
      target,
      resend: target,
      startOver: target,
      email: account.email,
      digits: 6,
      expiresAt: soon,
      faults: [fault('code', 'The code is incorrect. Four tries are left.')],
    }),
    'verify-resent': pages.verifyCodePage({ frame, target, resend: target, startOver: target, email: account.email, digits: 6, expiresAt: soon, resent: true }),
    'verify-flood': pages.verifyCodePage({ frame, target, resend: target, startOver: target, email: account.email, digits: 12, expiresAt: soon }),
    'verify-ended': pages.verifyCodePage({ frame, target, resend: target, startOver: target, email: account.email, digits: 6, expiresAt: null }),
    username: pages.usernamePage({ frame, target, signOut: target, email: account.email, signingUp: true }),
    'username-taken': pages.usernamePage({
      frame,
      target,
      signOut: target,
      email: account.email,
      value: say('alice'),
      faults: [fault('username', 'This name is taken.')],
      suggestions: ['alice_e', 'alice_example', 'alice26'].map((name) => ({ name: say(name), href: `/username?username=${encodeURIComponent(say(name))}` })),
    }),
    'sign-in': pages.signInPage({ frame, target, ...paths }),
    'sign-in-application': pages.signInPage({ frame, target, ...paths, purpose: application }),
    'sign-in-fault': pages.signInPage({
      frame,
      target,
      ...paths,
      purpose: terminal,
      identifier: say('alice'),
      faults: [fault(undefined, 'Email, username or password is wrong. Try again, or reset the password.')],
    }),
    'signed-out': pages.signedOutPage({ frame, ...paths, cli }),
    'forgot-password': pages.forgotPasswordPage({ frame, target, ...paths }),
    'forgot-sent': pages.forgotSentPage({ frame, email: account.email, minutes: 30, ...paths }),
    'reset-password': pages.resetPasswordPage({
      frame,
      target,
      email: account.email,
      expiresAt: soon,
      keys: [{ description: say('deployment'), createdAt: new Date('2026-11-02T09:12:00Z') }],
    }),
    'reset-fault': pages.resetPasswordPage({
      frame,
      target,
      email: account.email,
      expiresAt: soon,
      keys: [],
      faults: [fault('password', 'A password must have 10 to 256 characters.')],
    }),
    'reset-done': pages.resetDonePage({ frame, ...paths, cli }),
    'reset-ended': pages.resetLinkEndedPage({ frame, ...paths }),
    'device-code': pages.deviceCodePage({ frame, target, account, useAnother: target }),
    'device-code-filled': pages.deviceCodePage({ frame, target, account: unregistered, useAnother: target, userCode: say('BCDF-GHJK') }),
    'device-code-fault': pages.deviceCodePage({
      frame,
      target,
      account,
      useAnother: target,
      userCode: say('BCDF-GHJX'),
      faults: [fault('user_code', 'There is no such code. Check the code in your terminal; two more tries.')],
    }),
    'device-approve': pages.deviceApprovalPage(approval),
    'device-approve-year': pages.deviceApprovalPage({ ...approval, longLived: true, tokenName: say('ci-main'), sameAddress: false }),
    'device-approve-new': pages.deviceApprovalPage({ ...approval, account: unregistered, registersAs: say('alice') }),
    'device-approved': pages.deviceApprovedPage({ frame, client: say('muster'), endsBy: cli('logout') }),
    'device-approved-other': pages.deviceApprovedPage({ frame, client: say('dbos-cloud'), endsBy: null }),
    'device-approved-year': pages.deviceApprovedPage({ frame, client: say('muster'), endsBy: cli('revoke TOKEN') }),
    'device-denied': pages.deviceDeniedPage({ frame, client: say('muster') }),
    'device-expired': pages.deviceEndedPage({ frame, reason: 'expired', devicePath: '/device', startAgain: cli('login') }),
    'device-used': pages.deviceEndedPage({ frame, reason: 'used', devicePath: '/device', startAgain: cli('login') }),
    'device-claimed': pages.deviceEndedPage({ frame, reason: 'claimed', devicePath: '/device', startAgain: cli('login') }),
    'device-exhausted': pages.deviceTriesExhaustedPage({ frame, retryAt: soon }),
    consent: pages.consentPage({
      frame,
      target,
      account,
      useAnother: target,
      application: { name: say('Example Notes'), host: say('notes.example.com') },
      scopes: ['openid', 'profile', 'email', say('special')],
    }),
    'consent-api': pages.consentPage({
      frame,
      target,
      account,
      useAnother: target,
      application: { name: say('Example Notes'), host: say('notes.example.com') },
      scopes: ['openid', 'offline_access', 'api'],
    }),
    'logout-confirm': pages.logoutConfirmPage({ frame, target, account, application: say('Example Notes') }),
    deactivated: pages.deactivatedPage({
      frame,
      organization: say('acme'),
      since: new Date('2026-11-17T09:12:00Z'),
      contact: { name: say('Bob Example'), email: say('bob@example.com') },
      useAnother: target,
    }),
    'join-stranger': pages.joinStrangerPage({ frame, invitation, signInPath: '/sign-in', signUpPath: '/sign-up' }),
    'join-stranger-link': pages.joinStrangerPage({ frame, invitation: { ...invitation, email: null }, signInPath: '/sign-in', signUpPath: '/sign-up' }),
    'join-move': pages.joinPage({ ...joining, account, blocked: null, problem: null, loses }),
    'join-blocked': pages.joinPage({
      ...joining,
      account,
      blocked: { blockers, owners: [say('bob'), say('carol')], consolePath: '/console/', cli },
      problem: say('All seats of this organization are taken.'),
      loses,
    }),
    'join-newcomer': pages.joinNewcomerPage({ ...joining, account: unregistered, problem: null, signingUp: true }),
    'join-newcomer-fault': pages.joinNewcomerPage({
      ...joining,
      account: unregistered,
      problem: null,
      value: say('alice'),
      suggestions: [say('alice_dev'), say('alice1')],
      faults: [fault('username', 'This name is taken.')],
    }),
    'join-deactivated': pages.joinDeactivatedPage({
      ...joining,
      account,
      deactivated: { organization: say('acme'), since: new Date('2026-11-17T09:12:00Z'), contact: { name: say('bob'), email: say('bob@example.com') } },
      expiresAt: soon,
      problem: null,
    }),
    'join-wrong-address': pages.joinWrongAddressPage({ frame, account, useAnother: target, invitation }),
    ...Object.fromEntries(
      (['used', 'expired', 'revoked', 'declined', 'unknown', 'suspended'] as const).map((end) => [
        `join-ended-${end}`,
        pages.joinEndedPage({ frame, end, organization: end === 'unknown' ? undefined : say('borealis'), signInPath: '/sign-in' }),
      ]),
    ),
    'join-member': pages.joinMemberPage({ frame, organization: say('borealis'), role: 'member', invitation: 'for another', consolePath: '/console/' }),
    'sign-in-reason': pages.signInPage({ frame, target, ...paths, reason: 'membership_left' }),
    'join-accepted': pages.joinAcceptedPage({ frame, organization: say('borealis'), role: 'member', cli, consolePath: '/console/' }),
    'join-declined': pages.joinDeclinedPage({ frame }),
    'too-many': pages.tooManyAttemptsPage({ frame, retryAt: soon }),
    problem: pages.problemPage({
      frame,
      title: 'Something went wrong on our side.',
      detail: say('The change was not made.'),
      next: say('Try again. If the problem persists, report the request id.'),
      code: say('internal_error'),
      requestId: say('01JD5X0M7VQ4T2KJ9R3A8Z6B1C'),
      back: { href: '/sign-in', text: say('Back to sign-in') },
    }),
    'not-found': pages.notFoundPage({ frame, path: say('/devcie') }),
    logins: pages.loginsPage({ frame, who: say('alice'), logins, endOthers: target, passwordPath: '/account/password', accountPath: '/account' }),
    'logins-ended': pages.loginsPage({
      frame,
      who: say('alice'),
      logins: logins.slice(0, 1),
      endOthers: target,
      passwordPath: '/account/password',
      accountPath: '/account',
      ended: 3,
    }),
    account: pages.accountPage({ frame, account, paths: ownPaths }),
    'account-changed': pages.accountPage({ frame, account: unregistered, paths: ownPaths, done: 'Your name was changed.' }),
    'account-names': pages.namesPage({
      frame,
      target,
      values: { given_name: say('Alice'), family_name: say('Example') },
      accountPath: '/account',
      faults: [fault('given_name', 'A name must have 1 to 100 visible characters.')],
    }),
    'account-email': pages.changeEmailPage({ frame, target, current: account.email, accountPath: '/account' }),
    'account-email-fault': pages.changeEmailPage({
      frame,
      target,
      current: account.email,
      email: say('alice@example'),
      accountPath: '/account',
      faults: [fault('email', 'Muster cannot use this email address.'), fault('password', 'That is not your password.')],
    }),
    'account-email-code': pages.verifyEmailPage({
      frame,
      target,
      email: account.email,
      digits: 6,
      expiresAt: soon,
      againPath: '/account/email',
      accountPath: '/account',
    }),
    'account-email-ended': pages.verifyEmailPage({
      frame,
      target,
      email: account.email,
      digits: 12,
      expiresAt: null,
      againPath: '/account/email',
      accountPath: '/account',
    }),
    'account-password': pages.changePasswordPage({
      frame,
      target,
      email: account.email,
      keys: [{ description: say('deployment'), createdAt: new Date('2026-11-02T09:12:00Z') }],
      accountPath: '/account',
      forgotPasswordPath: '/forgot-password',
    }),
    'account-password-fault': pages.changePasswordPage({
      frame,
      target,
      email: account.email,
      keys: [],
      accountPath: '/account',
      forgotPasswordPath: '/forgot-password',
      faults: [fault('current_password', 'That is not your password.')],
    }),
    mailbox: pages.mailboxPage({ frame, mails }),
    'mailbox-empty': pages.mailboxPage({ frame, mails: [] }),
    mail: pages.mailPage({
      frame,
      mail: mails[0] as pages.MailView,
      from: say('Muster <muster@localhost>'),
      text: say('Your sign-up code\n\n    204815\n\nEnter this code on the page where you signed up. It expires in 10 minutes.\n'),
      htmlPath: '/mailbox/3/html',
      mailboxPath: '/mailbox',
    }),
    'mail-link': pages.mailPage({
      frame,
      mail: mails[1] as pages.MailView,
      from: say('Muster <muster@localhost>'),
      text: say('Choose a new password'),
      mailboxPath: '/mailbox',
    }),
    continue: pages.continuePage({ frame, to: 'https://notes.example.com/callback?code=1&state=2', name: say('Example Notes') }),
  }
}
