import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bareEnvironment } from '@muster/testkit/environment.ts'

export const examples = new URL('../../../examples/', import.meta.url)

/** A process of an example. */
export interface RunningExample {
  /** Ends the process, by default with SIGTERM. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts an example, as its README does. */
export function startExample(program: string, env: Record<string, string>): RunningExample {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, examples))], {
    env: { ...bareEnvironment(), LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  return {
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      await ended
    },
  }
}
