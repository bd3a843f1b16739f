export type ContentEncoding = 'br' | 'gzip'

/** From the smallest result to the largest. */
const encodings: readonly ContentEncoding[] = ['br', 'gzip']

/** The ending of the compressed copy that the build writes beside a file. */
export const endings = { br: '.br', gzip: '.gz' } as const satisfies Record<ContentEncoding, string>

/** The best of these encodings that an `Accept-Encoding` header allows, or null. */
export const encodingFor = (accepted: string | string[] | undefined, available: readonly ContentEncoding[] = encodings): ContentEncoding | null =>
  encodings.find((encoding) => available.includes(encoding) && new RegExp(`\\b${encoding}\\b`).test(String(accepted ?? ''))) ?? null
