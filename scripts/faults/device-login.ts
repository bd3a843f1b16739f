import { type Fault, server, tests } from './fault.ts'

// Defences of the device login (RFC 8628).

export const deviceLogin: Fault[] = [
  {
    title: 'the approval page shows where the request came from (D02)',
    file: `${server}/portal/pages/credentials/device.ts`,
    find: `<span class="code">\${request.address}</span>`,
    replace: '<span class="code"></span>',
    test: `${tests}/portal/pages.test.ts`,
    named: 'the approval page shows account, client, address, time and lifetime',
  },
  {
    title: 'only a link that a person opened claims its code (D02)',
    file: `${server}/portal/routes/credentials/device.ts`,
    find: "method === 'GET' && ['none', 'same-origin'].includes(String(headers['sec-fetch-site'])) && headers['sec-fetch-mode'] === 'navigate' && !headers['sec-purpose']",
    replace: "method === 'GET' && headers !== undefined",
    test: `${tests}/accounts/device.test.ts`,
    named: 'does not claim the code when',
  },
  {
    title: 'a client that polls at four fifths of the interval gets no slow_down (D05)',
    file: `${server}/oauth/library.ts`,
    find: 'tolerance: POLL_TOLERANCE,',
    replace: 'tolerance: 1,',
    test: `${tests}/oauth/device-flow.test.ts`,
    named: 'four fifths of the interval',
  },
  {
    title: 'an approved code is redeemed only before it expires (D06)',
    file: `${server}/store/credentials/device-authorization-store.ts`,
    find: `.where('state', '=', 'approved')\n        .where('expires_at', '>', now)`,
    replace: `.where('state', '=', 'approved')`,
    test: `${tests}/oauth/device-authorization.test.ts`,
    named: 'after ten minutes',
  },
  {
    title: "a scope outside the client's scopes is refused (D08)",
    file: `${server}/oauth/resource-server.ts`,
    find: 'if (other !== undefined) throw invalidScope(',
    replace: 'if (false as boolean) throw invalidScope(',
    test: `${tests}/oauth/device-flow.test.ts`,
    named: 'a scope beyond it',
  },
]
