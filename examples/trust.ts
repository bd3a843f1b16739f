import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates a certificate for `localhost` that every process of the run trusts, so that clients reach Muster over https as in production. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-trust-'))
  await chmod(folder, 0o755) // Apache reads the certificate as another user. OpenSSL protects the key from it.
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...names], { stdio: 'ignore' })
  process.env['MUSTER_PEER_KEY'] = key
  // Node, OpenSSL (Ruby, Python's ssl), requests and LWP each read different variables.
  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PERL_LWP_SSL_CA_FILE', 'CURL_CA_BUNDLE']) process.env[name] = cert
  return () => rm(folder, { recursive: true, force: true })
}
