import type { Compat } from '../compat.ts'
import { cloudRoutes } from './cloud.ts'

/** The published `dbos-cloud` command line, as it is built: its client id, its audience, its scopes, its routes. */
export const dbos: Compat = {
  clients: [
    {
      id: '6p7Sjxf13cyLMkdwn14MxlH7JdhILled',
      name: 'dbos-cloud', // as its users type it: pages and emails name it in commands, too
      grants: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scopes: ['profile', 'email', 'offline_access', 'api'],
      // It asks for `sub` or `offline_access` and means: act as me.
      impliedScopes: ['api'],
      alg: 'RS256', // the only one it accepts
    },
  ],
  audiences: ['dbos-cloud-api'],
  routes: cloudRoutes,
}
