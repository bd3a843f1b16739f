/**
 * What resolves a blocker of a move (S24): a code, and what it is done to. Each surface words it in its own way: a command, a button, a link. No surface
 * reads the words of another.
 */
export type Remedy =
  /** To another owner. Null: the person chooses one. */
  | { code: 'transfer'; resource: { kind: string; name: string }; to: string | null }
  | { code: 'remove'; resource: { kind: string; name: string } }
  /** One of these members becomes an admin, or is reactivated, or is removed. */
  | { code: 'promote' | 'reactivate' | 'remove_member'; members: string[] }

/** The remedy on the command line, without the name of the command. Where there is a choice, the person makes it. */
export function remedyWords(remedy: Remedy): string {
  switch (remedy.code) {
    case 'transfer':
      return `resource transfer ${remedy.resource.kind}/${remedy.resource.name} ${remedy.to ?? 'USER'}`
    case 'remove':
      return `resource remove ${remedy.resource.kind}/${remedy.resource.name}`
    case 'promote':
      return `user role ${memberOf(remedy.members)} admin`
    case 'reactivate':
      return `user reactivate ${memberOf(remedy.members)}`
    case 'remove_member':
      return `user remove ${memberOf(remedy.members)}`
  }
}

const memberOf = (members: readonly string[]): string => (members.length === 1 ? (members[0] as string) : 'USER')

export const remedyCommand = (remedy: Remedy): string => `muster ${remedyWords(remedy)}`

const codes: readonly string[] = ['transfer', 'remove', 'promote', 'reactivate', 'remove_member'] satisfies Remedy['code'][]

/**
 * The commands that resolve a blocker. An older server sends one command and no remedies. A newer server may send a remedy that this version does not know:
 * it is left out, and if none is known, the server's own command counts.
 */
export function blockerCommands({ remedies, command }: { remedies?: readonly Remedy[] | undefined; command?: string | undefined }): string[] {
  const commands = (remedies ?? []).filter(({ code }) => codes.includes(code)).map(remedyCommand)
  return commands.length > 0 || command === undefined ? commands : [command]
}
