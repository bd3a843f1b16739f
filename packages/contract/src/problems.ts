/**
 * Every problem Muster answers with (RFC 9457). A code keeps its meaning for ever; `docs/problems.md` is made from this list.
 * `next` is the one next step for whoever reads it (S36).
 */
export const problems = {
  // what was sent
  invalid_request: { status: 422, title: 'The request is not in the right form.', next: 'Mend the fields that are listed and send it again.' },
  malformed_body: { status: 400, title: 'The body could not be read.', next: 'Send valid JSON with Content-Type: application/json.' },
  body_too_large: { status: 413, title: 'The body is too large.', next: 'Send less at once.' },
  unsupported_media_type: { status: 415, title: 'This content type is not understood here.', next: 'Send application/json.' },
  not_found: { status: 404, title: 'There is nothing at this address.', next: 'See /docs for what there is.' },
  method_not_allowed: { status: 405, title: 'This address does not take that method.', next: 'Use a method the Allow header names.' },
  not_acceptable: { status: 406, title: 'There is no such form of this.', next: 'Ask for application/json, application/x-ndjson or text/csv.' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key came with another request before.', next: 'Use a new key for a new request.' },
  cross_site_request: { status: 403, title: 'The request came from another site.', next: 'Open the page itself and try again.' },
  host_unknown: {
    status: 421,
    title: 'This server does not answer to that host name.',
    next: 'Use the address in MUSTER_ISSUER, or add the name to MUSTER_HOSTS.',
  },

  // who is asking (S36, in this order)
  authentication_required: { status: 401, title: 'You are not logged in.', next: 'Log in: muster login.' },
  invalid_token: { status: 401, title: 'The credential is not valid.', next: 'Log in again: muster login.' },
  token_expired: { status: 401, title: 'The login has ended.', next: 'Log in again: muster login.' },
  token_revoked: { status: 401, title: 'This login was ended.', next: 'Log in again: muster login.' },
  user_deactivated: { status: 401, title: 'This account is deactivated.', next: 'Once it is active again: muster login.' },
  organization_suspended: { status: 403, title: 'The organization is suspended.', next: 'Ask the people who run this cloud.' },
  membership_left: { status: 401, title: 'This login was made for an organization you are no longer in.', next: 'Log in again: muster login.' },
  user_not_registered: { status: 403, title: 'This account has no username yet.', next: 'Register: muster register -u NAME.' },
  insufficient_scope: { status: 403, title: 'The token was not given the right to do this.', next: 'Ask for a token with the scope that is named.' },
  forbidden: { status: 403, title: 'Your role does not allow this.', next: 'Ask an admin of your organization.' },
  operator_required: {
    status: 401,
    title: "This needs the operator's credential.",
    next: 'Use the token in the data folder (operator-token) or MUSTER_OPERATOR_TOKEN.',
  },
  operator_disabled: { status: 403, title: 'Operator routes are off.', next: 'Set MUSTER_OPERATOR_TOKEN.' },

  // signing in and up
  wrong_credentials: { status: 401, title: 'Email, username or password is wrong.', next: 'Try again, or reset the password.' },
  email_invalid: { status: 422, title: 'This is not an email address Muster can use.', next: 'Check the address.' },
  person_name_invalid: { status: 422, title: 'A name has 1 to 100 characters that can be seen.', next: 'Check the names.' },
  password_length: { status: 422, title: 'A password has 10 to 256 characters.', next: 'Choose one of that length.' },
  password_too_weak: { status: 422, title: 'This password is too easy to guess.', next: 'Choose a longer one, or several unrelated words.' },
  password_wrong: { status: 403, title: 'That is not your password.', next: 'Try again, or reset the password.' },
  email_change_not_found: { status: 404, title: 'There is no change of address under way in this login.', next: 'Start it again.' },
  email_unchanged: { status: 422, title: 'That is the address you have.', next: 'Name another one.' },
  code_wrong: { status: 422, title: 'That is not the code.', next: 'Check the newest mail and enter its code.' },
  code_expired: { status: 410, title: 'The code has ended.', next: 'Ask for a new code.' },
  code_exhausted: { status: 410, title: 'Too many wrong codes.', next: 'Ask for a new code.' },
  sign_up_not_found: { status: 404, title: 'There is no sign-up under way in this browser.', next: 'Start again.' },
  address_in_use: { status: 409, title: 'This address has an account already.', next: 'Sign in, or reset the password.' },
  reset_link_invalid: { status: 410, title: 'This link has been used or has ended.', next: 'Ask for a new one.' },
  already_registered: { status: 409, title: 'This account is registered already.', next: 'To join an organization: muster org join ORG -' },
  too_many_attempts: { status: 429, title: 'Too many attempts.', next: 'Wait for the time in Retry-After.' },
  overloaded: { status: 503, title: 'The server has too much to do.', next: 'Try again after the time in Retry-After.' },
  unavailable: { status: 503, title: 'The server cannot answer just now.', next: 'Try again in a moment.' },

  // device authorizations
  user_code_unknown: { status: 404, title: 'There is no such code.', next: 'Check the code in your terminal.' },
  user_code_claimed: { status: 409, title: 'This code was entered in another session.', next: 'Start the login again in your terminal.' },
  device_authorization_ended: { status: 410, title: 'This code has ended.', next: 'Start the login again in your terminal.' },

  // names
  name_invalid: { status: 422, title: 'A name has 3 to 30 characters: lowercase letters, digits and underscores.', next: 'Choose another name.' },
  name_reserved: { status: 422, title: 'This name is reserved.', next: 'Choose another name.' },
  name_taken: { status: 409, title: 'This name is taken.', next: 'Choose another name.' },
  host_label_taken: { status: 409, title: 'An application address would clash with one that exists.', next: 'Choose another name.' },
  host_label_invalid: { status: 422, title: 'An application address would not be a valid host name.', next: 'Choose another name.' },

  // organizations and members
  organization_not_found: { status: 404, title: 'There is no such organization, or you are not in it.', next: 'See yours: muster org show.' },
  organization_renamed: { status: 409, title: 'The organization has a new name.', next: 'Use the new name.' },
  organization_name_changed: { status: 409, title: 'The organization is not called that now.', next: 'Look at its current name and try again.' },
  rename_limit: { status: 429, title: 'An organization can be renamed five times in 30 days.', next: 'Wait until the oldest rename is 30 days old.' },
  personal_organization: { status: 409, title: 'This is your personal organization.', next: 'It stays yours; join another one to work with others.' },
  plan_required: { status: 403, title: 'The plan of this organization does not include this.', next: 'Ask for a plan that does.' },
  seat_limit: { status: 403, title: 'All seats of this organization are taken.', next: 'Ask an admin for a larger plan.' },
  member_not_found: { status: 404, title: 'There is no such member.', next: 'List the members: muster org list.' },
  membership_ended: { status: 409, title: 'This person has left the organization.', next: 'Invite them again.' },
  last_admin: { status: 409, title: 'An organization with members keeps an active admin.', next: 'Make another member admin first.' },
  self_action: { status: 409, title: 'Nobody does this to themselves.', next: 'Ask another admin; to leave: muster org leave.' },
  move_blocked: { status: 409, title: 'You cannot leave your organization yet.', next: 'Clear what is listed first.' },
  already_member: { status: 409, title: 'Already a member of this organization.', next: 'There is nothing to do.' },
  member_deactivated: { status: 409, title: 'This person is a deactivated member.', next: 'Reactivate them instead.' },

  // resources
  resource_owned: { status: 409, title: 'The resource has another owner.', next: 'Transfer it: muster resource transfer KIND/NAME USER.' },
  resource_not_found: { status: 404, title: 'There is no such resource.', next: 'List them: muster resource list.' },
  resource_kind_invalid: {
    status: 422,
    title: 'A kind has 2 to 30 characters: lowercase letters, digits, _ and -, a letter first.',
    next: 'Use application, database, or a word of that form.',
  },
  resource_name_invalid: {
    status: 422,
    title: 'The name of a resource has 3 to 30 characters: lowercase letters, digits, _ and -.',
    next: 'Choose another name.',
  },
  owner_required: { status: 422, title: 'A client names who will own what it registers.', next: 'Name an active member or a service account as owner.' },
  owner_not_active: { status: 409, title: 'Only who is active in the organization can own its resources.', next: 'Name another owner.' },
  host_not_found: { status: 404, title: 'No application answers at this host.', next: 'Check the name.' },
  organization_has_members: { status: 409, title: 'Somebody is in this organization.', next: 'Promote one of them: muster server promote ORG USER.' },
  plan_unknown: { status: 422, title: 'There is no such plan.', next: 'Choose one of those that are named.' },
  contact_invalid: { status: 422, title: 'A contact is an active member or an email address.', next: 'Check the contact.' },

  // invitations
  invitation_not_found: { status: 404, title: 'There is no such invitation.', next: 'Ask for a new one.' },
  invitation_used: { status: 410, title: 'The invitation has been used.', next: 'Ask for a new one.' },
  invitation_expired: { status: 410, title: 'The invitation is no longer valid.', next: 'Ask for a new one.' },
  invitation_revoked: { status: 410, title: 'The invitation was revoked.', next: 'Ask for a new one.' },
  invitation_declined: { status: 410, title: 'The invitation was declined.', next: 'Ask for a new one.' },
  invitation_wrong_address: {
    status: 403,
    title: 'This invitation is for another email address.',
    next: 'Log in with the address that was invited, or ask for an invitation to yours.',
  },
  invitation_without_link: { status: 409, title: 'An organization secret has no link.', next: 'Make an invite link instead.' },
  invitation_not_mailed: { status: 409, title: 'This was not sent by mail, so it cannot be sent again.', next: 'Make a new one.' },
  already_accepted: { status: 409, title: 'The invitation was accepted before it could be revoked.', next: 'Remove the member instead.' },

  // what one holds
  session_not_found: { status: 404, title: 'There is no such session.', next: 'See yours: muster session list' },
  refresh_token_not_found: { status: 404, title: 'There is no such refresh token.', next: 'See yours: muster token list' },
  refresh_token_limit: {
    status: 409,
    title: 'There are as many refresh tokens as there may be.',
    next: 'Revoke one that is not used any more: muster token list, muster revoke ID.',
  },
  session_required: { status: 403, title: 'A key cannot do this: it needs the person who is logged in.', next: 'Log in: muster login.' },
  key_not_found: { status: 404, title: 'There is no such key.', next: 'List them: muster key list.' },
  key_limit: { status: 409, title: 'There are as many keys as there may be.', next: 'Revoke one that is not used any more.' },
  description_invalid: { status: 422, title: 'A description is one line of up to 200 visible characters.', next: 'Write another one.' },
  service_account_name_invalid: {
    status: 422,
    title: 'The name of a service account has 3 to 30 characters: lowercase letters, digits, _ and -, neither _ nor - at its ends.',
    next: 'Choose another name.',
  },
  service_account_not_found: { status: 404, title: 'There is no such service account.', next: 'List them: muster service-account list.' },
  service_account_limit: { status: 409, title: 'There are as many service accounts as there may be.', next: 'Remove one that is not used any more.' },
  client_not_found: { status: 404, title: 'There is no such client.', next: 'List them: muster server client list.' },
  client_invalid: { status: 422, title: 'The client cannot be registered like this.', next: 'Mend what is named.' },

  // revocations for resource servers
  signing_key_not_found: { title: 'There is no such signing key.', status: 404, next: 'List the keys: muster server keys list' },
  stream_not_found: { status: 404, title: 'There is no such stream.', next: 'Create one.' },
  stream_invalid: { status: 400, title: 'The stream cannot be like this.', next: 'Mend what is named.' },
  stream_limit: { status: 409, title: 'This client has as many streams as it may have.', next: 'Delete those that nobody reads any more.' },

  internal_error: { status: 500, title: 'Something went wrong on our side.', next: 'Try again; if it stays, pass on the request id.' },
} as const satisfies Record<string, { status: number; title: string; next: string }>

export type ProblemCode = keyof typeof problems

/** The body of an answer that is not 2xx: application/problem+json (RFC 9457), with what belongs to the case beside it. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail?: string
  next: string
  request_id?: string
  [extension: string]: unknown
}
