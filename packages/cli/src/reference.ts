import type { Command, Option } from './command.ts'
import { allCommands, nouns } from './program.ts'

/** `docs/cli.md`: made from the commands themselves, so that it cannot say something else than `--help`. */
export async function cliReference(): Promise<string> {
  const commands = (await allCommands()).toSorted((a, b) => order(a) - order(b))
  return `<!-- Made by \`npm run generate\` from the commands themselves. Do not edit. -->

# The muster command

\`npx muster COMMAND\` runs it inside the checkout. Elsewhere your server hands it out: \`npx --yes ISSUER/cli.tgz COMMAND\`, or, to keep it,
\`npm install --global ISSUER/cli.tgz\` and \`muster COMMAND\` ([operations](operations.md#the-command-and-the-sdk)).

It uses the server in \`--url URL\`, else \`MUSTER_URL\`, else the Muster of the stored login, else \`http://localhost:4000\`.

A secret goes only to a server you chose: one named with \`--url\` or \`MUSTER_URL\`, or one you have used from this folder before.
\`.muster/credentials\` may have come with a checkout, so it does not decide. A key, a refresh token or the operator's token from the environment or a
file is refused (exit code 2) until a server is named; a secret, an invitation, a token or a password that you type is confirmed first at a terminal and
refused elsewhere. A login that was not made from this folder redeems no secret or invitation until you confirm its account. The servers you have used are recorded in \`~/.config/muster/servers.json\` (\`XDG_CONFIG_HOME\`; on Windows \`%APPDATA%\`).

| everywhere | |
|---|---|
| \`--json\` | the answer as one JSON value on standard output; standard error has one JSON object a line: \`{"event": …}\`, and last, when it failed, the problem with its \`code\` |
| \`--url URL\` | the Muster server to use |
| \`--global\` | the login is kept in your home folder instead of the current one |
| \`--token-file FILE\` | act with the key in this file; \`-\` is standard input |
| \`--no-input\` | never ask; fail instead (as without a terminal, and with \`--json\`) |
| \`--quiet\` | no hints |
| \`--debug\` | requests and stack traces on standard error, without secrets |

| exit code | |
|---|---|
| 0 | it worked |
| 1 | it was refused, or failed |
| 2 | the command line is wrong, or something had to be asked and nobody could answer |
| 4 | log in (or register) first |
| 130 | interrupted |

| variable | |
|---|---|
| \`MUSTER_URL\` | as \`--url\` |
| \`MUSTER_CREDENTIALS\` | the file where the login is kept (default \`.muster/credentials\` here, looked up in parent folders up to home) |
| \`MUSTER_TOKEN\` | a key, your own or a service account's: whatever needs no person at hand is done with it; goes before \`MUSTER_REFRESH_TOKEN\` and a stored login; needs \`MUSTER_URL\` or \`--url\` |
| \`MUSTER_REFRESH_TOKEN\` | whom a job runs as: goes before a stored login, is used and never stored; needs \`MUSTER_URL\` or \`--url\` |
| \`MUSTER_OPERATOR_TOKEN\` | for \`muster server …\`; needs \`MUSTER_URL\` or \`--url\` |
| \`MUSTER_CLI_COMMAND\` | how you run the command, for the next steps it prints (default: as it was started) |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\` | the proxy for https and for http servers: \`http://USER:PASSWORD@HOST:PORT\`, or https; also in lower case, which goes first; never used for \`localhost\` |
| \`NO_PROXY\` | servers to reach without the proxy, separated by commas: domains (with their subdomains), IP addresses, networks such as \`10.0.0.0/8\`, or \`*\` |
| \`NODE_EXTRA_CA_CERTS\` | a file with the certificate of a private CA, such as that of a proxy that inspects TLS |
| \`NO_COLOR\`, \`FORCE_COLOR\`, \`MUSTER_DEBUG\` | as elsewhere; the last one as \`--debug\` |

${commands.map(section).join('\n')}`
}

const order = ({ path }: Command): number => Object.keys(nouns).indexOf(path[0] ?? '')

function section({ path, arguments: words, summary, options, notes, examples }: Command): string {
  const rows = Object.entries(options).map(([name, option]) => `| \`${form(name, option)}\` | ${option.text}${choices(option)} |`)
  return [
    `## muster ${[...path, ...words].join(' ')}\n`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${notes ? `\n\n${notes}` : ''}\n`,
    ...(rows.length > 0 ? [`| option | |\n|---|---|\n${rows.join('\n')}\n`] : []),
    `\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n`,
  ].join('\n')
}

function form(name: string, option: Option): string {
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (option.kind === 'flag') return long
  const word = { value: option.placeholder, perhaps: `[${option.placeholder}]`, list: `${option.placeholder}…` }[option.kind]
  return `${option.short ? `-${option.short}, ` : ''}${long} ${word}`
}

const choices = (option: Option): string => (option.kind !== 'flag' && option.choices ? ` (${option.choices.join(' or ')})` : '')
