import { readPages } from '../../api/pages.ts'
import { command, flag, value } from '../../command.ts'
import { usage } from '../../errors.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { defaultListSize, printList } from '../../output/list.ts'
import { roleName } from '../../output/role.ts'
import { facts } from '../../output/table.ts'
import { count } from '../../output/text.ts'
import { exact, moment } from '../../output/time.ts'
import { detailsOf } from '../audit.ts'
import { invitationState, sayInvalid } from '../shared/invitation-state.ts'

// The operator's lists of the installation (O13).

const all = flag(`list all of them, not only the first ${defaultListSize}`)

const organizations = command(
  'server org list [text]',
  {
    summary: 'list all organizations, newest first, or those whose name begins with a text',
    options: { suspended: flag('only suspended organizations'), all, operatorTokenFile },
    examples: ['muster server org list', 'muster server org list acme', 'muster server org list --suspended'],
    notes: 'For one organization: muster server organization ORG',
  },
  async (context, { text, suspended, all, operatorTokenFile }) => {
    const { now } = context
    const query = { search: text, ...(suspended ? { suspended: 'true' as const } : {}) }
    const most = all ? Number.POSITIVE_INFINITY : defaultListSize
    printList(context, await readPages(asOperator(context, operatorTokenFile), '/v1/operator/organizations', { params: { query } }, most), {
      none: text === undefined ? (suspended ? 'No organization is suspended.' : 'No organizations.') : `No organization has a name that begins with ${text}.`,
      more: 'Type more of the name, or pass --all.',
      head: ['NAME', 'KIND?', 'PLAN', 'MEMBERS', 'SUSPENDED', 'CREATED?'],
      row: (organization) => [
        organization.name,
        organization.personal ? 'personal' : 'shared',
        organization.plan,
        facts(membersOf(organization.members), String(organization.members.active), String(organization.members.deactivated)),
        moment(organization.suspended_at, now),
        moment(organization.created_at, now),
      ],
    })
  },
)

const membersOf = ({ active, deactivated }: { active: number; deactivated: number }): string =>
  `${active}${deactivated > 0 ? ` and ${count(deactivated, 'deactivated one')}` : ''}`

const invitations = command(
  'server invitation list [text]',
  {
    summary: 'list invitations, newest first, or those whose email address begins with a text',
    options: { org: value('ORG', 'only invitations of this organization'), all, operatorTokenFile },
    examples: ['muster server invitation list', 'muster server invitation list bob@example.com', 'muster server invitation list --org acme'],
    notes: 'EMAILED says when the mail server accepted the newest email. TEXT can also be an id. Give either TEXT or --org.',
  },
  async (context, { text, org, all, operatorTokenFile }) => {
    const { now } = context
    if (text !== undefined && org !== undefined) throw usage('Give either TEXT or --org, not both.')
    const query = { search: text, organization: org }
    const most = all ? Number.POSITIVE_INFINITY : defaultListSize
    const page = await readPages(asOperator(context, operatorTokenFile), '/v1/operator/invitations', { params: { query } }, most)
    printList(context, page, {
      none: text === undefined ? 'No invitations.' : `No invitation has an email address or id that begins with ${text}.`,
      more: 'Type more of the address, or pass --all.',
      head: ['EMAIL', 'ORGANIZATION', 'STATE', 'ROLE?', 'EMAILED', 'BY?', 'EXPIRES?', 'ID?'],
      row: (invitation) => [
        invitation.email ?? `(${invitation.kind})`,
        invitation.organization.name,
        invitationState(invitation),
        roleName(invitation),
        invitation.email === null ? '' : moment(invitation.mailed_at, now, 'not yet'),
        invitation.created_by,
        moment(invitation.expires_at, now),
        invitation.id,
      ],
    })
    sayInvalid(context, page.items)
  },
)

const request = command(
  'server request show <id>',
  {
    summary: 'show what a request did: its audit events, by the id from an error, a page or the access log',
    options: { operatorTokenFile },
    examples: ['muster server request show req_…'],
    notes: 'A request that was only refused or only read has no events. Its line in the access log has the same id, as reqId.',
  },
  async (context, { id, operatorTokenFile }) => {
    const operator = asOperator(context, operatorTokenFile)
    printList(context, await readPages(operator, '/v1/operator/requests/{id}', { params: { path: { id } } }, defaultListSize), {
      none: `No audit event has the request id ${id}. Look for it in the access log: reqId.`,
      head: ['TIME', 'ACTOR', 'ACTION', 'TARGET', 'ADDRESS?', 'DETAILS'],
      row: ({ at, actor, action, outcome, target, details, address, erased }) => [
        facts(exact(at), at),
        actor.name ?? actor.id ?? actor.kind,
        facts(outcome === 'refused' ? `refused: ${details.attempted ?? action}` : action, action, outcome),
        target.name ?? target.id,
        erased?.includes('address') ? '(erased)' : address,
        facts(detailsOf({ details, erased }), JSON.stringify(details)),
      ],
    })
  },
)

export default [organizations, invitations, request]
