import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { type FactorPolicy, factorPolicies } from '@muster/contract/authentication.ts'
import { z } from 'zod'
import { limitTable } from './domain/command/limit-settings.ts'
import { limits as defaults, type LimitTable } from './domain/command/limits.ts'
import { noFloor, type PolicyFloor } from './domain/model/organization.ts'

/** Every setting, in the order of docs/configuration.md, which is generated from this table. */
export const settings = {
  HOST: { default: '127.0.0.1 with the local mailbox, otherwise 0.0.0.0', about: 'The address to listen on.' },
  PORT: { default: '4000', about: 'The port to listen on.' },
  DATABASE_URL: { default: 'none: the embedded database', about: 'The PostgreSQL database (15 or newer): postgres://user:password@host/database.' },
  MUSTER_DATA_DIR: { default: '.muster/data', about: 'The folder of the embedded database and its secrets. Not used with DATABASE_URL.' },
  MUSTER_ISSUER: {
    default: 'http://localhost:PORT',
    about:
      'The public address. All links are built from it, and never from the Host header. Passkeys belong to its host. Changing it invalidates every passkey.',
  },
  MUSTER_HOSTS: {
    default: "only the issuer's",
    about: 'More host names that this server accepts, comma separated: accounts.internal, accounts.internal:8443. A request for any other host gets 421.',
  },
  MUSTER_TRUSTED_PROXIES: {
    default: 'none',
    about: 'Proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted, comma separated: 10.0.0.7, 10.0.0.0/8, loopback, linklocal, uniquelocal.',
  },
  MUSTER_LOGOUT_HOSTS: {
    default: 'none',
    about:
      'Hosts inside your network that may receive logout tokens, comma separated: crm.internal, 10.0.0.9:8443. Any other host must have public addresses and use https.',
  },
  MUSTER_CLOUD_DOMAIN: { default: 'cloud.localhost', about: 'The parent domain of all applications: https://<org>-<app>.<domain>/.' },
  MUSTER_AUDIENCE: { default: 'the issuer', about: 'The audience of access tokens.' },
  MUSTER_PLANS: {
    default: 'free:1, pro:unlimited, enterprise:unlimited',
    about: 'The plans, each with its seats: the number of active members an organization can have. An organization with one seat cannot invite people.',
  },
  MUSTER_DEFAULT_PLAN: { default: 'pro', about: 'The plan of a new organization: one of MUSTER_PLANS.' },
  MUSTER_SIGN_UP: {
    default: 'open',
    about:
      'Decides who gets an account: open (everyone), domains (addresses of MUSTER_SIGN_UP_DOMAINS, and invited people), or invitation (only invited people). Users are not affected.',
  },
  MUSTER_SIGN_UP_DOMAINS: {
    default: 'none',
    about: 'The domains for MUSTER_SIGN_UP=domains, comma separated: example.com is exactly this domain, *.example.com is every domain below it.',
  },
  MUSTER_BLOCKED_DOMAINS: {
    default: 'none',
    about: 'Domains whose addresses get no account and no invitation, in the same form. They are also refused as the new address of an account.',
  },
  MUSTER_RESERVED_NAMES: {
    default: 'none',
    about: 'More names that nobody can take, comma separated, in addition to the built-in list. A user or organization that has such a name keeps it.',
  },
  MUSTER_FACTOR_POLICY: {
    default: 'none',
    about:
      'The factor that the members of every organization need: any (a passkey or an authenticator app) or phishing-resistant (a passkey). With a day (00:00 UTC), they need it from then on: any from 2027-03-01. An organization can require more.',
  },
  MUSTER_SMTP_URL: {
    default: 'none: the local mailbox',
    about:
      'The mail server: smtp://user:password@host:587 or smtps://…. A server on another machine must support STARTTLS if the URL begins with smtp://. Required when the issuer is not on localhost.',
  },
  MUSTER_MAIL_FROM: { default: 'Muster <no-reply@ISSUER HOST>', about: 'The sender of emails.' },
  MUSTER_SECRET: {
    default: 'embedded mode: created and kept in the data folder',
    about:
      'The secret from which all keys are derived, 32 characters or more. Required with DATABASE_URL. To read it from a file, set MUSTER_SECRET_FILE instead.',
  },
  MUSTER_SECRET_PREVIOUS: {
    default: 'none',
    about:
      'The previous secret, while MUSTER_SECRET is rotated: docs/operations.md, "Change the secret". To read it from a file, set MUSTER_SECRET_PREVIOUS_FILE instead.',
  },
  MUSTER_OPERATOR_TOKEN: {
    default: 'embedded mode: created and kept in the data folder',
    about:
      "The operator's credential, 32 characters or more. With DATABASE_URL and without this token, only named operator tokens are accepted. To read it from a file, set MUSTER_OPERATOR_TOKEN_FILE instead.",
  },
  MUSTER_PASSWORDS: {
    default: 'on',
    about:
      'off: nobody signs in, signs up or confirms with a password. People use passkeys and providers. Refused while an account would have no other way in: docs/operations.md, "Switch passwords off".',
  },
  MUSTER_GOOGLE_CLIENT_ID: { default: 'none: off', about: 'Lets people sign in with Google: the client id of its console. See docs/sign-in-with.md.' },
  MUSTER_GOOGLE_CLIENT_SECRET: {
    default: 'none',
    about: 'The client secret for MUSTER_GOOGLE_CLIENT_ID. To read it from a file, set MUSTER_GOOGLE_CLIENT_SECRET_FILE instead.',
  },
  MUSTER_GITHUB_CLIENT_ID: { default: 'none: off', about: 'Lets people sign in with GitHub: the client id of an OAuth app. See docs/sign-in-with.md.' },
  MUSTER_GITHUB_CLIENT_SECRET: {
    default: 'none',
    about: 'The client secret for MUSTER_GITHUB_CLIENT_ID. To read it from a file, set MUSTER_GITHUB_CLIENT_SECRET_FILE instead.',
  },
  MUSTER_GITHUB_URL: { default: 'https://github.com', about: 'The address of a GitHub Enterprise Server.' },
  MUSTER_OIDC_ISSUER: {
    default: 'none: off',
    about: 'Lets people sign in with any OpenID Connect issuer: its address, as its tokens have it. See docs/sign-in-with.md.',
  },
  MUSTER_OIDC_NAME: { default: 'the host of MUSTER_OIDC_ISSUER', about: 'The name of the issuer on pages: "Continue with NAME".' },
  MUSTER_OIDC_CLIENT_ID: { default: 'none', about: 'The client id at MUSTER_OIDC_ISSUER.' },
  MUSTER_OIDC_CLIENT_SECRET: {
    default: 'none',
    about: 'The client secret for MUSTER_OIDC_CLIENT_ID. To read it from a file, set MUSTER_OIDC_CLIENT_SECRET_FILE instead.',
  },
  MUSTER_OIDC_TRUSTED_DOMAINS: {
    default: 'none',
    about:
      'Domains whose addresses need no emailed code if MUSTER_OIDC_ISSUER says that they are verified, comma separated, in the same form as MUSTER_SIGN_UP_DOMAINS. Name only domains whose inboxes you run.',
  },
  MUSTER_MIGRATE_URL: {
    default: 'DATABASE_URL',
    about: 'The database with a role that may change the schema. The role in DATABASE_URL then does not need that right.',
  },
  MUSTER_COMPAT: {
    default: 'none',
    about: 'Other account systems whose clients this server accepts, comma separated: dbos, featurebase. See docs/compat.md.',
  },
  MUSTER_LIMITS: {
    default: 'see the table of limits',
    about: 'Other rate limits, comma separated: sign-in by address=30/15m, token by address=off. See the table below for the names.',
  },
  MUSTER_API_DOCS: { default: 'on', about: 'off removes /docs and /openapi.json, which need no login.' },
  MUSTER_METRICS_TOKEN: {
    default: "none: the operator's token",
    about:
      'The bearer token for /metrics, 32 characters or more. To read it from a file, set MUSTER_METRICS_TOKEN_FILE instead. While the issuer is on localhost, requests from the same machine need no token.',
  },
  MUSTER_CLI_COMMAND: {
    default: 'npx --yes ISSUER/cli-VERSION.tgz',
    about: 'The command that pages and hints print, such as muster if people have it installed. The default downloads the CLI from this server.',
  },
  MUSTER_DRAIN_SECONDS: {
    default: '10',
    about:
      'How long a process with DATABASE_URL still serves requests after SIGTERM, while /readyz answers 503. Longer than the load balancer needs to notice.',
  },
  MUSTER_PREPARED: { default: 'on', about: 'Set to off for pgbouncer before 1.21, which does not support named statements.' },
  LOG_LEVEL: { default: 'info', about: 'trace, debug, info, warn, error or silent.' },
} as const satisfies Record<string, { default: string; about: string }>

