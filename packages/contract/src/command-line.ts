/** Where the command looks when nobody says otherwise. */
export const DEFAULT_URL = 'http://localhost:4000'

/** A command that is shown to be run elsewhere, by somebody who has not been told where this Muster is; once logged in, the login remembers. */
export const reaching = (command: string, url: string): string => (url === DEFAULT_URL ? command : `${command} --url ${url}`)

/** Clears all resource blockers of a move at once. With several possible owners, the person chooses. */
export const transferAllCommand = (to: string | null): string => `muster resource transfer --all --to ${to ?? 'USER'}`
