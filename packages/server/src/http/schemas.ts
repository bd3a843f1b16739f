import { roles } from '@muster/contract/permissions.ts'
import { problems } from '@muster/contract/problems.ts'
import { z } from 'zod'
import { KEY_DAYS, KEY_DAYS_AT_MOST, type KeyTerms } from '../domain/credentials/key-scope.ts'

// Schemas that several routes use. Requests are strict: an unknown member is refused, not ignored (A08).

export const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' })

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(problems) as [keyof typeof problems, ...(keyof typeof problems)[]]),
    detail: z.string().optional(),
    next: z.string().meta({ description: 'The next step to take.' }),
    command: z.string().optional().meta({ description: 'The command that takes this step. Absent if there is none.' }),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'A response that is not 2xx (RFC 9457). docs/problems.md lists the codes.' })

/** The responses of a route: its own schema, or a problem. */
export const answers = <S extends z.ZodType, Status extends number = 200>(schema: S, status?: Status) =>
  ({ [status ?? 200]: schema, '4xx': problemSchema, '5xx': problemSchema }) as unknown as Record<Status, S>

/** The role in an answer. */
export const roleFields = {
  role: z.enum(roles).meta({ description: '`custom`: a role of the organization, which `role_id` and `role_name` name.' }),
  role_id: z.string().optional().meta({ description: 'Of a custom role.' }),
  role_name: z.string().optional().meta({ description: 'Of a custom role.' }),
}

/** The role in a request. */
/** Of an invitation in a list. */
export const invalidReason = z.string().nullable().meta({
  description:
    'Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open.',
})

export const roleReference = z.string().min(1).max(100).meta({ description: '`admin`, `member`, `viewer`, or the name or the id of a custom role.' })

export const organizationSchema = z
  .object({ id: z.string(), name: z.string(), ...roleFields, plan: z.string(), personal: z.boolean() })
  .meta({ id: 'Organization', description: "The caller's organization, with the caller's role." })

export const contactSchema = z
  .object({ id: z.string().nullable(), username: z.string().nullable(), email: z.string().nullable() })
  .meta({ id: 'Contact', description: 'A member, or an email address.' })

const ownPermissions = z.array(z.string()).meta({ description: "The permissions of Muster's own API that the caller has now." })

export const meSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    username: z.string().nullable(),
    given_name: z.string(),
    family_name: z.string(),
    company: z.string().nullable(),
    created_at: instant,
    registered_at: instant.nullable(),
    organization: organizationSchema.nullable(),
    permissions: ownPermissions,
    session: z.object({
      id: z.string(),
      kind: z.enum(['browser', 'cli', 'refresh', 'application']),
      client_id: z.string().nullable(),
      created_at: instant,
      expires_at: instant,
    }),
    token: z.object({ expires_at: instant }).nullable(),
  })
  .meta({ id: 'Me' })

const permissionName = z.string().min(1).max(60)

const keyTermsFields = {
  scope: z
    .union([z.literal('all'), z.array(permissionName)])
    .meta({ description: 'The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do.' }),
  expires_at: instant.nullable().meta({ description: 'Null: it is valid until it is revoked.' }),
}

export const keyIdentitySchema = z
  .object({
    kind: z.enum(['user', 'service_account']).meta({ description: 'Whether the key acts as a user or a service account.' }),
    id: z.string(),
    username: z.string().meta({ description: "The username, or the service account's name." }),
    organization: organizationSchema,
    permissions: ownPermissions,
    key: z.object({ id: z.string(), description: z.string(), created_at: instant, ...keyTermsFields }),
  })
  .meta({ id: 'KeyIdentity', description: 'The caller of a request with an API key, without personal data.' })

export const memberSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    given_name: z.string(),
    family_name: z.string(),
    email: z.string().optional().meta({ description: 'Shown to admins.' }),
    ...roleFields,
    status: z.enum(['active', 'deactivated', 'left']),
    status_since: instant,
    status_by: z.string().nullable().optional().meta({ description: 'The username of the admin who last changed the status. Shown to admins.' }),
    status_reason: z.string().nullable().optional().meta({ description: 'Why the member was deactivated. Shown to admins.' }),
    last_seen_at: instant
      .nullable()
      .optional()
      .meta({ description: 'When the member last used a session, accurate to about a minute. Null if never. Shown to admins.' }),
    suspended_at: instant.nullable().optional().meta({ description: 'Since when the operator refuses this person everywhere. Shown to admins.' }),
    joined_at: instant,
  })
  .meta({ id: 'Member' })

export const userSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    username: z.string().nullable().meta({ description: 'Null if the account is not registered yet.' }),
    given_name: z.string(),
    family_name: z.string(),
    company: z.string().nullable(),
    organization: z
      .object({ id: z.string(), name: z.string(), ...roleFields, status: z.enum(['active', 'deactivated']) })
      .nullable()
      .meta({ description: 'The current organization, with the role and the status of the membership.' }),
    created_at: instant,
    registered_at: instant.nullable(),
    suspended_at: instant.nullable(),
  })
  .meta({ id: 'User', description: 'An account, as a client sees it.' })

export const handedOverSchema = z.object({ id: z.string(), kind: z.string(), name: z.string() })
export const handedOverByRole = z
  .array(handedOverSchema)
  .meta({ description: 'The resources that passed to the admin, because the new role cannot remove them.' })

export const descriptionField = z.string().max(300).meta({ description: 'The purpose of the key: one line of at most 200 characters.' })

