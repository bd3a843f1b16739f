// Made by `npm run generate` from the routes. Do not edit.

export interface paths {
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who one is, in which organization, until when; for a key, who it acts as */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's names */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/v1/me/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose a username, and with it get an organization */
        post: operations["registerMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the password; every other session and refresh token ends */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for another address; a code is mailed to it, and until it is entered the old one stays */
        post: operations["requestEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/email/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enter the mailed code, in the login that asked for it; the old address is told */
        post: operations["verifyEmailChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is signed in */
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        /** End all others */
        delete: operations["endMyOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of them; `current` is the one that asks */
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/refresh-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The refresh tokens that work */
        get: operations["listMyRefreshTokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/refresh-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one, with its session and its access tokens */
        delete: operations["revokeMyRefreshToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usernames/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a username is free; no login needed */
        get: operations["checkUsername"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a token leads to, without taking it; no login needed, and with one the plan of the move */
        post: operations["previewInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** "No, thanks": it is over, for everyone who holds it */
        post: operations["declineInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take it: as a user by moving, as a newcomer by registering */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a move would do, without doing it; without an invitation, what leaving would */
        get: operations["planMove"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The organization; a former name of it leads on (308) */
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the contacts and the address; null takes one away */
        patch: operations["updateOrganization"];
        trace?: never;
    };
    "/v1/organizations/{org}/rename": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give it another name, if it is still called what one thinks */
        post: operations["renameOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move to the organization that a secret opens */
        post: operations["joinOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leave it for one's own organization */
        post: operations["leaveOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The invitations of every kind, newest first */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Invite by mail: one address, or up to a hundred
         * @description With `email`: 201 and the new invitation, or 200 and the one that is open, unchanged. With `emails`: 200 and a result for each, in their order; one bad address fails alone.
         */
        post: operations["createInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an invitation of any kind */
        delete: operations["revokeInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/invitations/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send the email again with a new link, valid for seven days; the old link stops working */
        post: operations["resendInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/invitations/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The link once more, to be given by hand; it is recorded who took it */
        post: operations["copyInvitationLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The members, newest first */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One member */
        get: operations["getMember"];
        put?: never;
        post?: never;
        /** Remove a member; what they held for this organization ends at once */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /** Give or take the role admin, or mend the names */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/v1/organizations/{org}/members/{user}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keep a member out, reversibly; all they hold ends at once, what they own stays theirs */
        post: operations["deactivateMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/members/{user}/reactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reactivate a deactivated member, who has to log in again */
        post: operations["reactivateMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/members/{user}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign a member out everywhere: their sessions, access tokens and refresh tokens end; their keys stay valid */
        delete: operations["signMemberOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened in the organization, newest first
         * @description A page as `application/json`. With `Accept: application/x-ndjson` or `text/csv` everything that matches, oldest first, in one answer; `limit` and `cursor` have no effect then.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The secrets that were made, newest first */
        get: operations["listSecrets"];
        put?: never;
        /** Make a secret, or an invite link, that lets one person in */
        post: operations["createSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/secrets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a secret */
        delete: operations["revokeSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own keys that work, newest first */
        get: operations["listMyKeys"];
        put?: never;
        /** Make a key that acts as oneself in the organization one is in; it is shown in this answer only */
        post: operations["createMyKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key */
        delete: operations["revokeMyKey"];
        options?: never;
        head?: never;
        /** Change the description of a key */
        patch: operations["updateMyKey"];
        trace?: never;
    };
    "/v1/organizations/{org}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All keys of the organization that work: its members’ and its service accounts’, newest first */
        get: operations["listKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke any key of the organization */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        /** Change the description of any key of the organization */
        patch: operations["updateKey"];
        trace?: never;
    };
    "/v1/organizations/{org}/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The service accounts, newest first */
        get: operations["listServiceAccounts"];
        put?: never;
        /** Make a service account */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/service-accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One service account */
        get: operations["getServiceAccount"];
        put?: never;
        post?: never;
        /** Remove it; its keys end at once, and what it owned passes to the admin who removes it */
        delete: operations["removeServiceAccount"];
        options?: never;
        head?: never;
        /** Give it another name or description */
        patch: operations["updateServiceAccount"];
        trace?: never;
    };
    "/v1/organizations/{org}/service-accounts/{account}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its keys that work, newest first */
        get: operations["listServiceAccountKeys"];
        put?: never;
        /** Make a key for it, shown in this answer only; a key cannot do this */
        post: operations["createServiceAccountKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The resources, newest first */
        get: operations["listResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/resources/{kind}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One resource */
        get: operations["getResource"];
        /** Register a resource (201); one that exists is answered as it is, with the owner it has (200) */
        put: operations["registerResource"];
        post?: never;
        /** Remove a resource; its address stays held for the organization */
        delete: operations["removeResource"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/resources/{kind}/{name}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hand a resource to another active member or a service account */
        post: operations["transferResource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/resource-transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Transfer all resources of one owner to another active member or a service account */
        post: operations["transferAllResources"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/hosts/{host}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose application a host is; the old host of a renamed organization leads on (308) */
        get: operations["getHost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clients */
        get: operations["listClients"];
        put?: never;
        /** Register a client; its secret is shown once */
        post: operations["registerClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/clients/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One client */
        get: operations["getClient"];
        put?: never;
        post?: never;
        /** Remove a client: it gets no tokens from here on, and those it got are dead everywhere */
        delete: operations["removeClient"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The streams by which resource servers are told what ended, at most 1,000 */
        get: operations["listStreams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/streams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a stream away: its receiver is told nothing more, and counts until its lease ends */
        delete: operations["removeStream"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signing keys */
        get: operations["listSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/signing-keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make new signing keys, unless such are upcoming; the old ones sign until those do, and stay published while tokens of theirs live */
        post: operations["rotateSigningKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/signing-keys/{kid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a signing key: every token it signed is invalid, and the next key signs at once */
        delete: operations["withdrawSigningKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/organizations/{org}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One organization, by name, former name or id */
        get: operations["getOrganizationAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Put it on another plan; a smaller one cuts nobody off */
        patch: operations["changePlan"];
        trace?: never;
    };
    "/v1/operator/organizations/{org}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse every principal of it, until it is resumed */
        post: operations["suspendOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/organizations/{org}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End its suspension */
        post: operations["resumeOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/organizations/{org}/revive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A secret for the next admin of a shared organization that nobody is left in */
        post: operations["reviveOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/organizations/{org}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make an active member admin, where nobody inside can */
        post: operations["promoteMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/organizations/{org}/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign a member out everywhere: their sessions, access tokens and refresh tokens end; their keys stay valid */
        post: operations["signMemberOutAsOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Wait until the caller's session, membership, role or organization changes */
        get: operations["awaitMyChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forward-auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a request may pass, for gateways: 200 with who it is, 401 or 403 with why not */
        get: operations["checkRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An answer that is not 2xx (RFC 9457). The codes are listed in docs/problems.md. */
        ProblemInput: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "invalid_request" | "malformed_body" | "body_too_large" | "unsupported_media_type" | "not_found" | "method_not_allowed" | "not_acceptable" | "idempotency_key_reused" | "cross_site_request" | "host_unknown" | "authentication_required" | "invalid_token" | "token_expired" | "token_revoked" | "user_deactivated" | "organization_suspended" | "membership_left" | "user_not_registered" | "insufficient_scope" | "forbidden" | "operator_required" | "operator_disabled" | "wrong_credentials" | "email_invalid" | "person_name_invalid" | "password_length" | "password_too_weak" | "password_wrong" | "email_change_not_found" | "email_unchanged" | "code_wrong" | "code_expired" | "code_exhausted" | "sign_up_not_found" | "address_in_use" | "reset_link_invalid" | "already_registered" | "too_many_attempts" | "overloaded" | "unavailable" | "user_code_unknown" | "user_code_claimed" | "device_authorization_ended" | "name_invalid" | "name_reserved" | "name_taken" | "host_label_taken" | "host_label_invalid" | "organization_not_found" | "organization_renamed" | "organization_name_changed" | "rename_limit" | "personal_organization" | "plan_required" | "seat_limit" | "member_not_found" | "membership_ended" | "last_admin" | "self_action" | "move_blocked" | "already_member" | "member_deactivated" | "resource_owned" | "resource_not_found" | "resource_kind_invalid" | "resource_name_invalid" | "owner_required" | "owner_not_active" | "host_not_found" | "organization_has_members" | "plan_unknown" | "contact_invalid" | "invitation_not_found" | "invitation_used" | "invitation_expired" | "invitation_revoked" | "invitation_declined" | "invitation_wrong_address" | "invitation_without_link" | "invitation_not_mailed" | "already_accepted" | "session_not_found" | "refresh_token_not_found" | "refresh_token_limit" | "session_required" | "key_not_found" | "key_limit" | "description_invalid" | "service_account_name_invalid" | "service_account_not_found" | "service_account_limit" | "client_not_found" | "client_invalid" | "signing_key_not_found" | "stream_not_found" | "stream_invalid" | "stream_limit" | "internal_error";
            detail?: string;
            /** @description The one next step. */
            next: string;
            request_id?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The organization of the caller, and the caller's role in it. */
        OrganizationInput: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "member";
            plan: string;
            personal: boolean;
        };
        /** @description A member, or an email address. */
        ContactInput: {
            id: string | null;
            username: string | null;
            email: string | null;
        };
        MeInput: {
            id: string;
            email: string;
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            organization: components["schemas"]["OrganizationInput"] | null;
            session: {
                id: string;
                /** @enum {string} */
                kind: "browser" | "cli" | "refresh" | "application";
                client_id: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                expires_at: string;
            };
            token: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                expires_at: string;
            } | null;
        };
        /** @description The caller of a request with a key, without personal data that is not needed to act. */
        KeyIdentityInput: {
            /**
             * @description Whom the key acts as.
             * @enum {string}
             */
            kind: "user" | "service_account";
            id: string;
            /** @description The username, or the service account's name. */
            username: string;
            organization: components["schemas"]["OrganizationInput"];
            key: {
                id: string;
                description: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
            };
        };
        MemberInput: {
            id: string;
            username: string;
            given_name: string;
            family_name: string;
            /** @description Shown to admins. */
            email?: string;
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            status: "active" | "deactivated" | "left";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            status_since: string;
            /** @description Username of who changed the status last, shown to admins. */
            status_by?: string | null;
            /** @description Why someone was deactivated, shown to admins. */
            status_reason?: string | null;
            /** @description When a session of theirs was last used, within a minute or so; null if never. Shown to admins. */
            last_seen_at?: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            joined_at: string;
        };
        /** @description A key; the key itself is shown once, when it is made. */
        KeyInput: {
            id: string;
            description: string;
            holder: {
                /** @enum {string} */
                kind: "user" | "service_account";
                id: string;
                name: string;
            };
            created_by: {
                id: string;
                username: string;
            };
            /** @description The member who created it is no longer active in the organization and could have copied it. Create another key and revoke this one. */
            created_by_left: boolean;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            last_address: string | null;
        };
        CreatedKeyInput: {
            id: string;
            /** @description In this answer and nowhere else. */
            key: string;
            description: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        ServiceAccountInput: {
            id: string;
            name: string;
            description: string;
            created_by: {
                id: string;
                username: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        RevocationReportInput: {
            /** @description Verifiers of resource servers that are alive, one per process. */
            receivers: number;
            acknowledged: number;
            missing: {
                id: string;
                description: string | null;
                /** @description From then on it refuses by itself. Null: it keeps no lease. */
                lease_until: string | null;
            }[];
            /** @description From then on nobody accepts what ended. Null: a receiver without a lease has not heard. */
            ended_everywhere_at: string | null;
            waited_ms: number;
        };
        SessionInput: {
            id: string;
            /** @enum {string} */
            kind: "browser" | "cli" | "refresh" | "application";
            current: boolean;
            client_id: string | null;
            address: string | null;
            user_agent: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
        };
        /** @description A refresh token; the token itself is shown once, when it is issued. */
        RefreshTokenInput: {
            id: string;
            /** @description The name that was given to it at login. */
            name: string | null;
            session_id: string;
            client_id: string;
            /** @description The access token that asks came from it. */
            current: boolean;
            /** @description Where it was used last, or issued. */
            address: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description It ends here unless it is used before.
             */
            idle_expires_at: string;
        };
        /** @description What a move would do. Nothing is done. */
        MovePlanInput: {
            possible: boolean;
            from: {
                id: string;
                name: string;
                /** @enum {string} */
                role: "admin" | "member";
            } | null;
            to: {
                id: string;
                name: string;
                /** @enum {string} */
                role: "admin" | "member";
            } | null;
            invitation: {
                id: string;
                /** @enum {string} */
                kind: "secret" | "link" | "email";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                expires_at: string;
            } | null;
            blockers: {
                /** @enum {string} */
                kind: "last_admin" | "resource";
                detail: string;
                command: string;
                candidates?: {
                    id: string;
                    username: string;
                }[];
                resource?: {
                    id: string;
                    kind: string;
                    name: string;
                };
                /** @description Set when a transfer clears it. POST /v1/organizations/{org}/resource-transfers clears all of these at once. */
                transfer?: {
                    /** @description The only other active admin. Null when there are several, or none. */
                    to: string | null;
                };
            }[];
            /** @description What else speaks against it now. */
            problem: {
                code: string;
                detail: string;
            } | null;
            loses: {
                /** @enum {string} */
                kind: "sessions" | "keys" | "invitations" | "role" | "organization";
                detail: string;
                count?: number;
            }[];
        };
        InvitationInput: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link" | "email";
            /** @description For an email invitation. */
            email: string | null;
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Raised by a resend. */
            version: number;
            /** @description A username. */
            created_by: string;
            /** @description The name this person gave themselves; empty when there is none. */
            created_by_name: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
            /** @description When the mail server took the newest mail. */
            mailed_at: string | null;
            accepted_by: string | null;
            /** @description When it was accepted, declined or revoked; `expires_at` says when it ended by time. */
            ended_at: string | null;
        };
        /** @description An organization secret, or an invite link. What is secret in it is shown once, when it is made. */
        SecretInput: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link";
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            created_by: string;
            created_by_name: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
        };
        AuditEventInput: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description What happened: `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            request_id: string;
        };
        ClientInput: {
            id: string;
            name: string;
            grants: string[];
            redirect_uris: string[];
            post_logout_redirect_uris: string[];
            scopes: string[];
            /** @enum {string} */
            alg: "ES256" | "RS256";
            public: boolean;
            native: boolean;
            /** @description False: without a code_challenge the client must send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        SigningKeysInput: {
            keys: {
                kid: string;
                alg: string;
                /** @enum {string} */
                state: "upcoming" | "signing" | "retired";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description Published before, so that every verifier has it when the first token is signed with it.
                 */
                signs_from: string;
            }[];
        };
        StreamInput: {
            id: string;
            client: string | null;
            /** @enum {string} */
            method: "poll" | "push" | "server";
            description: string | null;
            /** @enum {string} */
            status: "enabled" | "paused" | "disabled";
            reason: string | null;
            /** @description Until then the process that polls it may accept what it has not heard of. Null: it keeps no lease, so no end is known. */
            lease_until: string | null;
            /** @description Since when no push has arrived. */
            failing_since: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        /** @description An organization as the operator sees it. */
        OperatedOrganizationInput: {
            id: string;
            name: string;
            personal: boolean;
            plan: string;
            /** @description Of the plan; null is without limit. */
            seats: number | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            founder: {
                id: string;
                username: string;
            };
            /** @description Active ones, longest-serving first. */
            admins: {
                id: string;
                username: string;
            }[];
            members: {
                active: number;
                deactivated: number;
            };
            resources: number;
            technical_contact: components["schemas"]["ContactInput"] | null;
            billing_contact: components["schemas"]["ContactInput"] | null;
            address: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        OrganizationPageInput: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "member";
            plan: string;
            personal: boolean;
            /** @description Active ones. */
            members: number;
            deactivated_members: number;
            /** @description How many active members the plan has room for; null is without limit. */
            seats: number | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            cloud_domain: string;
            /** @description What the address of an application looks like. */
            application_url: string;
            /** @description Whom somebody deactivated is told to ask. */
            technical_contact: components["schemas"]["ContactInput"] | null;
            /** @description Shown to admins. */
            billing_contact?: components["schemas"]["ContactInput"] | null;
            /** @description Shown to admins. */
            address?: string | null;
        };
        /** @description An application, a database, or of any kind that the platform names. */
        ResourceInput: {
            id: string;
            kind: string;
            name: string;
            organization: {
                id: string;
                name: string;
            };
            owner: {
                /** @enum {string} */
                kind: "user" | "service_account";
                id: string;
                name: string;
            };
            /** @description Applications have one. */
            host: string | null;
            url: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            owned_since: string;
        };
        /** @description The same is in the headers `X-Muster-User`, `X-Muster-Organization`, …, all of them always, empty where there is nothing. */
        IdentityInput: {
            user: string | null;
            service_account: string | null;
            organization: string | null;
            organization_name: string | null;
            role: ("admin" | "member") | null;
            session: string | null;
            client: string | null;
            scope: string | null;
        };
        HostInput: {
            host: string;
            organization: {
                id: string;
                name: string;
                suspended: boolean;
            };
            resource: components["schemas"]["ResourceInput"];
        };
        NewClientInput: {
            id: string;
            name: string;
            grants: string[];
            redirect_uris: string[];
            post_logout_redirect_uris: string[];
            scopes: string[];
            /** @enum {string} */
            alg: "ES256" | "RS256";
            public: boolean;
            native: boolean;
            /** @description False: without a code_challenge the client must send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            secret: string | null;
        };
        /** @description An answer that is not 2xx (RFC 9457). The codes are listed in docs/problems.md. */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "invalid_request" | "malformed_body" | "body_too_large" | "unsupported_media_type" | "not_found" | "method_not_allowed" | "not_acceptable" | "idempotency_key_reused" | "cross_site_request" | "host_unknown" | "authentication_required" | "invalid_token" | "token_expired" | "token_revoked" | "user_deactivated" | "organization_suspended" | "membership_left" | "user_not_registered" | "insufficient_scope" | "forbidden" | "operator_required" | "operator_disabled" | "wrong_credentials" | "email_invalid" | "person_name_invalid" | "password_length" | "password_too_weak" | "password_wrong" | "email_change_not_found" | "email_unchanged" | "code_wrong" | "code_expired" | "code_exhausted" | "sign_up_not_found" | "address_in_use" | "reset_link_invalid" | "already_registered" | "too_many_attempts" | "overloaded" | "unavailable" | "user_code_unknown" | "user_code_claimed" | "device_authorization_ended" | "name_invalid" | "name_reserved" | "name_taken" | "host_label_taken" | "host_label_invalid" | "organization_not_found" | "organization_renamed" | "organization_name_changed" | "rename_limit" | "personal_organization" | "plan_required" | "seat_limit" | "member_not_found" | "membership_ended" | "last_admin" | "self_action" | "move_blocked" | "already_member" | "member_deactivated" | "resource_owned" | "resource_not_found" | "resource_kind_invalid" | "resource_name_invalid" | "owner_required" | "owner_not_active" | "host_not_found" | "organization_has_members" | "plan_unknown" | "contact_invalid" | "invitation_not_found" | "invitation_used" | "invitation_expired" | "invitation_revoked" | "invitation_declined" | "invitation_wrong_address" | "invitation_without_link" | "invitation_not_mailed" | "already_accepted" | "session_not_found" | "refresh_token_not_found" | "refresh_token_limit" | "session_required" | "key_not_found" | "key_limit" | "description_invalid" | "service_account_name_invalid" | "service_account_not_found" | "service_account_limit" | "client_not_found" | "client_invalid" | "signing_key_not_found" | "stream_not_found" | "stream_invalid" | "stream_limit" | "internal_error";
            detail?: string;
            /** @description The one next step. */
            next: string;
            request_id?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The organization of the caller, and the caller's role in it. */
        Organization: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "member";
            plan: string;
            personal: boolean;
        };
        /** @description A member, or an email address. */
        Contact: {
            id: string | null;
            username: string | null;
            email: string | null;
        };
        Me: {
            id: string;
            email: string;
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            organization: components["schemas"]["Organization"] | null;
            session: {
                id: string;
                /** @enum {string} */
                kind: "browser" | "cli" | "refresh" | "application";
                client_id: string | null;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                expires_at: string;
            };
            token: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                expires_at: string;
            } | null;
        };
        /** @description The caller of a request with a key, without personal data that is not needed to act. */
        KeyIdentity: {
            /**
             * @description Whom the key acts as.
             * @enum {string}
             */
            kind: "user" | "service_account";
            id: string;
            /** @description The username, or the service account's name. */
            username: string;
            organization: components["schemas"]["Organization"];
            key: {
                id: string;
                description: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
            };
        };
        Member: {
            id: string;
            username: string;
            given_name: string;
            family_name: string;
            /** @description Shown to admins. */
            email?: string;
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            status: "active" | "deactivated" | "left";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            status_since: string;
            /** @description Username of who changed the status last, shown to admins. */
            status_by?: string | null;
            /** @description Why someone was deactivated, shown to admins. */
            status_reason?: string | null;
            /** @description When a session of theirs was last used, within a minute or so; null if never. Shown to admins. */
            last_seen_at?: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            joined_at: string;
        };
        /** @description A key; the key itself is shown once, when it is made. */
        Key: {
            id: string;
            description: string;
            holder: {
                /** @enum {string} */
                kind: "user" | "service_account";
                id: string;
                name: string;
            };
            created_by: {
                id: string;
                username: string;
            };
            /** @description The member who created it is no longer active in the organization and could have copied it. Create another key and revoke this one. */
            created_by_left: boolean;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            last_address: string | null;
        };
        CreatedKey: {
            id: string;
            /** @description In this answer and nowhere else. */
            key: string;
            description: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        ServiceAccount: {
            id: string;
            name: string;
            description: string;
            created_by: {
                id: string;
                username: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        RevocationReport: {
            /** @description Verifiers of resource servers that are alive, one per process. */
            receivers: number;
            acknowledged: number;
            missing: {
                id: string;
                description: string | null;
                /** @description From then on it refuses by itself. Null: it keeps no lease. */
                lease_until: string | null;
            }[];
            /** @description From then on nobody accepts what ended. Null: a receiver without a lease has not heard. */
            ended_everywhere_at: string | null;
            waited_ms: number;
        };
        Session: {
            id: string;
            /** @enum {string} */
            kind: "browser" | "cli" | "refresh" | "application";
            current: boolean;
            client_id: string | null;
            address: string | null;
            user_agent: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
        };
        /** @description A refresh token; the token itself is shown once, when it is issued. */
        RefreshToken: {
            id: string;
            /** @description The name that was given to it at login. */
            name: string | null;
            session_id: string;
            client_id: string;
            /** @description The access token that asks came from it. */
            current: boolean;
            /** @description Where it was used last, or issued. */
            address: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description It ends here unless it is used before.
             */
            idle_expires_at: string;
        };
        /** @description What a move would do. Nothing is done. */
        MovePlan: {
            possible: boolean;
            from: {
                id: string;
                name: string;
                /** @enum {string} */
                role: "admin" | "member";
            } | null;
            to: {
                id: string;
                name: string;
                /** @enum {string} */
                role: "admin" | "member";
            } | null;
            invitation: {
                id: string;
                /** @enum {string} */
                kind: "secret" | "link" | "email";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                expires_at: string;
            } | null;
            blockers: {
                /** @enum {string} */
                kind: "last_admin" | "resource";
                detail: string;
                command: string;
                candidates?: {
                    id: string;
                    username: string;
                }[];
                resource?: {
                    id: string;
                    kind: string;
                    name: string;
                };
                /** @description Set when a transfer clears it. POST /v1/organizations/{org}/resource-transfers clears all of these at once. */
                transfer?: {
                    /** @description The only other active admin. Null when there are several, or none. */
                    to: string | null;
                };
            }[];
            /** @description What else speaks against it now. */
            problem: {
                code: string;
                detail: string;
            } | null;
            loses: {
                /** @enum {string} */
                kind: "sessions" | "keys" | "invitations" | "role" | "organization";
                detail: string;
                count?: number;
            }[];
        };
        Invitation: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link" | "email";
            /** @description For an email invitation. */
            email: string | null;
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Raised by a resend. */
            version: number;
            /** @description A username. */
            created_by: string;
            /** @description The name this person gave themselves; empty when there is none. */
            created_by_name: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
            /** @description When the mail server took the newest mail. */
            mailed_at: string | null;
            accepted_by: string | null;
            /** @description When it was accepted, declined or revoked; `expires_at` says when it ended by time. */
            ended_at: string | null;
        };
        /** @description An organization secret, or an invite link. What is secret in it is shown once, when it is made. */
        Secret: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link";
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            created_by: string;
            created_by_name: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            expires_at: string;
        };
        AuditEvent: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description What happened: `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            request_id: string;
        };
        Client: {
            id: string;
            name: string;
            grants: string[];
            redirect_uris: string[];
            post_logout_redirect_uris: string[];
            scopes: string[];
            /** @enum {string} */
            alg: "ES256" | "RS256";
            public: boolean;
            native: boolean;
            /** @description False: without a code_challenge the client must send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        SigningKeys: {
            keys: {
                kid: string;
                alg: string;
                /** @enum {string} */
                state: "upcoming" | "signing" | "retired";
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description Published before, so that every verifier has it when the first token is signed with it.
                 */
                signs_from: string;
            }[];
        };
        Stream: {
            id: string;
            client: string | null;
            /** @enum {string} */
            method: "poll" | "push" | "server";
            description: string | null;
            /** @enum {string} */
            status: "enabled" | "paused" | "disabled";
            reason: string | null;
            /** @description Until then the process that polls it may accept what it has not heard of. Null: it keeps no lease, so no end is known. */
            lease_until: string | null;
            /** @description Since when no push has arrived. */
            failing_since: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        /** @description An organization as the operator sees it. */
        OperatedOrganization: {
            id: string;
            name: string;
            personal: boolean;
            plan: string;
            /** @description Of the plan; null is without limit. */
            seats: number | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            founder: {
                id: string;
                username: string;
            };
            /** @description Active ones, longest-serving first. */
            admins: {
                id: string;
                username: string;
            }[];
            members: {
                active: number;
                deactivated: number;
            };
            resources: number;
            technical_contact: components["schemas"]["Contact"] | null;
            billing_contact: components["schemas"]["Contact"] | null;
            address: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        OrganizationPage: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "member";
            plan: string;
            personal: boolean;
            /** @description Active ones. */
            members: number;
            deactivated_members: number;
            /** @description How many active members the plan has room for; null is without limit. */
            seats: number | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            cloud_domain: string;
            /** @description What the address of an application looks like. */
            application_url: string;
            /** @description Whom somebody deactivated is told to ask. */
            technical_contact: components["schemas"]["Contact"] | null;
            /** @description Shown to admins. */
            billing_contact?: components["schemas"]["Contact"] | null;
            /** @description Shown to admins. */
            address?: string | null;
        };
        /** @description An application, a database, or of any kind that the platform names. */
        Resource: {
            id: string;
            kind: string;
            name: string;
            organization: {
                id: string;
                name: string;
            };
            owner: {
                /** @enum {string} */
                kind: "user" | "service_account";
                id: string;
                name: string;
            };
            /** @description Applications have one. */
            host: string | null;
            url: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            owned_since: string;
        };
        /** @description The same is in the headers `X-Muster-User`, `X-Muster-Organization`, …, all of them always, empty where there is nothing. */
        Identity: {
            user: string | null;
            service_account: string | null;
            organization: string | null;
            organization_name: string | null;
            role: ("admin" | "member") | null;
            session: string | null;
            client: string | null;
            scope: string | null;
        };
        Host: {
            host: string;
            organization: {
                id: string;
                name: string;
                suspended: boolean;
            };
            resource: components["schemas"]["Resource"];
        };
        NewClient: {
            id: string;
            name: string;
            grants: string[];
            redirect_uris: string[];
            post_logout_redirect_uris: string[];
            scopes: string[];
            /** @enum {string} */
            alg: "ES256" | "RS256";
            public: boolean;
            native: boolean;
            /** @description False: without a code_challenge the client must send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            secret: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"] | components["schemas"]["KeyIdentity"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    given_name?: string;
                    family_name?: string;
                    company?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registerMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    /** @description An organization secret: begin in that organization. */
                    secret?: string;
                    given_name?: string;
                    family_name?: string;
                    company?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        me: components["schemas"]["Me"];
                        access_token?: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The password once more: a token alone is not enough for this. */
                    current_password: string;
                    new_password: string;
                    /** @description End all own keys too; without it they are kept, and listed. */
                    end_keys?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: {
                            sessions: number;
                            keys: number;
                        };
                        keys: components["schemas"]["Key"][];
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requestEmailChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The password once more: a token alone is not enough for this. */
                    password: string;
                    email: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        email: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyEmailChange: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        email: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMySessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endMyOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endMySession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMyRefreshTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RefreshToken"][];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeMyRefreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkUsername: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        available: boolean;
                        /** @enum {string} */
                        reason?: "name_invalid" | "name_reserved" | "name_taken";
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For GET /v1/me/move?invitation=. */
                        id: string;
                        /** @enum {string} */
                        kind: "secret" | "link" | "email";
                        organization: {
                            name: string;
                        };
                        /** @enum {string} */
                        role: "admin" | "member";
                        /** @description A username. */
                        invited_by: string;
                        /** @description The name this person gave themselves; empty when there is none. */
                        invited_by_name: string;
                        /** @description The address it is for; masked unless one is logged in with it. */
                        email: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                        plan?: components["schemas"]["MovePlan"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    declineInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        state: "declined";
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. A move ends the access token it was asked with: with that one the same request is answered 401, with a newer one of the same person as here. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    /** @description For an account that has none yet. */
                    username?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        me: components["schemas"]["Me"];
                        access_token?: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    planMove: {
        parameters: {
            query?: {
                /** @description The id of an invitation, as its preview tells it. Tokens never stand in a URL. */
                invitation?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovePlan"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationPage"];
                };
            };
            /** @description Done. */
            308: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username, a user id, or an email address. */
                    technical_contact?: string | null;
                    /** @description A username, a user id, or an email address. */
                    billing_contact?: string | null;
                    address?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationPage"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renameOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    from: string;
                    to: string;
                    /** @description Only say what would change. */
                    dry_run?: boolean;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        renamed: boolean;
                        application_url: {
                            from: string;
                            to: string;
                        };
                        /** @description Every application address that changes. */
                        urls: {
                            name: string;
                            from: string;
                            to: string;
                        }[];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    joinOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. A move ends the access token it was asked with: with that one the same request is answered 401, with a newer one of the same person as here. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    organization: string;
                    secret: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        left: {
                            id: string;
                            name: string;
                        } | null;
                        organization: components["schemas"]["Organization"];
                        access_token?: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leaveOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        left: {
                            id: string;
                            name: string;
                        } | null;
                        organization: components["schemas"]["Organization"];
                        woken: boolean;
                        access_token?: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Part of the address; shorter than three characters, its beginning. */
                q?: string;
                state?: "open" | "accepted" | "declined" | "revoked" | "expired";
                kind?: "secret" | "link" | "email";
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Invitation"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createInvitations: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email?: string;
                    /** @description A list, or text with commas or newlines between. */
                    emails?: string[] | string;
                    /**
                     * @default member
                     * @enum {string}
                     */
                    role?: "admin" | "member";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"] | {
                        results: {
                            email: string;
                            /** @enum {string} */
                            status: "created" | "open" | "refused";
                            invitation?: components["schemas"]["Invitation"];
                            problem?: {
                                code: string;
                                title: string;
                                detail?: string;
                                next: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        state: "open" | "accepted" | "declined" | "revoked" | "expired";
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resendInvitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    copyInvitationLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        url: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Part of a username, or, for admins, of an email address. Fewer than three characters match the beginning only. */
                q?: string;
                /** @description Without it, those that have not left. */
                status?: "active" | "deactivated" | "left";
                role?: "admin" | "member";
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Member"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        removed: {
                            id: string;
                            username: string;
                        };
                        ended: {
                            sessions: number;
                            keys: number;
                            invitations: number;
                        };
                        handed_over: {
                            id: string;
                            kind: string;
                            name: string;
                        }[];
                        /** @description Keys of service accounts that this person made: they go on working. Make others and revoke these. */
                        keys_to_roll: components["schemas"]["Key"][];
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role?: "admin" | "member";
                    given_name?: string;
                    family_name?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        username: string;
                        given_name: string;
                        family_name: string;
                        /** @description Shown to admins. */
                        email?: string;
                        /** @enum {string} */
                        role: "admin" | "member";
                        /** @enum {string} */
                        status: "active" | "deactivated" | "left";
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        status_since: string;
                        /** @description Username of who changed the status last, shown to admins. */
                        status_by?: string | null;
                        /** @description Why someone was deactivated, shown to admins. */
                        status_reason?: string | null;
                        /** @description When a session of theirs was last used, within a minute or so; null if never. Shown to admins. */
                        last_seen_at?: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        joined_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deactivateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description One line, for other admins. */
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description False when the member had this status already: nothing was changed. */
                        changed: boolean;
                        ended: {
                            sessions: number;
                            keys: number;
                            invitations: number;
                        };
                        /** @description Keys of service accounts that this person made: they go on working. Make others and revoke these. */
                        keys_to_roll: components["schemas"]["Key"][];
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reactivateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description False when the member had this status already: nothing was changed. */
                        changed: boolean;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signMemberOut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description How many sessions ended. 0 when there was none. */
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Who did it: a username, the name of a service account or of a client, `operator`, or an id. Everybody of that name. */
                actor?: string;
                /** @description What it was done to: likewise, and a resource as KIND/NAME. */
                target?: string;
                /** @description `membership.ended`, or `membership` for all of that kind. */
                action?: string;
                from?: string;
                /** @description Not included. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEvent"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSecrets: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                state?: "open" | "accepted" | "declined" | "revoked" | "expired";
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Secret"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `secret` to be pasted at the command line, `link` to be opened in a browser.
                     * @default secret
                     * @enum {string}
                     */
                    kind?: "secret" | "link";
                    /**
                     * @default member
                     * @enum {string}
                     */
                    role?: "admin" | "member";
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        kind: "secret" | "link";
                        /** @enum {string} */
                        role: "admin" | "member";
                        /** @description Of a secret. */
                        secret?: string;
                        /** @description Of a link. */
                        url?: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        state: "open" | "accepted" | "declined" | "revoked" | "expired";
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMyKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Key"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createMyKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it is for, to know it again: one line of up to 200 characters. */
                    description: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeMyKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description 0 when it had ended before. */
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateMyKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it is for, to know it again: one line of up to 200 characters. */
                    description: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Key"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description 0 when it had ended before. */
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it is for, to know it again: one line of up to 200 characters. */
                    description: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listServiceAccounts: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ServiceAccount"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description One line, or empty. */
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A service account's name or id. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A service account's name or id. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        removed: {
                            id: string;
                            name: string;
                        };
                        ended: {
                            keys: number;
                        };
                        handed_over: {
                            id: string;
                            kind: string;
                            name: string;
                        }[];
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateServiceAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A service account's name or id. */
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /** @description One line, or empty. */
                    description?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listServiceAccountKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A service account's name or id. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Key"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createServiceAccountKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description A service account's name or id. */
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description What it is for, to know it again: one line of up to 200 characters. */
                    description: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listResources: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                kind?: string;
                /** @description A username, a user id, or the id or name of a service account. */
                owner?: string;
            };
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Resource"][];
                        next_cursor: string | null;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description `application`, `database`, or a word of the platform. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registerResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description `application`, `database`, or a word of the platform. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The caller, unless another is named; a platform client names one. */
                    owner?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description `application`, `database`, or a word of the platform. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        removed: components["schemas"]["Resource"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transferResource: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
                /** @description `application`, `database`, or a word of the platform. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username, a user id, or the id or name of a service account. */
                    owner: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    transferAllResources: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username, a user id, or the id or name of a service account. */
                    owner: string;
                    /** @description The owner whose resources are transferred. The caller, unless another is named. */
                    from?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        from: {
                            /** @enum {string} */
                            kind: "user" | "service_account";
                            id: string;
                            name: string;
                        };
                        to: {
                            /** @enum {string} */
                            kind: "user" | "service_account";
                            id: string;
                            name: string;
                        };
                        /** @description By kind and name. Empty when there was nothing to transfer. */
                        transferred: {
                            id: string;
                            kind: string;
                            name: string;
                        }[];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A whole host name, or its first label. */
                host: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Host"];
                };
            };
            /** @description Done. */
            308: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listClients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Client"][];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registerClient: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    grants: string[];
                    redirect_uris?: string[];
                    post_logout_redirect_uris?: string[];
                    scopes: string[];
                    /** @enum {string} */
                    alg?: "ES256" | "RS256";
                    public?: boolean;
                    native?: boolean;
                    require_pkce?: boolean;
                    backchannel_logout_uri?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewClient"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        removed: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listStreams: {
        parameters: {
            query?: {
                /** @description Only those of the client with this id. */
                client?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Stream"][];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        removed: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeys"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeys"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawSigningKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        withdrawn: string;
                        keys: {
                            kid: string;
                            alg: string;
                            /** @enum {string} */
                            state: "upcoming" | "signing" | "retired";
                            /**
                             * Format: date-time
                             * @description RFC 3339, UTC
                             */
                            created_at: string;
                            /**
                             * Format: date-time
                             * @description Published before, so that every verifier has it when the first token is signed with it.
                             */
                            signs_from: string;
                        }[];
                        /** @description Streams whose receivers are not told of a withdrawn key. They refuse its tokens when they next read the JWKS, which may be kept for 300 seconds. */
                        unaware: {
                            id: string;
                            client: string | null;
                            description: string | null;
                        }[];
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOrganizationAsOperator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatedOrganization"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    plan: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatedOrganization"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suspendOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        personal: boolean;
                        plan: string;
                        /** @description Of the plan; null is without limit. */
                        seats: number | null;
                        suspended_at: string | null;
                        suspended_reason: string | null;
                        founder: {
                            id: string;
                            username: string;
                        };
                        /** @description Active ones, longest-serving first. */
                        admins: {
                            id: string;
                            username: string;
                        }[];
                        members: {
                            active: number;
                            deactivated: number;
                        };
                        resources: number;
                        technical_contact: components["schemas"]["Contact"] | null;
                        billing_contact: components["schemas"]["Contact"] | null;
                        address: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        created_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        personal: boolean;
                        plan: string;
                        /** @description Of the plan; null is without limit. */
                        seats: number | null;
                        suspended_at: string | null;
                        suspended_reason: string | null;
                        founder: {
                            id: string;
                            username: string;
                        };
                        /** @description Active ones, longest-serving first. */
                        admins: {
                            id: string;
                            username: string;
                        }[];
                        members: {
                            active: number;
                            deactivated: number;
                        };
                        resources: number;
                        technical_contact: components["schemas"]["Contact"] | null;
                        billing_contact: components["schemas"]["Contact"] | null;
                        address: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        created_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reviveOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same request, it gives the same answer and no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        role: "admin";
                        secret: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        created_at: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    promoteMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username or a user id. */
                    user: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        username: string;
                        given_name: string;
                        family_name: string;
                        /** @description Shown to admins. */
                        email?: string;
                        /** @enum {string} */
                        role: "admin" | "member";
                        /** @enum {string} */
                        status: "active" | "deactivated" | "left";
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        status_since: string;
                        /** @description Username of who changed the status last, shown to admins. */
                        status_by?: string | null;
                        /** @description Why someone was deactivated, shown to admins. */
                        status_reason?: string | null;
                        /** @description When a session of theirs was last used, within a minute or so; null if never. Shown to admins. */
                        last_seen_at?: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        joined_at: string;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signMemberOutAsOperator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An organization's name or id. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username or a user id. */
                    user: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description How many sessions ended. 0 when there was none. */
                        ended: number;
                        revocation?: components["schemas"]["RevocationReport"];
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    awaitMyChanges: {
        parameters: {
            query?: never;
            header?: {
                /** @description `wait=N`: hold the answer for up to N seconds, at most 30. Without it the answer is sent at once. Of one session four requests wait; a fifth ends the oldest. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description True: ask `GET /v1/me`, which says what changed. False: the time is over, ask again. */
                        changed: boolean;
                    };
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkRequest: {
        parameters: {
            query?: {
                /** @description Let pass only who is in this organization: its name or id. */
                organization?: string;
                /** @description Let pass only who has this role in it; an admin has that of a member. */
                role?: "admin" | "member";
                /** @description What the token must have been given; `api` unless said, the right to act as the person. */
                scope?: string;
                /** @description `true` lets the tokens pass that clients have for themselves, too. */
                clients?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Identity"];
                };
            };
            /** @description A problem, with the next step. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem, with the next step. */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
