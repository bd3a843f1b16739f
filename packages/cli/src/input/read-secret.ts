import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { confirmServer } from '../login/chosen-server.ts'
import { standardInput } from './standard-input.ts'

/** A secret given as `-` is typed unseen at a terminal, else read from standard input: it stands in no history and no process list. */
export async function readSecret({ ask }: Context, argument: string, what: string): Promise<string> {
  if (argument === '-' && ask.possible) return ask.secret(`The ${what}`, '-')
  const secret = argument === '-' ? standardInput().trim() : argument.trim()
  if (secret === '') throw usage(`The ${what} is empty.`)
  return secret
}

/** A secret to be sent, once it is certain which server it goes to. */
export async function secretFrom(context: Context, argument: string, what: string): Promise<string> {
  const secret = await readSecret(context, argument, what)
  await confirmServer(context, what)
  return secret
}
