import { isMet, isRate, median, peers, type Result, ratio, type SubjectName } from './measure.ts'

const digits = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 10 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(2).replace(/0$/, '')

/** The median of the rounds, and how far they spread. */
export function amount({ row, samples }: Result, name: SubjectName): string {
  const values = samples[name]
  if (!values?.length) return '–'
  const unit = isRate(row) ? '/s' : row.unit === '' ? '' : ` ${row.unit}`
  const spread = values.length > 1 ? ` (${digits(Math.min(...values))}–${digits(Math.max(...values))})` : ''
  return `${digits(median(values))}${unit}${spread}`
}

function share(result: Result, other: SubjectName): string {
  const times = ratio(result, 'after', other)
  return times === null ? '–' : times.toFixed(2)
}

function wish({ row }: Result): string {
  const { must } = row
  if (!must) return '–'
  const sign = isRate(row) ? '≥' : '≤'
  const parts = [
    must.ofFloor !== undefined && `${sign} ${must.ofFloor} of the floor`,
    must.ofBetterAuth !== undefined && `${sign} ${must.ofBetterAuth} of better-auth`,
    must.atMost !== undefined && `≤ ${must.atMost.toLocaleString('en-US')}${row.unit === '' ? '' : ` ${row.unit}`}`,
  ]
  return parts.filter(Boolean).join(', ')
}

const verdict = (result: Result): string => {
  if (result.failure !== null) return 'failed'
  const met = isMet(result)
  return met === null ? '–' : met ? 'yes' : '**no**'
}

const labels = { 'better-auth': 'better-auth', 'oidc-provider': 'oidc-provider in memory' }

export const head = ['work', 'before', 'after', 'after / before', 'floor', 'of the floor', 'peers, and of each', 'must', 'met']

export function cells(result: Result): string[] {
  return [
    result.row.title,
    amount(result, 'before'),
    amount(result, 'after'),
    share(result, 'before'),
    amount(result, 'floor'),
    share(result, 'floor'),
    peers
      .filter((name) => result.samples[name])
      .map((name) => `${labels[name]} ${amount(result, name)}: ${share(result, name)}`)
      .join('; ') || '–',
    wish(result),
    verdict(result),
  ]
}

export const markdown = (rows: string[][]): string => {
  const line = (one: string[]): string => `| ${one.join(' | ')} |`
  const [first = [], ...rest] = rows
  return [line(first), line(first.map(() => '---')), ...rest.map(line)].join('\n')
}

/** One line for the terminal. */
export function line(result: Result): string {
  if (result.failure !== null) return `${result.row.id}: failed: ${result.failure}`
  const of = (name: SubjectName): string => (!result.samples[name] ? '' : `, ${share(result, name)} of ${name}`)
  const before = result.samples.before ? `before ${amount(result, 'before')}, ` : ''
  const used = (['before', 'after', 'floor'] as const).filter((name) => result.cpu[name]).map((name) => `${name} ${digits(median(result.cpu[name] ?? []))}`)
  const cpu = used.length === 0 ? '' : `; µs of processor time: ${used.join(', ')}`
  const met = isMet(result)
  const end = met === null ? '' : `; must ${wish(result)}: ${met ? 'met' : 'missed'}`
  return `${result.row.id}: ${before}after ${amount(result, 'after')}${['floor' as const, ...peers].map(of).join('')}${cpu}${end}`
}
