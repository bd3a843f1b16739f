/**
 * Maps each attack of docs/threats.md to the fault in `faults/` that removes the attack's defence, by the number in the fault's title. That number is the
 * attack's own, or the number of another attack with the same defence. An attack without a fault has a reason instead. `agreements.test.ts` compares this
 * list with docs/threats.md.
 */
export const attacks: Record<string, string | { none: string }> = {
  // invitations and organization secrets
  A01: 'A01',
  A02: 'A02',
  A03: 'A03',
  A04: 'A04',
  A05: 'A05',
  A08: 'A08',
  A09: 'A09',
  A11: 'A11',
  A13: 'A13',
  A14: 'A14',
  A15: 'A15',
  A16: 'A16',
  A17: 'A17',
  A18: 'A18',
  A20: 'A20',
  // organizations and tenants
  B01: 'B01',
  B02: 'B02',
  B04: 'B04',
  B05: 'A08', // any unknown member of a body is refused
  B06: 'B01', // an admin of another organization has no more access than any outsider
  B09: 'B09',
  B10: 'E11', // The epoch in a token is compared with the current one.
  B11: 'B11',
  // accounts and sign-in
  C01: 'C01',
  C02: 'C02',
  C04: { none: 'There is no sign-in through another provider.' },
  C06: 'C06',
  C08: 'C08',
  C10: 'C10',
  C13: 'C13',
  C14: 'E36', // a sign-in that waits for its second factor
  C16: 'C16',
  C17: 'C17',
  // device flow
  D01: 'D01',
  D02: 'D02',
  D03: 'D03', // eight characters, ten above 50,000 pending requests; five wrong codes an hour by account
  D05: 'D05',
  D06: 'D06',
  D08: 'D08',
  D09: 'D09', // no limit for the installation: above 50,000 pending requests each network holds twenty
  // tokens
  E01: 'E01',
  E04: 'E04',
  E06: 'E06',
  E07: 'E07',
  E08: 'E08',
  E09: 'E09',
  E10: 'E10',
  E11: 'E11',
  E13: 'E13',
  E14: 'E14',
  E18: { none: 'There is no token exchange.' },
  E19: { none: 'There is no DPoP.' },
  E20: 'E20',
  E21: 'only the root token creates and revokes operator tokens (O12)',
  E22: 'E22',
  E23: 'suspending a person ends their credentials (O14)',
  E24: 'the invitations of a suspended person are revoked (O14, S19)',
  E25: 'only the operator suspends a person (O14, S58)',
  E26: { none: 'The suspension is read after the password was proved. There is no check before it that could be removed.' },
  E27: 'a restore withdraws every signing key (E27, O9)',
  E28: 'no server starts on a store that was moved (E28, O10)',
  // passkeys
  E29: 'E29',
  E30: 'E30',
  E31: 'E31',
  E32: 'E32',
  E33: 'E33',
  E34: 'E34',
  E36: 'E36',
  E37: 'E37',
  E38: 'E38',
  E39: 'E39',
  E40: 'E40',
  E53: 'E53',
  E54: 'E54',
  E55: 'E55',
  E56: 'E56',
  E57: 'E57',
  E58: 'E58',
  E59: 'E59',
  E48: 'E48',
  E49: 'E49',
  E50: 'E50',
  E51: 'E51',
  E52: 'E52',
  // the log of revocations
  E35: 'E35',
  // the API and its surroundings
  F01: 'F01',
  F02: { none: 'There is no SCIM.' },
  F03: 'F03',
  F07: 'F07',
  F08: 'F08',
  F09: 'F09',
  F06: { none: 'The defence is the lock file, with exact versions and hashes, and no code.' },
}