export type SettingName = keyof typeof settings

interface ClientOfProvider {
  id: string
  name: string
  clientId: string
  clientSecret: string
}

export type ProviderSettings = ClientOfProvider &
  ({ kind: 'google'; issuer: string } | { kind: 'github'; url: string } | { kind: 'oidc'; issuer: string; trustedDomains: string[] })

export interface Config {
  host: string
  port: number
  databaseUrl: string | null
  migrateUrl: string | null
  prepared: boolean
  /** 0 in embedded mode, where no other process can take the requests. */
  drainSeconds: number
  dataDir: string
  /** The public address, without a trailing slash. */
  issuer: string
  /** The accepted Host headers, the issuer's first. */
  hosts: string[]
  trustedProxies: string[]
  logoutHosts: string[]
  cloudDomain: string
  audience: string
  /** The seats of each plan (null: unlimited), and the plan of a new organization (S7). */
  plans: { default: string; seats: Record<string, number | null> }
  /** Who may get an account and which names are reserved (O15). */
  admission: { signUp: 'open' | 'domains' | 'invitation'; domains: string[]; blockedDomains: string[]; reservedNames: ReadonlySet<string> }
  /** What the operator requires of the members of every organization (F13). */
  factorFloor: PolicyFloor
  /** False: a password is no way in (F23). */
  passwords: boolean
  /** That people can sign in with, in the order of their buttons (F19). */
  providers: ProviderSettings[]
  limits: LimitTable
  smtpUrl: string | null
  mailFrom: string
  /** Null: kept in the data folder. */
  secret: string | null
  /** The secrets of before, while MUSTER_SECRET is rotated. */
  previousSecrets: string[]
  /** Null: kept in the data folder, or with `DATABASE_URL`, there is no root token. */
  operatorToken: string | null
  /** Reads `/metrics` and nothing else. */
  metricsToken: string | null
  apiDocs: boolean
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** How people run the command; null: from the package that this server hands out. */
  cliCommand: string | null
  /** Other account systems whose clients are accepted. */
  compat: string[]
  /** Whether cookies are sent over https only. False only for http://localhost. */
  secureCookies: boolean
  /** True without a mail server and with an issuer on localhost: emails are not sent, and can be read at /mailbox. */
  localMailbox: boolean
}

