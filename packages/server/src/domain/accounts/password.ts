import type { Accounts } from '../command/services.ts'
import { Problem } from '../model/problem.ts'

const LEAST = 10
const MOST = 256
const GOOD_ENOUGH = 3
/** The time of an estimate grows faster than the length of the text. A password that is weak in its first forty characters is refused, whatever follows. */
const LOOKED_AT = 40

/**
 * Checks length, guessability and the list of leaked passwords, but not which characters are used (NIST SP 800-63B section 3.1.1.2).
 * @param personal what anyone who knows the person would try first: names and address
 * @throws Problem password_length, password_leaked or password_too_weak
 */
export async function refuseBadPassword({ strength }: Pick<Accounts, 'strength'>, password: string, personal: readonly string[]): Promise<void> {
  const characters = [...password]
  if (characters.length < LEAST || characters.length > MOST) throw new Problem('password_length')
  if (personal.some((text) => text !== '' && text.toLowerCase() === password.toLowerCase()))
    throw new Problem('password_too_weak', 'This is your name or your address. A few unrelated words work well.')
  const { score, warning, leaked } = await strength.estimate(characters.slice(0, LOOKED_AT).join(''), wordsOf(personal))
  if (leaked) throw new Problem('password_leaked', 'This password is on a list of leaked passwords. Choose another.')
  if (score >= GOOD_ENOUGH) return
  throw new Problem('password_too_weak', [warning ?? 'This password is too easy to guess.', 'A few unrelated words work well.'].join(' '))
}

/** The same for every name, and before anything is looked up, so the answer reveals nothing (F23). @throws Problem passwords_off */
export function requirePasswords({ passwords }: Pick<Accounts, 'passwords'>): void {
  if (!passwords) throw new Problem('passwords_off')
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
