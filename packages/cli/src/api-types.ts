/** The answers of the API that the commands read. */
export interface Organization {
  id: string
  name: string
  role: 'admin' | 'member'
  plan: string
  personal: boolean
}

export interface Me {
  id: string
  email: string
  username: string | null
  given_name: string | null
  family_name: string | null
  company: string | null
  registered_at: string | null
  organization: Organization | null
  session: { id: string; kind: string; created_at: string; expires_at: string; client_id: string | null }
  token: { expires_at: string }
}

/** What answers that change who one is carry: a token of the same session for the new state (S56). */
export interface NewToken {
  access_token: string
  expires_at: string
}

export interface Registered extends NewToken {
  me: Me
}

export interface Preview {
  kind: string
  organization: { name: string }
  role: string
  expires_at: string
}

export interface Joined extends NewToken {
  left: { name: string } | null
  organization: Organization
}

export interface Left extends NewToken {
  left: { name: string }
  organization: Organization
  woken: boolean
}

export interface OrganizationDetails extends Organization {
  members: number
  created_at: string
  cloud_domain: string
  application_url: string
}

export interface Rename {
  id: string
  name: string
  renamed: boolean
  application_url: { from: string; to: string }
  urls: { name: string; from: string; to: string }[]
}

export interface Member {
  id: string
  username: string
  given_name: string | null
  family_name: string | null
  email?: string
  role: string
  status: string
  joined_at: string
}

export interface RemovedMember {
  removed: { id: string; username: string }
  ended: { sessions: number; invitations: number }
  handed_over: unknown[]
}

export interface NewSecret {
  id: string
  kind: string
  role: string
  secret: string
  expires_at: string
  created_at: string
}

export interface Secret {
  id: string
  kind: string
  role: string
  state: string
  created_at: string
  expires_at: string
  created_by: string
}

export interface Session {
  id: string
  kind: string
  current: boolean
  client_id: string | null
  address: string | null
  user_agent: string | null
  created_at: string
  last_used_at: string | null
  expires_at: string
}

export interface RefreshToken {
  id: string
  session_id: string
  client_id: string
  created_at: string
  last_used_at: string | null
  expires_at: string
  idle_expires_at: string
  address: string | null
  current: boolean
}

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

export interface Client {
  id: string
  name: string
  secret?: string | null
  grants: string[]
  redirect_uris: string[]
  post_logout_redirect_uris: string[]
  scopes: string[]
  alg: string
  public: boolean
  native: boolean
  created_at: string
}

export interface SigningKey {
  kid: string
  alg: string
  state: string
}

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
