import { type Kysely, sql } from 'kysely'

// A row in every table and a value in every column. A test fails if one is missing, so a new table or column must be added here.

const rows = [
  `insert into installation (secret_check, switched_at, restored_at, backup_at, keys_rest_before) values ('\\x00ff5c22', now(), now(), '2026-01-02 03:04:05.678901+00', '2026-01-01')`,
  `insert into root_key (kind, generation, secret_check, sealed) values ('rows', 0, '\\x0e', '\\x0f')`,
  `insert into former_secret (secret_check) values ('\\x10')`,
  `insert into operator_token (id, name, token_hash, expires_at, last_used_at, last_address, revoked_at) values ('opt_1', 'ci', '\\x11', now(), now(), '192.0.2.1', now())`,
  `insert into account (id, email, email_canonical, password_hash, given_name, family_name, company, username, epoch, password_version, registered_at)
   select 'usr_' || n, initcap(n) || '@example.com', n || '@example.com', '$argon2id$x', e'Zoë "\\\\" (a,b)\\n', 'O''Neil', '', n, 3, 1, now() from unnest(array['ada', 'bob']) n`,
  `update account set given_name = given_name || ' ', suspended_at = now(), suspended_reason = 'spam', passkey_handle = '\\x0f', always_second_factor = true where id = 'usr_ada'`,
  `insert into organization (id, name, founder_id, personal, suspended_at, suspended_reason, suspension_version)
   values ('org_ada', 'acme', 'usr_ada', false, null, null, 0), ('org_old', 'old', 'usr_bob', true, now(), 'bills', 2)`,
  `update organization set factor_policy = 'phishing-resistant', factor_policy_before = 'any', factor_policy_from = now(), remembered_devices = false where id = 'org_ada'`,
  `insert into name (name, user_id, organization_id) values ('ada', 'usr_ada', null), ('bob', 'usr_bob', null), ('acme', null, 'org_ada'), ('old', null, 'org_old')`,
  `insert into role (id, organization_id, name, description, revision, permissions, removed_at)
   values ('role_1', 'org_ada', 'Deployer', 'deploys', 4, '{apps:deploy,resources:read}', null), ('role_2', 'org_ada', 'Former', '', 1, '{}', now())`,
  `insert into membership (organization_id, user_id, role, status) values ('org_ada', 'usr_ada', 'admin', 'active'), ('org_ada', 'usr_bob', 'member', 'active')`,
  `update membership set status = 'deactivated', ended_at = now(), ended_reason = 'removed', status_by = 'usr_ada', status_reason = 'left the firm', role = 'custom', role_id = 'role_1', role_version = 2 where user_id = 'usr_bob'`,
  `insert into invitation (id, organization_id, kind, state, role, role_id, email, email_canonical, created_by, expires_at, accepted_by, ended_at, mailed_at)
   values ('inv_1', 'org_ada', 'email', 'accepted', 'custom', 'role_2', 'B@example.com', 'b@example.com', 'usr_ada', now() + interval '1 day', 'usr_bob', now(), now())`,
  `insert into invitation_session (id, token_hash, user_id, epoch, invitation_id, invitation_version, methods, address, expires_at, ended_at)
   values ('ivs_1', '\\x01', 'usr_bob', 3, 'inv_1', 1, '{pwd}', '192.0.2.1', now(), now())`,
  `insert into api (id, name, audience, granted_to_members, granted_to_viewers, longest_token_seconds, accepts_default_audience) values ('api_1', 'Deploy', 'https://deploy.example.com', '{apps:*}', '{apps:deploy}', 600, true)`,
  `insert into api_permission (name, api_id, description, place) values ('apps:deploy', 'api_1', 'Deploy applications', 0)`,
  `insert into client (id, name, secret_hash, grants, redirect_uris, scopes, removed_at, returned_at, backchannel_logout_uri, api_id)
   values ('cli_1', 'App', '\\x02', '["x"]', '["https://app.example.com"]', '["openid"]', now(), now(), 'https://app.example.com/logout', 'api_1')`,
  `insert into client_secret (id, client_id, secret_hash, last_used_at, revoked_at) values ('csc_1', 'cli_1', '\\x12', now(), now())`,
  `insert into consent (user_id, client_id, organization_id, granted, declined) values ('usr_ada', 'cli_1', 'org_ada', '{openid,apps:deploy https://deploy.example.com}', '{email}')`,
  `insert into session (id, kind, user_id, organization_id, epoch, client_id, token_hash, grant_payload, address, user_agent, expires_at, ended_at, ended_reason, logout_queued_at, methods, confirmed_at,
     confirmed_methods, provider)
   values ('ses_1', 'application', 'usr_ada', 'org_ada', 3, 'cli_1', '\\x03', '{"a": [1, null, "\\u00e9\\n"], "b": 1.50}', '192.0.2.1', 'curl', 'infinity', now(), 'revoked', now(), '{swk,user,mfa}', now(), '{pwd}', 'github')`,
  `insert into device_authorization (id, device_code_hash, user_code, client_id, scope, params, state, claimed_by, user_id, session_id, address, user_agent, approved_at, expires_at, polled_at, poll_seconds, network, confirms, action)
   values ('dev_1', '\\x04', 'ABCD', 'cli_1', 'openid', 'null', 'redeemed', 'ses_1', 'usr_ada', 'ses_1', '192.0.2.1', 'curl', now(), now(), now(), 5, '192.0.2.0/24', 'ses_1', 'keys:create')`,
  `insert into refresh_token (id, name, token_hash, session_id, user_id, client_id, scope, payload, rotates, address, last_address, first_used_at, last_used_at, consumed_at, expires_at, idle_expires_at)
   values ('rft_1', 'ci', '\\x05', 'ses_1', 'usr_ada', 'cli_1', 'openid', '{}', false, '192.0.2.1', '192.0.2.2', now(), now(), now(), now(), now())`,
  `insert into signing_key (kid, alg, public_jwk, private_jwk, signs_from, retired_at) values ('kid', 'ES256', '{"kty": "EC"}', '\\x06', now(), now())`,
  `insert into oidc_model (kind, id_hash, payload, uid, grant_id, consumed_at, expires_at) values ('Session', '\\x07', '{}', 'uid', 'ses_1', now(), now())`,
  `insert into sign_up (id, token_hash, email, email_canonical, password_hash, given_name, code_expires_at, expires_at, provider, issuer, subject, identity_label)
   values ('sgn_1', '\\x08', 'c@x', 'c@x', 'x', 'C', now(), now(), 'github', 'https://github.com/login/oauth', '7', 'c')`,
  `insert into password_reset (id, email_canonical, user_id, address, request_id, expires_at, ended_at) values ('pwr_1', 'ada@example.com', 'usr_ada', '192.0.2.1', 'req', now(), now())`,
  `insert into email_change (id, user_id, session_id, email, email_canonical, old_email, expires_at, ended_at) values ('emc_1', 'usr_ada', 'ses_1', 'x', 'x', 'y', now(), now())`,
  `insert into passkey (id, user_id, credential_id, public_key, counter, device_bound, verifies_user, aaguid, transports, name, address, last_used_at, last_address, copied_at)
   values ('pky_1', 'usr_ada', '\\x0c', '\\x0d', 7, true, true, '00000000-0000-0000-0000-000000000000', '{usb,nfc}', 'key', '192.0.2.1', now(), '192.0.2.1', now())`,
  `insert into authenticator (user_id, secret, key_generation, last_step, failures, address, last_used_at, unlock_id, unlock_expires_at)
   values ('usr_ada', '\\x10', 0, 58000000, 2, '192.0.2.1', now(), 'unlock', 'infinity')`,
  `insert into recovery_code (user_id, code_hash, used_at) values ('usr_ada', '\\x11', now())`,
  `insert into identity (id, user_id, provider, issuer, subject, label, address, last_used_at, last_address)
   values ('idn_1', 'usr_ada', 'github', 'https://github.com/login/oauth', '7', 'ada', '192.0.2.1', now(), '192.0.2.2')`,
  `insert into provider_sign_in (token_hash, provider, return_path, user_id, session_id, expires_at) values ('\\x13', 'github', '/join', 'usr_ada', 'ses_1', now())`,
  `insert into proven_person (token_hash, provider, issuer, subject, label, email, email_trusted, given_name, family_name, return_path, session_id, expires_at)
   values ('\\x14', 'oidc', 'https://id.example.com', 'x', 'ada', 'a@x', true, 'Ada', 'L', '/', 'ses_1', now())`,
  `insert into confirmation_code (session_id, code_number, code_tries, key_generation, expires_at) values ('ses_1', 2, 1, 0, now())`,
  `insert into pending_sign_in (token_hash, user_id, epoch, password_version, tries, expires_at, ended_at, provider)
   values ('\\x12', 'usr_ada', 3, 1, 1, now(), now(), 'github')`,
  `insert into remembered_device (id, token_hash, user_id, epoch, address, user_agent, expires_at) values ('rmd_1', '\\x13', 'usr_ada', 3, '192.0.2.1', 'curl', now())`,
  `insert into factor_reset (id, user_id, organization_id, requested_by, in_force_at, confirmed_by, completed_at, ended_at, code_used_at)
   values ('frs_1', 'usr_ada', 'org_ada', 'usr_ada', now(), 'usr_ada', now(), now(), now())`,
  `insert into used_challenge (digest, expires_at) values ('\\x0e', now())`,
  `insert into email (id, address, address_canonical, job, state, attempts, reason) values ('eml_1', 'Ada@example.com', 'ada@example.com', '{"kind": "x"}', 'failed', 3, 'down')`,
  `insert into account_network (user_id, network) values ('usr_ada', '192.0.2.0/24')`,
  `insert into service_account (id, organization_id, name, description, role, role_id, role_version, created_by, ended_at) values ('sva_1', 'org_ada', 'ci', 'runs tests', 'custom', 'role_1', 3, 'usr_ada', now())`,
  `insert into api_key (id, token_hash, user_id, service_account_id, organization_id, epoch, description, created_by, last_used_at, last_address, ended_at, ended_reason, methods, scope, expires_at, expiry_mailed_at)
   values ('key_1', '\\x09', 'usr_ada', null, 'org_ada', 3, 'k', 'usr_ada', now(), '192.0.2.1', now(), 'revoked', array['pwd', 'otp', 'mfa'], array['apps:deploy'], now(), now()),
          ('key_2', '\\x0a', null, 'sva_1', 'org_ada', 0, 'k', 'usr_ada', null, null, null, null, null, null, null, null)`,
  `insert into resource (id, organization_id, kind, name, owner_id, created_by, removed_at) values ('res_1', 'org_ada', 'application', 'shop', 'usr_ada', 'usr_ada', now())`,
  `insert into host_label (label, organization_id, resource_id, held_since) values ('acme-shop', 'org_ada', 'res_1', now())`,
  `insert into organization_contact (organization_id, purpose, user_id, email) values ('org_ada', 'technical', 'usr_ada', null), ('org_ada', 'billing', null, 'pay@example.com')`,
  `insert into organization_address (organization_id, address) values ('org_ada', e'1 Street\\n\\tTown')`,
  `insert into revocation (kind, subject, value, expires_at) select 'session', 'ses_' || n, '{"reason": "token_revoked"}', now() + interval '1 day' from generate_series(1, 5) n`,
  `delete from revocation where subject = 'ses_5'`, // its number is not given again
  `insert into receiver (id, client_id, method, endpoint_url, push_authorization, description, events_requested, status_reason, lease_seconds, lease_until, watermark, failing_since, removed_at)
   values ('str_1', 'cli_1', 'push', 'https://x.example.com', '\\x0b', 'billing', '["a"]', 'why', 30, now(), '5', now(), now()), ('str_2', null, 'server', null, null, null, null, null, 4, now(), null, null, null)`,
  `insert into receiver_event (receiver_id, payload) values ('str_1', '{"a": 1}')`,
  `insert into audit_event (id, type, outcome, actor_kind, actor_id, actor_session_id, actor_key_id, organization_id, target, details, address, request_id)
   values ('evt_1', 'key.created', 'done', 'user', 'usr_ada', 'ses_1', 'key_1', 'org_ada', 'key_1', '{"description": "deploy", "holderId": "usr_ada"}', '192.0.2.1', 'req')`, // the trigger moves two values to audit_personal
  // As a server of an earlier version wrote it, and not moved yet.
  `alter table audit_event disable trigger audit_event__leaves_personal`,
  `insert into audit_event (id, type, outcome, actor_kind, organization_id, target, details, address) values ('evt_2', 'organization.created', 'done', 'user', 'org_ada', 'org_ada', '{"name": "acme"}', '192.0.2.1')`,
  `alter table audit_event enable trigger audit_event__leaves_personal`,
  `update audit_event_move set moved_until = 1, ends_at = 2`,
  `insert into event_position (position, seq, organization_id, organization_position) select seq, seq, organization_id, seq from audit_event`,
  `insert into idempotency_key (principal, key, request_hash, answer) values ('usr_ada', 'k', '\\x0c', '\\x0d')`,
  `insert into attempt (key, points, expire) values ('sign-in:ada', 3, 1767323045678)`,
  `insert into jobs.job (name, data, priority, state, start_after, singleton_key, output, started_on)
   values ('mail', '{"kind": "x", "text": "é\\n"}', 0, 'active', now(), null, '{"message": "down"}', now()), ('mail', '{"kind": "y"}', 0, 'completed', now(), null, null, null)`,
]

export async function fillStore(db: Kysely<any>): Promise<void> {
  for (const row of rows) await sql.raw(row).execute(db)
}
