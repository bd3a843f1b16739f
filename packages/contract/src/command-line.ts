/** Where the command looks when nobody says otherwise. */
export const DEFAULT_URL = 'http://localhost:4000'

/** A command that is shown to be run elsewhere, by somebody who has not been told where this Muster is; once logged in, the login remembers. */
export const reaching = (command: string, url: string): string => (url === DEFAULT_URL ? command : `${command} --url ${url}`)

/** Clears all resource blockers of a move at once. With several possible owners, the person chooses. */
export const transferAllWords = (to: string | null): string => `resource transfer --all --to ${to ?? 'USER'}`
export const transferAllCommand = (to: string | null): string => `muster ${transferAllWords(to)}`

/** The first words of the command line. */
export const commandWords = [
  'register',
  'login',
  'profile',
  'logout',
  'org',
  'user',
  'invitation',
  'move',
  'resource',
  'service-account',
  'audit',
  'key',
  'revoke',
  'token',
  'session',
  'server',
  'completion',
] as const

const bareCommand = new RegExp(String.raw`(?<![\w@./-]|npx )muster (?=(?:${commandWords.join('|')}|--)\b|--)`, 'g')

/** The same text with `muster login` as people here run it: a bare `muster` may be nobody's, or a stranger's package on npm (decision 0041). */
export const asOwnCommands = (text: string, own: string): string => (own === 'muster' ? text : text.replace(bareCommand, () => `${own} `))
