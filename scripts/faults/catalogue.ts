import { accounts } from './accounts.ts'
import { apis } from './apis.ts'
import { clients } from './clients.ts'
import { command } from './command.ts'
import { consents } from './consents.ts'
import { customRoles } from './custom-roles.ts'
import { deviceLogin } from './device-login.ts'
import { events } from './events.ts'
import { factors } from './factors.ts'
import { invitations } from './invitations.ts'
import { keys } from './keys.ts'
import { organizations } from './organizations.ts'
import { providers } from './providers.ts'
import { requests } from './requests.ts'
import { roleEdits } from './role-edits.ts'
import { roles } from './roles.ts'
import { stores } from './stores.ts'
import { tokens } from './tokens.ts'

export const faults = [
  ...accounts,
  ...apis,
  ...clients,
  ...command,
  ...consents,
  ...customRoles,
  ...deviceLogin,
  ...events,
  ...factors,
  ...invitations,
  ...keys,
  ...organizations,
  ...providers,
  ...requests,
  ...roles,
  ...roleEdits,
  ...stores,
  ...tokens,
]
