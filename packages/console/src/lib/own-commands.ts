import { asOwnCommands } from '@muster/contract/command-line.ts'

/** A text's commands as people here run them, which the server writes into the page. */
export const ownCommands = (text: string): string => asOwnCommands(text, document.documentElement.dataset['command'] ?? 'muster')
