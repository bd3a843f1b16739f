/**
 * Every problem that Muster responds with (RFC 9457). A code never changes its meaning. `docs/problems.md` is generated from this list.
 * `next` is the next step, worded for every surface (S36). `command` is the same step on the command line.
 */
export const problems = {
  // the request
  invalid_request: { status: 422, title: 'The request is invalid.', next: 'Correct the listed fields and send the request again.' },
  malformed_body: { status: 400, title: 'The request body could not be read.', next: 'Send valid JSON with Content-Type: application/json.' },
  body_too_large: { status: 413, title: 'The request body is too large.', next: 'Send a smaller body.' },
  unsupported_media_type: { status: 415, title: 'This content type is not supported here.', next: 'Send application/json.' },
  not_found: { status: 404, title: 'There is nothing at this address.', next: 'See /docs for the API.' },
  method_not_allowed: { status: 405, title: 'This address does not accept this method.', next: 'Use a method from the Allow header.' },
  not_acceptable: { status: 406, title: 'None of the requested formats is available.', next: 'Request application/json, application/x-ndjson or text/csv.' },
  cursor_gone: {
    status: 410,
    title: 'The event of this cursor is not in the feed.',
    next: 'The server was restored from a backup, or the cursor belongs to another feed. Read the current state, and start again from now.',
  },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key was used with a different request.', next: 'Use a new key for a new request.' },
  cross_site_request: { status: 403, title: 'The request came from another site.', next: 'Open the page directly and try again.' },
  host_unknown: {
    status: 421,
    title: 'This server does not answer requests for this host name.',
    next: 'Use the address in MUSTER_ISSUER, or add the host name to MUSTER_HOSTS.',
  },

  // the credential (S36, in this order)
  authentication_required: { status: 401, title: 'You are not logged in.', next: 'Log in.', command: 'muster login' },
  invalid_token: { status: 401, title: 'The credential is not valid.', next: 'Log in again.', command: 'muster login' },
  token_expired: { status: 401, title: 'The login has expired.', next: 'Log in again.', command: 'muster login' },
  token_revoked: { status: 401, title: 'This login has ended.', next: 'Log in again.', command: 'muster login' },
  account_suspended: { status: 403, title: 'This account is suspended.', next: 'Contact the operator of this cloud.' },
  user_deactivated: { status: 401, title: 'This account is deactivated.', next: 'After it is reactivated, log in.', command: 'muster login' },
  organization_suspended: { status: 403, title: 'The organization is suspended.', next: 'Contact the operator of this cloud.' },
  membership_left: { status: 401, title: 'This login is for an organization you no longer belong to.', next: 'Log in again.', command: 'muster login' },
  user_not_registered: { status: 403, title: 'This account has no username yet.', next: 'Register.', command: 'muster register -u NAME' },
  insufficient_scope: { status: 403, title: 'The token or key does not have the required scope.', next: 'Use a token or key with the required scope.' },
  invalid_target: {
    status: 400,
    title: 'This request gets no token for that API.',
    next: 'To use another API, name it in the parameter resource when you log in.',
  },
  forbidden: { status: 403, title: 'You do not have permission for this.', next: 'Ask an admin of your organization.' },
  operator_required: {
    status: 401,
    title: "This requires the operator's credential.",
    next: 'Use a valid operator token: operator-token in the data folder, MUSTER_OPERATOR_TOKEN, or a named token.',
  },
  operator_root_required: {
    status: 403,
    title: 'Only the root token creates and revokes operator tokens.',
    next: 'Use the token from the data folder (operator-token) or MUSTER_OPERATOR_TOKEN.',
  },
  operator_token_not_found: { status: 404, title: 'There is no such operator token.', next: 'List them.', command: 'muster server token list' },
  operator_token_name_taken: {
    status: 409,
    title: 'This name belongs to another operator token, or belonged to one.',
    next: 'Choose another name. A name is used once, because the audit log names the token.',
  },
  operator_token_is_root: {
    status: 409,
    title: 'The root token is a setting and cannot be revoked here.',
    next: 'Change MUSTER_OPERATOR_TOKEN, or delete the file operator-token in the data folder, and restart the server.',
  },
  email_not_found: { status: 404, title: 'There is no such email.', next: 'List the emails.', command: 'muster server email list' },
  email_still_retrying: {
    status: 409,
    title: 'This email is still being retried.',
    next: 'Correct the reason. Muster tries again by itself, at least once an hour.',
  },
  email_outdated: {
    status: 410,
    title: 'The code or link in this email is no longer valid.',
    next: 'Ask the person to request a new one, or invite them again.',
  },
  operator_disabled: { status: 403, title: 'Operator routes are disabled.', next: 'Set MUSTER_OPERATOR_TOKEN.' },

  // signing in and up
  wrong_credentials: { status: 401, title: 'Email, username or password is wrong.', next: 'Try again, or reset the password.' },
  passwords_off: {
    status: 403,
    title: 'Passwords are switched off on this server.',
    next: 'Sign in with a browser, by passkey or with a provider. Scripts use an API key.',
  },
  email_invalid: { status: 422, title: 'Muster cannot use this email address.', next: 'Check the address.' },
  sign_up_by_invitation: {
    status: 403,
    title: 'Signing up here needs an invitation.',
    next: 'Ask an admin of your organization for an invitation, and sign up with its link or secret.',
  },
  email_domain_not_admitted: {
    status: 403,
    title: 'Addresses of this domain cannot sign up here without an invitation.',
    next: 'Use an address of an admitted domain, or sign up with an invitation.',
  },
  email_domain_blocked: { status: 403, title: 'Addresses of this domain are not accepted here.', next: 'Use an address of another domain.' },
  person_name_invalid: { status: 422, title: 'A name must have 1 to 100 visible characters.', next: 'Correct the name.' },
  password_length: { status: 422, title: 'A password must have 10 to 256 characters.', next: 'Choose a password of that length.' },
  password_leaked: { status: 422, title: 'This password is on a list of leaked passwords.', next: 'Choose another.' },
  password_too_weak: { status: 422, title: 'This password is too easy to guess.', next: 'Choose a longer password, or several unrelated words.' },
  insufficient_user_authentication: {
    status: 401,
    title: 'This requires a recent sign-in.',
    next: 'Confirm that it is you, then try again.',
    command: 'muster confirm',
  },
  factor_missing: {
    status: 409,
    title: 'You have no factor that this policy accepts.',
    next: 'Add a passkey or an authenticator app on the page /account/security.',
  },
  factor_demanded: { status: 409, title: 'This factor is required.', next: 'Add another one first, then remove this one.' },
  browser_confirms: { status: 409, title: 'A browser session cannot request a code.', next: 'Open /account/confirm in this browser.' },
  terminal_confirms: {
    status: 403,
    title: 'A token cannot confirm this. Only the session of a browser can.',
    next: 'Request a code for the terminal.',
    command: 'muster confirm',
  },
  factor_required: {
    status: 401,
    title: 'This account requires a second factor.',
    next: 'Sign in with a browser, or use an API key.',
  },
  factor_wrong: {
    status: 403,
    title: 'This code is not valid.',
    next: 'Enter the newest code from your authenticator app, or a recovery code that you have not used.',
  },
  sign_in_ended: { status: 410, title: 'This sign-in has ended.', next: 'Sign in again.' },
  last_way_in: {
    status: 409,
    title: 'Without this, you could not sign in any more.',
    next: 'Add a password, a passkey or another provider first.',
  },
  identity_taken: { status: 409, title: 'This account is already linked.', next: 'Sign in with it, or unlink it from the other account first.' },
  identity_limit: { status: 409, title: 'At most 20 accounts of providers can be linked.', next: 'Unlink one that you no longer use.' },
  identity_not_found: { status: 404, title: 'There is no such linked account.', next: 'Look at the list on the page Security.' },
  proven_person_not_found: { status: 410, title: 'This took too long.', next: 'Sign in with the provider again.' },
  provider_not_found: { status: 404, title: 'This server has no such provider.', next: 'Sign in another way.' },
  provider_unavailable: { status: 503, title: 'The provider did not answer.', next: 'Try again later, or sign in another way.' },
  provider_refused: { status: 403, title: 'The provider did not sign you in.', next: 'Try again, or sign in another way.' },
  authenticator_exists: { status: 409, title: 'Your account already has an authenticator app.', next: 'Remove it first.' },
  factor_reset_pending: {
    status: 409,
    title: 'A reset of this member is already waiting.',
    next: 'Another admin can confirm it, or wait until it takes force.',
  },
  factor_reset_not_found: { status: 404, title: 'There is no reset to confirm or stop.', next: 'Ask for a new one if it is still needed.' },
  factor_reset_same_admin: { status: 403, title: 'Another admin must confirm this reset.', next: 'Ask a second admin, or wait until it takes force.' },
  remembered_device_not_found: {
    status: 404,
    title: 'There is no such remembered browser.',
    next: 'It may have ended.',
    command: 'muster security list',
  },
  authenticator_not_found: { status: 404, title: 'Your account has no authenticator app.', next: 'Add one.' },
  passkey_refused: { status: 403, title: 'This passkey could not be verified.', next: 'Try again, or sign in another way.' },
  passkey_unverified: {
    status: 403,
    title: 'This passkey did not verify you with a PIN, fingerprint or face.',
    next: 'Use another passkey, or sign in another way.',
  },
  passkey_copied: { status: 403, title: 'This passkey may have been copied, so it was refused.', next: 'Sign in another way, then remove the passkey.' },
  passkey_expired: { status: 410, title: 'The page was open for too long.', next: 'Try again.' },
  passkey_taken: { status: 409, title: 'This passkey is already registered.', next: 'Use it to sign in.' },
  passkey_limit: { status: 409, title: 'An account has at most 20 passkeys.', next: 'Remove a passkey that you no longer use.' },
  passkey_not_found: { status: 404, title: 'There is no such passkey.', next: 'Look at the list of your passkeys.' },
  passkey_name_invalid: { status: 422, title: 'The name of a passkey must be one line of 1 to 60 visible characters.', next: 'Choose another name.' },
  password_wrong: { status: 403, title: 'That is not your password.', next: 'Try again, or reset the password.' },
  email_change_not_found: { status: 404, title: 'No email change is in progress in this session.', next: 'Start the change again.' },
  email_unchanged: { status: 422, title: 'This is already your email address.', next: 'Enter a different address.' },
  code_wrong: { status: 422, title: 'The code is incorrect.', next: 'Enter the code from the newest email.' },
  code_expired: { status: 410, title: 'The code has expired.', next: 'Request a new code.' },
  code_exhausted: { status: 410, title: 'Too many incorrect codes.', next: 'Request a new code.' },
  sign_up_not_found: { status: 404, title: 'No sign-up is in progress in this browser.', next: 'Start the sign-up again.' },
  address_in_use: { status: 409, title: 'This address already has an account.', next: 'Sign in to it, or enter another address.' },
  reset_link_invalid: { status: 410, title: 'This link has been used or has expired.', next: 'Request a new link.' },
  already_registered: { status: 409, title: 'This account is already registered.', next: 'You can join an organization.', command: 'muster org join ORG -' },
  too_many_attempts: { status: 429, title: 'Too many attempts.', next: 'Try again after the time in Retry-After.' },
  overloaded: { status: 503, title: 'The server is overloaded.', next: 'Try again after the time in Retry-After.' },
  unavailable: { status: 503, title: 'The server is temporarily unavailable.', next: 'Try again in a moment.' },

  // device authorizations
  user_code_unknown: { status: 404, title: 'There is no such code.', next: 'Check the code in your terminal.' },
  user_code_claimed: { status: 409, title: 'This code was entered in another session.', next: 'Start the login again in your terminal.' },
  confirmation_of_another: { status: 403, title: 'This code belongs to another account.', next: 'Sign in with the account that your terminal uses.' },
  device_authorization_ended: { status: 410, title: 'This code is no longer valid.', next: 'Run the command again in your terminal.' },

  // names
  name_invalid: { status: 422, title: 'A name must have 3 to 30 characters: lowercase letters, digits and underscores.', next: 'Choose another name.' },
  name_reserved: { status: 422, title: 'This name is reserved.', next: 'Choose another name.' },
  name_taken: { status: 409, title: 'This name is taken.', next: 'Choose another name.' },
  host_label_taken: { status: 409, title: 'An application address would conflict with an existing one.', next: 'Choose another name.' },
  host_label_invalid: { status: 422, title: 'An application address would not be a valid host name.', next: 'Choose another name.' },

  // organizations and members
  organization_not_found: {
    status: 404,
    title: 'There is no such organization, or you have no access to it.',
    next: 'Show yours.',
    command: 'muster org show',
  },
  organization_renamed: { status: 409, title: 'The organization has a new name.', next: 'Use the new name.' },
  organization_name_changed: { status: 409, title: 'The organization no longer has that name.', next: 'Check its current name and try again.' },
  rename_limit: { status: 429, title: 'An organization can be renamed five times in 30 days.', next: 'Wait until the oldest rename is 30 days old.' },
  personal_organization: { status: 409, title: 'This is a personal organization.', next: 'To work with others, join another organization.' },
  plan_required: { status: 403, title: "The organization's plan does not include this.", next: 'Ask for a plan that includes it.' },
  seat_limit: { status: 403, title: 'All seats of this organization are taken.', next: 'Ask an admin for a larger plan.' },
  user_not_found: { status: 404, title: 'There is no such user.', next: 'Search for them.', command: 'muster server user list TEXT' },
  member_not_found: { status: 404, title: 'There is no such member.', next: 'List the members.', command: 'muster org list' },
  membership_ended: { status: 409, title: 'This person has left the organization.', next: 'Invite them again.' },
  last_admin: { status: 409, title: 'An organization with members must have an active admin.', next: 'Make another member an admin first.' },
  role_built_in: { status: 409, title: 'A built-in role cannot be changed or removed.', next: 'Create a role.', command: 'muster role create NAME' },
  role_in_use: {
    status: 409,
    title: 'A role that somebody holds cannot be removed.',
    next: 'Move its holders to another role.',
    command: 'muster role remove ROLE --move-to OTHER',
  },
  role_limit: { status: 409, title: 'The maximum number of roles has been reached.', next: 'Remove a role that nobody holds.', command: 'muster role list' },
  role_name_invalid: {
    status: 422,
    title: 'The name of a role must be one line of 1 to 40 visible characters. It cannot be the name of a built-in role, "custom", or begin with "role_".',
    next: 'Choose another name.',
  },
  role_outdated: { status: 409, title: 'The role was changed meanwhile.', next: 'Read it again, and repeat the change.', command: 'muster role show ROLE' },
  self_action: { status: 409, title: "You can't do this to yourself.", next: 'Ask another admin, or leave the organization.', command: 'muster org leave' },
  move_blocked: { status: 409, title: 'You cannot leave your organization yet.', next: 'Resolve the listed blockers first.' },
  already_member: { status: 409, title: 'Already a member of this organization.', next: 'No action is needed.' },
  member_suspended: { status: 409, title: 'This person is suspended.', next: 'Resume the person first.' },
  member_deactivated: { status: 409, title: 'This member is deactivated.', next: 'Reactivate the member instead.' },

  // resources
  resource_owned: { status: 409, title: 'The resource has another owner.', next: 'Transfer it.', command: 'muster resource transfer KIND/NAME USER' },
  resource_not_found: { status: 404, title: 'There is no such resource.', next: 'List them.', command: 'muster resource list' },
  resource_kind_invalid: {
    status: 422,
    title: 'A kind must start with a letter and have 2 to 30 characters: lowercase letters, digits, _ and -.',
    next: 'Use application, database, or another valid kind.',
  },
  resource_name_invalid: {
    status: 422,
    title: 'A resource name must have 3 to 30 characters: lowercase letters, digits, _ and -.',
    next: 'Choose another name.',
  },
  owner_required: {
    status: 422,
    title: 'A client must name the owner of a resource it registers.',
    next: 'Set owner to an active member or a service account.',
  },
  owner_not_active: { status: 409, title: 'Only an active member or a service account can own resources.', next: 'Choose another owner.' },
  host_not_found: { status: 404, title: 'There is no application at this host.', next: 'Check the host name.' },
  organization_has_members: { status: 409, title: 'This organization has members.', next: 'Promote one of them.', command: 'muster server promote ORG USER' },
  plan_unknown: { status: 422, title: 'There is no such plan.', next: 'Choose one of the listed plans.' },
  contact_invalid: { status: 422, title: 'A contact must be an active member or an email address.', next: 'Check the contact.' },

  // invitations
  invitation_not_found: { status: 404, title: 'There is no such invitation.', next: 'Ask for a new one.' },
  invitation_used: { status: 410, title: 'The invitation has been used.', next: 'Ask for a new one.' },
  invitation_expired: { status: 410, title: 'The invitation has expired.', next: 'Ask for a new one.' },
  invitation_revoked: { status: 410, title: 'The invitation was revoked or does not count.', next: 'Ask for a new one.' },
  invitation_declined: { status: 410, title: 'The invitation was declined.', next: 'Ask for a new one.' },
  invitation_wrong_address: {
    status: 403,
    title: 'This invitation is for another email address.',
    next: 'Log in with the invited address, or ask for an invitation to your own.',
  },
  invitation_without_link: { status: 409, title: 'An organization secret has no link.', next: 'Create an invite link instead.' },
  invitation_not_mailed: { status: 409, title: 'This invitation was not sent by email, so it cannot be resent.', next: 'Create a new invitation.' },
  already_accepted: { status: 409, title: 'The invitation was accepted before it could be revoked.', next: 'Remove the member instead.' },

  // sessions, tokens and keys
  session_not_found: { status: 404, title: 'There is no such session.', next: 'List yours.', command: 'muster session list' },
  refresh_token_not_found: { status: 404, title: 'There is no such refresh token.', next: 'List yours.', command: 'muster token list' },
  refresh_token_limit: {
    status: 409,
    title: 'You have reached the maximum number of refresh tokens.',
    next: 'Revoke one you no longer use.',
    command: 'muster token list',
  },
  session_required: { status: 403, title: 'This requires your own login.', next: 'Log in.', command: 'muster login' },
  credential_not_found: {
    status: 404,
    title: 'No such key or refresh token was created without the required factor.',
    next: 'List them.',
    command: 'muster org credentials list',
  },
  key_not_found: { status: 404, title: 'There is no such key.', next: 'List them.', command: 'muster key list' },
  key_limit: { status: 409, title: 'The maximum number of keys has been reached.', next: 'Revoke a key that is no longer used.' },
  key_scope_required: {
    status: 403,
    title: 'Your organization allows only keys with a scope.',
    next: 'Name the permissions of the key.',
    command: 'muster key create DESCRIPTION --scope PERMISSION',
  },
  permission_unknown: { status: 422, title: 'There is no such permission.', next: 'Use the listed permissions.' },
  role_not_found: { status: 404, title: 'There is no such role.', next: 'List them.', command: 'muster role list' },
  role_exceeds_yours: {
    status: 403,
    title: 'You can only give a role whose permissions you have.',
    next: 'Choose another role, or ask an admin of your organization.',
  },
  service_account_not_admin: { status: 409, title: 'A service account cannot be an admin.', next: 'Choose another role.' },
  upgrade_unfinished: {
    status: 409,
    title: 'The upgrade of this server has not finished.',
    next: 'Try again later. Until then, people can get the roles admin and member only.',
  },
  permission_not_delegable: {
    status: 422,
    title: 'Only the role admin can have this permission, because it changes the organization or the access of other people, or shows addresses of members.',
    next: 'Leave out the listed permissions.',
  },
  permission_not_held: {
    status: 403,
    title: 'A key can only get permissions that its creator and its holder have.',
    next: 'Leave out the listed permissions, or ask an admin of your organization.',
  },
  description_invalid: { status: 422, title: 'A description must be one line of at most 200 visible characters.', next: 'Choose another description.' },
  service_account_name_invalid: {
    status: 422,
    title: 'A service account name must have 3 to 30 characters: lowercase letters, digits, _ and -. It cannot start or end with _ or -.',
    next: 'Choose another name.',
  },
  service_account_not_found: { status: 404, title: 'There is no such service account.', next: 'List them.', command: 'muster service-account list' },
  application_not_found: {
    status: 404,
    title: 'This application has no access to your account.',
    next: 'List those that have.',
    command: 'muster application list',
  },
  consent_empty: { status: 422, title: 'At least one permission must be allowed.', next: 'Allow a permission, or cancel.' },
  service_account_limit: { status: 409, title: 'The maximum number of service accounts has been reached.', next: 'Remove one that is no longer used.' },
  client_not_found: { status: 404, title: 'There is no such client.', next: 'List them.', command: 'muster server client list' },
  client_invalid: { status: 422, title: 'The client cannot be registered, changed or removed this way.', next: 'Change what the detail describes.' },
  client_secret_limit: {
    status: 409,
    title: 'A client can have at most two secrets.',
    next: 'Find the one that nothing uses any more, and revoke it.',
    command: 'muster server client secret list ID',
  },
  client_secret_last: {
    status: 409,
    title: 'This is the only secret of the client.',
    next: 'Create another one and deploy it first.',
    command: 'muster server client secret rotate ID',
  },
  client_secret_not_found: { status: 404, title: 'The client has no such secret.', next: 'List them.', command: 'muster server client secret list ID' },

  api_in_use: {
    status: 409,
    title: 'Clients belong to an API that would be removed.',
    next: 'Remove the clients first.',
    command: 'muster server client list',
  },
  permissions_in_use: {
    status: 409,
    title: 'Clients, keys or roles have a permission that would be removed.',
    next: 'Change them first, or remove the permission all the same: it then allows nothing, and the roles lose it.',
    command: 'muster server api apply FILE --remove-used',
  },

  // the secret of the installation
  secret_not_set: {
    status: 409,
    title: 'There is no new secret to rotate to.',
    next: 'Set MUSTER_SECRET to a new secret and MUSTER_SECRET_PREVIOUS to the one in use, and restart every server process.',
    command: 'muster server secret status',
  },
  secret_not_rotated: {
    status: 409,
    title: 'The new secret is not in use yet.',
    next: 'Rotate to it first.',
    command: 'muster server secret rotate',
  },
  secret_not_everywhere: {
    status: 409,
    title: 'Some server processes do not have the new secret.',
    next: 'Set MUSTER_SECRET and MUSTER_SECRET_PREVIOUS for the listed processes and restart them.',
    command: 'muster server secret status',
  },
  secret_rotating: {
    status: 409,
    title: 'The last rotation of the secret is not finished.',
    next: 'Finish it, or use --compromised if the secret has leaked.',
    command: 'muster server secret rotate --finish',
  },
  secret_in_use: {
    status: 409,
    title: 'Values of the previous secret are still in use.',
    next: 'Wait until they have expired.',
    command: 'muster server secret status',
  },

  // revocations for resource servers
  signing_key_not_found: { title: 'There is no such signing key.', status: 404, next: 'List the keys.', command: 'muster server keys list' },
  stream_not_found: { status: 404, title: 'There is no such stream.', next: 'Create one.' },
  stream_invalid: { status: 400, title: 'The stream configuration is invalid.', next: 'Change what the detail describes.' },
  stream_limit: { status: 409, title: 'This client has reached its maximum number of streams.', next: 'Delete streams that are no longer read.' },

  internal_error: { status: 500, title: 'Something went wrong on our side.', next: 'Try again. If the problem persists, report the request id.' },
} as const satisfies Record<string, { status: number; title: string } & NextStep>

export type ProblemCode = keyof typeof problems

export interface NextStep {
  next: string
  command?: string
}

/** The fields of a response that say what to do next. */
export function nextStepOf(code: ProblemCode): NextStep {
  const { next, command }: NextStep = problems[code]
  return { next, ...(command !== undefined && { command }) }
}

/** Both in one line, for a terminal. */
export const nextLine = ({ next, command }: NextStep): string => (command === undefined ? next : `${next.replace(/\.$/, '')}: ${command}`)

/** The body of a response that is not 2xx: application/problem+json (RFC 9457), with additional members for some codes. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail?: string
  next: string
  /** Does it on the command line. */
  command?: string
  request_id?: string
  [extension: string]: unknown
}

/** The person is suspended by the operator, or deactivated. No login of theirs helps. */
export const isPersonBarred = (code: string | undefined): boolean => code === 'account_suspended' || code === 'user_deactivated'

/** The person is barred, or their organization is suspended. A new sign-in of the same account does not help. */
export const isBarred = (code: string | undefined): boolean => isPersonBarred(code) || code === 'organization_suspended'
