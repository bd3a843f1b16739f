import type { Compat } from '../compat.ts'

/** FeatureBase Cloud's HTTP API, as scripts use it. */
export const featurebase: Compat = { clients: [], audiences: [], routes: async () => {} }
