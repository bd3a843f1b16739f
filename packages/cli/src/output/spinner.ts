import type { Output } from './output.ts'

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Shows a spinner while `work` runs. Without a terminal, it prints one plain line. */
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
