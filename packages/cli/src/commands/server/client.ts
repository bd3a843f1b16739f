import type { Calls } from '../../api/calls.ts'
import type { Client } from '../../api/types.ts'
import { command, flag, list, skipPrompt, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../errors.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { type Facts, facts } from '../../output/table.ts'
import { exact, moment, relative } from '../../output/time.ts'

const grants: Record<string, string> = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  device_code: 'urn:ietf:params:oauth:grant-type:device_code',
}

const create = command(
  'server client create <name>',
  {
    summary: 'register an OAuth client',
    options: {
      grant: list('GRANT', `grant types: ${Object.keys(grants).join(', ')} (default: authorization_code, or client_credentials when it has no redirect URI)`),
      redirectUri: list('URI', 'redirect URI after sign-in'),
      postLogoutRedirectUri: list('URI', 'redirect URI after sign-out'),
      scope: list('SCOPE', 'scopes it may request, such as openid profile email, or introspect'),
      alg: value('ALG', 'algorithm that signs its tokens', { choices: ['ES256', 'RS256'] }),
      public: flag('the client cannot keep a secret: it runs in a browser or on a device'),
      native: flag('the client runs on a device: a loopback redirect URI matches any port'),
      thirdParty: flag('the client is not part of the platform: people are asked for consent'),
      noPkce: flag('the client does not support PKCE: it must send a nonce, and have a secret and the scope openid'),
      backchannelLogoutUri: value('URI', 'URI that is notified when a session ends'),
      api: value('AUDIENCE', 'the API whose tokens the client introspects'),
      operatorTokenFile,
    },
    examples: [
      'muster server client create shop --redirect-uri https://shop.example/callback',
      'muster server client create gateway --scope introspect',
      'muster server client create deploy --scope signals introspect \\\n    --api https://deploy.example.com',
      'muster server client create charts --third-party \\\n    --redirect-uri https://charts.example/callback --scope openid apps:read',
      'muster server client create cli --public --native \\\n    --redirect-uri http://127.0.0.1/callback',
    ],
    notes:
      'The secret is shown once. A third-party client gets only what each person allows it. It uses PKCE, has no rights of its own, and may use the device grant or the scope api only if you name them.',
  },
  async (context, input) => {
    const { say } = context
    const redirectUris = input.redirectUri ?? []
    const names = input.grant ?? (redirectUris.length > 0 ? ['authorization_code'] : ['client_credentials'])
    const json = {
      name: input.name,
      grants: names.map(grantOf),
      redirect_uris: redirectUris,
      ...(input.postLogoutRedirectUri ? { post_logout_redirect_uris: input.postLogoutRedirectUri } : {}),
      scopes: (input.scope ?? (redirectUris.length > 0 ? ['openid', 'profile', 'email'] : [])).flatMap((scope) => scope.split(' ')),
      ...(input.alg ? { alg: input.alg } : {}),
      public: input.public,
      native: input.native,
      ...(input.thirdParty ? { first_party: false } : {}),
      ...(input.noPkce ? { require_pkce: false } : {}),
      ...(input.backchannelLogoutUri ? { backchannel_logout_uri: input.backchannelLogoutUri } : {}),
      ...(input.api ? { api: input.api } : {}),
    }
    const client = await asOperator(context, input.operatorTokenFile).POST('/v1/operator/clients', { body: json, creates: true })
    say.data(client, () => details(context, client, input.api))
    if (client.secret) say.hint('\nThe secret is not shown again.')
  },
)

export function grantOf(name: string): string {
  const grant = Object.hasOwn(grants, name) ? grants[name] : Object.values(grants).find((value) => value === name)
  if (!grant) throw usage(`"${name}" is not a grant.`, `Grants are ${Object.keys(grants).join(', ')}.`)
  return grant
}

/** Prints a client. The answer has only the id of its API. */
async function sayClient(context: Context, operator: Calls, client: Client): Promise<void> {
  const items = client.api_id && !context.say.json ? (await operator.GET('/v1/operator/apis')).items : []
  const audience = items.find(({ id }) => id === client.api_id)?.audience
  context.say.data(client, () => details(context, client, audience))
}

const details = ({ say, now }: Context, client: Client & { secret?: string | null }, audience?: string): string =>
  say.details([
    ['Id', client.id],
    ['Name', client.name],
    ['Secret', client.secret ?? null],
    ...(client.secret
      ? []
      : (client.secrets ?? []).map(({ id, last_used_at: used }): [string, Facts] => [
          'Secret',
          facts(`${id}, ${used ? `last used ${relative(used, now)}` : 'never used'}`, id, used),
        ])),
    ['Grants', client.grants.join(' ')],
    ['Redirect URIs', client.redirect_uris.join(' ')],
    ['Post-logout URIs', (client.post_logout_redirect_uris ?? []).join(' ')],
    ['Scopes', client.scopes.join(' ')],
    ['Signed with', client.alg],
    ['Kind', kindOf(client)],
    ['Native', client.native ? 'yes' : null],
    ['PKCE', client.require_pkce === false ? 'not required; a nonce is required without it' : null],
    ['Logout URI', client.backchannel_logout_uri ?? null],
    ['API', client.api_id && facts(audience ?? client.api_id, client.api_id, audience)],
    ['Created', facts(client.created_at ? exact(client.created_at) : '', client.created_at)],
  ])

