import type { Fault } from './fault.ts'

// The muster command: where it sends a secret.

const cli = 'packages/cli'

export const command: readonly Fault[] = [
  {
    title: 'a credential from the environment goes only to a chosen server (S50)',
    file: `${cli}/src/chosen-server.ts`,
    find: 'if (isChosen(context)) return\n  throw',
    replace: 'if (context) return\n  throw',
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'does not decide where',
  },
  {
    title: 'a typed secret is confirmed before a new server receives it (S50)',
    file: `${cli}/src/chosen-server.ts`,
    find: 'if (isChosen(context)) return\n  const',
    replace: 'if (context) return\n  const',
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'has not used',
  },
  {
    title: 'the token in a link goes to the server of the link (S50)',
    file: `${cli}/src/commands/invitation-answers.ts`,
    find: "if (server.source === 'named' ||",
    replace: "if (server.source !== 'default' ||",
    test: `${cli}/test/chosen-server.test.ts`,
    named: 'token in a link',
  },
]
