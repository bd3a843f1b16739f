import type { Output } from './output.ts'

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Shows that we wait: moving in a terminal, one plain line elsewhere. Stops by itself when the wait ends, however it ends. */
export async function waiting<T>(say: Output, text: string, work: () => Promise<T>): Promise<T> {
  if (say.json || !say.isTerminal) {
    say.note(text)
    return work()
  }
  let frame = 0
  const draw = () => say.transient(`${say.style('cyan', frames[frame++ % frames.length] ?? '')} ${text}`)
  draw()
  const timer = setInterval(draw, 100)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    say.transient('')
  }
}
