import { command, value } from '../../command.ts'
import { signedIn } from '../../login/sign-in.ts'

/** The username of a contact who is a member, otherwise the email address. */
export const contactOf = (contact: { username: string | null; email: string | null } | null | undefined): string | null =>
  contact?.username ?? contact?.email ?? null

const orNone = (text: string): string | null => (text === 'none' || text.trim() === '' ? null : text)

export default command(
  'org contacts',
  {
    summary: 'show or change the technical contact, the billing contact and the postal address',
    options: {
      technical: value('CONTACT', 'a member or an email address; shown to deactivated members'),
      billing: value('CONTACT', 'a member or an email address'),
      address: value('TEXT', 'the postal address; \\n starts a new line'),
    },
    examples: [
      'muster org contacts',
      'muster org contacts --technical ada --billing bills@example.com',
      'muster org contacts --address "Acme Ltd\\n1 Main Street\\nSpringfield"',
      'muster org contacts --billing none',
    ],
    notes: 'To remove a value, pass none. Only admins see the billing contact and the address.',
  },
  async (context, { technical, billing, address }) => {
    const { say } = context
    const login = await signedIn(context)
    const changes = {
      ...(technical === undefined ? {} : { technical_contact: orNone(technical) }),
      ...(billing === undefined ? {} : { billing_contact: orNone(billing) }),
      ...(address === undefined ? {} : { address: orNone(address)?.replaceAll('\\n', '\n') ?? null }),
    }
    const isChange = Object.keys(changes).length > 0
    const details = await (isChange
      ? login.PATCH('/v1/organizations/{org}', { params: { path: { org: login.organizationId } }, body: changes, repeatable: true })
      : login.GET('/v1/organizations/{org}', { params: { path: { org: login.organizationId } } }))
    const { technical_contact, billing_contact } = details
    say.data({ organization: { id: details.id, name: details.name }, technical_contact, billing_contact, address: details.address }, () =>
      say.details([
        ['Technical', contactOf(technical_contact) ?? 'none'],
        ...(billing_contact === undefined ? [] : ([['Billing', contactOf(billing_contact) ?? 'none']] as [string, string][])),
        ...(details.address === undefined ? [] : ([['Address', details.address?.replaceAll('\n', ', ') ?? 'none']] as [string, string][])),
      ]),
    )
    if (isChange) say.done(`The contacts of ${details.name} have been updated.`)
    else if (!technical_contact) say.hint('\nUntil a technical contact is set, deactivated members are shown the founder, or else the longest-serving admin.')
  },
)
