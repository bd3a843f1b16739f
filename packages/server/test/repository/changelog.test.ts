import { expect, test } from 'vitest'
import { changelogSection, withSection } from '../../../../scripts/changelog.ts'

const plan = {
  releases: [{ newVersion: '0.2.0' }],
  changesets: [
    { summary: 'The CLI prints times in UTC.\nThis was local time.\n', releases: [{ name: '@muster/cli', type: 'patch' as const }] },
    {
      summary: '**Breaking:** `muster key list` needs a role.',
      releases: [
        { name: '@muster/cli', type: 'patch' as const },
        { name: '@muster/server', type: 'minor' as const },
      ],
    },
  ],
}

const section = `## 0.2.0 (2026-11-29)

### Added and changed

- **Breaking:** \`muster key list\` needs a role.

### Fixed

- The CLI prints times in UTC.
  This was local time.
`

test('a changelog section lists changes before fixes', () => {
  expect(changelogSection(plan, '0.2.0', new Date('2026-11-29T08:00:00Z'))).toBe(section)
})

test('a changelog section is inserted before the newest one', () => {
  expect(withSection('# Changelog\n\nText.\n\n## 0.1.0\n', section)).toBe(`# Changelog\n\nText.\n\n${section}\n## 0.1.0\n`)
})
