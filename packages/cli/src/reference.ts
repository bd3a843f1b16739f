import type { Command, Option } from './command.ts'
import { allCommands, nouns } from './program.ts'

/** `docs/cli.md`, generated from the commands, so that it matches `--help`. */
export async function cliReference(): Promise<string> {
  const commands = (await allCommands()).toSorted((a, b) => order(a) - order(b))
  return `<!-- Generated from the commands by \`npm run generate\`. Do not edit. -->

# The muster command

In the checkout, run \`npx muster COMMAND\`. Elsewhere, get the command from your server: run \`npx --yes ISSUER/cli.tgz COMMAND\`, or install it with
\`npm install --global ISSUER/cli.tgz\` and run \`muster COMMAND\` ([operations](operations.md#the-command-and-the-sdk)).

The command uses the first of these servers: the one in \`--url URL\`, the one in \`MUSTER_URL\`, the server of the stored login, \`http://localhost:4000\`.

A secret is sent only to a server that you chose: one that you specified with \`--url\` or \`MUSTER_URL\`, or one that you have used from this folder before.
The server in a \`.muster/credentials\` file does not count as chosen, because the file may have come with a checkout. A key, a refresh token or the operator's token from the environment or a
file is refused (exit code 2) until you specify a server. Before it sends a secret, an invitation, a token or a password that you typed, the command asks for
confirmation at a terminal; without a terminal it refuses. A login that was not created from this folder redeems no secret or invitation until you confirm its account. The servers that
you have used are recorded in \`~/.config/muster/servers.json\` (\`XDG_CONFIG_HOME\`; on Windows \`%APPDATA%\`).

| global option | |
|---|---|
| \`--json\` | print the result as one JSON value on standard output; standard error has one JSON object per line: \`{"event": …}\` objects, and after a failure the problem with its \`code\` as the last line |
| \`--url URL\` | the Muster server to use |
| \`--global\` | store the login in your home folder instead of the current one |
| \`--token-file FILE\` | use the key in this file; \`-\` is standard input |
| \`--no-input\` | never prompt; fail instead (the same without a terminal, and with \`--json\`) |
| \`--quiet\` | hide hints |
| \`--debug\` | show requests and stack traces on standard error, without secrets |

| exit code | |
|---|---|
| 0 | success |
| 1 | the command failed or was refused |
| 2 | wrong usage, or a prompt was needed and could not be shown |
| 4 | you have to log in or register first |
| 130 | interrupted |

| variable | |
|---|---|
| \`MUSTER_URL\` | like \`--url\` |
| \`MUSTER_CREDENTIALS\` | the file that stores the login (default: \`.muster/credentials\` in the current folder, also looked up in parent folders up to your home folder) |
| \`MUSTER_TOKEN\` | your key, or that of a service account; used instead of \`MUSTER_REFRESH_TOKEN\` and a stored login, for commands that a key can run; needs \`MUSTER_URL\` or \`--url\` |
| \`MUSTER_REFRESH_TOKEN\` | the refresh token that a job runs with; used instead of a stored login, and never stored; needs \`MUSTER_URL\` or \`--url\` |
| \`MUSTER_OPERATOR_TOKEN\`, or \`MUSTER_OPERATOR_TOKEN_FILE\` with its file | the operator's token, for \`muster server …\`; needs \`MUSTER_URL\` or \`--url\` |
| \`MUSTER_CLI_COMMAND\` | how you run the command, used in the next steps that it prints (default: the way it was started) |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\` | the proxy for https and for http servers: \`http://USER:PASSWORD@HOST:PORT\`, or https; the lower-case names take precedence; never used for \`localhost\` |
| \`NO_PROXY\` | servers to reach without the proxy, separated by commas: domains (with their subdomains), IP addresses, networks such as \`10.0.0.0/8\`, or \`*\` |
| \`NODE_EXTRA_CA_CERTS\` | a file with the certificate of a private CA, such as that of a proxy that inspects TLS |
| \`NO_COLOR\`, \`FORCE_COLOR\` | turn colors off or on |
| \`MUSTER_DEBUG\` | like \`--debug\` |

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
