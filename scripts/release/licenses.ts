import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contained, root } from './contents.ts'

/** Every package of a release with its license, and the text that the license asks to be passed on (O4). */
export const licenses = (contained: readonly Contained[]): string =>
  [
    'Muster is licensed under the Apache License 2.0 (LICENSE). It contains the following packages.',
    ...contained.map((one) => `${'-'.repeat(80)}\n${one.name} ${one.version} (${licenseOf(one)})\n\n${textsOf(one)}`),
  ].join('\n\n')

/** @throws when the package names no license, because nobody may pass such a package on */
function licenseOf({ folder, name }: Contained): string {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { license?: string | { type: string } }
  const license = typeof manifest.license === 'object' ? manifest.license.type : manifest.license
  if (license === undefined || license === '' || license === 'UNLICENSED') throw new Error(`The package ${name} names no license.`)
  return license
}

/** Empty if the package comes without a text. */
const textsOf = ({ folder }: Contained): string =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name))
    .map(({ name }) => readFileSync(join(root, folder, name), 'utf8').trim())
    .join('\n\n')
