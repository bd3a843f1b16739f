import { asOwnCommands } from '@muster/contract/command-line.ts'
import { Command as Commander, CommanderError, Help, Option } from 'commander'
import { type Command, type Option as CommandOption, flag, value } from './command.ts'
import type { Candidate, FromServer } from './completion/complete.ts'
import type { Settings } from './context.ts'
import { type Failure, usage } from './errors.ts'
import { clean, count, redact, wrap } from './output/text.ts'
import { ownCommand } from './own-command.ts'
import { version } from './version.ts'

interface Noun {
  group: string
  summary: string
  load: () => Promise<{ default: Command[] }>
}

const login = () => import('./commands/login.ts')

/** The first words of all commands, the most used first. The modules of the commands are loaded on demand. */
export const nouns: Record<string, Noun> = {
  register: { group: 'Get started:', summary: 'create an account and log in', load: () => import('./commands/register.ts') },
  login: { group: 'Get started:', summary: 'log in with your browser', load: login },
  profile: { group: 'Get started:', summary: 'show who you are logged in as and when the login expires', load: () => import('./commands/profile.ts') },
  logout: { group: 'Get started:', summary: 'log out', load: login },
  org: {
    group: 'Work together:',
    summary: 'your organization: invite, join, list, show, rename, contacts, security, credentials, remove, leave',
    load: () => import('./commands/org/index.ts'),
  },
  user: {
    group: 'Work together:',
    summary: 'members: list, invite, deactivate, reactivate, sign out, remove, change roles',
    load: () => import('./commands/user/index.ts'),
  },
  role: { group: 'Work together:', summary: 'roles: list, show, create, edit, remove, holders, permissions', load: () => import('./commands/role.ts') },
  invitation: {
    group: 'Work together:',
    summary: 'invitations: list, resend, revoke, show, accept, decline',
    load: () => import('./commands/invitation.ts'),
  },
  move: { group: 'Work together:', summary: 'preview a move to another organization', load: () => import('./commands/move.ts') },
  why: { group: 'Work together:', summary: 'why a member may do something, or why not', load: () => import('./commands/why.ts') },
  resource: { group: 'Resources:', summary: 'applications, databases and other resources, with their owners', load: () => import('./commands/resource.ts') },
  'service-account': {
    group: 'Resources:',
    summary: 'service accounts and their keys',
    load: () => import('./commands/service-account.ts'),
  },
  audit: { group: 'Resources:', summary: 'recent activity in your organization', load: () => import('./commands/audit.ts') },
  events: { group: 'Resources:', summary: 'the events of your organization as they happen', load: () => import('./commands/events.ts') },
  key: { group: 'Your credentials:', summary: 'keys that act as you', load: () => import('./commands/key.ts') },
  revoke: { group: 'Your credentials:', summary: 'revoke a token', load: () => import('./commands/revoke.ts') },
  confirm: { group: 'Your credentials:', summary: 'confirm in your browser that it is you', load: () => import('./commands/confirm.ts') },
  token: { group: 'Your credentials:', summary: 'your refresh tokens', load: () => import('./commands/credentials/token.ts') },
  security: { group: 'Your credentials:', summary: 'how you sign in: your passkeys and authenticator app', load: () => import('./commands/security.ts') },
  application: {
    group: 'Your credentials:',
    summary: 'applications of third parties that have access to your account',
    load: () => import('./commands/credentials/application.ts'),
  },
  session: { group: 'Your credentials:', summary: 'your sessions: list, end', load: () => import('./commands/credentials/session.ts') },
  server: {
    group: 'Run a server:',
    summary: 'for the operator: organizations, plans, clients, signing keys, migrations, settings',
    load: () => import('./commands/server/index.ts'),
  },
  completion: { group: 'This command:', summary: 'print a shell completion script', load: () => import('./commands/completion.ts') },
}

