import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '@muster/server/store/database.ts'
import { startMailSink } from '@muster/testkit/mail-sink.ts'
import { OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import { startServerProcess } from '@muster/testkit/process.ts'
import { sql } from 'kysely'
import type { Disk } from './disk.ts'
import { closable, type Installation, type Node, prepare, thisVersion } from './installation.ts'
import { startVerifier } from './verifier.ts'

/** One server with the embedded database. @param disk a small disk for its folder */
export function startEmbedded({ clients, disk }: { clients: number; disk?: Disk | undefined }): Promise<Installation> {
  return closable(async (closing) => {
    const dataDir = await mkdtemp(join(disk?.folder ?? tmpdir(), 'muster-embedded-'))
    closing.push(() => rm(dataDir, { recursive: true, force: true }))
    const mail = await startMailSink()
    closing.push(() => mail.stop())
    const { issuer, admins, client } = await prepare(thisVersion, dataDir, clients)
    const port = Number(new URL(issuer).port)
    const env = {
      PORT: String(port),
      MUSTER_DATA_DIR: dataDir,
      MUSTER_ISSUER: issuer,
      MUSTER_SECRET: SECRET,
      MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
      MUSTER_SMTP_URL: mail.url,
      LOG_LEVEL: 'silent',
    }
    const node: Node = {
      port,
      folder: thisVersion,
      process: undefined,
      async start() {
        node.process = await startServerProcess({ command: [process.execPath, join(node.folder, 'packages/server/bin/server.js')], env })
      },
    }
    closing.push(async () => node.process?.kill())
    await node.start()
    let database: Database | undefined
    const verifier = await startVerifier(thisVersion, issuer, client)
    closing.push(() => verifier.stop())
    return {
      url: issuer,
      nodes: [node],
      disk,
      mail,
      verifier,
      admins,
      async rows<Row>(statement: string) {
        if (!database) {
          await node.process?.kill() // one process at a time opens the folder
          database = await openDatabase({ dataDir })
          closing.push(database.close)
        }
        return (await sql.raw<Row>(statement).execute(database.kysely)).rows
      },
    }
  })
}
