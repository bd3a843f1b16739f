import type { Finding } from './rules.ts'

export interface Exception {
  /** A file or a folder, from the root. */
  path: string
  rule: string
  /** The beginning of the text. Without it, the exception covers every text in the path. */
  text?: string
  reason: string
}

/** Texts that may break a rule. Each entry states the reason, and an unused entry is reported. */
export const exceptions: readonly Exception[] = [
  { path: 'docs/vocabulary.md', rule: 'valid', text: 'good, dead', reason: 'The column lists the words to avoid.' },
  { path: 'docs/vocabulary.md', rule: 'email', text: 'mail, for a message', reason: 'The column lists the words to avoid.' },
  { path: 'docs/vocabulary.md', rule: 'hidden-subject', text: 'what is in the way', reason: 'The column lists the words to avoid.' },
  { path: 'packages/server/src', rule: 'email', text: 'mail code ', reason: 'Names of rate limits. The database holds counters under them.' },
  { path: 'packages/server/src', rule: 'email', text: 'invitation mail ', reason: 'Names of rate limits. The database holds counters under them.' },
  { path: 'docs/decisions', rule: 'email', text: 'mail code ', reason: 'Names of rate limits.' },
  { path: 'docs/decisions', rule: 'email', text: 'invitation mail ', reason: 'Names of rate limits.' },
]

export const covers = ({ path, rule, text = '' }: Exception, finding: Finding): boolean =>
  (finding.file === path || finding.file.startsWith(`${path}/`)) && finding.rule.name === rule && finding.text.startsWith(text)
