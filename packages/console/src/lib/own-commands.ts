import { asOwnCommands } from '@muster/contract/command-line.ts'

/** Replaces `muster` in a text with the command that this installation uses. The server writes that command into the page. */
export const ownCommands = (text: string): string => asOwnCommands(text, document.documentElement.dataset['command'] ?? 'muster')