/** Carries every fault, so that one start shows all of them. */
export class ConfigError extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(`The settings cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.name = 'ConfigError'
    this.faults = faults
  }
}

type Environment = Record<string, string | undefined>

/** MUSTER_SECRET_PREVIOUS has one secret on each line. */
const LINE_BREAK = /\s*\n\s*/

/**
 * Reads the environment. An empty setting is a fault and never switches a check off.
 * @param readFile for the `_FILE` variants, which keep a secret out of the environment
 * @param compatNames the allowed values of `MUSTER_COMPAT`; without them, the values are not checked
 * @throws ConfigError with every fault
 */
export function readConfig(env: Environment, readFile: (path: string) => string, compatNames?: readonly string[]): Config {
  const faults: string[] = []
  const text = (name: SettingName): string | null => {
    const value = env[name]
    if (value === undefined) return null
    if (value.trim() === '') faults.push(`${name} is empty. Leave it out, or give it a value.`)
    return value.trim() === '' ? null : value.trim()
  }
  const list = (name: SettingName): string[] =>
    (text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  const secret = (name: (typeof secretNames)[number]): string | null => {
    const value = env[`${name}_FILE`] === undefined ? text(name) : fromFile(`${name}_FILE`)
    const lines = name === 'MUSTER_SECRET_PREVIOUS' ? value?.split(LINE_BREAK) : undefined
    if ((lines ?? [value]).some((line) => line !== null && line.length < 32))
      faults.push(`${name} is too short. Use at least 32 characters, for example from \`openssl rand -base64 32\`.`)
    // The characters that an Authorization header can carry (RFC 6750 section 2.1).
    if (!name.startsWith('MUSTER_SECRET') && value !== null && !/^[A-Za-z0-9\-._~+/]+=*$/.test(value))
      faults.push(`${name} has characters that a bearer token cannot have. Use letters, digits and -._~+/ only.`)
    return value
  }
  /** The provider has made it, so it has no form of ours. */
  const clientSecret = (name: (typeof clientSecretNames)[number]): string | null => {
    const value = env[`${name}_FILE`] === undefined ? text(name) : fromFile(`${name}_FILE`)
    if (value === '') faults.push(`${name}_FILE is an empty file.`)
    return value
  }
  const fromFile = (name: string): string | null => {
    try {
      return readFile(env[name] ?? '').trim()
    } catch {
      faults.push(`${name}: cannot read ${env[name] === '' ? 'a file without a name' : env[name]}.`)
      return null
    }
  }
  const oneOf = <T extends string>(name: SettingName, values: readonly T[], fallback: T): T => {
    const value = text(name) ?? fallback
    if (!values.includes(value as T)) faults.push(`${name} is "${value}"; it is one of ${values.join(', ')}.`)
    return value as T
  }
  const url = (name: SettingName, protocols: readonly string[], fallback: string | null = null): string | null => {
    const value = text(name) ?? fallback
    if (value === null) return null
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value
    faults.push(`${name} is not an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`)
    return null
  }

  /** A list of valid items. The fault names the invalid ones and describes a valid one. */
  const checkedList = (name: SettingName, isValid: (item: string) => boolean, expected: string): string[] => {
    const items = list(name)
    const invalid = items.filter((item) => !isValid(item))
    if (invalid.length > 0) faults.push(`${name} has ${invalid.map((item) => `"${item}"`).join(', ')}; ${expected}.`)
    return items
  }

  const portText = text('PORT') ?? '4000'
  const port = z.coerce.number().int().min(0).max(65_535).safeParse(portText)
  if (!port.success) faults.push(`PORT is "${portText}"; it must be a number from 0 to 65535.`)
  const drainText = text('MUSTER_DRAIN_SECONDS') ?? settings.MUSTER_DRAIN_SECONDS.default
  const drainSeconds = z.coerce.number().int().min(0).max(600).safeParse(drainText)
  if (!drainSeconds.success) faults.push(`MUSTER_DRAIN_SECONDS is "${drainText}"; it must be a number from 0 to 600.`)
  const databaseUrl = url('DATABASE_URL', ['postgres:', 'postgresql:'])
  const issuer = (url('MUSTER_ISSUER', ['http:', 'https:'], `http://localhost:${port.data ?? 4000}`) ?? 'http://localhost').replace(/\/+$/, '')
  const { hostname, host: issuerHost, protocol, pathname } = new URL(issuer)
  const local = isLocalHost(hostname)
  if (pathname !== '/') faults.push('MUSTER_ISSUER has a path. Use only a scheme and a host: https://accounts.example.com.')
  if (protocol === 'http:' && !local) faults.push('MUSTER_ISSUER must use https, unless it is on localhost.')
  const smtpUrl = url('MUSTER_SMTP_URL', ['smtp:', 'smtps:'])
  for (const name of smtpUrl === null ? [] : ['ignoreTLS', 'requireTLS']) {
    const values = new URL(smtpUrl ?? '').searchParams.getAll(name)
    if (values.length > 1 || !['true', 'false', undefined].includes(values[0])) faults.push(`MUSTER_SMTP_URL: ${name} is either true or false.`)
  }
  if (smtpUrl === null && !local && env['MUSTER_SMTP_URL'] === undefined)
    faults.push('MUSTER_SMTP_URL is required for this issuer, because people need emailed codes to sign up.')
  const secretValue = secret('MUSTER_SECRET')
  if (databaseUrl !== null && secretValue === null && env['MUSTER_SECRET'] === undefined && env['MUSTER_SECRET_FILE'] === undefined) {
    faults.push('MUSTER_SECRET is required with DATABASE_URL. Create one with `openssl rand -base64 32` and keep it.')
  }
  const previousSecrets = secret('MUSTER_SECRET_PREVIOUS')?.split(LINE_BREAK) ?? []
  if (previousSecrets.length > 0 && secretValue === null) faults.push('MUSTER_SECRET_PREVIOUS is only for a rotation of MUSTER_SECRET, which is not set.')
  const seats = readPlans(text('MUSTER_PLANS') ?? settings.MUSTER_PLANS.default, faults)
  const plans = Object.keys(seats)
  const defaultPlan = text('MUSTER_DEFAULT_PLAN') ?? (Object.hasOwn(seats, 'pro') ? 'pro' : (plans[0] ?? 'pro'))
  // Without a valid plan, MUSTER_PLANS is already reported.
  if (plans.length > 0 && !Object.hasOwn(seats, defaultPlan)) faults.push(`MUSTER_DEFAULT_PLAN is "${defaultPlan}"; it is one of ${plans.join(', ')}.`)
  const compat = checkedList('MUSTER_COMPAT', (name) => compatNames?.includes(name) ?? true, `it is a list of ${compatNames?.join(' and ')}`)
  const hosts = checkedList('MUSTER_HOSTS', isHost, 'a host is a name, with a port if it has one: accounts.internal or accounts.internal:8443')
  const logoutHosts = checkedList('MUSTER_LOGOUT_HOSTS', isHost, 'a host is a name or an address, with a port if it has one: crm.internal or crm.internal:8443')
  const signUp = oneOf('MUSTER_SIGN_UP', ['open', 'domains', 'invitation'], 'open')
  const aDomainRule = 'a domain is example.com, or *.example.com for every domain below it'
  const domains = checkedList('MUSTER_SIGN_UP_DOMAINS', isDomainRule, aDomainRule)
  if (signUp === 'domains' && domains.length === 0) faults.push('MUSTER_SIGN_UP_DOMAINS is required with MUSTER_SIGN_UP=domains.')
  if (signUp !== 'domains' && domains.length > 0) faults.push('MUSTER_SIGN_UP_DOMAINS has no effect without MUSTER_SIGN_UP=domains. Leave it out, or set both.')
  const blockedDomains = checkedList('MUSTER_BLOCKED_DOMAINS', isDomainRule, aDomainRule)
  const reserved = checkedList('MUSTER_RESERVED_NAMES', (name) => /^[a-z0-9_]{3,30}$/.test(name), 'a name has 3 to 30 characters from a-z, 0-9 and _')
  const providers = readProviders({ text, url, clientSecret, trusted: checkedList('MUSTER_OIDC_TRUSTED_DOMAINS', isDomainRule, aDomainRule), local, faults })
  const limitsText = text('MUSTER_LIMITS')
  const { table: limits, faults: limitFaults } = limitsText === null ? { table: defaults, faults: [] } : limitTable(limitsText)
  faults.push(...limitFaults.map((fault) => `MUSTER_LIMITS ${fault}`))
  const cloudDomain = text('MUSTER_CLOUD_DOMAIN') ?? 'cloud.localhost'
  if (!isDomain(cloudDomain)) faults.push(`MUSTER_CLOUD_DOMAIN is "${cloudDomain}"; it is a domain without scheme, port or path: cloud.example.com.`)
  const mailFrom = text('MUSTER_MAIL_FROM') ?? `Muster <no-reply@${hostname}>`
  // The default is not checked: on localhost or with an IP address it is not a valid sender, but no email leaves the machine then.
  if (env['MUSTER_MAIL_FROM'] !== undefined && !isMailbox(mailFrom))
    faults.push(`MUSTER_MAIL_FROM is "${mailFrom}"; it is one address: accounts@example.com, or Example Accounts <accounts@example.com>.`)
  const cliCommand = text('MUSTER_CLI_COMMAND')
  if (cliCommand !== null && !/^[\x20-\x7e]{1,200}$/.test(cliCommand))
    faults.push('MUSTER_CLI_COMMAND must be one line of printable ASCII characters, such as muster.')
  const localMailbox = smtpUrl === null && local
  const config: Config = {
    host: text('HOST') ?? (localMailbox ? '127.0.0.1' : '0.0.0.0'),
    port: port.data ?? 4000,
    databaseUrl,
    migrateUrl: url('MUSTER_MIGRATE_URL', ['postgres:', 'postgresql:']),
    prepared: oneOf('MUSTER_PREPARED', ['on', 'off'], 'on') === 'on',
    drainSeconds: databaseUrl === null ? 0 : (drainSeconds.data ?? 0),
    dataDir: text('MUSTER_DATA_DIR') ?? '.muster/data',
    issuer,
    hosts: [...new Set([issuerHost, ...hosts.map((host) => host.toLowerCase())])],
    trustedProxies: checkedList('MUSTER_TRUSTED_PROXIES', isProxy, 'a proxy is an address or a network: 10.0.0.7, 10.0.0.0/8, fd00::/8, loopback'),
    logoutHosts: logoutHosts.map((host) => host.toLowerCase()),
    cloudDomain: cloudDomain.toLowerCase(),
    audience: text('MUSTER_AUDIENCE') ?? issuer,
    plans: { default: defaultPlan, seats },
    admission: { signUp, domains: domains.map(inAscii), blockedDomains: blockedDomains.map(inAscii), reservedNames: new Set(reserved) },
    factorFloor: readFloor(text('MUSTER_FACTOR_POLICY') ?? 'none', faults),
    passwords: oneOf('MUSTER_PASSWORDS', ['on', 'off'], 'on') === 'on',
    providers,
    limits,
    smtpUrl,
    mailFrom,
    secret: secretValue,
    previousSecrets,
    operatorToken: secret('MUSTER_OPERATOR_TOKEN'),
    metricsToken: secret('MUSTER_METRICS_TOKEN'),
    apiDocs: oneOf('MUSTER_API_DOCS', ['on', 'off'], 'on') === 'on',
    logLevel: oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info'),
    cliCommand,
    compat: [...new Set(compat)],
    secureCookies: protocol === 'https:',
    localMailbox,
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('MUSTER_') && !isKnownSetting(name)) faults.push(`${name} is not a setting.${suggestion(name)}`)
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return config
}