/** Groups of commands below a first word. */
const groups: Record<string, string> = {
  'service-account key': 'keys of a service account: list, create, revoke',
  'server api': "the platform's APIs: list, show, apply",
  'server client': 'OAuth clients: create, list, show, update, remove, secret',
  'server client secret': 'secrets of a client: rotate, list, revoke',
  'server keys': 'signing keys: list, rotate, withdraw',
  'server secret': 'the secret of the server: status, rotate',
  'server stream': 'event streams: list, remove',
  'server events': 'the events of all organizations as they happen',
  'server token': 'named operator tokens: create, list, revoke',
  'server user': 'all accounts: list, show, suspend, resume',
  'server org': 'all organizations: list',
  'server invitation': 'all invitations: list',
  'server email': 'emails: list, resend',
  'server request': 'requests by their id: show',
}

/** All commands, for help, completion and the generated documentation. */
export async function allCommands(): Promise<Command[]> {
  const modules = await Promise.all([...new Set(Object.values(nouns).map(({ load }) => load))].map((load) => load()))
  return modules.flatMap((module) => module.default)
}

/** The global options, for completion. */
const globals: Record<string, CommandOption> = {
  json: flag('print JSON'),
  url: value('URL', 'the Muster server to use'),
  global: flag('store the login in your home folder'),
  tokenFile: value('FILE', 'use the key in this file'),
  noInput: flag('never prompt; fail instead'),
  quiet: flag('hide hints'),
  debug: flag('show requests and stack traces'),
  help: flag('show help'),
}

/** Prints the completions for a shell. Never fails: if the server cannot provide candidates, none are printed. */
async function completeWords(words: string[], signal: AbortSignal): Promise<void> {
  const { complete } = await import('./completion/complete.ts')
  const summaries = { ...groups, ...Object.fromEntries(Object.entries(nouns).map(([name, { summary }]) => [name, summary])) }
  const current = words.at(-1) ?? ''
  const found = complete(words, { commands: await allCommands(), summaries, globals })
  if ('files' in found) return void process.stdout.write(':files\n')
  const candidates = 'candidates' in found ? found.candidates : await fromServer(found, words, signal)
  for (const { word, text } of candidates) if (word.startsWith(current)) process.stdout.write(`${clean(word)}\t${clean(text)}\n`)
}

async function fromServer({ source, prefix = '' }: FromServer, words: string[], signal: AbortSignal): Promise<Candidate[]> {
  const [{ Context }, { candidatesFrom }] = await Promise.all([import('./context.ts'), import('./completion/sources.ts')])
  const after = (option: string): string | undefined => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined)
  const tokenFile = after('--token-file')
  const settings = {
    json: true,
    url: after('--url'),
    global: words.includes('--global'),
    tokenFile: tokenFile === '-' ? undefined : tokenFile,
    input: false,
    quiet: true,
    debug: false,
  }
  try {
    const typed = (words.at(-1) ?? '').slice(prefix.length)
    const candidates = await candidatesFrom(new Context(settings, AbortSignal.any([signal, AbortSignal.timeout(COMPLETION_TIMEOUT_MS)])), source, typed)
    return candidates.map(({ word, text }) => ({ word: `${prefix}${word}`, text }))
  } catch {
    return []
  }
}

/** After this time, completion prints nothing, so that a slow server does not block the shell. */
const COMPLETION_TIMEOUT_MS = 3000

/** Runs the command that the words name. Prints help and version itself. @throws Failure */
export async function run(given: string[], signal: AbortSignal): Promise<void> {
  const words = given[0] === 'help' ? [...given.slice(1), '--help'] : given
  if (words[0] === 'complete') return completeWords(words.slice(words[1] === '--' ? 2 : 1), signal)
  const first = firstWord(words)
  const commands =
    first !== undefined && Object.hasOwn(nouns, first) ? ((await nouns[first]?.load())?.default ?? []).filter(({ path }) => path[0] === first) : []
  const program = build(commands, signal)
  if (words.includes('--help') || words.includes('-h')) refuseUnknown(program, words)
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageFailure(error)
  }
}

/** The words that are neither options nor values of global options. The first one is the command. */
const plainWords = (words: string[]): string[] =>
  words.filter((word, at) => !word.startsWith('-') && words[at - 1] !== '--url' && words[at - 1] !== '--token-file')

const firstWord = (words: string[]): string | undefined => plainWords(words)[0]

/** With `--help`, Commander ignores unknown words and shows the help of the command before them. They are refused instead. */
function refuseUnknown(program: Commander, words: string[]): void {
  let command = program
  for (const word of plainWords(words)) {
    if (command.commands.length === 0) return
    const next = command.commands.find((child) => child.name() === word)
    if (!next) throw unknownCommand(word, command)
    command = next
  }
}

