import { readFile, rename, writeFile } from 'node:fs/promises'
import { get, list, Refusal } from './client.ts'

// Copies all organizations and their members to a JSON file: it reads everything once, and then follows the event feed.

const { MIRROR_FILE: file = 'mirror.json' } = process.env

interface Mirror {
  /** The copy has the effect of all events up to this one. In the same file, so that one write stores both. */
  cursor: string
  /** By id, because a name can change. */
  organizations: Record<string, { name: string; plan: string; members: Member[] }>
}
type Organization = { id: string; name: string; plan: string }
type Member = { id: string; username: string; role: string; status: string }
type Page = { items: { action: string; organization_id: string }[]; next_after: string }

async function readEverything(): Promise<Mirror> {
  // The cursor first: what happens during the reading comes again as an event.
  const { next_after: cursor } = await get<Page>('/v1/operator/events?after=now')
  const mirror: Mirror = { cursor, organizations: {} }
  for (const organization of await list<Organization>('/v1/organizations')) await copy(mirror, organization)
  await save(mirror)
  return mirror
}

async function follow(mirror: Mirror): Promise<never> {
  for (;;) {
    const { items, next_after: cursor } = await get<Page>(`/v1/operator/events?after=${mirror.cursor}&wait=30`)
    // Such events always belong to an organization. To read it again is right for every event, also for one that comes twice.
    const changed = new Set(items.filter(({ action }) => /^(organization|membership)\./.test(action)).map((event) => event.organization_id))
    for (const id of changed) await copy(mirror, await get<Organization>(`/v1/organizations/${id}`))
    mirror.cursor = cursor
    if (items.length > 0) await save(mirror)
  }
}

async function copy(mirror: Mirror, { id, name, plan }: Organization): Promise<void> {
  const members = await list<Member>(`/v1/organizations/${id}/members`)
  mirror.organizations[id] = { name, plan, members: members.map(({ id, username, role, status }) => ({ id, username, role, status })) }
  console.log(`${name}: ${members.map(({ username }) => username).join(', ')}`)
}

/** Replaces the file in one step, so that a crash leaves the previous copy with its cursor. */
async function save(mirror: Mirror): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(mirror, null, 2))
  await rename(`${file}.new`, file)
}

async function load(): Promise<Mirror | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

for (let mirror = await load(); ; mirror = null) {
  try {
    await follow(mirror ?? (await readEverything()))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code !== 'cursor_gone') {
      console.error(`Muster refuses the request, so the mirror stops. ${error.message}`)
      process.exit(1)
    }
    console.log('The server was restored from a backup that does not have the last event. Reading everything again.')
  }
}
