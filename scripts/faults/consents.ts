import { type Fault, server, tests } from './fault.ts'

// Defences of the consent to third-party clients (P16).

const test = `${tests}/oauth/consent.test.ts`

export const consents: Fault[] = [
  {
    title: 'a third-party client asks the person (E76, P16)',
    file: `${server}/oauth/library.ts`,
    find: 'exchange.needsConsent = consent !== undefined && needsConsent(consent, requested, resources)',
    replace: 'exchange.needsConsent = false',
    test,
    named: 'gets no code without the consent',
  },
  {
    title: 'a scope that the person declined is not granted (E76, P16)',
    file: `${server}/oauth/consent.ts`,
    find: 'consent?.granted.includes(termAt(scope, resource, own)) ?? false',
    replace: 'consent !== null && (consent.granted.includes(termAt(scope, resource, own)) || consent.declined.includes(termAt(scope, resource, own)))',
    test,
    named: 'gets what the person allows',
  },
  {
    title: 'everything at one API is not everything at another (E76, P16)',
    file: `${server}/domain/apis/term.ts`,
    find: 'Term => (audience === OWN_API ? scope',
    replace: 'Term => (audience === OWN_API || scope === EVERYTHING ? scope',
    test,
    named: 'to everything at one API',
  },
  {
    title: 'a consent does not count in another organization (E76, P16)',
    file: `${server}/domain/credentials/consent.ts`,
    find: 'consent !== null && consent.organizationId === organization?.id ? consent : null',
    replace: 'organization ? consent : null',
    test,
    named: 'does not count in another organization',
  },
  {
    title: 'a narrower consent makes the next tokens narrower (E76, P16)',
    file: `${server}/oauth/adapter.ts`,
    find: 'currentExchange().client?.firstParty === false',
    replace: 'currentExchange().client === null',
    test,
    named: 'that becomes narrower',
  },
  {
    title: 'a wider request is asked again (P16)',
    file: `${server}/domain/credentials/consent.ts`,
    find: 'consent !== null && terms.every(',
    replace: 'consent !== null && terms.some(',
    test,
    named: 'is not asked for again, unless',
  },
  {
    title: 'a code that was issued before a revocation starts no session (E77, P16)',
    file: `${server}/domain/credentials/application-session.ts`,
    find: 'if (!input.firstParty && !(await consentOf(',
    replace: 'if (input.firstParty && !(await consentOf(',
    test,
    named: 'stops a code that was issued before',
  },
  {
    title: 'revoking the access of an application ends its sessions (E77, P16)',
    file: `${server}/domain/credentials/consent.ts`,
    find: 'await finishSessionsOfClient(context, account.id, clientId)',
    replace: '0',
    test,
    named: 'ends its sessions and tokens',
  },
  {
    title: 'revoking the access of one application ends no other session (P16)',
    file: `${server}/store/credentials/session-store.ts`,
    find: "        .where('client_id', '=', clientId)\n        .where('kind', '=', 'application')",
    replace: "        .where('kind', '=', 'application')",
    test,
    named: 'does not touch the other applications',
  },
  {
    title: 'a server of the version before knows no grant of a third-party client (E77, P16)',
    file: `${server}/store/credentials/client-store.ts`,
    find: "const ASKS_CONSENT = 'consent:'",
    replace: "const ASKS_CONSENT = ''",
    test,
    named: 'has no grant in its row',
  },
  {
    title: 'a third-party client has no rights of its own (P16)',
    file: `${server}/domain/credentials/client.ts`,
    find: 'return client.firstParty ? faults :',
    replace: 'return client.firstParty || faults.length === 0 ? faults :',
    test,
    named: 'acts for people only',
  },
  {
    title: 'members do not see the applications of others (P16)',
    file: `${server}/http/routes/credentials/applications.ts`,
    find: "request.params.org, 'applications:read'",
    replace: "request.params.org, 'members:read'",
    test,
    named: 'are listed for its admins',
  },
]
