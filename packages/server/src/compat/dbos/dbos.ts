import type { Compat } from '../compat.ts'
import { cloudRoutes } from './cloud.ts'

/** The published `dbos-cloud` command: its client id, audience, scopes and routes. */
export const dbos: Compat = {
  clients: [
    {
      id: '6p7Sjxf13cyLMkdwn14MxlH7JdhILled',
      name: 'dbos-cloud', // as users type it, because pages and emails use it in commands
      grants: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scopes: ['profile', 'email', 'offline_access', 'api'],
      // It requests `sub` or `offline_access` but needs full access.
      impliedScopes: ['api'],
      alg: 'RS256', // the only algorithm that it accepts
    },
  ],
  audiences: ['dbos-cloud-api'],
  routes: cloudRoutes,
}
