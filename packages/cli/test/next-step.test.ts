import { nextLine, nextStepOf, problems } from '@muster/contract/problems.ts'
import { blockerCommands, type Remedy, remedyCommand } from '@muster/contract/remedies.ts'
import { expect, test } from 'vitest'
import { ProblemError } from '../src/errors.ts'
import { allCommands } from '../src/program.ts'

const commands = await allCommands()
const isKnown = (words: string[]): boolean => commands.some(({ path }) => path.every((word, place) => words[place] === word))

const problem = { type: 'urn:muster:problem:token_expired', title: 'The login has expired.', status: 401, code: 'token_expired' as const }

test('a next step is printed with its command', () => {
  expect(new ProblemError({ ...problem, next: 'Log in again.', command: 'muster login' }, undefined).next).toBe('Log in again: muster login')
})

test('a next step of an earlier server, with its command, is printed unchanged', () => {
  expect(new ProblemError({ ...problem, next: 'Log in again: muster login.' }, undefined).next).toBe('Log in again: muster login.')
})

test('a next step without a command is printed as it is', () => {
  expect(nextLine(nextStepOf('forbidden'))).toBe('Ask an admin of your organization.')
})

test('the command of every next step begins with words of this command line', () => {
  for (const code of Object.keys(problems) as (keyof typeof problems)[]) {
    const { command } = nextStepOf(code)
    if (command === undefined) continue
    const words = command.replace(/^muster /, '').split(' ')
    expect(isKnown(words), `${code}: ${command}`).toBe(true)
  }
})

test('each remedy is a command of this command line', () => {
  const resource = { kind: 'application', name: 'shop' }
  const lines = [
    remedyCommand({ code: 'transfer', resource, to: null }),
    remedyCommand({ code: 'remove', resource }),
    remedyCommand({ code: 'promote', members: ['bob'] }),
    remedyCommand({ code: 'reactivate', members: ['bob', 'carol'] }),
    remedyCommand({ code: 'remove_member', members: ['bob'] }),
  ]
  expect(lines).toEqual([
    'muster resource transfer application/shop USER',
    'muster resource remove application/shop',
    'muster user role bob admin',
    'muster user reactivate USER',
    'muster user remove bob',
  ])
  for (const line of lines) expect(isKnown(line.split(' ').slice(1)), line).toBe(true)
})

test('a remedy of a newer server is left out, and its command is used instead', () => {
  const unknown = { code: 'archive', members: ['bob'] } as unknown as Remedy
  const known: Remedy = { code: 'promote', members: ['bob'] }
  expect(blockerCommands({ remedies: [unknown], command: 'muster user archive bob' })).toEqual(['muster user archive bob'])
  expect(blockerCommands({ remedies: [unknown, known], command: 'muster user archive bob' })).toEqual(['muster user role bob admin'])
})

test("an earlier server's command is used when it sends no remedies", () => {
  expect(blockerCommands({ command: 'muster resource remove application/shop' })).toEqual(['muster resource remove application/shop'])
})