const kindOf = (client: Client): string => `${client.public ? 'public' : 'confidential'}${client.first_party === false ? ', third-party' : ''}`

const lastUseOf = ({ secrets }: Client): string | null =>
  (secrets ?? []).reduce<string | null>((latest, { last_used_at: used }) => (used !== null && (latest === null || used > latest) ? used : latest), null)

const clients = command(
  'server client list',
  { summary: 'list the registered clients, and when their secrets were last used', options: { operatorTokenFile }, examples: ['muster server client list'] },
  async (context, input) => {
    const { say, now } = context
    const { items } = await asOperator(context, input.operatorTokenFile).GET('/v1/operator/clients')
    if (items.length === 0) say.hint('No clients. To create one: muster server client create NAME')
    if (items.length === 0 && !say.json) return
    say.data({ items }, () =>
      say.table(
        ['ID', 'NAME', 'KIND?', 'SCOPES', 'SECRET USED', 'CREATED?'],
        items.map((client) => [
          client.id,
          client.name,
          kindOf(client),
          client.scopes.join(' '),
          client.public ? '' : moment(lastUseOf(client), now, 'never'),
          moment(client.created_at, now),
        ]),
      ),
    )
  },
)

const show = command(
  'server client show <id>',
  { summary: 'show a client', options: { operatorTokenFile }, examples: ['muster server client show cli_…'] },
  async (context, input) => {
    const operator = asOperator(context, input.operatorTokenFile)
    const client = await operator.GET('/v1/operator/clients/{id}', { params: { path: { id: input.id } } })
    await sayClient(context, operator, client)
  },
)

const update = command(
  'server client update <id>',
  {
    summary: 'change a client; nothing that was issued to it ends',
    options: {
      name: value('NAME', 'new name'),
      redirectUri: list('URI', 'redirect URIs, in place of the registered ones'),
      postLogoutRedirectUri: list('URI', 'redirect URIs after sign-out, in place of the registered ones'),
      noPostLogoutRedirectUri: flag('remove the redirect URIs after sign-out'),
      scope: list('SCOPE', 'scopes it may request, in place of the registered ones'),
      noScope: flag('remove all scopes'),
      pkce: flag('require PKCE'),
      noPkce: flag('do not require PKCE'),
      backchannelLogoutUri: value('URI', 'URI that is notified when a session ends'),
      noBackchannelLogoutUri: flag('remove this URI'),
      operatorTokenFile,
    },
    examples: [
      'muster server client update cli_… --name "Web shop"',
      'muster server client update cli_… \\\n    --redirect-uri https://a.example/back https://b.example/back',
      'muster server client update cli_… --scope introspect signals',
    ],
    notes: 'A scope that it no longer has, and a removed redirect URI, are refused at once. To change its grants or its API, create another client.',
  },
  async (context, input) => {
    const body = {
      name: input.name,
      redirect_uris: input.redirectUri,
      post_logout_redirect_uris: input.noPostLogoutRedirectUri ? [] : input.postLogoutRedirectUri,
      scopes: input.noScope ? [] : input.scope?.flatMap((scope) => scope.split(' ')),
      require_pkce: input.noPkce ? false : input.pkce || undefined,
      backchannel_logout_uri: input.noBackchannelLogoutUri ? null : input.backchannelLogoutUri,
    }
    if (Object.values(body).every((value) => value === undefined))
      throw usage('Nothing to change.', 'Name what to change, such as --name or --scope. All options: muster server client update --help')
    const operator = asOperator(context, input.operatorTokenFile)
    const client = await operator.PATCH('/v1/operator/clients/{id}', { params: { path: { id: input.id } }, body })
    await sayClient(context, operator, client)
  },
)

const remove = command(
  'server client remove <id>',
  {
    summary: 'remove a client; its tokens and sessions end',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server client remove cli_… --yes'],
  },
  async (context, { id, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) await ask.confirm(`Remove the client ${id}? No one can sign in through it any longer, and its tokens and sessions end.`)
    const answer = await asOperator(context, operatorTokenFile).DELETE('/v1/operator/clients/{id}', { params: { path: { id } }, ends: true })
    if (say.json) return say.data(answer, () => '')
    say.done(`The client ${id} has been removed.`)
    sayRevocation(context, answer)
  },
)

export default [create, clients, show, update, remove]
