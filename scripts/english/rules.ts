import type { Kind, Passage } from './passage.ts'

export interface Rule {
  name: string
  kinds: readonly Kind[]
  /** The words that break the rule, or undefined. */
  breaks: (text: string) => string | undefined
  reason: string
  say: string
}

const everywhere: readonly Kind[] = ['title', 'text', 'prose', 'subject']

export const rules: readonly Rule[] = [
  {
    name: 'hidden-subject',
    kinds: everywhere,
    breaks: hiddenSubject,
    reason: 'A pronoun as the subject makes the reader work out who acts.',
    say: 'name the actor or the thing: "A member who …", "An admin …", "The request …"',
  },
  {
    name: 'valid',
    kinds: everywhere,
    breaks: words(/(?<!\bfor )\bgood\b(?!-)/i),
    reason: 'A credential is valid or invalid. "Good" is an opinion.',
    say: '"valid", or the property that you mean',
  },
  {
    name: 'again',
    kinds: everywhere,
    breaks: words(/\banew\b/i),
    reason: 'It sounds translated.',
    say: '"again", or "create a new one"',
  },
  {
    name: 'email',
    kinds: everywhere,
    // Mail servers and scanners, hosts such as mail.example and files such as mail/templates.ts keep their names.
    breaks: words(
      /(?<![\w./@:#-])e?-?(?<!\be)mail(?:s|ed|ing|ings)?\b(?![\w/@(-]|[.:]\w| (?:servers?|clients?|providers?|services?|hosts?|domains?|scanners?|systems?|relays?)\b)/i,
    ),
    reason: '"Mail" is a system that carries messages. One message, and an address, is an email.',
    say: '"email"; as a verb, "send an email"',
  },
  {
    name: 'title-length',
    kinds: ['title'],
    breaks: longerThan(80),
    reason: 'A long title states two facts, and does not fit into one line of the results.',
    say: 'at most 80 characters, one fact: "[subject] does X when Y"',
  },
  {
    name: 'subject-length',
    kinds: ['subject'],
    breaks: longerThan(72),
    reason: '`git log` cuts it off.',
    say: 'at most 72 characters; the reason goes into the body',
  },
]

const scope = /^(?:build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(?:\([^)]*\))?!?: /

/** At the beginning of a text or of a sentence in it. A question has no subject to hide, and a single lower-case word is a key. */
function hiddenSubject(text: string): string | undefined {
  for (const sentence of text.replace(scope, '').split(/(?<=[.!?;]) /)) {
    const [pronoun] = /^(?:who|whom|whose|what|whoever|whomever|whatever)(?![\w'’-])/i.exec(sentence.trim()) ?? []
    if (pronoun === undefined || /\?$/.test(sentence)) continue
    if (sentence.includes(' ') || pronoun !== pronoun.toLowerCase()) return pronoun
  }
  return undefined
}

function words(pattern: RegExp): Rule['breaks'] {
  return (text) => (/^[a-z]+$/.test(text) ? undefined : pattern.exec(text)?.[0])
}

function longerThan(most: number): Rule['breaks'] {
  return (text) => (text.length > most ? `${text.length} characters` : undefined)
}

export interface Finding extends Passage {
  file: string
  rule: Rule
  found: string
}

export function findingsIn(file: string, passages: readonly Passage[]): Finding[] {
  return passages.flatMap((passage) =>
    rules
      .filter(({ kinds }) => kinds.includes(passage.kind))
      .flatMap((rule) => {
        const found = rule.breaks(passage.text)
        return found === undefined ? [] : [{ ...passage, file, rule, found }]
      }),
  )
}
