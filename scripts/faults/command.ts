import type { Fault } from './fault.ts'

// Defences of the muster command: the servers that receive its secrets, and its package.

const cli = 'packages/cli'

export const command: readonly Fault[] = [
  {
    title: 'a credential from the environment goes only to a chosen server (S50)',
    file: `${cli}/src/login/chosen-server.ts`,
    find: 'if (isChosen(context)) return\n  throw',
    replace: 'if (context) return\n  throw',
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'does not decide where',
  },
  {
    title: 'a typed secret is confirmed before a new server receives it (S50)',
    file: `${cli}/src/login/chosen-server.ts`,
    find: 'if (isChosen(context)) return\n  const',
    replace: 'if (context) return\n  const',
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'has not used',
  },
  {
    title: 'the token in a link goes to the server of the link (S50)',
    file: `${cli}/src/commands/invitation-answer.ts`,
    find: "if (server.source === 'named' ||",
    replace: "if (server.source !== 'default' ||",
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'token in a link',
  },
  {
    title: 'a login from a checkout redeems no secret (S50)',
    file: `${cli}/src/login/chosen-server.ts`,
    find: 'if (!isStored ||',
    replace: 'if (isStored || !isStored ||',
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'came with a checkout',
  },
  {
    title: 'a certificate is checked against the server behind the proxy',
    file: `${cli}/src/api/proxy.ts`,
    find: "connectTls({ socket: tunnel, host, servername: isIP(host) ? '' : host })",
    replace: "connectTls({ socket: tunnel, host: proxy.host, servername: '' })",
    test: `${cli}/test/proxy.test.ts`,
    named: 'certificate must be for the server',
  },
  {
    title: "a refused tunnel's body is not taken for the server's answer",
    file: `${cli}/src/api/proxy.ts`,
    find: 'if (statusCode < 200 || statusCode > 299)',
    replace: 'if (statusCode === 407)',
    test: `${cli}/test/proxy.test.ts`,
    named: 'a refused tunnel is not taken for a response of the server',
  },
  {
    title: "the proxy's password is not printed",
    file: `${cli}/src/api/proxy.ts`,
    find: 'origin: `',
    replace: 'origin: text + `',
    test: `${cli}/test/proxy.test.ts`,
    named: 'refused password',
  },
  {
    title: 'a changed package has a new version',
    file: 'scripts/build-downloads.ts',
    find: '.update(body)',
    replace: '',
    test: 'packages/server/test/repository/downloads.slow.test.ts',
    named: 'printed line',
  },
  {
    title: 'every build of the same source gives the same package',
    file: 'scripts/tarball.ts',
    find: 'octal(size, 11) + octal(0, 11)',
    replace: 'octal(size, 11) + octal(Date.now() % 0o7777, 11)',
    test: 'packages/server/test/repository/downloads.slow.test.ts',
    named: 'two builds',
  },
  {
    title: 'the package of the SDK names no folder of the build (O3)',
    file: 'packages/sdk/build.ts',
    find: ".replace(/^.*\\/packages\\//, '')",
    replace: '',
    test: 'packages/server/test/repository/downloads.slow.test.ts',
    named: 'names no folder',
  },
  {
    title: 'the image runs without root (O2)',
    file: 'Containerfile',
    find: 'USER 65532:65532',
    replace: 'USER 0:0',
    test: 'packages/server/test/repository/deploy.test.ts',
    named: 'gives the image a user without rights',
  },
]
