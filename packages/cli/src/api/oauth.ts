import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import type { Api } from './api.ts'

const client = { client_id: CLI_CLIENT_ID }

/** RFC 8628 section 3.2 */
export interface DeviceAuthorization {
  device_code: string
  user_code: string
  verification_uri: string
  verification_uri_complete: string
  expires_in: number
  interval?: number
}

/** RFC 6749 section 5.1 */
export interface Tokens {
  access_token: string
  expires_in: number
  refresh_token?: string
  scope?: string
}

interface DeviceRequest {
  /** Asks for a refresh token of this name beside the access token (S47). */
  refreshTokenName?: string | undefined
  /** The username to register with this login. The browser opens sign-up, and the approval page shows the username. */
  registersAs?: string | undefined
}

/** RFC 8628 section 3.1 */
export const startDeviceLogin = (api: Api, { refreshTokenName, registersAs }: DeviceRequest): Promise<DeviceAuthorization> =>
  api.postForm('/oauth/device/code', {
    ...client,
    scope: `openid profile email api${refreshTokenName === undefined ? '' : ' offline_access'}`,
    ...(refreshTokenName === undefined ? {} : { refresh_token_name: refreshTokenName }),
    ...(registersAs === undefined ? {} : { registers_as: registersAs }),
  })

/** RFC 8628 section 3.4 */
export const pollDeviceLogin = (api: Api, deviceCode: string): Promise<Tokens> =>
  api.postForm('/oauth/token', { ...client, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode })

/** RFC 6749 section 6. Repeatable: this client's refresh tokens do not rotate (S47). */
export const refreshLogin = (api: Api, refreshToken: string): Promise<Tokens> =>
  api.postForm('/oauth/token', { ...client, grant_type: 'refresh_token', refresh_token: refreshToken }, { repeatable: true })

/** RFC 7009. The response for an unknown token is the same. */
export const revokeToken = (api: Api, token: string): Promise<unknown> => api.postForm('/oauth/revoke', { ...client, token }, { repeatable: true })
