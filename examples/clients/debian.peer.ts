import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { House } from './house.ts'
import { tryPeers } from './peers.ts'
import { PYTHON } from './table.ts'

/**
 * Each program prints the address to sign in at, reads the address it was redirected to, and prints the person's id. It then waits for a line, tries again with
 * its tokens, and prints why it was refused.
 */
async function converses({ issuer, member, callback, register, visitor, deactivate }: House, command: string, file: string, refusal: string): Promise<void> {
  const { id, secret } = await register()
  const child = spawn(command, [join(import.meta.dirname, 'debian', file), issuer, id, secret, callback], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${file} ended: ${said}`)
    return value
  }
  try {
    const { at } = await visitor().signIn(await next())
    child.stdin.write(`${at.href}\n`)
    assert.equal(await next(), member.id)
    await deactivate()
    child.stdin.write('again\n')
    assert.equal(await next(), refusal)
  } finally {
    child.kill()
  }
}

tryPeers({
  'python3-authlib': (house) => converses(house, PYTHON, 'authlib_client.py', 'invalid_grant'),
  'python3-requests-oauthlib': (house) => converses(house, PYTHON, 'requests_oauthlib_client.py', 'invalid_grant'),
  'ruby-oauth2': (house) => converses(house, '/usr/bin/ruby', 'oauth2_client.rb', 'invalid_grant'),
  'liblwp-authen-oauth2-perl': (house) => converses(house, '/usr/bin/perl', 'lwp_authen_oauth2.pl', 'invalid_grant'),
})
