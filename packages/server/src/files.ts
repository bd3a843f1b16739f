import { fileURLToPath } from 'node:url'

// Where the server finds the files that it reads. In the repository, the build writes them into `dist` folders. In a release, they are beside the server's code.

/** Set when `scripts/release/` bundles the server. */
declare const MUSTER_RELEASE: true | undefined

export const isRelease = typeof MUSTER_RELEASE !== 'undefined'

const at = (inRepository: string, inRelease: string): string => fileURLToPath(new URL(isRelease ? inRelease : inRepository, import.meta.url))

export const consoleFolder = at('../../console/dist/', '../console/')
/** The reference page of the API and its script, written by scripts/build-docs.ts. */
export const docsFolder = at('../dist/docs/', '../docs/')
/** The packages of the CLI and the SDK, written by scripts/build-downloads.ts. */
export const downloadsFolder = at('../dist/downloads/', '../downloads/')
export const portalFolder = at('./portal/', '../portal/')
/** Talks to the browser about passkeys. */
export const webauthnScript = at('../../../node_modules/@simplewebauthn/browser/dist/bundle/index.umd.min.js', '../portal/simplewebauthn.js')
/** The colours and sizes that the portal shares with the console. */
export const tokensFile = at('../../contract/src/tokens.css', '../portal/tokens.css')
/** The folder with the snapshot of a new database. */
export const snapshotFolder = at('../dist/', '../')
