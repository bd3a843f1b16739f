import { type Fault, server, tests } from './fault.ts'

// Defences of signing in with other providers.

const test = `${tests}/providers/attacks.test.ts`
const invited = `${tests}/providers/email-invitation.test.ts`
const flows = `${tests}/providers/sign-in.test.ts`

export const providers: Fault[] = [
  {
    title: 'a person whom only a provider signs in proves the inbox before they accept an email invitation (S8)',
    file: `${server}/domain/organizations/prove-inbox.ts`,
    find: "return kind === 'email' && ",
    replace: "return kind !== 'email' && ",
    test: invited,
    named: 'enters an emailed code before accepting a later email invitation',
  },
  {
    title: 'a restore does not replace the emailed code of an email invitation (S8)',
    file: `${server}/domain/organizations/prove-inbox.ts`,
    find: '(await confirmsByEmail(tx, id))',
    replace: '(await confirmsByEmail(tx, id)) && (await (tx as Tx).identities.list(id)).length > 0',
    test: invited,
    named: 'enters the code also after a restore',
  },
  {
    title: 'an email invitation is registered with only by a person who has proved the inbox (S8)',
    file: `${server}/domain/organizations/register.ts`,
    find: '    await requireInbox(tx, inviting, live)\n',
    replace: '',
    test: invited,
    named: 'cannot register with an email invitation instead of the code',
  },
  {
    title: 'a deactivated person whom only a provider signs in does not accept an email invitation (S8)',
    file: `${server}/domain/organizations/answer-as-deactivated.ts`,
    find: '  if (unproven) throw unproven\n',
    replace: '',
    test: invited,
    named: 'cannot accept an email invitation while they are deactivated',
  },
  {
    title: 'an answer belongs to the browser that asked (E41)',
    file: `${server}/domain/providers/provider-sign-in.ts`,
    find: 'if (!sameBytes(Buffer.from(state), Buffer.from(secretsOf(token).state)))',
    replace: 'if (state.length === 0)',
    test,
    named: 'is accepted in the browser that asked',
  },
  {
    title: 'an answer of a provider is taken once (E42)',
    file: `${server}/store/providers/provider-sign-in-store.ts`,
    find: `        .deleteFrom('provider_sign_in')
        .where('token_hash', '=', tokenHash)
        .where('provider', '=', provider)
        .where('expires_at', '>', now)
        .returningAll()`,
    replace: `        .selectFrom('provider_sign_in')
        .where('token_hash', '=', tokenHash)
        .where('provider', '=', provider)
        .where('expires_at', '>', now)
        .selectAll()`,
    test,
    named: 'is accepted once',
  },
  {
    title: 'an answer is accepted on the path of its provider (E42)',
    file: `${server}/store/providers/provider-sign-in-store.ts`,
    find: `        .where('provider', '=', provider)\n`,
    replace: '',
    test,
    named: 'only on the path of its provider',
  },
  {
    title: 'PKCE ties a code to its sign-in (E42)',
    file: `${server}/providers/github.ts`,
    find: `        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
`,
    replace: '',
    test,
    named: 'is refused by PKCE',
  },
  {
    title: 'the signature of an ID token is checked (E43)',
    file: `${server}/providers/openid.ts`,
    find: 'execute: [enableNonRepudiationChecks, ...',
    replace: 'execute: [...',
    test,
    named: 'with a token of another key',
  },
  {
    title: 'the `iss` of an answer of GitHub is checked (E43)',
    file: `${server}/providers/github.ts`,
    find: 'validateAuthResponse(server, client, new URLSearchParams(query), state)',
    replace: 'validateAuthResponse({ ...server, issuer: new URLSearchParams(query).get("iss") ?? issuer }, client, new URLSearchParams(query), state)',
    test,
    named: 'is refused if GitHub’s answer has the `iss` of another issuer',
  },
  {
    title: 'an address signs nobody in (E44)',
    file: `${server}/domain/accounts/sign-in-with-provider.ts`,
    find: 'const identity = await store.reading.identities.find({ issuer, subject: person.subject })',
    replace: `const own = await store.reading.identities.find({ issuer, subject: person.subject })
  const byAddress = own === null && person.email ? await store.reading.accounts.findByEmail(person.email.address.toLowerCase()) : null
  if (byAddress) await execute(async ({ tx }) => tx.identities.insert({ id: \`idn_\${byAddress.id.slice(4)}\`, userId: byAddress.id, provider: id, issuer, subject: person.subject, label: '', address: '' }), principal, undefined)
  const identity = await store.reading.identities.find({ issuer, subject: person.subject })`,
    test,
    named: 'signs nobody in, whoever vouches for it',
  },
  {
    title: 'Google is trusted for its own addresses only (E44)',
    file: `${server}/providers/trust.ts`,
    find: "return domain === 'gmail.com' || domain === claims['hd']",
    replace: "return domain !== ''",
    test,
    named: 'is trusted by its own rule',
  },
  {
    title: 'an unverified address is trusted by nobody (E44)',
    file: `${server}/providers/trust.ts`,
    find: "if (typeof email !== 'string' || email_verified !== true) return null",
    replace: "if (typeof email !== 'string') return null",
    test,
    named: 'is trusted by its own rule',
  },
  {
    title: 'an unverified address of GitHub needs the emailed code (E44)',
    file: `${server}/providers/github.ts`,
    find: 'trusted: primary.verified',
    replace: 'trusted: true',
    test: flows,
    named: 'proves an address of',
  },
  {
    title: 'a trusted address has letters of ASCII only (E44)',
    file: `${server}/domain/providers/trusted-address.ts`,
    find: ' || !/^[\\x21-\\x7e]+$/.test(email.address)',
    replace: '',
    test,
    named: 'with letters that fold',
  },
  {
    title: 'a trusted address that has an account is signed in to first (E44)',
    file: `${server}/domain/accounts/sign-up-with-provider.ts`,
    find: 'if (trustedAddressOf(person.email) === canonical && !',
    replace: 'if (canonical !== "" && !',
    test: flows,
    named: 'may type another address',
  },
  {
    title: 'subjects are compared exactly (E45)',
    file: `${server}/store/providers/identity-store.ts`,
    find: `.where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst()`,
    replace: `.where('issuer', '=', issuer).where(sql<boolean>\`lower(trim(subject)) = lower(trim(\${subject}))\`).executeTakeFirst()`,
    test,
    named: 'is issuer and subject, exactly',
  },
  {
    title: 'a subject belongs to its issuer (E45)',
    file: `${server}/store/providers/identity-store.ts`,
    find: `.where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst()`,
    replace: `.where(sql<boolean>\`\${issuer} <> ''\`).where('subject', '=', subject).executeTakeFirst()`,
    test,
    named: 'is issuer and subject, exactly',
  },
  {
    title: 'linking requires a recent sign-in (E46)',
    file: `${server}/domain/providers/identity.ts`,
    find: `  await requireRecent(tx, live, 'factors:change')
  const person`,
    replace: `  if (!live) return Promise.reject(new Error())
  const person`,
    test: `${tests}/providers/last-way-in.test.ts`,
    named: 'a command links only soon after a sign-in',
  },
  {
    title: 'an identity is linked by the session that began (E46)',
    file: `${server}/portal/routes/providers/sign-in.ts`,
    find: 'if (signedIn?.principal.sessionId !== by.sessionId)',
    replace: 'if (!signedIn)',
    test,
    named: 'is linked only by the session that began',
  },
  {
    title: 'an address in the document of a provider is checked (E47)',
    file: `${server}/providers/bounded-fetch.ts`,
    find: 'if (isIP(literal) !== 0) requirePublic(literal)',
    replace: "if (literal === '') requirePublic(literal)",
    test,
    named: 'cannot send this server to',
  },
  {
    title: 'each address of a name in the document of a provider is checked (E47)',
    file: `${server}/providers/bounded-fetch.ts`,
    find: '          for (const one of addresses) requirePublic(one.address)\n',
    replace: '',
    test,
    named: 'cannot send this server to',
  },
  {
    title: 'a host that the operator has not set needs https (E47)',
    file: `${server}/providers/bounded-fetch.ts`,
    find: "!(internal && url.protocol === 'http:')",
    replace: "url.protocol !== 'http:'",
    test,
    named: 'cannot send this server to',
  },
  {
    title: 'a provider alone does not pass an authenticator app (E40)',
    file: `${server}/domain/accounts/second-factor.ts`,
    find: 'if (needsSecondFactor && !isRemembered)',
    replace: "if (needsSecondFactor && first.includes('pwd') && !isRemembered)",
    test: flows,
    named: 'is asked for their second factor after the provider too',
  },
  {
    title: 'a sign-in with a provider is no recent sign-in (E46)',
    file: `${server}/domain/command/recent.ts`,
    find: ' && provesPresence(methods)',
    replace: '',
    test: flows,
    named: 'confirms first that it is them',
  },
  {
    title: 'the last way in cannot be removed (F21)',
    file: `${server}/domain/factors/last-way-in.ts`,
    find: 'if (await hasWayIn(tx, ways, userId)) return\n',
    replace: 'if ((await hasWayIn(tx, ways, userId)) !== undefined) return\n',
    test: flows,
    named: 'keeps the last way in',
  },
  {
    title: 'an identity of another address is not linked after a sign-in (E46)',
    file: `${server}/domain/providers/identity.ts`,
    find: 'if (!person || !isOwn(person, live))',
    replace: 'if (!person)',
    test: `${tests}/providers/attacks.test.ts`,
    named: 'is not linked to the account of the next person in the browser',
  },
]
