import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import type { Api } from './api.ts'
import type { DeviceAuthorization, Tokens } from './types.ts'

const client = { client_id: CLI_CLIENT_ID }

interface DeviceRequest {
  /** Asks for a refresh token of this name beside the access token (S47). */
  refreshTokenName?: string | undefined
  /** The username this login will register: the browser then opens sign-up, and the approval page names it. */
  registersAs?: string | undefined
}

/** RFC 8628 section 3.1 */
export const startDeviceLogin = (api: Api, { refreshTokenName, registersAs }: DeviceRequest): Promise<DeviceAuthorization> =>
  api.request('POST', '/oauth/device/code', {
    form: {
      ...client,
      scope: `openid profile email api${refreshTokenName === undefined ? '' : ' offline_access'}`,
      ...(refreshTokenName === undefined ? {} : { refresh_token_name: refreshTokenName }),
      ...(registersAs === undefined ? {} : { registers_as: registersAs }),
    },
  })

/** RFC 8628 section 3.4 */
export const pollDeviceLogin = (api: Api, deviceCode: string): Promise<Tokens> =>
  api.request('POST', '/oauth/token', { form: { ...client, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode } })

/** RFC 6749 section 6. Repeatable: this client's refresh tokens do not rotate (S47). */
export const refreshLogin = (api: Api, refreshToken: string): Promise<Tokens> =>
  api.request('POST', '/oauth/token', { form: { ...client, grant_type: 'refresh_token', refresh_token: refreshToken }, repeatable: true })

/** RFC 7009. Answers the same for a token nobody knows. */
export const revokeToken = (api: Api, token: string): Promise<unknown> => api.request('POST', '/oauth/revoke', { form: { ...client, token }, repeatable: true })
