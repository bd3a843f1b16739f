import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Bench, muster } from '../harness/bench.ts'
import type { Must, Row, Subject } from '../harness/measure.ts'
import type { Version } from '../harness/versions.ts'

// What a person waits for in a browser with an empty cache, on a line of 1.6 Mbit/s and 150 ms.

interface Visit {
  requests: number
  kibibytes: number
  milliseconds: number
}

async function visit(bench: Bench, version: Version, path: string, sight: string | null, slow: boolean): Promise<Visit> {
  const { origin, seed } = await muster(bench, version, 'postgres', 'pages')
  const browser = await bench.once(
    'Chromium',
    () => launchBrowser(),
    (made) => made.close(),
  )
  const url = origin.replace('127.0.0.1', 'localhost')
  const context = await browser.newContext({ baseURL: url })
  try {
    const [name = '', value = ''] = seed.ada.cookie.split('=')
    await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }])
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    if (slow) {
      const rate = 1_600_000 / 8
      await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: rate, uploadThroughput: rate })
    }
    let requests = 0
    let bytes = 0
    session.on('Network.requestWillBeSent', ({ request }) => {
      if (request.url.startsWith('http')) requests += 1
    })
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    const begun = performance.now()
    await page.goto(path, { waitUntil: sight === null ? 'load' : 'commit' })
    if (sight !== null) await page.getByText(sight).first().waitFor({ timeout: 60_000 })
    const milliseconds = performance.now() - begun
    // One request of the console stays open, to hear of changes, so the network is never idle.
    for (let last = -1; last !== requests; ) {
      last = requests
      await new Promise((resolve) => setTimeout(resolve, 1_500))
    }
    return { requests, kibibytes: bytes / 1024, milliseconds }
  } finally {
    await context.close()
  }
}

interface PageRow {
  id: string
  title: string
  unit: Row['unit']
  must?: Must
  path: string
  /** The text that a person waits for. */
  sight?: string
  slow?: boolean
  take(visit: Visit): number
}

const pageRow = ({ id, title, unit, must, path, sight = '', slow = false, take }: PageRow): Row => ({
  id,
  title,
  group: 'requests postgres pages',
  unit,
  ...(must && { must }),
  rounds: unit === 'ms' ? 5 : 1,
  warmUps: unit === 'ms' ? 1 : 0,
  async subjects(bench) {
    return bench.versions.map(
      (version): Subject => ({
        name: version.name,
        measure: async () => take(await visit(bench, version, path, sight === '' ? null : sight, slow)),
      }),
    )
  },
})

const users = { path: '/console/users', sight: 'member0' }

export const pageRows: Row[] = [
  pageRow({ id: 'console-requests', title: 'console, list of users: requests', unit: '', must: { atMost: 15 }, ...users, take: ({ requests }) => requests }),
  pageRow({ id: 'console-bytes', title: 'console, list of users: transferred', unit: 'KiB', ...users, take: ({ kibibytes }) => kibibytes }),
  pageRow({
    id: 'console-usable',
    title: 'console, list of users: usable on a slow line',
    unit: 'ms',
    must: { atMost: 2_000 },
    ...users,
    slow: true,
    take: ({ milliseconds }) => milliseconds,
  }),
  pageRow({ id: 'docs-bytes', title: '`/docs`: transferred', unit: 'KiB', must: { atMost: 1024 }, path: '/docs', take: ({ kibibytes }) => kibibytes }),
]
