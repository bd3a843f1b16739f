/** The server that the command uses by default. */
export const DEFAULT_URL = 'http://localhost:4000'

/** Adds the URL to a command for people who are not logged in yet. A login stores the URL, so later commands do not need it. */
export const reaching = (command: string, url: string): string => (url === DEFAULT_URL ? command : `${command} --url ${url}`)

/** The command that clears all resource blockers of a move. `to` is null if there are several possible owners. */
export const transferAllWords = (to: string | null): string => `resource transfer --all --to ${to ?? 'USER'}`
export const transferAllCommand = (to: string | null): string => `muster ${transferAllWords(to)}`

export const commandWords = [
  'register',
  'login',
  'profile',
  'logout',
  'org',
  'user',
  'role',
  'invitation',
  'move',
  'why',
  'resource',
  'service-account',
  'audit',
  'events',
  'key',
  'revoke',
  'confirm',
  'token',
  'security',
  'application',
  'session',
  'server',
  'completion',
] as const

const bareCommand = new RegExp(String.raw`(?<![\w@./-]|npx )muster (?=(?:${commandWords.join('|')}|--)\b|--)`, 'g')

/** Replaces `muster` with the configured command line. A bare `muster` may not be installed, or be a stranger's package on npm (decision 0041). */
export const asOwnCommands = (text: string, own: string): string => (own === 'muster' ? text : text.replace(bareCommand, () => `${own} `))
