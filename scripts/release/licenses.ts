import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contained, root } from './contents.ts'

/** Every package of a release with its license, and the text that the license asks to be passed on (O4). */
export const licenses = (contained: readonly Contained[]): string =>
  [
    'Muster is licensed under the Apache License 2.0 (LICENSE). It contains the following packages.',
    ...contained.map((one) => `${'-'.repeat(80)}\n${one.name} ${one.version} (${licenseOf(one)})\n\n${textsOf(one)}`),
  ].join('\n\n')

interface Manifest {
  license?: string | { type: string }
  repository?: string | { url: string }
}

const manifestOf = ({ folder }: Contained): Manifest => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/** @throws when the package names no license, because nobody may pass such a package on */
function licenseOf(contained: Contained): string {
  const { name } = contained
  const manifest = manifestOf(contained)
  const license = typeof manifest.license === 'object' ? manifest.license.type : manifest.license
  if (license === undefined || license === '' || license === 'UNLICENSED') throw new Error(`The package ${name} names no license.`)
  return license
}

/** The files with the license, or else the section about it in the readme, or else where the source is. */
function textsOf(contained: Contained): string {
  const files = filesOf(contained, /^(licen[cs]e|copying|notice)/i)
  if (files.length > 0) return files.join('\n\n')
  const [section] = filesOf(contained, /^readme/i).map((text) => /^#+ *licen[cs]e\b.*\n([\s\S]*?)(?=^#|(?![\s\S]))/im.exec(text)?.[1]?.trim())
  if (section) return section
  const { repository } = manifestOf(contained)
  return `The package contains no text of its license. Its source: ${typeof repository === 'object' ? repository.url : repository}`
}

const filesOf = ({ folder }: Contained, pattern: RegExp): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map(({ name }) => readFileSync(join(root, folder, name), 'utf8').trim())
