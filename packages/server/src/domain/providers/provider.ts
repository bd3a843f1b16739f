/** Another account system by which people sign in (F19). Their browser goes there and comes back with a code, which this server exchanges. */
export interface Provider {
  /** In paths: google, github or oidc. */
  readonly id: string
  /** For people. */
  readonly name: string
  /** With the subject, it is an identity. */
  readonly issuer: string
  /** The address that the browser goes to. @throws Problem provider_unavailable */
  authorizationUrl(secrets: FlowSecrets): Promise<string>
  /**
   * Exchanges the code in the query of the answer, and asks who signed in. The tokens of the provider are not kept.
   * @throws Problem provider_unavailable or provider_refused
   */
  personOf(query: string, secrets: FlowSecrets): Promise<ProviderPerson>
}

/** They tie the answer of the provider to one browser and one sign-in. */
export interface FlowSecrets {
  state: string
  nonce: string
  /** PKCE (RFC 7636). */
  verifier: string
}

/** A person as their provider describes them. */
export interface ProviderPerson {
  /** What the provider calls the person. It never changes, and is compared exactly (F20). */
  subject: string
  /** By which people recognize the account at the provider: its address or its login. Shown, and never compared. */
  label: string
  /** `trusted`: the provider proves that the person controls the inbox. */
  email: { address: string; trusted: boolean } | null
  givenName: string
  familyName: string
}

/** Who a person is at a provider (F20). */
export interface ProviderIdentity extends Pick<ProviderPerson, 'subject' | 'label'> {
  issuer: string
  /** The id of the provider. */
  provider: string
}