/** In the form of a `Host` header (RFC 9110 section 7.2). */
function isHost(text: string): boolean {
  if (!URL.canParse(`http://${text}`)) return false
  const { host, hostname } = new URL(`http://${text}`)
  // `:80` is the default port of http, which URL drops.
  return host === text.toLowerCase() || `${hostname}:80` === text.toLowerCase()
}

/** Two or more labels of a host name (RFC 1123 section 2.1), short enough to prefix an application's label. */
const isDomain = (text: string): boolean => /^(?=.{3,189}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/i.test(text)

/** In the form in which canonical addresses have their domain. */
const inAscii = (rule: string): string => (rule.startsWith('*.') ? `*.${domainToASCII(rule.slice(2))}` : domainToASCII(rule))
const isDomainRule = (text: string): boolean => isDomain(inAscii(text).replace(/^\*\./, ''))

/** `address`, or `name <address>`. */
function isMailbox(text: string): boolean {
  const [, quoted, bare] = /^(?:[^<>@\r\n]*<([^<>]+)>|([^<>\s]+))$/.exec(text) ?? []
  return z.email().safeParse(quoted ?? bare).success
}

/** The names of private networks that a setting may use. */
const named = new Map([
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['linklocal', ['169.254.0.0/16', 'fe80::/10']],
  ['uniquelocal', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

/** Addresses, networks in CIDR form and names of private networks. @throws Error if a text is none of them, or means every address */
export function networks(texts: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of texts.flatMap((one) => named.get(one) ?? one)) {
    const [, address = '', prefix] = /^([^/]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

function isProxy(text: string): boolean {
  try {
    networks([text])
    return true
  } catch {
    return false
  }
}

interface ProviderReaders {
  text(name: SettingName): string | null
  url(name: SettingName, protocols: readonly string[], fallback?: string | null): string | null
  clientSecret(name: (typeof clientSecretNames)[number]): string | null
  trusted: string[]
  /** The issuer is on this machine. */
  local: boolean
  faults: string[]
}

/** A provider is on when it has a client. Half of its settings are a fault, so that it is not off by mistake. */
/** For these, the library does not compare the issuer of a token with the configured one. */
const TRAPS = /\/\.well-known\/|^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)\b|\.b2clogin\.com\//

function readProviders({ text, url, clientSecret, trusted, local, faults }: ProviderReaders): ProviderSettings[] {
  const base = (name: 'MUSTER_GITHUB_URL' | 'MUSTER_OIDC_ISSUER', fallback: string | null): string | null => {
    const typed = url(name, ['https:', 'http:'], fallback)
    if (typed === null) return null
    const { protocol, hostname, pathname, search, hash, username } = new URL(typed)
    // An issuer with a path has it exactly as its tokens have it, with the slash if there is one.
    const address = pathname === '/' || name === 'MUSTER_GITHUB_URL' ? typed.replace(/\/+$/, '') : typed
    if (protocol === 'http:' && !(local && isLocalHost(hostname))) faults.push(`${name} must use https, unless it and the issuer are on localhost.`)
    if (search !== '' || hash !== '' || username !== '') faults.push(`${name} has more than a scheme, a host and a path.`)
    return address
  }
  const client = (name: 'GOOGLE' | 'GITHUB' | 'OIDC'): { clientId: string; clientSecret: string } | null => {
    const clientId = text(`MUSTER_${name}_CLIENT_ID`)
    const secret = clientSecret(`MUSTER_${name}_CLIENT_SECRET`)
    if ((clientId === null) !== (secret === null)) faults.push(`MUSTER_${name}_CLIENT_ID and MUSTER_${name}_CLIENT_SECRET need each other. Set both, or none.`)
    return clientId !== null && secret !== null ? { clientId, clientSecret: secret } : null
  }
  const [google, github, oidc] = [client('GOOGLE'), client('GITHUB'), client('OIDC')]
  const [gitHubUrl, issuer] = [base('MUSTER_GITHUB_URL', 'https://github.com'), base('MUSTER_OIDC_ISSUER', null)]
  const oidcName = text('MUSTER_OIDC_NAME')
  if (oidcName !== null && !/^[\p{L}\p{N}][\p{L}\p{N} .&'-]{0,39}$/u.test(oidcName))
    faults.push("MUSTER_OIDC_NAME must have 1 to 40 letters, digits, spaces, or .&'-, and begin with a letter or a digit.")
  if ((oidc === null) !== (issuer === null)) faults.push('MUSTER_OIDC_ISSUER and MUSTER_OIDC_CLIENT_ID need each other. Set both, or none.')
  if (issuer !== null && TRAPS.test(issuer))
    faults.push('MUSTER_OIDC_ISSUER must be the issuer of one organization: not a discovery document, nor Microsoft’s address for all tenants.')
  if (issuer === 'https://accounts.google.com') faults.push('MUSTER_OIDC_ISSUER cannot be Google. Set MUSTER_GOOGLE_CLIENT_ID.')
  if (github === null && text('MUSTER_GITHUB_URL') !== null) faults.push('MUSTER_GITHUB_URL has no effect without MUSTER_GITHUB_CLIENT_ID.')
  if (issuer === null && (oidcName !== null || trusted.length > 0))
    faults.push('MUSTER_OIDC_NAME and MUSTER_OIDC_TRUSTED_DOMAINS have no effect without MUSTER_OIDC_ISSUER.')
  return [
    ...(google ? [{ kind: 'google', id: 'google', name: 'Google', issuer: 'https://accounts.google.com', ...google } as const] : []),
    ...(github && gitHubUrl ? [{ kind: 'github', id: 'github', name: 'GitHub', url: gitHubUrl, ...github } as const] : []),
    ...(oidc && issuer
      ? [{ kind: 'oidc', id: 'oidc', name: oidcName ?? new URL(issuer).host, issuer, trustedDomains: trusted.map(inAscii), ...oidc } as const]
      : []),
  ]
}

/** `any`, or `any from 2027-03-01` */
function readFloor(text: string, faults: string[]): PolicyFloor {
  const [, policy, day] = /^(\S+)(?:\s+from\s+(\S+))?$/.exec(text) ?? []
  const isDay = day === undefined || z.iso.date().safeParse(day).success
  if (factorPolicies.includes(policy as FactorPolicy) && isDay) return { policy: policy as FactorPolicy, from: day === undefined ? null : new Date(day) }
  faults.push(`MUSTER_FACTOR_POLICY is "${text}"; it is one of ${factorPolicies.join(', ')}, with a day if it begins later: any from 2027-03-01.`)
  return noFloor
}

/** `free:1, pro:25, enterprise:unlimited` */
function readPlans(text: string, faults: string[]): Record<string, number | null> {
  const seats: Record<string, number | null> = {}
  for (const item of text.split(',').map((one) => one.trim())) {
    const [, name, count] = /^([a-z][a-z0-9_-]{1,29})\s*:\s*([1-9][0-9]{0,8}|unlimited)$/.exec(item) ?? []
    if (name === undefined || count === undefined) faults.push(`MUSTER_PLANS has "${item}"; a plan is a name and its seats: pro:25, or pro:unlimited.`)
    else if (Object.hasOwn(seats, name)) faults.push(`MUSTER_PLANS names ${name} twice.`)
    else seats[name] = count === 'unlimited' ? null : Number(count)
  }
  return seats
}

/** Settings of the CLI and the tests, which may be in the same environment. */
const foreign = new Set([
  'MUSTER_URL',
  'MUSTER_CREDENTIALS',
  'MUSTER_REFRESH_TOKEN',
  'MUSTER_TOKEN',
  'MUSTER_CHROMIUM',
  'MUSTER_TEST_DATABASE_URL',
  'MUSTER_DEBUG',
  'MUSTER_NO_BROWSER',
])
const secretNames = ['MUSTER_SECRET', 'MUSTER_SECRET_PREVIOUS', 'MUSTER_OPERATOR_TOKEN', 'MUSTER_METRICS_TOKEN'] as const
export const clientSecretNames = ['MUSTER_GOOGLE_CLIENT_SECRET', 'MUSTER_GITHUB_CLIENT_SECRET', 'MUSTER_OIDC_CLIENT_SECRET'] as const
const isKnownSetting = (name: string): boolean =>
  Object.hasOwn(settings, name) || foreign.has(name) || [...secretNames, ...clientSecretNames].some((secret) => name === `${secret}_FILE`)

const suggestion = (name: string): string => {
  const near = Object.keys(settings).find((setting) => setting.startsWith(name.slice(0, 10)))
  return near ? ` Did you mean ${near}?` : ''
}

export const isLocalHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]' || hostname === '::1'

/** True if a page of an application may ask for the passkeys of the issuer, because its host is the issuer's or below it (F4). */
export function hostsApplications({ issuer, cloudDomain }: Pick<Config, 'issuer' | 'cloudDomain'>): boolean {
  const { hostname } = new URL(issuer)
  return !isLocalHost(hostname) && (cloudDomain === hostname || cloudDomain.endsWith(`.${hostname}`))
}
