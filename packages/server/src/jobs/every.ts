/**
 * Runs work again and again, never twice at once. A failure does not end it.
 * @returns a function that ends it, after the work that is running
 */
export function every(milliseconds: number, work: () => Promise<void>, onFailed: (error: unknown) => void): () => Promise<void> {
  let running = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(work).catch(onFailed)
  }, milliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
