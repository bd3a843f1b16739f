import { describe, expect, test } from 'vitest'
import { describeFinding, textsOf } from '../../../../scripts/check-english.ts'
import type { Kind } from '../../../../scripts/english/passage.ts'
import { findingsIn } from '../../../../scripts/english/rules.ts'

const brokenRules = (kind: Kind, text: string): string[] => findingsIn('planted', [{ kind, line: 1, text }]).map(({ rule }) => rule.name)

/** `rule (words)` for each finding, with its line. */
const findings = (file: string, source: string): string[] =>
  findingsIn(file, textsOf(file, source)).map(({ line, rule, found }) => `${line} ${rule.name} (${found})`)

test.for<[rule: string, text: string]>([
  ['hidden-subject', 'who is removed is refused everywhere'],
  ['hidden-subject', 'Whoever opens it joins.'],
  ['hidden-subject', 'It can be reactivated. What they own stays theirs.'],
  ['hidden-subject', 'You leave; what that ends is listed first.'],
  ['hidden-subject', 'Whom'],
  ['hidden-subject', 'WHO'],
  ['hidden-subject', "Whose it is not, for them it's not there"],
  ['hidden-subject', 'feat(console): whoever leaves is asked first'],
  ['valid', 'The secret is good.'],
  ['valid', 'a good token opens the page'],
  ['again', 'The list is loaded anew.'],
  ['email', 'They get a mail with a link.'],
  ['email', 'A code was mailed to you.'],
  ['email', 'By mail'],
  ['email', 'The code was sent (by mail).'],
  ['email', 'Send an e-mail'],
  ['email', 'Mail'],
])('%s refuses “%s”', ([rule, text]) => {
  expect(brokenRules('text', text)).toEqual([rule])
})

test.for([
  'What changed?',
  'Ask the person who invited you.',
  'Show what has expired',
  'Whole organizations',
  'what',
  'The name is gone for good.',
  'goods and services',
  'The mail server mail.example.com accepted the email',
  'MUSTER_SMTP_URL=smtps://mail.example.com',
  'see mail/templates.ts',
  'Open the mailbox',
  'mailto:ada@example.com',
  'mail',
  'A mail scanner opens the link.',
])('“%s” breaks no rule', (text) => {
  expect(brokenRules('text', text)).toEqual([])
})

test('a test title has at most 80 characters', () => {
  expect(brokenRules('title', 'a'.repeat(80))).toEqual([])
  expect(brokenRules('title', 'a'.repeat(81))).toEqual(['title-length'])
  expect(brokenRules('text', 'a'.repeat(81))).toEqual([])
})

test('a commit subject has at most 72 characters', () => {
  expect(brokenRules('subject', 'a'.repeat(72))).toEqual([])
  expect(brokenRules('subject', 'a'.repeat(73))).toEqual(['subject-length'])
})

test('a finding names the file, the line, the words and the remedy', () => {
  const [finding] = findingsIn('packages/cli/src/a.ts', textsOf('packages/cli/src/a.ts', "\nsay('It was mailed.')"))
  expect(finding && describeFinding(finding)).toBe('packages/cli/src/a.ts:2  email (mailed)  It was mailed.\n  → "email"; as a verb, "send an email"')
})

describe('in a program', () => {
  test('titles are found in every form of test and describe', () => {
    const source = [
      "test('who a', () => {})",
      "test.skipIf(slow)('who b', () => {})",
      "describe.each(rows)('who c', () => {})",
      'test.for([1])(`who d`, () => {})',
      "it('who e', () => test('who f', () => {}))",
    ]
    expect(findings('a/test/a.test.ts', source.join('\n'))).toEqual([1, 2, 3, 4, 5, 5].map((line) => `${line} hidden-subject (who)`))
  })

  test('strings of a test file are not checked, because they quote the interface', () => {
    expect(findings('a/test/a.test.ts', "page.getByLabel('What it is for')")).toEqual([])
  })

  test('strings, templates and concatenations are checked as one text', () => {
    expect(findings('a.ts', "say('Ask ' + 'who it is')")).toEqual([])
    expect(findings('a.ts', "say('Who it ' + 'is')")).toEqual(['1 hidden-subject (Who)'])
    expect(findings('a.ts', `say(\`See \${many ? 'who left' : 'it'}\`)`)).toEqual([])
    expect(findings('a.ts', `say(\`Who left \${name}\`)`)).toEqual(['1 hidden-subject (Who)'])
  })

  test('keys, types, module names and SQL are not checked', () => {
    expect(findings('a.ts', "import a from './mail it.ts'\ntype A = 'what it is'\nconst o = { 'who it is': 1 }\nsql`who is good`")).toEqual([])
  })

  test('an element is checked as one sentence with the elements inside it', () => {
    expect(findings('a.tsx', 'const a = <p>See <b>what ended</b></p>')).toEqual([])
    expect(findings('a.tsx', 'const a = <p>\n  <b>What</b> ended</p>')).toEqual(['1 hidden-subject (What)'])
    expect(findings('a.tsx', 'const a = <Page title="What ended"><p>{count} in all</p></Page>')).toEqual(['1 hidden-subject (What)'])
  })

  test('markup of the portal is checked tag by tag', () => {
    expect(findings('a.ts', 'html`<p>Read <a href="/">what ended</a></p><p>Whoever left</p>`')).toEqual(['1 hidden-subject (Whoever)'])
    expect(findings('a.ts', 'html`<input placeholder="Your mail">`')).toEqual(['1 email (mail)'])
  })
})

describe('in a document', () => {
  test('headings, wrapped paragraphs, list items and cells are checked', () => {
    const source = '# What ended\n\nNobody knows\nwhat ended. Who\nasks?\n\n- who it is\n\n| what it is | a |\n'
    expect(findings('a.md', source)).toEqual(['1 hidden-subject (What)', '7 hidden-subject (who)', '9 hidden-subject (what)'])
  })

  test('code and addresses are not checked', () => {
    expect(findings('a.md', '```console\nwho is good\n```\n\nSee `good` in [this](good-mail.md), https://good.example/mail\n')).toEqual([])
  })
})