/** P12: a new key says what it may do. */
export const newKeySchema = z.strictObject({
  description: descriptionField,
  scope: z
    .union([z.literal('all'), z.array(permissionName).min(1).max(100)], {
      error: 'List the permissions of the key, or send "all" for everything that its holder may do.',
    })
    .meta({ description: 'Permissions, such as `["resources:read", "resources:register"]`. `all`: everything that its holder may do.' }),
  expires_in_days: z
    .number()
    .int()
    .min(1)
    .max(KEY_DAYS_AT_MOST)
    .nullable()
    .optional()
    .meta({ description: `${KEY_DAYS} by default. Null: the key is valid until it is revoked.` }),
})

export const toNewKey = ({
  description,
  scope,
  expires_in_days: expiresInDays = KEY_DAYS,
}: z.infer<typeof newKeySchema>): KeyTerms & { description: string } => ({
  description,
  scope: scope === 'all' ? null : scope,
  expiresInDays,
})

export const keySchema = z
  .object({
    id: z.string(),
    description: z.string(),
    holder: z.object({ kind: z.enum(['user', 'service_account']), id: z.string(), name: z.string() }),
    created_by: z.object({ id: z.string(), username: z.string() }),
    created_by_left: z.boolean().meta({
      description: 'The member who created it is no longer active in the organization and could have copied it. Create another key and revoke this one.',
    }),
    created_at: instant,
    last_used_at: instant.nullable(),
    last_address: z.string().nullable(),
    ...keyTermsFields,
  })
  .meta({ id: 'Key', description: 'A key, without its secret value. The value is shown once, when the key is created.' })

export const createdKeySchema = z
  .object({
    id: z.string(),
    key: z.string().meta({ description: 'The secret value. It is shown only in this response.' }),
    description: z.string(),
    created_at: instant,
    ...keyTermsFields,
  })
  .meta({ id: 'CreatedKey' })

/** The number of sessions, keys and invitations of a person that were revoked (S37). */
export const endedSchema = z.object({
  sessions: z.number().int().meta({ description: 'Counted up to 1,000.' }),
  keys: z.number().int(),
  invitations: z.number().int(),
})
export const keysToRollSchema = z
  .array(keySchema)
  .meta({ description: 'Keys of service accounts that this person created. They are still valid. Replace and revoke them.' })

export const serviceAccountSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    ...roleFields,
    created_by: z.object({ id: z.string(), username: z.string() }),
    created_at: instant,
  })
  .meta({ id: 'ServiceAccount' })

/** A new access token that replaces the revoked one, with the same session and expiry. A browser uses its cookie and gets no token. */
export const reissuedTokenFields = { access_token: z.string().optional(), expires_at: instant }

export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional().meta({ description: 'The `next_cursor` of the previous page.' }),
})

/** No space and no invisible character, which no name, address or id contains, and which the database may not accept. */
export const VISIBLE = /^[^\s\p{C}]*$/u

export const searchField = z.string().min(1).max(254).regex(VISIBLE).optional()

export const pageOfItems = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next_cursor: z.string().nullable() })

export const nameField = z.string().min(1).max(100)
export const organizationParams = z.object({ org: z.string().min(1).max(60).meta({ description: 'The name or id of an organization.' }) })
const sentAgain = 'A repeated request with the same key returns the same response and has no second effect, for 24 hours.'

export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z.string().min(1).max(255).optional().meta({ description: sentAgain }),
})

/** For requests that revoke their own access token. */
export const movingIdempotencyHeaders = z.looseObject({
  'idempotency-key': idempotencyHeaders.shape['idempotency-key'].meta({
    description: `${sentAgain} A move ends the access token of its request. A repetition with that token gets 401; with a newer token of the same person, it gets the same response.`,
  }),
})

const revocationSchema = z
  .object({
    receivers: z.number().int().meta({ description: 'The number of active receivers, one per process of a resource server.' }),
    acknowledged: z.number().int(),
    missing: z.array(
      z.object({
        id: z.string(),
        description: z.string().nullable(),
        lease_until: instant
          .nullable()
          .meta({ description: 'From then on the receiver refuses without further information. Null: the receiver has no lease.' }),
      }),
    ),
    ended_everywhere_at: instant
      .nullable()
      .meta({ description: 'From then on no receiver accepts the revoked credentials. Null: a receiver without a lease has not acknowledged.' }),
    waited_ms: z.number().int(),
  })
  .meta({ id: 'RevocationReport' })

/** The response of a route that revokes access. With `Prefer: wait=N`, it names the receivers that have acknowledged. */
export const reported = <S extends z.ZodRawShape>(schema: z.ZodObject<S>) =>
  schema.extend({
    revocation: revocationSchema.optional().meta({
      description:
        'Which receivers have acknowledged. Present with the header `Prefer: wait=N` (seconds, at most 30): the response waits until all have, or until the time is over.',
    }),
  })

export const signedOutSchema = reported(z.object({ member: memberSchema, ended: z.number().int().meta({ description: 'The number of sessions that ended.' }) }))

const actorOrTarget = z.object({ id: z.string().nullable(), name: z.string().nullable() })
export const auditEventSchema = z
  .object({
    id: z.string(),
    at: instant,
    action: z.string().meta({ description: 'The event, for example `membership.ended`.' }),
    outcome: z.enum(['done', 'refused']),
    actor: actorOrTarget.extend({
      kind: z.string(),
      session_id: z.string().nullable(),
      key_id: z.string().nullable(),
      via: z
        .object({ kind: z.enum(['client', 'key']), name: z.string() })
        .nullable()
        .meta({
          description: 'The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself.',
        }),
    }),
    target: actorOrTarget.extend({ id: z.string() }),
    details: z.record(z.string(), z.unknown()),
    address: z.string(),
    erased: z.array(z.string()).optional().meta({
      description:
        'The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none.',
    }),
    request_id: z.string(),
  })
  .meta({ id: 'AuditEvent' })
