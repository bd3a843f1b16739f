import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import type { Action } from './history.ts'

type Verdict = Extract<Action, { type: 'use' }>['verdict']

export interface Judgement {
  verdict: Verdict
  began: number
}

export interface VerifierProcess {
  /** While the process is paused, the verdict comes after it is resumed. Never, if the process ends first. */
  check(token: string): Promise<Judgement>
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** @param version the tree of the version whose SDK it uses */
export async function startVerifier(version: string, issuer: string, client: { id: string; secret: string }): Promise<VerifierProcess> {
  const file = join(version, 'packages/server/test/faults/verifier-process.ts')
  const child: ChildProcess = fork(file, [issuer, client.id, client.secret], { env: bareEnvironment(), execArgv: [] })
  const waiting = new Map<number, (judgement: Judgement) => void>()
  let count = 0
  await once(child, 'message')
  child.on('message', ({ number, ...judgement }: Judgement & { number: number }) => {
    waiting.get(number)?.(judgement)
    waiting.delete(number)
  })
  return {
    check(token) {
      count += 1
      const number = count
      child.send({ number, token })
      return new Promise((resolve) => waiting.set(number, resolve))
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
