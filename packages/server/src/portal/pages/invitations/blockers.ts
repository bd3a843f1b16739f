import { transferAllWords } from '@muster/contract/command-line.ts'
import { remedyWords } from '@muster/contract/remedies.ts'
import type { Blocker } from '../../../domain/organizations/move.ts'
import { type Content, html, type Markup } from '../../html.ts'
import { button, type CommandLine, command, type Fault, type FormTarget, field, form } from '../../parts.ts'

export interface Blocked {
  blockers: readonly Blocker[]
  /** The organization that the user would leave. */
  organization: string
  username: string | null
  /** Field: `owner`; button: `decision` = `transfer`. */
  target: FormTarget
  /** Active members who could own the resources. */
  owners: readonly string[]
  /** The owner that was typed. */
  owner?: string | undefined
  faults?: readonly Fault[] | undefined
  cli: CommandLine
  /** Where the console is, if this installation has one. */
  consolePath?: string | undefined
}

/** The blockers of a move: one card that transfers all resources, and one line for each other blocker (S24). */
export function blockedSection(blocked: Blocked): Markup {
  const { blockers, organization, cli } = blocked
  const transfers = blockers.filter(({ transfer }) => transfer)
  const others = blockers.filter(({ transfer }) => !transfer)
  return html`<section class="blockers" aria-labelledby="blockers"><h2 id="blockers">Before you can leave ${organization}</h2>${
    transfers.length > 0 && transferCard(blocked, transfers)
  }${others.map((blocker) => commandsOf(cli, blocker, html`${blocker.detail}${consoleLink(blocker, blocked.consolePath)}`))}</section>`
}

/** One command for each remedy, as people run the CLI at this installation. */
const commandsOf = (cli: CommandLine, { remedies }: Blocker, says: Content): Content =>
  remedies.map((remedy, place) => command(cli(remedyWords(remedy)), place === 0 ? says : undefined))

function transferCard({ organization, username, target, owners, owner, faults, cli, consolePath }: Blocked, transfers: readonly Blocker[]): Markup {
  const many = transfers.length > 1
  const suggested = transfers[0]?.transfer?.to ?? null
  return form({
    target,
    body: [
      html`<h3>You own ${many ? `${transfers.length} resources` : '1 resource'} in ${organization}</h3>`,
      field({
        name: 'owner',
        label: many ? 'Transfer all to' : 'Transfer it to',
        value: owner ?? suggested ?? undefined,
        hint: 'The username of an active member, or the name of a service account.',
        autocomplete: 'off',
        maxlength: 60,
        choices: owners,
        kind: 'identifier',
        faults,
      }),
      html`<details class="commands"><summary>${many ? 'Resources and commands' : 'Resource and command'}</summary>${
        many && command(cli(transferAllWords(suggested)), 'Transfers all of them at once.')
      }${transfers.map((blocker) => commandsOf(cli, blocker, blocker.detail))}</details>`,
    ],
    next: consolePath && html`To transfer them one by one, open <a href="${consolePath}resources?owner=${username ?? ''}">your resources in the console</a>.`,
    actions: button({ text: many ? `Transfer all ${transfers.length}` : 'Transfer', name: 'decision', value: 'transfer' }),
  })
}

/** The page of the console that clears this blocker. */
function consoleLink({ remedies: [remedy] }: Blocker, consolePath: string | undefined): Content {
  if (consolePath === undefined) return ''
  if (remedy?.code === 'remove') return html` <a href="${consolePath}resources">Remove it in the console</a>`
  return remedy?.code === 'reactivate'
    ? html` <a href="${consolePath}users?status=deactivated">Reactivate or remove the other members in the console</a>`
    : html` <a href="${consolePath}users?status=active">Make another member an admin in the console</a>`
}
