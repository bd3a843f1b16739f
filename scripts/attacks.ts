/**
 * Where the defence against each attack is taken out: the id that stands in the title of a fault of `faults/`, the attack's own or that of another one
 * which the same defence is against; or the reason why there is nothing to take out. A test compares.
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
  B05: 'A08', // a member of a body that nobody knows is refused, whatever it is called
  B06: 'B01', // the admin of another organization is as foreign as anybody
  B09: 'B09',
  B10: 'E11', // what a token says of an organization is compared with the epoch of today
  B11: 'B11',
  // accounts and sign-in
  C01: 'C01',
  C02: 'C02',
  C06: 'C06',
  C08: 'C08',
  C10: 'C10',
  C13: 'C13',
  C14: { none: 'There is no half session: before the code there is a sign-up, which no route but its own looks for, and no second step.' },
  C16: 'C16',
  C17: 'C17',
  // device flow
  D03: 'D03', // eight characters, ten above 50,000 pending requests; five wrong codes an hour by account
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
  E20: 'E20',
  // the API and its surroundings
  F01: 'F01',
  F03: 'F03',
  F07: 'F07',
  F08: 'F08',
  F11: 'F11',
  F13: { none: 'It is kept off by how the packages are installed, at exact versions with their hashes, and not by code.' },
}
