import manifest from '../package.json' with { type: 'json' }

/** Set by the build of the package that a server offers (`scripts/build-downloads.ts`). */
declare const MUSTER_PACKAGE_VERSION: string | undefined

/** The version of that package, or null in a checkout. */
export const packageVersion: string | null = typeof MUSTER_PACKAGE_VERSION === 'undefined' ? null : MUSTER_PACKAGE_VERSION

export const version: string = packageVersion ?? manifest.version
