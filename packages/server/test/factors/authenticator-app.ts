import { createHmac } from 'node:crypto'
import type { Browser } from '../accounts/office.ts'

/** RFC 6238, written here again, so that the app of these tests is not the library of the server. */
export function codeAt(secret: string, seconds: number): string {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = (mac.at(-1) as number) & 15
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

/** The code that an app shows, some steps of 30 seconds from now. */
export const codeOf = (secret: string, steps = 0): string => codeAt(secret, Date.now() / 1000 + steps * 30)

export const wrongCode = (secret: string): string =>
  codeOf(secret) === '000000' || codeOf(secret, 1) === '000000' || codeOf(secret, -1) === '000000' ? '111111' : '000000'

export const hidden = (html: string, name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

/** The secret that the page of a new app shows. */
export const secretIn = (html: string): string => /data-copy="([A-Z2-7]{32})"/.exec(html)?.[1] ?? ''

/** Adds an authenticator app to the account of a browser that has just signed in. */
export async function addApp(browser: Browser): Promise<{ secret: string; codes: string[]; body: string }> {
  const page = (await browser.get('/account/add-authenticator')).body
  const secret = secretIn(page)
  const answer = await browser.post('/account/add-authenticator', { secret: hidden(page, 'secret'), code: codeOf(secret) })
  const codes = [...answer.body.matchAll(/<li><span class="code">([^<]*)/g)].map(([, code]) => code as string)
  return { secret, codes, body: answer.body }
}
