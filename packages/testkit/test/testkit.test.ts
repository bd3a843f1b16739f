import { openDatabase } from '@muster/server/store/database.ts'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { movableClock } from '@muster/testkit/clock.ts'
import { startMailSink } from '@muster/testkit/mail-sink.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import nodemailer from 'nodemailer'
import { describe, expect, test } from 'vitest'

describe('the movable clock', () => {
  test('the movable clock moves muster_now() and Date together, on both engines', async () => {
    const postgres = await startPostgres()
    const databases = [await openDatabase({}), await openDatabase({ databaseUrl: await postgres.createDatabase() })]
    const clock = movableClock(...databases)
    const real = Date.now()
    const musterNow = async (): Promise<number[]> => {
      const times: number[] = []
      for (const { kysely } of databases) times.push((await sql<{ now: Date }>`select muster_now() as now`.execute(kysely)).rows[0]?.now.getTime() ?? 0)
      return times
    }
    try {
      await clock.advance(7 * 86_400)
      await clock.advance(0.5)
      for (const time of [...(await musterNow()), Date.now(), new Date(new Date()).valueOf(), Date.parse(Date())]) {
        expect(time - real - 7 * 86_400_000).toBeGreaterThan(-1_000)
        expect(time - real - 7 * 86_400_000).toBeLessThan(10_000)
      }
      expect(new Date(5).getTime()).toBe(5)
      expect(new Date() instanceof Date).toBe(true)
    } finally {
      await clock.restore()
    }
    for (const time of [...(await musterNow()), Date.now()]) expect(time - real).toBeLessThan(10_000)
    for (const database of databases) await database.close()
  })
})

describe('PostgreSQL for tests', () => {
  test('startPostgres creates a migrated database of its own for each test', async () => {
    const postgres = await startPostgres()
    const urls = [await postgres.createDatabase(), await postgres.createDatabase()]
    const [one, two] = await Promise.all(urls.map((databaseUrl) => openDatabase({ databaseUrl })))
    if (!one || !two) throw new Error('No database was opened.')
    await sql`create table mine (n int)`.execute(one.kysely)
    await expect(sql`select * from mine`.execute(two.kysely)).rejects.toMatchObject({ code: '42P01' })
    await one.close()
    await two.close()
  })
})

describe('the sink for emails', () => {
  test('the sink returns emails of an address in order and waits for the next', async () => {
    const sink = await startMailSink()
    const transport = nodemailer.createTransport(sink.url)
    const send = (to: string, subject: string): Promise<unknown> => transport.sendMail({ from: 'muster@example.com', to, subject, text: `Text of ${subject}` })
    const waiting = sink.next('Bob@example.com')
    await send('ada@example.com', 'one')
    await send('bob@example.com', 'two')
    await send('ada@example.com', 'three')
    expect((await waiting).text).toContain('Text of two')
    expect((await sink.next('ada@example.com')).subject).toBe('one')
    expect((await sink.next('ada@example.com')).subject).toBe('three')
    expect(sink.all().length).toBe(3)
    await expect(sink.next('ada@example.com', { withinMilliseconds: 20 })).rejects.toThrow('No email to ada@example.com')
    sink.refuse(1)
    await expect(send('ada@example.com', 'four')).rejects.toMatchObject({ responseCode: 451 })
    transport.close()
    await sink.stop()
  })
})

describe('the browser', () => {
  test('the browser opens a page and reads its content', async () => {
    const browser = await launchBrowser()
    const page = await browser.newPage()
    await page.goto('data:text/html,<title>Muster</title><p>hello</p>')
    expect(await page.title()).toBe('Muster')
    expect(await page.textContent('p')).toBe('hello')
    await browser.close()
  })
})
