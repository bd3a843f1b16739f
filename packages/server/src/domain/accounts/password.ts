import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { Problem } from '../model/problem.ts'

const LEAST = 10
const MOST = 256
/** zxcvbn's 0 to 4: 3 is "safely unguessable" where the hash is slow. */
const GOOD_ENOUGH = 3
/** zxcvbn's time grows faster than the length of the text. A password that is weak in its first forty characters is refused, whatever follows. */
const LOOKED_AT = 40

/**
 * Checks length and guessability, but not which characters are used (NIST SP 800-63B section 3.1.1.2).
 * @param personal what anyone who knows the person would try first: names and address
 * @throws Problem password_length or password_too_weak
 */
export async function refuseBadPassword(password: string, personal: readonly string[]): Promise<void> {
  const characters = [...password]
  if (characters.length < LEAST || characters.length > MOST) throw new Problem('password_length')
  const { check } = await strength()
  const { score, feedback } = check(characters.slice(0, LOOKED_AT).join(''), wordsOf(personal))
  if (score >= GOOD_ENOUGH) return
  throw new Problem('password_too_weak', [feedback.warning ?? 'This password is too easy to guess.', 'A few unrelated words work well.'].join(' '))
}

/** Loads the word lists (some megabytes) early, so that the first person does not wait for them. */
export async function warmPasswordRules(): Promise<void> {
  const { check } = await strength()
  check('a first look takes longer', [])
}

const wordsOf = (personal: readonly string[]): string[] => [
  'muster',
  ...new Set(
    personal
      .flatMap((text) => [text, ...text.split(/[\s@._+-]+/)])
      .map((word) => word.toLowerCase().trim())
      .filter((word) => word.length > 2),
  ),
]

let loading: Promise<{ check(password: string, inputs: string[]): ReturnType<ZxcvbnFactory['check']> }> | undefined

function strength(): NonNullable<typeof loading> {
  loading ??= (async () => {
    const [{ ZxcvbnFactory: Factory }, common, english] = await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
      import('@zxcvbn-ts/language-en'),
    ])
    const factory = new Factory({
      dictionary: { ...common.dictionary, ...english.dictionary },
      graphs: common.adjacencyGraphs,
      translations: english.translations,
      l33tMaxSubstitutions: 32,
    })
    return { check: (password, inputs) => factory.check(password, inputs) }
  })()
  return loading
}
