import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// The published package is JavaScript with types, under the same names as the sources in the workspace.

const root = fileURLToPath(new URL('../../..', import.meta.url))

test('the built package works by its public names, with types, and needs only jose', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-sdk-'))
  try {
    const sdk = join(folder, 'node_modules/@muster/sdk')
    mkdirSync(join(folder, 'node_modules/@muster'), { recursive: true })
    for (const name of ['jose', 'fastify', 'hono', '@types']) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    execFileSync(process.execPath, [join(root, 'packages/sdk/build.ts'), sdk], { stdio: 'pipe' })
    const manifest = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
    expect(Object.keys(manifest.dependencies)).toEqual(['jose'])
    const compiled = readdirSync(sdk, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|d\.ts)$/.test(name))
    for (const { types, default: main } of Object.values(manifest.exports) as Record<string, string>[]) {
      expect(compiled).toEqual(expect.arrayContaining([types?.slice(2), main?.slice(2)]))
    }
    for (const name of compiled) {
      const text = readFileSync(join(sdk, name), 'utf8')
      expect(text, name).not.toContain('@muster/contract')
      if (name.endsWith('.js')) expect(text, name).not.toMatch(/from '[^']+\.ts'/)
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const names = ['', '/fastify', '/express', '/hono', '/node-http'].map((name) => `'@muster/sdk${name}'`)
    writeFileSync(join(folder, 'run.js'), `for (const name of [${names}]) console.log(name, Object.keys(await import(name)).sort().join(' '))`)
    const said = execFileSync(process.execPath, ['run.js'], { cwd: folder, encoding: 'utf8' }).trim().split('\n')
    expect(said[0]).toBe(
      '@muster/sdk TokenRefused VerifierUnavailable authenticate createVerifier refusalOf refusals requireCaller requireMembership requirePermission requireRecentSignIn',
    )
    expect(said.slice(1)).toEqual([
      '@muster/sdk/fastify callerOf protect',
      '@muster/sdk/express callerOf protect',
      '@muster/sdk/hono protect',
      '@muster/sdk/node-http protect',
    ])
    writeFileSync(
      join(folder, 'use.ts'),
      `import { createVerifier, type Claims } from '@muster/sdk'
import { callerOf, protect } from '@muster/sdk/fastify'
import { protect as protectListener } from '@muster/sdk/node-http'
import fastify from 'fastify'
const verifier = createVerifier({ issuer: 'https://a.example', clientId: 'a', clientSecret: 'b' })
const claims: Promise<Claims> = verifier.verify('x')
fastify().addHook('onRequest', protect(verifier)).get('/', async (request) => {
  const organizationId: string = callerOf(request).organizationId
  // @ts-expect-error a route may be open
  request.muster.role
  return organizationId
})
protectListener(verifier, (_request, response, caller) => void response.end(caller.organizationId.toUpperCase()))
const withClients = createVerifier({ issuer: 'https://a.example', clientId: 'a', clientSecret: 'b', clients: true })
// @ts-expect-error a client belongs to no organization
protectListener(withClients, (_request, response, caller) => void response.end(caller.organizationId.toUpperCase()))
// @ts-expect-error there is no way to accept without knowing
createVerifier({ issuer: '', clientId: '', clientSecret: '', onStale: 'accept' })
export { claims }
`,
    )
    const settings = {
      compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, skipLibCheck: false, types: ['node'] },
      include: ['use.ts'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...settings, compilerOptions: { ...settings.compilerOptions, skipLibCheck: true } }))
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
