import { acrValues, satisfiesAcr } from '@muster/contract/authentication.ts'

/** The classes of `acr_values` that Muster knows (OpenID Connect Core section 3.1.2.1). One of them is enough. Others are ignored, because the parameter is voluntary. */
export const wantedAcr = ({ acr_values: text }: Record<string, unknown>): string[] =>
  typeof text === 'string' ? text.split(' ').filter((one) => (acrValues as readonly string[]).includes(one)) : []

/** True if nothing is wanted, or the class is as strong as one of the wanted ones. */
export const isStrongEnough = (wanted: readonly string[], acr: string | null): boolean => wanted.length === 0 || wanted.some((one) => satisfiesAcr(acr, one))
