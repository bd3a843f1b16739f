export interface PageRequest {
  limit: number
  /** The cursor from the previous page. Undefined for the first page. */
  cursor?: string | undefined
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}
