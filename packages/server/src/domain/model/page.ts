export interface PageRequest {
  limit: number
  /** What the page before answered with; absent for the first. */
  cursor?: string | undefined
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}
