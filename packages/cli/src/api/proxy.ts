import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { BlockList, connect as connectTcp, isIP, type Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { isPassing, Unreachable, usage } from '../errors.ts'
import { type HttpRequest, send } from './http.ts'

// Requests through the proxy that the environment names. Loaded only when it names one (decision 0043).

export interface HttpProxy {
  /** Without user and password, so that it can be printed. */
  origin: string
  variable: string
  secure: boolean
  host: string
  port: number
  /** The value of `Proxy-Authorization`. */
  authorization: string | undefined
}

/** The proxy for an address, or null. The lower-case variable takes precedence, as in curl. Loopback addresses never use a proxy, as in Go. */
export function proxyFor(target: URL, env: NodeJS.ProcessEnv): HttpProxy | null {
  const variable = variablesFor(target, env).find((name) => env[name])
  if (variable === undefined || isLoopback(target) || isExcepted(target, env.no_proxy || env.NO_PROXY || '')) return null
  return readProxy(variable, env[variable] ?? '')
}

/** A web server that runs the command as a CGI program sets HTTP_PROXY from the request header `Proxy` (CVE-2016-5385). */
const variablesFor = ({ protocol }: URL, env: NodeJS.ProcessEnv): string[] =>
  protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : env.REQUEST_METHOD ? ['http_proxy'] : ['http_proxy', 'HTTP_PROXY']

/** The value may contain a password, so no message repeats it. */
function readProxy(variable: string, value: string): HttpProxy {
  const text = value.includes('://') ? value : `http://${value}`
  const next = 'Use an address such as http://proxy.example.com:3128'
  if (!URL.canParse(text)) throw usage(`${variable} is not the address of a proxy.`, next)
  const { protocol, hostname, host, port, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw usage(`${variable} names a ${protocol.slice(0, -1)} proxy. Only HTTP and HTTPS proxies are supported.`, next)
  const secure = protocol === 'https:'
  const login = username || password ? Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64') : undefined
  return {
    origin: `${protocol}//${host}`,
    variable,
    secure,
    host: bare(hostname),
    port: Number(port) || (secure ? 443 : 80),
    authorization: login && `Basic ${login}`,
  }
}

/** A stray % in a password stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')
const portOf = ({ protocol, port }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80)
const isLoopback = ({ hostname }: URL): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])\.?$/.test(hostname)

/** Whether NO_PROXY lists the address: `*`, a domain with its subdomains, an IP address or a network, each with a port or without. */
export function isExcepted(target: URL, noProxy: string): boolean {
  const host = bare(target.hostname).replace(/\.$/, '')
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      // A bare IPv6 address has colons and no port.
      const [, name = entry, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(entry) ?? []
      if (port !== undefined && Number(port) !== portOf(target)) return false
      if (name === '*') return true
      if (isIP(host)) return isInNetwork(host, bare(name))
      const domain = name.replace(/^\*?\./, '').replace(/\.$/, '')
      return host === domain || host.endsWith(`.${domain}`)
    })
}

function isInNetwork(address: string, network: string): boolean {
  const [prefix = '', bits] = network.replace('[', '').replace(']', '').split('/')
  const version = isIP(prefix)
  if (version === 0 || version !== isIP(address)) return false
  const longest = version === 4 ? 32 : 128
  const length = Number(bits ?? longest)
  if (!Number.isInteger(length) || length < 0 || length > longest) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(prefix, length, family)
  return list.check(address, family)
}

/**
 * Sends a request through the proxy. The proxy sees an https request only as the name and port in CONNECT: TLS runs between the
 * command and the server, and the certificate is checked against the server's name.
 */
export async function sendThrough(proxy: HttpProxy, target: URL, request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  try {
    if (target.protocol === 'https:') {
      const socket = await tunnelTo(target, proxy, request.headers, signal)
      return await send(target, request, { createConnection: () => socket, signal })
    }
    const socket = await connectTo(proxy, signal)
    const headers = { ...request.headers, ...loginAt(proxy) }
    const response = await send(target, { ...request, headers }, { createConnection: () => socket, path: target.href, signal })
    if (response.statusCode === 407) throw loginRefused(proxy, socket)
    return response
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

const loginAt = ({ authorization }: HttpProxy): HttpRequest['headers'] => (authorization === undefined ? {} : { 'proxy-authorization': authorization })

async function connectTo(proxy: HttpProxy, signal: AbortSignal): Promise<Socket> {
  const { host, port } = proxy
  const socket = proxy.secure ? connectTls({ host, port, servername: isIP(host) ? '' : host }) : connectTcp({ host, port })
  addAbortSignal(signal, socket)
  try {
    await once(socket, proxy.secure ? 'secureConnect' : 'connect', { signal })
  } catch (error) {
    throw unreachable(proxy, error)
  }
  // From here on, the request that uses the socket reports the socket's errors.
  return socket.on('error', () => {})
}

/** RFC 9110 section 9.3.6 */
async function tunnelTo(target: URL, proxy: HttpProxy, headers: HttpRequest['headers'], signal: AbortSignal): Promise<Socket> {
  const [host, authority] = [bare(target.hostname), `${target.hostname}:${portOf(target)}`]
  const socket = await connectTo(proxy, signal)
  const connect = httpRequest({
    createConnection: () => socket,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, 'user-agent': headers['user-agent'] ?? '', ...loginAt(proxy) },
    signal,
  }).end()
  const [{ statusCode = 0 }, tunnel, head] = (await once(connect, 'connect', { signal }).catch((error: unknown) => {
    throw unreachable(proxy, error)
  })) as [IncomingMessage, Socket, Buffer]
  // The body of this refusal comes from the proxy and must not be mistaken for a response of the server.
  if (statusCode < 200 || statusCode > 299) throw statusCode === 407 ? loginRefused(proxy, tunnel) : tunnelRefused(proxy, tunnel, authority, statusCode)
  if (head.length > 0) tunnel.unshift(head)
  const encrypted = connectTls({ socket: tunnel, host, servername: isIP(host) ? '' : host })
  await once(encrypted, 'secureConnect', { signal })
  return encrypted
}

function loginRefused({ origin, variable, authorization }: HttpProxy, socket: Socket): Unreachable {
  socket.destroy()
  const text =
    authorization === undefined
      ? `The proxy ${origin} requires a username and password (407).`
      : `The proxy ${origin} refused the username and password in ${variable} (407).`
  return new Unreachable(text, { passing: false, next: `Set ${variable}=${origin.replace('://', '://USER:PASSWORD@')}, or list this server in NO_PROXY.` })
}

function tunnelRefused({ origin, variable }: HttpProxy, socket: Socket, authority: string, status: number): Unreachable {
  socket.destroy()
  return new Unreachable(`The proxy ${origin} did not connect to ${authority} (${status}).`, {
    passing: [502, 503, 504].includes(status),
    next: `Check the address and ${variable}, or list this server in NO_PROXY.`,
  })
}

function unreachable({ origin, variable }: HttpProxy, error: unknown): Unreachable {
  const { code, message } = error as NodeJS.ErrnoException
  return new Unreachable(`Cannot reach the proxy ${origin} (${code ?? message}).`, {
    passing: isPassing(code),
    next: `Check ${variable}, or list this server in NO_PROXY.`,
    cause: error,
  })
}
