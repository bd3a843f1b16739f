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
  if (remedy.code === 'transfer') return `resource transfer ${remedy.resource.kind}/${remedy.resource.name} ${remedy.to ?? 'USER'}`
  if (remedy.code === 'remove') return `resource remove ${remedy.resource.kind}/${remedy.resource.name}`
  const member = remedy.members.length === 1 ? remedy.members[0] : 'USER'
  if (remedy.code === 'promote') return `user role ${member} admin`
  return remedy.code === 'reactivate' ? `user reactivate ${member}` : `user remove ${member}`
}

export const remedyCommand = (remedy: Remedy): string => `muster ${remedyWords(remedy)}`