const unknownCommand = (word: string, command: Commander): Failure =>
  usage(`Unknown command "${redact([...names(command), word].join(' '))}".`, suggestion(word, command))

function build(commands: Command[], signal: AbortSignal): Commander {
  const program = new Commander('muster')
    .description('Accounts for your cloud: sign up, log in, work together.')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'print JSON')
    .option('--url <url>', 'the Muster server to use (default: MUSTER_URL, else the server you are logged in to)')
    .option('--global', 'store the login in your home folder, not in the current one')
    .option('--token-file <file>', 'use the key in this file; - is standard input (default: MUSTER_TOKEN, else the login)')
    .option('--no-input', 'never prompt; fail instead')
    .option('--quiet', 'hide hints')
    .option('--debug', 'show requests and stack traces (no secrets)')
    .helpOption('-h, --help', 'show help')
    .configureHelp({ formatHelp: helpOf, minWidthToWrap: 20 })
    // Commander prints no errors. They are thrown, and main.ts reports them.
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .showSuggestionAfterError(true)
  explains(program)
  examplesOf.set(program, rootExamples)
  for (const [name, { group, summary }] of Object.entries(nouns)) {
    const own = commands.filter(({ path }) => path[0] === name)
    program.commandsGroup(group)
    if (own.length > 0) for (const command of own) add(program, command, signal)
    else program.addCommand(program.createCommand(name).summary(summary).description(summary).allowUnknownOption().allowExcessArguments())
  }
  program.helpCommand('help [command]', 'show the help of a command')
  return program
}

function add(program: Commander, command: Command, signal: AbortSignal): void {
  let parent = program
  for (const word of command.path.slice(0, -1)) parent = parent.commands.find((child) => child.name() === word) ?? group(parent, word)
  const own = namesItself(parent.command(command.path.at(-1) ?? '')).allowExcessArguments(false)
  own.summary(command.summary).description(sentence(command.summary))
  if (command.notes) notesOf.set(own, command.notes)
  for (const argument of command.arguments) own.argument(argument)
  for (const [name, option] of Object.entries(command.options)) own.addOption(commanderOption(name, option))
  examplesOf.set(own, command.examples)
  if (parent !== program) examplesOf.set(parent, [...(examplesOf.get(parent) ?? []), ...command.examples.slice(0, 1)])
  own.action(async () => {
    const names = command.arguments.map((argument) => argument.slice(1, -1).replace(/\.\.\.$/, ''))
    const input: Record<string, unknown> = Object.fromEntries(names.map((name, index) => [name, own.processedArgs[index]]))
    const given = own.opts()
    for (const [name, option] of Object.entries(command.options))
      input[name] = option.kind === 'flag' ? given[attribute(name)] === !(name.startsWith('no') && isNegated(name)) : given[name]
    const { Context } = await import('./context.ts') // not needed for help
    const context = new Context(settingsOf(program.opts()), signal)
    await command.run(context, input)
    await (await import('./newer-version.ts')).sayNewerVersion(context)
  })
}

function group(parent: Commander, word: string): Commander {
  const made = parent.command(word)
  const summary = parent.parent ? groups[[...names(parent), word].slice(1).join(' ')] : nouns[word]?.summary
  if (summary) made.description(sentence(summary)).summary(summary)
  return explains(made)
}

/** A group accepts all words and options, so that `explain` reports an unknown command before Commander reports an option of it as unknown. */
const explains = (command: Commander): Commander =>
  namesItself(command)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => explain(command))

/** Shows the help of a group such as `muster org`. An unknown option or command is refused. */
function explain(command: Commander): void {
  const [unknown] = command.args
  if (unknown?.startsWith('-')) throw usage(`Unknown option '${unknown.replace(/=.*$/s, '')}'.`, `See: ${names(command).join(' ')} --help`)
  if (unknown !== undefined) throw unknownCommand(unknown, command)
  command.outputHelp()
}

const commandOf = new WeakMap<CommanderError, Commander>()

/** Records the command of an error, because a `CommanderError` does not include it. */
const namesItself = (command: Commander): Commander =>
  command.exitOverride((error) => {
    commandOf.set(error, command)
    throw error
  })

