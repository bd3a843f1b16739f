import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// Reads the decision records in docs/decisions.

const folder = join(import.meta.dirname, '../../../../docs/decisions')

export interface DecisionRecord {
  file: string
  title: string
  /** Its row in docs/decisions/README.md. */
  row: string
  faults: string[]
}

const sections = ['Context', 'Decision', 'Alternatives', 'Consequences']

export const decisionRecords = (): DecisionRecord[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .toSorted()
    .map(readRecord)

/** All rows of the table, whatever they contain. */
export const decisionIndex = (): string[] =>
  readFileSync(join(folder, 'README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2) // the head of the table

function readRecord(file: string): DecisionRecord {
  const text = readFileSync(join(folder, file), 'utf8')
  const [heading = '', , status = ''] = text.split('\n')
  const [, number = '', title = ''] = /^# (\d{4}) (.+)$/.exec(heading) ?? []
  const [, decided = '', date = '', rest = ''] =
    /^Status: (proposed|accepted|superseded by \[\d{4}\]\([^)]+\)), (\d{4}-\d\d-\d\d)(; amended.*)?$/.exec(status) ?? []
  const found = [...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, name = '']) => name).filter((name) => sections.includes(name))
  const faults = [
    ...(number === '' ? ['the first line is not "# NNNN Title"'] : []),
    ...(file.slice(0, 4) === number ? [] : ['the number in the title is not the number in the file name']),
    ...(file.slice(5, -3) === kebabCase(title) ? [] : [`the file name does not follow the title: ${number}-${kebabCase(title)}.md`]),
    ...(date === '' ? ['the third line is not "Status: accepted, YYYY-MM-DD"'] : []),
    ...(found.join() === sections.join() ? [] : [`the sections are not ${sections.map((name) => `**${name}.**`).join(', ')}`]),
  ]
  const row = `| [${number}](${file}) | ${title} | ${date} | ${decided}${amendedBy(rest)} |`
  return { file, title, row, faults }
}

const kebabCase = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll("'", '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** The reason is in the record. The index has only the numbers. */
function amendedBy(text: string): string {
  if (text === '') return ''
  const numbers = text.startsWith('; amended by ') ? [...text.matchAll(/\[\d{4}\]\([^)]+\)/g)].map(([link]) => link) : []
  return numbers.length > 0 ? `, amended by ${numbers.join(', ')}` : ', amended'
}
