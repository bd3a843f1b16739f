/** The part of `changeset status --output` that the changelog needs. */
export interface Plan {
  changesets: { summary: string; releases: { name: string; type: Change }[] }[]
  releases: { newVersion: string }[]
}

type Change = 'major' | 'minor' | 'patch' | 'none'

const headings: [heading: string, changes: readonly Change[]][] = [
  ['Added and changed', ['major', 'minor']],
  ['Fixed', ['patch']],
]

/** The section of a release, with the same headings in every release. */
export function changelogSection({ changesets }: Plan, version: string, date: Date): string {
  const parts = headings.flatMap(([heading, changes]) => {
    const items = changesets.filter(({ releases }) => changes.includes(largest(releases))).map(({ summary }) => item(summary))
    return items.length === 0 ? [] : [`### ${heading}\n\n${items.join('\n')}\n`]
  })
  return [`## ${version} (${date.toISOString().slice(0, 10)})\n`, ...parts].join('\n')
}

const order: readonly Change[] = ['none', 'patch', 'minor', 'major']

const largest = (releases: readonly { type: Change }[]): Change => order[Math.max(...releases.map(({ type }) => order.indexOf(type)))] as Change

const item = (summary: string): string => `- ${summary.trim().replaceAll('\n', '\n  ')}`

/** Puts the section before the newest one. */
export function withSection(changelog: string, section: string): string {
  const at = changelog.search(/^## /m)
  return at === -1 ? `${changelog.trimEnd()}\n\n${section}` : `${changelog.slice(0, at)}${section}\n${changelog.slice(at)}`
}
