import type { components } from '@muster/contract/api.d.ts'

// Names of generated schemas that functions take as arguments. The results of calls need no name: the client infers them.

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type KeyIdentity = Schemas['KeyIdentity']
export type Member = Schemas['Member']
export type Session = Schemas['Session']
export type SignIn = Schemas['SignIn']
export type RefreshToken = Schemas['RefreshToken']
export type Client = Schemas['Client']
export type Application = Schemas['Application']
export type SigningKey = Schemas['SigningKeys']['keys'][number]
export type SecretStatus = Schemas['SecretStatus']
export type Invitation = Schemas['Invitation']
export type MovePlan = Schemas['MovePlan']
export type Resource = Schemas['Resource']
export type Key = Schemas['Key']
export type CreatedKey = Schemas['CreatedKey']
export type OperatedOrganization = Schemas['OperatedOrganization']
export type OperatedUser = Schemas['OperatedUser']
export type RevocationReport = Schemas['RevocationReport']