const examplesOf = new WeakMap<Commander, string[]>()
const notesOf = new WeakMap<Commander, string>()

/**
 * Commander's help in another order: examples, commands, options. Commander has already wrapped the lists of commands and options. The usage line
 * shows the program's own name; all other commands are shown the way the user runs them.
 */
function helpOf(command: Commander, helper: Help): string {
  const blocks = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split('\n\n')
  const examples = examplesOf.get(command) ?? []
  const notes = notesOf.get(command)
  const [usageLine = '', ...rest] = blocks
  const options = rest.filter((block) => block.startsWith('Options:'))
  const description = rest.findIndex((block) => /^[A-Z][\w -]*:\n/.test(block))
  const asRun = (text: string): string => asOwnCommands(text, ownCommand(process.env))
  const prose = (text: string): string => wrap(asRun(text), helper.helpWidth ?? 80)
  return [
    usageLine,
    ...rest.slice(0, description).map(prose),
    ...(notes ? [prose(notes)] : []),
    ...(examples.length > 0 ? [`Examples:\n${examples.map((example) => `  ${asRun(example)}`).join('\n')}`] : []),
    ...rest.slice(description).filter((block) => !options.includes(block)),
    ...options,
    prose(command.parent ? 'Global options: --json --url URL --global --token-file FILE --no-input --quiet --debug (see muster --help)' : exitCodes),
  ]
    .join('\n\n')
    .concat('\n')
}

// Commander turns --no-browser into browser: false.
const isNegated = (name: string): boolean => /^no[A-Z]/.test(name)
const attribute = (name: string): string => (isNegated(name) ? `${name.charAt(2).toLowerCase()}${name.slice(3)}` : name)
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function commanderOption(name: string, option: CommandOption): Option {
  if (option.kind === 'flag') return new Option(`--${kebab(name)}`, option.text)
  const short = option.short ? `-${option.short}, ` : ''
  const form = { value: `<${option.placeholder}>`, perhaps: `[${option.placeholder}]`, list: `<${option.placeholder}...>` }[option.kind]
  const made = new Option(`${short}--${kebab(name)} ${form}`, option.text)
  return option.choices ? made.choices(option.choices) : made
}

const settingsOf = (given: Record<string, unknown>): Settings => ({
  json: given.json === true,
  url: typeof given.url === 'string' ? given.url : undefined,
  global: given.global === true,
  tokenFile: typeof given.tokenFile === 'string' ? given.tokenFile : undefined,
  input: given.input !== false,
  quiet: given.quiet === true,
  debug: given.debug === true,
})

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const names = (command: Commander): string[] => (command.parent ? [...names(command.parent), command.name()] : [command.name()])

/** The error does not repeat the input, which may be a secret in the wrong place. */
function usageFailure(error: CommanderError): Failure {
  const command = commandOf.get(error)
  const line = command ? names(command).join(' ') : 'muster'
  const [told = '', hint] = error.message.replace(/^error: /, '').split('\n')
  const takes = command?.registeredArguments.length ?? 0
  const text =
    error.code === 'commander.excessArguments'
      ? `Too many arguments: "${line}" takes ${takes === 0 ? 'no arguments' : count(takes, 'argument')}`
      : redact(told.replace(/^(unknown option '[^'=]*)=.*'$/s, "$1'"))
  const next = hint?.replace(/^\(Did you mean (.*)\?\)$/, 'Did you mean $1?') ?? `See: ${line} --help`
  return usage(`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?]$/.test(text) ? '' : '.'}`, next)
}

/** Suggests a command with a similar name, otherwise the help. */
function suggestion(word: string, command: Commander): string {
  const near = command.commands.map((child) => child.name()).sort((a, b) => distance(word, a) - distance(word, b))[0]
  return near && distance(word, near) <= Math.max(2, word.length / 3) ? `Did you mean ${near}?` : `See: ${names(command).join(' ')} --help`
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length] ?? 0
}

const rootExamples = ['muster register -u alice', 'muster org invite', 'muster org join acme -', 'muster login --get-refresh-token']

const exitCodes = 'Exit codes: 0 success, 1 failed or refused, 2 wrong usage, 4 not logged in, 130 interrupted.'
