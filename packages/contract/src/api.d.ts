// Generated from the routes by `npm run generate`. Do not edit.

export interface paths {
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get current user
         * @description Returns the account, the organization and the session of the caller. With an API key, returns the user or service account that the key acts as.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update current user
         * @description Changes the names and the company of the current user.
         */
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
        /**
         * Register current user
         * @description Gives the account a username and an organization: a new personal one or, with an organization secret, the organization of the secret.
         */
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
        /**
         * Change password
         * @description Changes the password, or sets the first one. Every other session and refresh token of the user ends.
         */
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
        /**
         * Request email change
         * @description Sends a six-digit code to the new address. The current address stays in use until the code is entered.
         */
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
        /**
         * Confirm email change
         * @description Confirms the new address with the code that was sent to it. Only the session that requested the change can do this. The old address is notified.
         */
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
        /**
         * List sessions
         * @description Lists the active sessions of the current user.
         */
        get: operations["listMySessions"];
        put?: never;
        post?: never;
        /**
         * End other sessions
         * @description Ends every session of the current user except the one that sends the request.
         */
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
        /**
         * End session
         * @description Ends one session of the current user. The id `current` ends the session that sends the request.
         */
        delete: operations["endMySession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/sign-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sign-ins
         * @description Lists the sign-ins of the current user, newest first: every session that was started, active or not. With `outcome=refused`, it lists the failed attempts instead. A wrong password or code is listed once an hour for each network.
         */
        get: operations["listMySignIns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create token for another API
         * @description Issues an access token for another API that the login requested with `resource`, with the scopes granted there, and with at most the expiry of the presented token. For a login without a refresh token: the others use the token endpoint.
         */
        post: operations["createMyToken"];
        delete?: never;
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
        /**
         * List refresh tokens
         * @description Lists the valid refresh tokens of the current user.
         */
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
        /**
         * Revoke refresh token
         * @description Revokes a refresh token, its session and its access tokens.
         */
        delete: operations["revokeMyRefreshToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List applications
         * @description Lists the third-party clients that the current user has given access in the current organization, the latest first.
         */
        get: operations["listMyApplications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/applications/{client}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke access of an application
         * @description Ends all sessions and tokens that a third-party client has for the current user. It has to ask for consent again.
         */
        delete: operations["revokeMyApplication"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List applications of the members
         * @description Lists the third-party clients that members have given access, by client and member. Only the member can revoke it.
         */
        get: operations["listApplications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sign-in factors
         * @description Lists the passkeys, the authenticator app, the linked providers and the remembered browsers of the current user. They are added and removed in a browser, on the page `/account/security`.
         */
        get: operations["listMyFactors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get ways to confirm
         * @description Returns whether the session is recent enough for changes that require a recent sign-in, and how its user can confirm that it is them.
         */
        get: operations["getConfirmationWays"];
        put?: never;
        /**
         * Confirm current user
         * @description Confirms that it is the user, by password, code or passkey, for ten minutes. Only for the session of a browser; a terminal uses `/v1/me/terminal-confirmations`.
         */
        post: operations["confirmMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/terminal-confirmations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request terminal confirmation
         * @description Requests a code for the session that sends the request. Its user enters the code in a browser and confirms there that it is them. An earlier code of the session ends.
         */
        post: operations["requestTerminalConfirmation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/terminal-confirmations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get terminal confirmation
         * @description Returns whether the user has confirmed. Only the session that requested the code can ask.
         */
        get: operations["getTerminalConfirmation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reissue access token
         * @description Issues a new access token for the session that sends the request, with the same expiry, and with its current role and time of confirmation. The previous token stays valid. A browser keeps its cookie and gets no token.
         */
        post: operations["reissueMyToken"];
        delete?: never;
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
        /**
         * Check username
         * @description Says whether a username is available. No login is required.
         */
        get: operations["checkUsername"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Lists all accounts, the newest first. With `search`, lists those whose username, and then those whose email address begins with the text, each in alphabetical order. For a client with the scope `platform:users:read`. The audit log records once an hour that the client reads addresses.
         */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get user
         * @description Returns one account. For a client with the scope `platform:users:read`. The access log of Muster has no email address. A proxy in front of it may log the path, so prefer the id.
         */
        get: operations["getUser"];
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
        /**
         * Preview invitation
         * @description Shows the invitation behind a token without using it. No login is required. With a login, the response includes the move plan.
         */
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
        /**
         * Decline invitation
         * @description Declines an invitation. Its token becomes invalid for everyone.
         */
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
        /**
         * Accept invitation
         * @description Accepts an invitation. A user moves to the organization; an account without a username registers in it.
         */
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
        /**
         * Plan move
         * @description Shows the effects of accepting an invitation or, without one, of leaving. Nothing changes.
         */
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
        /**
         * Get organization
         * @description Returns the organization of the caller, or any organization to a client with the scope `platform:organizations:read`. A former name redirects to the current one (308).
         */
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update organization
         * @description Changes the contacts and the postal address. Null removes a value.
         */
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
        /**
         * Rename organization
         * @description Renames the organization if its current name is `from`. With `dry_run`, only returns the application URLs that would change.
         */
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
        /**
         * Join organization
         * @description Moves the current user to another organization with one of its organization secrets.
         */
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
        /**
         * Leave organization
         * @description Moves the current user from the organization back to a personal one.
         */
        post: operations["leaveOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List organizations
         * @description Lists all organizations, the newest first. With `search`, lists those whose name begins with the text, in alphabetical order. For a client with the scope `platform:organizations:read`.
         */
        get: operations["listOrganizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change plan (client)
         * @description Changes the plan of an organization. No member loses access if the new plan has fewer seats. For a client with the scope `platform:plans:write`.
         */
        put: operations["changePlanAsClient"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/role-definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * List role definitions
         * @description Returns what custom roles allow now at the API that the client belongs to. A role that allows nothing there is missing, like one that does not exist. For a client with the scope `signals`.
         */
        post: operations["readRoleDefinitions"];
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
        /**
         * List invitations
         * @description Lists the invitations of every kind, newest first.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Create email invitations
         * @description Invites one address, or up to 100. With `email`: 201 with the new invitation, or 200 with the invitation that is already open; a caller without `invitations:read` gets a result without it. With `emails`: 200 with one result for each address, in the order of the request. An invalid address does not affect the others.
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
        /**
         * Revoke invitation
         * @description Revokes an invitation of any kind.
         */
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
        /**
         * Resend invitation
         * @description Sends the email again with a new link, which is valid for seven days. The old link stops working.
         */
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
        /**
         * Copy invitation link
         * @description Returns the link of an email invitation, to be delivered by hand. The audit log records who copied it.
         */
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
        /**
         * List members
         * @description Lists the members of the organization, newest first. For its members, and for a client with the scope `platform:members:read`, which sees email addresses if it has `platform:users:read` too.
         */
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
        /**
         * Get member
         * @description Returns one member of the organization.
         */
        get: operations["getMember"];
        put?: never;
        post?: never;
        /**
         * Remove member
         * @description Removes a member. Their sessions, tokens and keys for this organization are revoked at once. Their resources pass to the admin.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Update member
         * @description Changes a member's role or names.
         */
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
        /**
         * Deactivate member
         * @description Ends a member's access until they are reactivated. Their sessions, tokens and keys are revoked at once. They keep their resources.
         */
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
        /**
         * Reactivate member
         * @description Reactivates a deactivated member. The member has to log in again.
         */
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
        /**
         * Sign member out
         * @description Ends all sessions, access tokens and refresh tokens of a member. The member's keys stay valid.
         */
        delete: operations["signMemberOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List permissions
         * @description Lists the permissions of Muster's own API and of the platform's APIs by area, in words for people.
         */
        get: operations["listPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description Lists the built-in roles, and the roles of the organization in order of their names.
         */
        get: operations["listRoles"];
        put?: never;
        /**
         * Create role
         * @description Creates a role. An organization can have at most 50.
         */
        post: operations["createRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/roles/{role}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get role
         * @description Returns one role, built in or of the organization.
         */
        get: operations["getRole"];
        put?: never;
        post?: never;
        /**
         * Remove role
         * @description Removes a role that nobody holds. With `move_to`, its holders get another role first, 100 in one transaction. If the request is interrupted, the role stays, and the request can be repeated.
         */
        delete: operations["removeRole"];
        options?: never;
        head?: never;
        /**
         * Update role
         * @description Changes the name, the description or the permissions of a role. The change is in force at once for all holders.
         */
        patch: operations["updateRole"];
        trace?: never;
    };
    "/v1/organizations/{org}/roles/{role}/holders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List role holders
         * @description Lists the members that have the role; for callers who may list them, then the service accounts and the open invitations.
         */
        get: operations["listRoleHolders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/factor-resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List factor resets
         * @description Lists the resets that have not taken force yet, for admins.
         */
        get: operations["listFactorResets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/members/{user}/factor-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get factor reset
         * @description Returns the reset of a member that has not taken force yet, for admins. 404 if there is none.
         */
        get: operations["getFactorReset"];
        put?: never;
        /**
         * Request factor reset
         * @description Asks for the reset of a member who has lost their factors. After 24 hours, or when another admin confirms, their passkeys, authenticator app and recovery codes are removed, and their sessions, refresh tokens and keys end. Until then, the member and every admin can stop it. Requires a session.
         */
        post: operations["requestFactorReset"];
        /**
         * Withdraw factor reset
         * @description Stops a reset that has not taken force yet. Requires a session.
         */
        delete: operations["cancelFactorReset"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/members/{user}/factor-reset/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm factor reset
         * @description Lets a reset take force at once. Requires a session of another admin than the one who asked for it.
         */
        post: operations["confirmFactorReset"];
        delete?: never;
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
         * List audit events
         * @description Returns a page of events as `application/json`, newest first. With `Accept: application/x-ndjson` or `text/csv`, returns all matching events, oldest first, and ignores `limit` and `cursor`; this requires a recent sign-in. An export is read a few hundred events at a time, in no common transaction: events recorded meanwhile come at its end.
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
        /**
         * List secrets
         * @description Lists the organization secrets and invite links, newest first.
         */
        get: operations["listSecrets"];
        put?: never;
        /**
         * Create secret
         * @description Creates an organization secret or an invite link. Either lets one person join.
         */
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
        /**
         * Revoke secret
         * @description Revokes an organization secret or an invite link.
         */
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
        /**
         * List own keys
         * @description Lists the valid keys of the current user, newest first.
         */
        get: operations["listMyKeys"];
        put?: never;
        /**
         * Create own key
         * @description Creates a key that acts as the current user in their current organization. It can do what both its scope and their role allow. The key is shown only in this response.
         */
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
        /**
         * Revoke own key
         * @description Revokes a key of the current user.
         */
        delete: operations["revokeMyKey"];
        options?: never;
        head?: never;
        /**
         * Update own key
         * @description Changes the description of a key of the current user.
         */
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
        /**
         * List organization keys
         * @description Lists the valid keys of all members and service accounts of the organization, newest first.
         */
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
        /**
         * Revoke key
         * @description Revokes any key of the organization.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        /**
         * Update key
         * @description Changes the description of any key of the organization.
         */
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
        /**
         * List service accounts
         * @description Lists the service accounts of the organization, newest first.
         */
        get: operations["listServiceAccounts"];
        put?: never;
        /**
         * Create service account
         * @description Creates a service account.
         */
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
        /**
         * Get service account
         * @description Returns one service account.
         */
        get: operations["getServiceAccount"];
        put?: never;
        post?: never;
        /**
         * Remove service account
         * @description Removes a service account. Its keys are revoked at once, and its resources pass to the admin who removes it.
         */
        delete: operations["removeServiceAccount"];
        options?: never;
        head?: never;
        /**
         * Update service account
         * @description Changes the name, the description or the role of a service account. Its keys stay valid, and have the rights of the new role at once.
         */
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
        /**
         * List service account keys
         * @description Lists the valid keys of a service account, newest first.
         */
        get: operations["listServiceAccountKeys"];
        put?: never;
        /**
         * Create service account key
         * @description Creates a key for a service account. The key is shown only in this response. This requires a login; a key cannot do it.
         */
        post: operations["createServiceAccountKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/factor-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get factor policy
         * @description Returns what the organization requires of the sign-ins of its members.
         */
        get: operations["getFactorPolicy"];
        /**
         * Update factor policy
         * @description Sets what the organization requires of the sign-ins of its members. The admin must have signed in, or confirmed, with as much. Members without such a factor add one before they can go on; API keys and refresh tokens that do not rotate stay valid.
         */
        put: operations["updateFactorPolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/unready-members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List unready members
         * @description Lists the active members who have no factor that the policy accepts.
         */
        get: operations["listUnreadyMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/unready-credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List unready credentials
         * @description Lists the API keys, and the refresh tokens that do not rotate, that were created without a factor that the policy accepts. They stay valid until they are revoked.
         */
        get: operations["listUnreadyCredentials"];
        put?: never;
        post?: never;
        /**
         * Revoke all unready credentials
         * @description Revokes every credential of the list, also those of the caller.
         */
        delete: operations["revokeUnreadyCredentials"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/unready-credentials/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke unready credential
         * @description Revokes one credential of the list.
         */
        delete: operations["revokeUnreadyCredential"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/access": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain access
         * @description Returns whether a member or a service account has a permission, and each step of the decision. For admins, and for everybody about themselves, whatever their role.
         */
        get: operations["explainAccess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/key-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get key policy
         * @description Returns which keys the organization allows.
         */
        get: operations["getKeyPolicy"];
        /**
         * Update key policy
         * @description Sets which keys the organization allows. `scoped` revokes all keys without a scope, of members and of service accounts, at once. To list them before: `GET /v1/organizations/{org}/keys?scope=all`. `any` restores none of them. Requires a recent sign-in.
         */
        put: operations["updateKeyPolicy"];
        post?: never;
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
        /**
         * List resources
         * @description Lists the resources of the organization, newest first.
         */
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
        /**
         * Get resource
         * @description Returns one resource.
         */
        get: operations["getResource"];
        /**
         * Register resource
         * @description Registers a resource (201). If the resource exists, returns it unchanged, with its current owner (200).
         */
        put: operations["registerResource"];
        post?: never;
        /**
         * Remove resource
         * @description Removes a resource. Its host stays held for the organization.
         */
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
        /**
         * Transfer resource
         * @description Transfers a resource to another active member or to a service account.
         */
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
        /**
         * Transfer all resources
         * @description Transfers all resources of one owner to another active member or to a service account.
         */
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
        /**
         * Get host
         * @description Returns the application at a host. The old host of a renamed organization redirects to the new one (308).
         */
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
        /**
         * List clients
         * @description Lists the registered clients.
         */
        get: operations["listClients"];
        put?: never;
        /**
         * Register client
         * @description Registers a client. The client's secret is shown only in this response.
         */
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
        /**
         * Get client
         * @description Returns one client.
         */
        get: operations["getClient"];
        put?: never;
        post?: never;
        /**
         * Remove client
         * @description Removes a client. It gets no more tokens, and its existing tokens and sessions are revoked.
         */
        delete: operations["removeClient"];
        options?: never;
        head?: never;
        /**
         * Update client
         * @description Changes the given values of a client. A list replaces the previous one. Nothing that was issued to the client ends: its next tokens have at most the scopes registered then.
         */
        patch: operations["updateClient"];
        trace?: never;
    };
    "/v1/operator/clients/{id}/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create client secret
         * @description Gives a client a second secret. Both are valid until one is revoked. The value is shown only in this response.
         */
        post: operations["createClientSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/clients/{id}/secrets/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke client secret
         * @description Revokes one of the two secrets of a client. Every process refuses it from this response on. Tokens that it obtained are valid until they expire, within the hour.
         */
        delete: operations["revokeClientSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/apis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List APIs
         * @description Lists the APIs of the platform in order of their names.
         */
        get: operations["listApis"];
        /**
         * Change APIs
         * @description Makes the APIs of the platform those of the request. An API that is missing is removed: no more tokens are issued for it.
         */
        put: operations["applyApis"];
        post?: never;
        delete?: never;
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
        /**
         * List streams
         * @description Lists the streams that deliver revocations to resource servers, at most 1,000.
         */
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
        /**
         * Remove stream
         * @description Removes a stream. Its receiver gets no more revocations and is waited for until its lease expires.
         */
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
        /**
         * List signing keys
         * @description Lists the upcoming, signing and retired keys.
         */
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
        /**
         * Rotate signing keys
         * @description Creates new signing keys, unless upcoming ones exist. The current keys sign until the new ones take over, and stay published while their tokens are valid.
         */
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
        /**
         * Withdraw signing key
         * @description Withdraws a signing key. Every token it signed is invalid, and the next key signs at once.
         */
        delete: operations["withdrawSigningKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List operator tokens
         * @description Lists the named tokens, also expired and revoked ones, newest first. The root token is not in the list.
         */
        get: operations["listOperatorTokens"];
        put?: never;
        /**
         * Create operator token
         * @description Creates a named token. Requires the root token. The value is shown only in this response.
         */
        post: operations["createOperatorToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/tokens/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke operator token
         * @description Revokes a named token. Requires the root token. Every process refuses the token from this response on.
         */
        delete: operations["revokeOperatorToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users (operator)
         * @description Lists all accounts, the newest first. With `search`, lists those whose username, and then those whose email address begins with the text, each in alphabetical order. With `way_in`, lists active accounts that can sign in only with a password, the newest first. While there is one, the server does not start with `MUSTER_PASSWORDS=off`.
         */
        get: operations["listUsersAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get user (operator)
         * @description Returns one account by its username or id. The audit log records who looked. To find an email address, search the list: the access log has paths, and no queries.
         */
        get: operations["getUserAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List organizations (operator)
         * @description Lists all organizations, the newest first. With `search`, lists those whose name begins with the text, in alphabetical order.
         */
        get: operations["listOrganizationsAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invitations (operator)
         * @description Lists the invitations of all organizations, or of one, the newest first. With `search`, lists those whose email address begins with the text, in alphabetical order.
         */
        get: operations["listInvitationsAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/emails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List emails
         * @description Lists the emails of the last 30 days with their last attempt, the newest first. With `search`, lists those whose address begins with the text, in alphabetical order.
         */
        get: operations["listEmails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/emails/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resend email
         * @description Sends an email again, with the same code or link. Refused if that is no longer valid, or while Muster is still retrying.
         */
        post: operations["resendEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/requests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get request (operator)
         * @description Lists the audit events of a request by the id in its response (`x-request-id`, or `request_id` of a problem), the newest first. A request that changed nothing has none: look for the id in the access log.
         */
        get: operations["getRequestAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
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
        /**
         * Get organization (operator)
         * @description Returns one organization by its name, a former name or its id.
         */
        get: operations["getOrganizationAsOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change plan
         * @description Changes the plan of an organization. No member loses access if the new plan has fewer seats.
         */
        patch: operations["changePlan"];
        trace?: never;
    };
    "/v1/operator/organizations/{org}/factor-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove factor policy
         * @description Lets the members of an organization sign in without a second factor, if its admins cannot meet its policy any more.
         */
        delete: operations["removeFactorPolicy"];
        options?: never;
        head?: never;
        patch?: never;
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
        /**
         * Suspend organization
         * @description Refuses every principal of the organization until it is resumed.
         */
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
        /**
         * Resume organization
         * @description Ends the suspension of an organization.
         */
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
        /**
         * Revive organization
         * @description Creates a secret for the next admin of a shared organization that has no members.
         */
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
        /**
         * Promote member
         * @description Makes an active member an admin, for example after the only admin has lost their account.
         */
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
        /**
         * Sign member out (operator)
         * @description Ends all sessions, access tokens and refresh tokens of a member. The member's keys stay valid.
         */
        post: operations["signMemberOutAsOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/users/{user}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend user
         * @description Ends all credentials of one person and refuses them everywhere until they are resumed. No organization can lift this.
         */
        post: operations["suspendUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/users/{user}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume user
         * @description Lets a suspended person sign in again. Earlier sessions, tokens and keys stay invalid.
         */
        post: operations["resumeUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/users/{user}/reset-factors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reset sign-in factors
         * @description Removes the passkeys, the authenticator app and the recovery codes of a person, and ends their sessions. The password alone is enough to sign in then; while passwords are off, a sign-in link. The owner gets an email.
         */
        post: operations["resetFactors"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get secret status
         * @description Returns how far a rotation of the secret is. The secret itself is in no response.
         */
        get: operations["getSecretStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/secret/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate secret
         * @description Puts the new secret into use on all server processes at once. Values of the previous one stay valid until the rotation is finished. With `compromised`, they are invalid at once: invitations, codes and resets are renewed and emailed again, and the signing keys are withdrawn.
         */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/secret/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Finish secret rotation
         * @description Ends the previous secret. Refused while a value of it can still be used.
         */
        post: operations["finishSecretRotation"];
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
        /**
         * Wait for changes
         * @description Waits until the caller's session, membership, role or organization changes.
         */
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
        /**
         * Authorize request
         * @description For gateways that ask about each request (forward auth). Returns 200 and the identity of the caller, or 401 or 403 with the reason.
         */
        get: operations["checkRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{org}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get event feed
         * @description Returns the events of the audit log, oldest first, in the order of their positions. An event that was committed before another was written stands before it, and no event is left out. Keep the cursor of the last event that you have processed. After a restore, the cursor may be gone (`cursor_gone`): read the current state, and start again from `now`.
         */
        get: operations["readEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operator/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get event feed of operator
         * @description Returns the events of all organizations, oldest first, in the order of their positions. A client with the scope `platform:events:read` can use its own token. Invited email addresses, which name the targets of invitations, are only for a client with `platform:users:read` too. An event that was committed before another was written stands before it, and no event is left out. Keep the cursor of the last event that you have processed. After a restore, the cursor may be gone (`cursor_gone`): read the current state, and start again from `now`.
         */
        get: operations["readEventsAsOperator"];
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
        /** @description A response that is not 2xx (RFC 9457). docs/problems.md lists the codes. */
        ProblemInput: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "invalid_request" | "malformed_body" | "body_too_large" | "unsupported_media_type" | "not_found" | "method_not_allowed" | "not_acceptable" | "cursor_gone" | "idempotency_key_reused" | "cross_site_request" | "host_unknown" | "authentication_required" | "invalid_token" | "token_expired" | "token_revoked" | "account_suspended" | "user_deactivated" | "organization_suspended" | "membership_left" | "user_not_registered" | "insufficient_scope" | "invalid_target" | "forbidden" | "operator_required" | "operator_root_required" | "operator_token_not_found" | "operator_token_name_taken" | "operator_token_is_root" | "email_not_found" | "email_still_retrying" | "email_outdated" | "operator_disabled" | "wrong_credentials" | "passwords_off" | "email_invalid" | "sign_up_by_invitation" | "email_domain_not_admitted" | "email_domain_blocked" | "person_name_invalid" | "password_length" | "password_leaked" | "password_too_weak" | "insufficient_user_authentication" | "factor_missing" | "factor_demanded" | "browser_confirms" | "terminal_confirms" | "factor_required" | "factor_wrong" | "sign_in_ended" | "last_way_in" | "identity_taken" | "identity_limit" | "identity_not_found" | "proven_person_not_found" | "provider_not_found" | "provider_unavailable" | "provider_refused" | "authenticator_exists" | "factor_reset_pending" | "factor_reset_not_found" | "factor_reset_same_admin" | "remembered_device_not_found" | "authenticator_not_found" | "passkey_refused" | "passkey_unverified" | "passkey_copied" | "passkey_expired" | "passkey_taken" | "passkey_limit" | "passkey_not_found" | "passkey_name_invalid" | "password_wrong" | "email_change_not_found" | "email_unchanged" | "code_wrong" | "code_expired" | "code_exhausted" | "sign_up_not_found" | "address_in_use" | "reset_link_invalid" | "already_registered" | "too_many_attempts" | "overloaded" | "unavailable" | "user_code_unknown" | "user_code_claimed" | "confirmation_of_another" | "device_authorization_ended" | "name_invalid" | "name_reserved" | "name_taken" | "host_label_taken" | "host_label_invalid" | "organization_not_found" | "organization_renamed" | "organization_name_changed" | "rename_limit" | "personal_organization" | "plan_required" | "seat_limit" | "user_not_found" | "member_not_found" | "membership_ended" | "last_admin" | "role_built_in" | "role_in_use" | "role_limit" | "role_name_invalid" | "role_outdated" | "self_action" | "move_blocked" | "already_member" | "member_suspended" | "member_deactivated" | "resource_owned" | "resource_not_found" | "resource_kind_invalid" | "resource_name_invalid" | "owner_required" | "owner_not_active" | "host_not_found" | "organization_has_members" | "plan_unknown" | "contact_invalid" | "invitation_not_found" | "invitation_used" | "invitation_expired" | "invitation_revoked" | "invitation_declined" | "invitation_wrong_address" | "invitation_without_link" | "invitation_not_mailed" | "already_accepted" | "session_not_found" | "refresh_token_not_found" | "refresh_token_limit" | "session_required" | "credential_not_found" | "key_not_found" | "key_limit" | "key_scope_required" | "permission_unknown" | "role_not_found" | "role_exceeds_yours" | "service_account_not_admin" | "upgrade_unfinished" | "permission_not_delegable" | "permission_not_held" | "description_invalid" | "service_account_name_invalid" | "service_account_not_found" | "application_not_found" | "consent_empty" | "service_account_limit" | "client_not_found" | "client_invalid" | "client_secret_limit" | "client_secret_last" | "client_secret_not_found" | "api_in_use" | "permissions_in_use" | "secret_not_set" | "secret_not_rotated" | "secret_not_everywhere" | "secret_rotating" | "secret_in_use" | "signing_key_not_found" | "stream_not_found" | "stream_invalid" | "stream_limit" | "internal_error";
            detail?: string;
            /** @description The next step to take. */
            next: string;
            /** @description The command that takes this step. Absent if there is none. */
            command?: string;
            request_id?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The caller's organization, with the caller's role. */
        OrganizationInput: {
            id: string;
            name: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
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
            /** @description The permissions of Muster's own API that the caller has now. */
            permissions: string[];
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
        /** @description The caller of a request with an API key, without personal data. */
        KeyIdentityInput: {
            /**
             * @description Whether the key acts as a user or a service account.
             * @enum {string}
             */
            kind: "user" | "service_account";
            id: string;
            /** @description The username, or the service account's name. */
            username: string;
            organization: components["schemas"]["OrganizationInput"];
            /** @description The permissions of Muster's own API that the caller has now. */
            permissions: string[];
            key: {
                id: string;
                description: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                /** @description The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do. */
                scope: "all" | string[];
                /** @description Null: it is valid until it is revoked. */
                expires_at: string | null;
            };
        };
        MemberInput: {
            id: string;
            username: string;
            given_name: string;
            family_name: string;
            /** @description Shown to admins. */
            email?: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            status: "active" | "deactivated" | "left";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            status_since: string;
            /** @description The username of the admin who last changed the status. Shown to admins. */
            status_by?: string | null;
            /** @description Why the member was deactivated. Shown to admins. */
            status_reason?: string | null;
            /** @description When the member last used a session, accurate to about a minute. Null if never. Shown to admins. */
            last_seen_at?: string | null;
            /** @description Since when the operator refuses this person everywhere. Shown to admins. */
            suspended_at?: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            joined_at: string;
        };
        /** @description An account, as a client sees it. */
        UserInput: {
            id: string;
            email: string;
            /** @description Null if the account is not registered yet. */
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /** @description The current organization, with the role and the status of the membership. */
            organization: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
                /** @enum {string} */
                status: "active" | "deactivated";
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            suspended_at: string | null;
        };
        /** @description A key, without its secret value. The value is shown once, when the key is created. */
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
            /** @description The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do. */
            scope: "all" | string[];
            /** @description Null: it is valid until it is revoked. */
            expires_at: string | null;
        };
        CreatedKeyInput: {
            id: string;
            /** @description The secret value. It is shown only in this response. */
            key: string;
            description: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /** @description The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do. */
            scope: "all" | string[];
            /** @description Null: it is valid until it is revoked. */
            expires_at: string | null;
        };
        ServiceAccountInput: {
            id: string;
            name: string;
            description: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
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
            /** @description The number of active receivers, one per process of a resource server. */
            receivers: number;
            acknowledged: number;
            missing: {
                id: string;
                description: string | null;
                /** @description From then on the receiver refuses without further information. Null: the receiver has no lease. */
                lease_until: string | null;
            }[];
            /** @description From then on no receiver accepts the revoked credentials. Null: a receiver without a lease has not acknowledged. */
            ended_everywhere_at: string | null;
            waited_ms: number;
        };
        AuditEventInput: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
        };
        /** @description A third-party client that the current user has given access. */
        ApplicationInput: {
            client_id: string;
            /** @description The name that the operator registered. */
            name: string;
            /** @description The permissions that the user gave it. The role of the user limits them further. */
            permissions: {
                scope: string;
                /** @description The API. Null: Muster's own, or about the user. */
                audience: string | null;
                description: string;
            }[];
            /**
             * Format: date-time
             * @description When the user first gave it access.
             */
            granted_at: string;
            /** @description When it last signed the user in or got a token. Requests at other APIs are not counted. Null: never. */
            last_used_at: string | null;
        };
        /** @description A third-party client that a member has given access. */
        MemberApplicationInput: {
            client_id: string;
            /** @description The name that the operator registered. */
            name: string;
            /** @description The permissions that the user gave it. The role of the user limits them further. */
            permissions: {
                scope: string;
                /** @description The API. Null: Muster's own, or about the user. */
                audience: string | null;
                description: string;
            }[];
            /**
             * Format: date-time
             * @description When the user first gave it access.
             */
            granted_at: string;
            /** @description When it last signed the user in or got a token. Requests at other APIs are not counted. Null: never. */
            last_used_at: string | null;
            user: {
                id: string;
                username: string;
            };
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
        /** @description A sign-in of the current user, or a failed attempt. */
        SignInInput: {
            /** @description Of the session, or of the audit event of a failed attempt. */
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            /** @description The kind of the session. Null for a failed attempt. */
            kind: ("browser" | "cli" | "refresh" | "application") | null;
            /** @description How the person proved who they are (RFC 8176). Empty for a failed attempt. */
            methods: string[];
            /** @description google, github or oidc, if it signed the person in. */
            provider: string | null;
            client_id: string | null;
            address: string | null;
            user_agent: string | null;
            /** @description Whether the session is active. `DELETE /v1/me/sessions/{id}` ends it. */
            active: boolean;
            /** @description Whether the session sends this request. */
            current: boolean;
            /** @description Why the attempt failed, as a problem code, such as `wrong_credentials`, `factor_wrong` or `user_deactivated`. Null for a sign-in. */
            code: string | null;
        };
        /** @description A refresh token, without its value, which is shown once, when it is issued. */
        RefreshTokenInput: {
            id: string;
            /** @description The name given at login. */
            name: string | null;
            session_id: string;
            client_id: string;
            /** @description Whether the access token of this request came from it. */
            current: boolean;
            /** @description The address that last used the token, or that it was issued to. */
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
             * @description When the token expires unless it is used earlier.
             */
            idle_expires_at: string;
        };
        /** @description How the current user can confirm that it is them. */
        ConfirmationWaysInput: {
            /** @description Whether the sign-in or a confirmation is recent enough for changes that require it. */
            recent: boolean;
            /** @description Whether the password is enough. Not for an account with an authenticator app, or with a passkey that the organization requires. */
            password: boolean;
            /** @description Whether a code of the authenticator app, or a recovery code, is accepted. */
            code: boolean;
            /** @description Options for `navigator.credentials.get` (`PublicKeyCredentialRequestOptionsJSON`). Null without a passkey. */
            passkey: {
                [key: string]: unknown;
            } | null;
        };
        /** @description A passkey of the current user. */
        PasskeyInput: {
            id: string;
            name: string;
            /** @description The password manager or device that the passkey says it is in, if it is a known one. */
            product: string | null;
            /** @description Whether the passkey stays on one device, such as a security key. Otherwise it is synchronized. */
            device_bound: boolean;
            /** @description The address that added it. */
            address: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            /** @description The address that last used it. */
            last_address: string | null;
        };
        /** @description A browser in which a sign-in by password requires no second factor. */
        RememberedDeviceInput: {
            id: string;
            user_agent: string | null;
            /** @description The address that last used it. */
            address: string;
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
        /** @description An account at another provider that signs the current user in. */
        LinkedIdentityInput: {
            id: string;
            /** @description google, github or oidc. */
            provider: string;
            /** @description The issuer. Together with the subject, it identifies the account at the provider. */
            issuer: string;
            /** @description The address or the login there, at the last sign-in. */
            label: string;
            /** @description The address that linked it. */
            address: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            /** @description The address that last used it. */
            last_address: string | null;
        };
        /** @description How the current user signs in. */
        FactorsInput: {
            /** @description Whether the account has a password. False while passwords are off. */
            password: boolean;
            /** @description Whether the operator has switched passwords off. */
            passwords_off: boolean;
            identities: components["schemas"]["LinkedIdentityInput"][];
            passkeys: components["schemas"]["PasskeyInput"][];
            /** @description The authenticator app. Null if there is none. */
            authenticator: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                last_used_at: string | null;
                recovery_codes_left: number;
            } | null;
            /** @description The factor that the organization of the user, or the operator, requires of its members, from when, and whether the user has such a factor. Null if nothing is required. */
            required: {
                organization: string;
                /** @enum {string} */
                by: "organization" | "operator";
                /** @enum {string} */
                policy: "none" | "any" | "phishing-resistant";
                from: string | null;
                ready: boolean;
            } | null;
            remembered_devices: components["schemas"]["RememberedDeviceInput"][];
            /** @description An admin's reset of these factors that has not taken force yet. It is stopped on the page `/account/security`. */
            reset: {
                requested_by: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                requested_at: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                in_force_at: string;
            } | null;
        };
        /** @description The step that resolves a blocker, with the usernames or the resource concerned. Each client words the step. */
        RemedyInput: {
            /** @constant */
            code: "transfer";
            resource: {
                kind: string;
                name: string;
            };
            to: string | null;
        } | {
            /** @constant */
            code: "remove";
            resource: {
                kind: string;
                name: string;
            };
        } | {
            /** @enum {string} */
            code: "promote" | "reactivate" | "remove_member";
            members: string[];
        };
        /** @description The effects of a move, shown beforehand. */
        MovePlanInput: {
            possible: boolean;
            from: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
            } | null;
            to: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
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
                /** @description One of these resolves the blocker. The first is the usual one. */
                remedies: components["schemas"]["RemedyInput"][];
                /** @description The first remedy on the command line. */
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
                /** @description Present if a transfer resolves the blocker. POST /v1/organizations/{org}/resource-transfers resolves all of these at once. */
                transfer?: {
                    /** @description The only other active admin. Null if there are several, or none. */
                    to: string | null;
                };
            }[];
            /** @description Another reason why the move is refused at the moment. */
            problem: {
                code: string;
                detail: string;
            } | null;
            loses: {
                /** @enum {string} */
                kind: "sessions" | "keys" | "invitations" | "resources" | "role" | "organization";
                detail: string;
                count?: number;
            }[];
        };
        InvitationInput: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link" | "email";
            /** @description Null unless this is an email invitation. */
            email: string | null;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open. */
            invalid_reason: string | null;
            /** @description Increased by each resend. */
            version: number;
            /** @description A username. */
            created_by: string;
            /** @description The full name of this person. Empty if they gave none. */
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
            /** @description When the mail server accepted the newest email. */
            mailed_at: string | null;
            accepted_by: string | null;
            /** @description When the invitation was accepted, declined or revoked. Null if it is open or expired. */
            ended_at: string | null;
        };
        /** @description An organization secret or an invite link, without its secret part, which is shown once, when it is created. */
        SecretInput: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link";
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open. */
            invalid_reason: string | null;
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
        /** @description An API of the platform. */
        ApiInput: {
            /** @description As people see it. */
            name: string;
            /** @description An absolute URI: the `aud` of its tokens, and the `resource` of requests for them. */
            audience: string;
            /** @description The name of each permission, with a description for people. */
            permissions: {
                [key: string]: string;
            };
            /** @description The permissions of the roles member and viewer: names, `apps:*` for all that begin so, or `*` for all. Admins may do everything. */
            grant: {
                member: string[];
                viewer?: string[];
            };
            longest_token_life: number | null;
            accept_default_audience: boolean;
            id: string;
        };
        ApiChangeInput: {
            /** @enum {string} */
            kind: "created" | "changed" | "removed";
            name: string;
            audience: string;
            /** @description The fields that change besides the permissions. */
            fields: string[];
            /** @description Permissions that are new. */
            added: string[];
            /** @description Permissions that go away. */
            removed: string[];
        };
        /** @description A client or a key whose scope includes the permission, or a role of an organization that has it. */
        PermissionUseInput: {
            permission: string;
            /** @enum {string} */
            kind: "client" | "key" | "role";
            id: string;
            name: string;
        };
        /** @description A secret of a client, without its value. */
        ClientSecretInput: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /** @description Accurate to about a minute. */
            last_used_at: string | null;
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
            /** @description False: an application of somebody else, which people are asked for consent to. */
            first_party: boolean;
            /** @description If false, the client may omit the code_challenge, but must then send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /** @description The API that the client belongs to. Null: Muster's own. */
            api_id: string | null;
            /** @description The valid ones, at most two, the oldest first. Empty for a public client. */
            secrets: components["schemas"]["ClientSecretInput"][];
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        TriedEmailInput: {
            id: string;
            address: string;
            /** @description The kind of email, such as `sign_up_code` or `invitation`. */
            about: string;
            /**
             * @description `sent`: the mail server accepted it.
             * @enum {string}
             */
            state: "sent" | "retrying" | "failed";
            attempts: number;
            /** @description Why the last attempt failed. */
            reason: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            first_attempt_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            last_attempt_at: string;
        };
        /** @description An invitation in the operator's list. */
        ListedInvitationInput: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link" | "email";
            email: string | null;
            organization: {
                id: string;
                name: string;
            };
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open. */
            invalid_reason: string | null;
            /** @description A username. */
            created_by: string;
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
            /** @description When the mail server accepted the newest email. Null if it has not. */
            mailed_at: string | null;
        };
        /** @description An organization in the operator's list. */
        ListedOrganizationInput: {
            id: string;
            name: string;
            personal: boolean;
            plan: string;
            suspended_at: string | null;
            suspended_reason: string | null;
            members: {
                active: number;
                deactivated: number;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        SecretStatusInput: {
            /**
             * @description settled: one secret is in use. ready: the settings have a new secret. rotating: values of the previous secret are still valid. renewing: a leaked secret has ended, and its invitations, codes and resets are being renewed.
             * @enum {string}
             */
            state: "settled" | "ready" | "rotating" | "renewing";
            /** @description Raised by each rotation. */
            generation: number;
            /** @description Whether the settings of the process that answers have a secret that has never been in use. */
            has_new: boolean;
            /** @description The last rotation. */
            switched_at: string | null;
            /** @description Values of the previous secret that can still be used, and when the last of them expires. Sealed values are sealed again in the background. */
            left: {
                /** @enum {string} */
                what: "invitations" | "codes" | "resets" | "sealed";
                count: number;
                until: string | null;
            }[];
            /** @description The running server processes, and whether each has MUSTER_SECRET as this one does. */
            processes: {
                name: string;
                ready: boolean;
            }[];
        };
        RotatedSecretInput: {
            /**
             * @description settled: one secret is in use. ready: the settings have a new secret. rotating: values of the previous secret are still valid. renewing: a leaked secret has ended, and its invitations, codes and resets are being renewed.
             * @enum {string}
             */
            state: "settled" | "ready" | "rotating" | "renewing";
            /** @description Raised by each rotation. */
            generation: number;
            /** @description Whether the settings of the process that answers have a secret that has never been in use. */
            has_new: boolean;
            /** @description The last rotation. */
            switched_at: string | null;
            /** @description Values of the previous secret that can still be used, and when the last of them expires. Sealed values are sealed again in the background. */
            left: {
                /** @enum {string} */
                what: "invitations" | "codes" | "resets" | "sealed";
                count: number;
                until: string | null;
            }[];
            /** @description The running server processes, and whether each has MUSTER_SECRET as this one does. */
            processes: {
                name: string;
                ready: boolean;
            }[];
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
                 * @description When the key starts to sign. It is published earlier, so that every verifier has it by then.
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
            /** @description Until then the receiver may decide from memory. Null: the receiver has no lease. */
            lease_until: string | null;
            /** @description The first of the consecutive pushes that failed. */
            failing_since: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        /** @description One person, as the operator suspends or resumes them. */
        SuspensionInput: {
            id: string;
            /** @description Null: the account has no username yet. */
            username: string | null;
            email: string;
            suspended_at: string | null;
            suspended_reason: string | null;
            /** @description False if the person was already suspended, or was not suspended. */
            changed: boolean;
            /** @description The person's organization, if it has other members and no active admin now. Promote a member to give it one. */
            organizations_without_admin: {
                id: string;
                name: string;
            }[];
        };
        /** @description A named token of the operator, without its secret value. */
        OperatorTokenInput: {
            id: string;
            name: string;
            /**
             * @description A resting token is from before a restore. It is on hold: refused until the operator keeps the keys from before.
             * @enum {string}
             */
            state: "valid" | "expired" | "revoked" | "resting";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
            last_address: string | null;
            revoked_at: string | null;
        };
        /** @description An account as the operator sees it. */
        OperatedUserInput: {
            id: string;
            email: string;
            /** @description Null if the account is not registered yet. */
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /** @description The current organization, with the role and the status of the membership. */
            organization: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
                /** @enum {string} */
                status: "active" | "deactivated";
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            /** @description The last use of a session in the current organization, accurate to about a minute. */
            last_seen_at: string | null;
        };
        ViewedUserInput: {
            id: string;
            email: string;
            /** @description Null if the account is not registered yet. */
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /** @description The current organization, with the role and the status of the membership. */
            organization: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
                /** @enum {string} */
                status: "active" | "deactivated";
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            /** @description The last use of a session in the current organization, accurate to about a minute. */
            last_seen_at: string | null;
            /** @description Valid ones, counted up to 1,000. */
            sessions: number;
            /** @description Valid ones. */
            keys: number;
        };
        /** @description Why a member or a service account may do something, or why not. */
        AccessInput: {
            /** @description The member, or the service account with its name. */
            user: {
                id: string;
                username: string;
            };
            permission: string;
            /** @description The API of the platform that the permission belongs to. Null: Muster's own. */
            api: string | null;
            allowed: boolean;
            /** @description In the order in which they are checked. `person` only for members, `scope` only for a member or a service account that asks about itself with a key. */
            steps: {
                /** @enum {string} */
                step: "organization" | "person" | "membership" | "role" | "scope";
                passed: boolean;
                /** @description For a person, with the next step if it did not pass. */
                detail: string;
            }[];
            /** @description The valid keys of the member or service account in this organization. */
            keys: {
                id: string;
                description: string;
                allowed: boolean;
            }[];
        };
        /** @description The factors that the organization requires of the sign-ins of its members. */
        FactorPolicyInput: {
            /**
             * @description `any`: a passkey or an authenticator app. `phishing-resistant`: a passkey.
             * @enum {string}
             */
            policy: "none" | "any" | "phishing-resistant";
            /** @description When the policy takes force. Null: the organization requires nothing. */
            from: string | null;
            /**
             * @description The stricter of the policy in force and the floor.
             * @enum {string}
             */
            in_force: "none" | "any" | "phishing-resistant";
            /** @description The policy that the operator requires of every organization. */
            floor: {
                /** @enum {string} */
                policy: "none" | "any" | "phishing-resistant";
                /** @description Null: at once. */
                from: string | null;
            };
            /** @description Whether members may let a browser be remembered, which is then not asked for a second factor. */
            remembered_devices: boolean;
        };
        /** @description A member who has no factor that the policy accepts. */
        UnreadyMemberInput: {
            id: string;
            username: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @description Whether the member has an authenticator app. */
            authenticator: boolean;
        };
        /** @description A credential that was created without a factor that the policy accepts. */
        UnreadyCredentialInput: {
            id: string;
            /** @enum {string} */
            kind: "key" | "refresh_token";
            /** @description The description of the key, or the name of the refresh token. */
            name: string | null;
            /** @description The name of the user or of the service account. */
            holder: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
        };
        /** @description The reset of a member's passkeys, authenticator app and recovery codes. */
        FactorResetInput: {
            user: {
                id: string;
                username: string;
            };
            requested_by: {
                id: string;
                username: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            requested_at: string;
            /**
             * Format: date-time
             * @description It takes force then, unless another admin confirms it before, or it is stopped.
             */
            in_force_at: string;
        };
        /** @description The keys that the organization allows. */
        KeyPolicyInput: {
            /**
             * @description `any`: keys with and without a scope. `scoped`: only keys with a scope.
             * @enum {string}
             */
            keys: "any" | "scoped";
        };
        /** @description An organization as the operator sees it. */
        OperatedOrganizationInput: {
            id: string;
            name: string;
            personal: boolean;
            plan: string;
            /** @description The seats of the plan. Null if unlimited. */
            seats: number | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            founder: {
                id: string;
                username: string;
            };
            /** @description The active admins that are not suspended, longest-serving first. */
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
             * @description The factors that the organization requires of the sign-ins of its members.
             * @enum {string}
             */
            factor_policy: "none" | "any" | "phishing-resistant";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        /** @description An organization, as its members and clients see it. */
        OrganizationPageInput: {
            id: string;
            name: string;
            /**
             * @description The caller's role. Absent for a client.
             * @enum {string}
             */
            role?: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            plan: string;
            personal: boolean;
            /** @description The number of active members. */
            members: number;
            deactivated_members: number;
            /** @description The number of active members that the plan allows. Null if unlimited. */
            seats: number | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /** @description Since when the operator refuses every principal of the organization. Shown to clients. */
            suspended_at?: string | null;
            cloud_domain: string;
            /** @description The pattern of application URLs. */
            application_url: string;
            /** @description Shown to members, and to deactivated members as the person to ask. */
            technical_contact?: components["schemas"]["ContactInput"] | null;
            /** @description Shown to admins. */
            billing_contact?: components["schemas"]["ContactInput"] | null;
            /** @description Shown to admins. */
            address?: string | null;
        };
        /** @description The permissions of a custom role now. */
        RoleDefinitionInput: {
            id: string;
            /** @description The current one. */
            revision: number;
            /** @description The permissions of the role at the API of the client. */
            permissions: string[];
        };
        /** @description A role: built in, or of the organization. */
        RoleInput: {
            /** @description Of a built-in role, its name. */
            id: string;
            name: string;
            description: string;
            built_in: boolean;
            /** @description Raised with each change. Null: built in. */
            revision: number | null;
            /** @description The permissions at Muster's own API and at the APIs of the platform. */
            permissions: string[];
            /** @description How many members, service accounts and open invitations that the caller may list have the role. Counted up to 1,000 of each kind. */
            holders: number;
            /** @description Null: built in. */
            created_at: string | null;
            /** @description Null: built in. */
            changed_at: string | null;
        };
        /** @description A member, active or deactivated, a service account or an open invitation that has the role. */
        RoleHolderInput: {
            /** @enum {string} */
            kind: "user" | "service_account" | "invitation";
            id: string;
            /** @description A username, the name of a service account, or the address of an email invitation. Null: an invitation for nobody in particular. */
            name: string | null;
        };
        /** @description Permissions that belong together. */
        PermissionAreaInput: {
            /** @description For a person. Of an API of the platform, its name. */
            area: string;
            /** @description The audience of the API of the platform. Null: Muster's own. */
            api: string | null;
            permissions: {
                name: string;
                /** @description In words, for people. */
                description: string;
                /** @description Whether a role of the organization can have it. Otherwise only the role admin can. */
                delegable: boolean;
            }[];
        };
        /** @description An application, a database, or a resource of a kind that the platform defines. */
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
            /** @description Null unless this is an application. */
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
        /** @description The headers `X-Muster-User`, `X-Muster-Organization`, … carry the same values. All of them are always present; a missing value is empty. */
        IdentityInput: {
            user: string | null;
            service_account: string | null;
            organization: string | null;
            organization_name: string | null;
            role: ("admin" | "member" | "viewer" | "custom") | null;
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
            /** @description False: an application of somebody else, which people are asked for consent to. */
            first_party: boolean;
            /** @description If false, the client may omit the code_challenge, but must then send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /** @description The API that the client belongs to. Null: Muster's own. */
            api_id: string | null;
            /** @description The valid ones, at most two, the oldest first. Empty for a public client. */
            secrets: components["schemas"]["ClientSecretInput"][];
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            secret: string | null;
        };
        NewClientSecretInput: {
            id: string;
            secret: string;
        };
        RequestEventInput: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
            organization_id: string | null;
        };
        FeedEventInput: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
            /** @description The place in this feed: 1, 2, 3 and so on, without gaps. */
            position: number;
            /** @description The place after this event, for `after`. */
            cursor: string;
        };
        InstallationFeedEventInput: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
            /** @description The place in this feed: 1, 2, 3 and so on, without gaps. */
            position: number;
            /** @description The place after this event, for `after`. */
            cursor: string;
            organization_id: string | null;
        };
        /** @description A response that is not 2xx (RFC 9457). docs/problems.md lists the codes. */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "invalid_request" | "malformed_body" | "body_too_large" | "unsupported_media_type" | "not_found" | "method_not_allowed" | "not_acceptable" | "cursor_gone" | "idempotency_key_reused" | "cross_site_request" | "host_unknown" | "authentication_required" | "invalid_token" | "token_expired" | "token_revoked" | "account_suspended" | "user_deactivated" | "organization_suspended" | "membership_left" | "user_not_registered" | "insufficient_scope" | "invalid_target" | "forbidden" | "operator_required" | "operator_root_required" | "operator_token_not_found" | "operator_token_name_taken" | "operator_token_is_root" | "email_not_found" | "email_still_retrying" | "email_outdated" | "operator_disabled" | "wrong_credentials" | "passwords_off" | "email_invalid" | "sign_up_by_invitation" | "email_domain_not_admitted" | "email_domain_blocked" | "person_name_invalid" | "password_length" | "password_leaked" | "password_too_weak" | "insufficient_user_authentication" | "factor_missing" | "factor_demanded" | "browser_confirms" | "terminal_confirms" | "factor_required" | "factor_wrong" | "sign_in_ended" | "last_way_in" | "identity_taken" | "identity_limit" | "identity_not_found" | "proven_person_not_found" | "provider_not_found" | "provider_unavailable" | "provider_refused" | "authenticator_exists" | "factor_reset_pending" | "factor_reset_not_found" | "factor_reset_same_admin" | "remembered_device_not_found" | "authenticator_not_found" | "passkey_refused" | "passkey_unverified" | "passkey_copied" | "passkey_expired" | "passkey_taken" | "passkey_limit" | "passkey_not_found" | "passkey_name_invalid" | "password_wrong" | "email_change_not_found" | "email_unchanged" | "code_wrong" | "code_expired" | "code_exhausted" | "sign_up_not_found" | "address_in_use" | "reset_link_invalid" | "already_registered" | "too_many_attempts" | "overloaded" | "unavailable" | "user_code_unknown" | "user_code_claimed" | "confirmation_of_another" | "device_authorization_ended" | "name_invalid" | "name_reserved" | "name_taken" | "host_label_taken" | "host_label_invalid" | "organization_not_found" | "organization_renamed" | "organization_name_changed" | "rename_limit" | "personal_organization" | "plan_required" | "seat_limit" | "user_not_found" | "member_not_found" | "membership_ended" | "last_admin" | "role_built_in" | "role_in_use" | "role_limit" | "role_name_invalid" | "role_outdated" | "self_action" | "move_blocked" | "already_member" | "member_suspended" | "member_deactivated" | "resource_owned" | "resource_not_found" | "resource_kind_invalid" | "resource_name_invalid" | "owner_required" | "owner_not_active" | "host_not_found" | "organization_has_members" | "plan_unknown" | "contact_invalid" | "invitation_not_found" | "invitation_used" | "invitation_expired" | "invitation_revoked" | "invitation_declined" | "invitation_wrong_address" | "invitation_without_link" | "invitation_not_mailed" | "already_accepted" | "session_not_found" | "refresh_token_not_found" | "refresh_token_limit" | "session_required" | "credential_not_found" | "key_not_found" | "key_limit" | "key_scope_required" | "permission_unknown" | "role_not_found" | "role_exceeds_yours" | "service_account_not_admin" | "upgrade_unfinished" | "permission_not_delegable" | "permission_not_held" | "description_invalid" | "service_account_name_invalid" | "service_account_not_found" | "application_not_found" | "consent_empty" | "service_account_limit" | "client_not_found" | "client_invalid" | "client_secret_limit" | "client_secret_last" | "client_secret_not_found" | "api_in_use" | "permissions_in_use" | "secret_not_set" | "secret_not_rotated" | "secret_not_everywhere" | "secret_rotating" | "secret_in_use" | "signing_key_not_found" | "stream_not_found" | "stream_invalid" | "stream_limit" | "internal_error";
            detail?: string;
            /** @description The next step to take. */
            next: string;
            /** @description The command that takes this step. Absent if there is none. */
            command?: string;
            request_id?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The caller's organization, with the caller's role. */
        Organization: {
            id: string;
            name: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
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
            /** @description The permissions of Muster's own API that the caller has now. */
            permissions: string[];
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
        /** @description The caller of a request with an API key, without personal data. */
        KeyIdentity: {
            /**
             * @description Whether the key acts as a user or a service account.
             * @enum {string}
             */
            kind: "user" | "service_account";
            id: string;
            /** @description The username, or the service account's name. */
            username: string;
            organization: components["schemas"]["Organization"];
            /** @description The permissions of Muster's own API that the caller has now. */
            permissions: string[];
            key: {
                id: string;
                description: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                /** @description The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do. */
                scope: "all" | string[];
                /** @description Null: it is valid until it is revoked. */
                expires_at: string | null;
            };
        };
        Member: {
            id: string;
            username: string;
            given_name: string;
            family_name: string;
            /** @description Shown to admins. */
            email?: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            status: "active" | "deactivated" | "left";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            status_since: string;
            /** @description The username of the admin who last changed the status. Shown to admins. */
            status_by?: string | null;
            /** @description Why the member was deactivated. Shown to admins. */
            status_reason?: string | null;
            /** @description When the member last used a session, accurate to about a minute. Null if never. Shown to admins. */
            last_seen_at?: string | null;
            /** @description Since when the operator refuses this person everywhere. Shown to admins. */
            suspended_at?: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            joined_at: string;
        };
        /** @description An account, as a client sees it. */
        User: {
            id: string;
            email: string;
            /** @description Null if the account is not registered yet. */
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /** @description The current organization, with the role and the status of the membership. */
            organization: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
                /** @enum {string} */
                status: "active" | "deactivated";
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            suspended_at: string | null;
        };
        /** @description A key, without its secret value. The value is shown once, when the key is created. */
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
            /** @description The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do. */
            scope: "all" | string[];
            /** @description Null: it is valid until it is revoked. */
            expires_at: string | null;
        };
        CreatedKey: {
            id: string;
            /** @description The secret value. It is shown only in this response. */
            key: string;
            description: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /** @description The key may do what both its scope and the role of its holder allow. `all`: everything that its holder may do. */
            scope: "all" | string[];
            /** @description Null: it is valid until it is revoked. */
            expires_at: string | null;
        };
        ServiceAccount: {
            id: string;
            name: string;
            description: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
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
            /** @description The number of active receivers, one per process of a resource server. */
            receivers: number;
            acknowledged: number;
            missing: {
                id: string;
                description: string | null;
                /** @description From then on the receiver refuses without further information. Null: the receiver has no lease. */
                lease_until: string | null;
            }[];
            /** @description From then on no receiver accepts the revoked credentials. Null: a receiver without a lease has not acknowledged. */
            ended_everywhere_at: string | null;
            waited_ms: number;
        };
        AuditEvent: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
        };
        /** @description A third-party client that the current user has given access. */
        Application: {
            client_id: string;
            /** @description The name that the operator registered. */
            name: string;
            /** @description The permissions that the user gave it. The role of the user limits them further. */
            permissions: {
                scope: string;
                /** @description The API. Null: Muster's own, or about the user. */
                audience: string | null;
                description: string;
            }[];
            /**
             * Format: date-time
             * @description When the user first gave it access.
             */
            granted_at: string;
            /** @description When it last signed the user in or got a token. Requests at other APIs are not counted. Null: never. */
            last_used_at: string | null;
        };
        /** @description A third-party client that a member has given access. */
        MemberApplication: {
            client_id: string;
            /** @description The name that the operator registered. */
            name: string;
            /** @description The permissions that the user gave it. The role of the user limits them further. */
            permissions: {
                scope: string;
                /** @description The API. Null: Muster's own, or about the user. */
                audience: string | null;
                description: string;
            }[];
            /**
             * Format: date-time
             * @description When the user first gave it access.
             */
            granted_at: string;
            /** @description When it last signed the user in or got a token. Requests at other APIs are not counted. Null: never. */
            last_used_at: string | null;
            user: {
                id: string;
                username: string;
            };
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
        /** @description A sign-in of the current user, or a failed attempt. */
        SignIn: {
            /** @description Of the session, or of the audit event of a failed attempt. */
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            /** @description The kind of the session. Null for a failed attempt. */
            kind: ("browser" | "cli" | "refresh" | "application") | null;
            /** @description How the person proved who they are (RFC 8176). Empty for a failed attempt. */
            methods: string[];
            /** @description google, github or oidc, if it signed the person in. */
            provider: string | null;
            client_id: string | null;
            address: string | null;
            user_agent: string | null;
            /** @description Whether the session is active. `DELETE /v1/me/sessions/{id}` ends it. */
            active: boolean;
            /** @description Whether the session sends this request. */
            current: boolean;
            /** @description Why the attempt failed, as a problem code, such as `wrong_credentials`, `factor_wrong` or `user_deactivated`. Null for a sign-in. */
            code: string | null;
        };
        /** @description A refresh token, without its value, which is shown once, when it is issued. */
        RefreshToken: {
            id: string;
            /** @description The name given at login. */
            name: string | null;
            session_id: string;
            client_id: string;
            /** @description Whether the access token of this request came from it. */
            current: boolean;
            /** @description The address that last used the token, or that it was issued to. */
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
             * @description When the token expires unless it is used earlier.
             */
            idle_expires_at: string;
        };
        /** @description How the current user can confirm that it is them. */
        ConfirmationWays: {
            /** @description Whether the sign-in or a confirmation is recent enough for changes that require it. */
            recent: boolean;
            /** @description Whether the password is enough. Not for an account with an authenticator app, or with a passkey that the organization requires. */
            password: boolean;
            /** @description Whether a code of the authenticator app, or a recovery code, is accepted. */
            code: boolean;
            /** @description Options for `navigator.credentials.get` (`PublicKeyCredentialRequestOptionsJSON`). Null without a passkey. */
            passkey: {
                [key: string]: unknown;
            } | null;
        };
        /** @description A passkey of the current user. */
        Passkey: {
            id: string;
            name: string;
            /** @description The password manager or device that the passkey says it is in, if it is a known one. */
            product: string | null;
            /** @description Whether the passkey stays on one device, such as a security key. Otherwise it is synchronized. */
            device_bound: boolean;
            /** @description The address that added it. */
            address: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            /** @description The address that last used it. */
            last_address: string | null;
        };
        /** @description A browser in which a sign-in by password requires no second factor. */
        RememberedDevice: {
            id: string;
            user_agent: string | null;
            /** @description The address that last used it. */
            address: string;
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
        /** @description An account at another provider that signs the current user in. */
        LinkedIdentity: {
            id: string;
            /** @description google, github or oidc. */
            provider: string;
            /** @description The issuer. Together with the subject, it identifies the account at the provider. */
            issuer: string;
            /** @description The address or the login there, at the last sign-in. */
            label: string;
            /** @description The address that linked it. */
            address: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
            /** @description The address that last used it. */
            last_address: string | null;
        };
        /** @description How the current user signs in. */
        Factors: {
            /** @description Whether the account has a password. False while passwords are off. */
            password: boolean;
            /** @description Whether the operator has switched passwords off. */
            passwords_off: boolean;
            identities: components["schemas"]["LinkedIdentity"][];
            passkeys: components["schemas"]["Passkey"][];
            /** @description The authenticator app. Null if there is none. */
            authenticator: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                created_at: string;
                last_used_at: string | null;
                recovery_codes_left: number;
            } | null;
            /** @description The factor that the organization of the user, or the operator, requires of its members, from when, and whether the user has such a factor. Null if nothing is required. */
            required: {
                organization: string;
                /** @enum {string} */
                by: "organization" | "operator";
                /** @enum {string} */
                policy: "none" | "any" | "phishing-resistant";
                from: string | null;
                ready: boolean;
            } | null;
            remembered_devices: components["schemas"]["RememberedDevice"][];
            /** @description An admin's reset of these factors that has not taken force yet. It is stopped on the page `/account/security`. */
            reset: {
                requested_by: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                requested_at: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC
                 */
                in_force_at: string;
            } | null;
        };
        /** @description The step that resolves a blocker, with the usernames or the resource concerned. Each client words the step. */
        Remedy: {
            /** @constant */
            code: "transfer";
            resource: {
                kind: string;
                name: string;
            };
            to: string | null;
        } | {
            /** @constant */
            code: "remove";
            resource: {
                kind: string;
                name: string;
            };
        } | {
            /** @enum {string} */
            code: "promote" | "reactivate" | "remove_member";
            members: string[];
        };
        /** @description The effects of a move, shown beforehand. */
        MovePlan: {
            possible: boolean;
            from: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
            } | null;
            to: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
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
                /** @description One of these resolves the blocker. The first is the usual one. */
                remedies: components["schemas"]["Remedy"][];
                /** @description The first remedy on the command line. */
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
                /** @description Present if a transfer resolves the blocker. POST /v1/organizations/{org}/resource-transfers resolves all of these at once. */
                transfer?: {
                    /** @description The only other active admin. Null if there are several, or none. */
                    to: string | null;
                };
            }[];
            /** @description Another reason why the move is refused at the moment. */
            problem: {
                code: string;
                detail: string;
            } | null;
            loses: {
                /** @enum {string} */
                kind: "sessions" | "keys" | "invitations" | "resources" | "role" | "organization";
                detail: string;
                count?: number;
            }[];
        };
        Invitation: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link" | "email";
            /** @description Null unless this is an email invitation. */
            email: string | null;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open. */
            invalid_reason: string | null;
            /** @description Increased by each resend. */
            version: number;
            /** @description A username. */
            created_by: string;
            /** @description The full name of this person. Empty if they gave none. */
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
            /** @description When the mail server accepted the newest email. */
            mailed_at: string | null;
            accepted_by: string | null;
            /** @description When the invitation was accepted, declined or revoked. Null if it is open or expired. */
            ended_at: string | null;
        };
        /** @description An organization secret or an invite link, without its secret part, which is shown once, when it is created. */
        Secret: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link";
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open. */
            invalid_reason: string | null;
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
        /** @description An API of the platform. */
        Api: {
            /** @description As people see it. */
            name: string;
            /** @description An absolute URI: the `aud` of its tokens, and the `resource` of requests for them. */
            audience: string;
            /** @description The name of each permission, with a description for people. */
            permissions: {
                [key: string]: string;
            };
            /** @description The permissions of the roles member and viewer: names, `apps:*` for all that begin so, or `*` for all. Admins may do everything. */
            grant: {
                member: string[];
                viewer?: string[];
            };
            longest_token_life: number | null;
            accept_default_audience: boolean;
            id: string;
        };
        ApiChange: {
            /** @enum {string} */
            kind: "created" | "changed" | "removed";
            name: string;
            audience: string;
            /** @description The fields that change besides the permissions. */
            fields: string[];
            /** @description Permissions that are new. */
            added: string[];
            /** @description Permissions that go away. */
            removed: string[];
        };
        /** @description A client or a key whose scope includes the permission, or a role of an organization that has it. */
        PermissionUse: {
            permission: string;
            /** @enum {string} */
            kind: "client" | "key" | "role";
            id: string;
            name: string;
        };
        /** @description A secret of a client, without its value. */
        ClientSecret: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /** @description Accurate to about a minute. */
            last_used_at: string | null;
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
            /** @description False: an application of somebody else, which people are asked for consent to. */
            first_party: boolean;
            /** @description If false, the client may omit the code_challenge, but must then send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /** @description The API that the client belongs to. Null: Muster's own. */
            api_id: string | null;
            /** @description The valid ones, at most two, the oldest first. Empty for a public client. */
            secrets: components["schemas"]["ClientSecret"][];
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        TriedEmail: {
            id: string;
            address: string;
            /** @description The kind of email, such as `sign_up_code` or `invitation`. */
            about: string;
            /**
             * @description `sent`: the mail server accepted it.
             * @enum {string}
             */
            state: "sent" | "retrying" | "failed";
            attempts: number;
            /** @description Why the last attempt failed. */
            reason: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            first_attempt_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            last_attempt_at: string;
        };
        /** @description An invitation in the operator's list. */
        ListedInvitation: {
            id: string;
            /** @enum {string} */
            kind: "secret" | "link" | "email";
            email: string | null;
            organization: {
                id: string;
                name: string;
            };
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
            /** @description Why an open invitation is not accepted now: its inviter could no longer make it. It counts again if that changes. Null if it counts, or is not open. */
            invalid_reason: string | null;
            /** @description A username. */
            created_by: string;
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
            /** @description When the mail server accepted the newest email. Null if it has not. */
            mailed_at: string | null;
        };
        /** @description An organization in the operator's list. */
        ListedOrganization: {
            id: string;
            name: string;
            personal: boolean;
            plan: string;
            suspended_at: string | null;
            suspended_reason: string | null;
            members: {
                active: number;
                deactivated: number;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        SecretStatus: {
            /**
             * @description settled: one secret is in use. ready: the settings have a new secret. rotating: values of the previous secret are still valid. renewing: a leaked secret has ended, and its invitations, codes and resets are being renewed.
             * @enum {string}
             */
            state: "settled" | "ready" | "rotating" | "renewing";
            /** @description Raised by each rotation. */
            generation: number;
            /** @description Whether the settings of the process that answers have a secret that has never been in use. */
            has_new: boolean;
            /** @description The last rotation. */
            switched_at: string | null;
            /** @description Values of the previous secret that can still be used, and when the last of them expires. Sealed values are sealed again in the background. */
            left: {
                /** @enum {string} */
                what: "invitations" | "codes" | "resets" | "sealed";
                count: number;
                until: string | null;
            }[];
            /** @description The running server processes, and whether each has MUSTER_SECRET as this one does. */
            processes: {
                name: string;
                ready: boolean;
            }[];
        };
        RotatedSecret: {
            /**
             * @description settled: one secret is in use. ready: the settings have a new secret. rotating: values of the previous secret are still valid. renewing: a leaked secret has ended, and its invitations, codes and resets are being renewed.
             * @enum {string}
             */
            state: "settled" | "ready" | "rotating" | "renewing";
            /** @description Raised by each rotation. */
            generation: number;
            /** @description Whether the settings of the process that answers have a secret that has never been in use. */
            has_new: boolean;
            /** @description The last rotation. */
            switched_at: string | null;
            /** @description Values of the previous secret that can still be used, and when the last of them expires. Sealed values are sealed again in the background. */
            left: {
                /** @enum {string} */
                what: "invitations" | "codes" | "resets" | "sealed";
                count: number;
                until: string | null;
            }[];
            /** @description The running server processes, and whether each has MUSTER_SECRET as this one does. */
            processes: {
                name: string;
                ready: boolean;
            }[];
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
                 * @description When the key starts to sign. It is published earlier, so that every verifier has it by then.
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
            /** @description Until then the receiver may decide from memory. Null: the receiver has no lease. */
            lease_until: string | null;
            /** @description The first of the consecutive pushes that failed. */
            failing_since: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        /** @description One person, as the operator suspends or resumes them. */
        Suspension: {
            id: string;
            /** @description Null: the account has no username yet. */
            username: string | null;
            email: string;
            suspended_at: string | null;
            suspended_reason: string | null;
            /** @description False if the person was already suspended, or was not suspended. */
            changed: boolean;
            /** @description The person's organization, if it has other members and no active admin now. Promote a member to give it one. */
            organizations_without_admin: {
                id: string;
                name: string;
            }[];
        };
        /** @description A named token of the operator, without its secret value. */
        OperatorToken: {
            id: string;
            name: string;
            /**
             * @description A resting token is from before a restore. It is on hold: refused until the operator keeps the keys from before.
             * @enum {string}
             */
            state: "valid" | "expired" | "revoked" | "resting";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            expires_at: string | null;
            last_used_at: string | null;
            last_address: string | null;
            revoked_at: string | null;
        };
        /** @description An account as the operator sees it. */
        OperatedUser: {
            id: string;
            email: string;
            /** @description Null if the account is not registered yet. */
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /** @description The current organization, with the role and the status of the membership. */
            organization: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
                /** @enum {string} */
                status: "active" | "deactivated";
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            /** @description The last use of a session in the current organization, accurate to about a minute. */
            last_seen_at: string | null;
        };
        ViewedUser: {
            id: string;
            email: string;
            /** @description Null if the account is not registered yet. */
            username: string | null;
            given_name: string;
            family_name: string;
            company: string | null;
            /** @description The current organization, with the role and the status of the membership. */
            organization: {
                id: string;
                name: string;
                /**
                 * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                 * @enum {string}
                 */
                role: "admin" | "member" | "viewer" | "custom";
                /** @description Of a custom role. */
                role_id?: string;
                /** @description Of a custom role. */
                role_name?: string;
                /** @enum {string} */
                status: "active" | "deactivated";
            } | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            registered_at: string | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            /** @description The last use of a session in the current organization, accurate to about a minute. */
            last_seen_at: string | null;
            /** @description Valid ones, counted up to 1,000. */
            sessions: number;
            /** @description Valid ones. */
            keys: number;
        };
        /** @description Why a member or a service account may do something, or why not. */
        Access: {
            /** @description The member, or the service account with its name. */
            user: {
                id: string;
                username: string;
            };
            permission: string;
            /** @description The API of the platform that the permission belongs to. Null: Muster's own. */
            api: string | null;
            allowed: boolean;
            /** @description In the order in which they are checked. `person` only for members, `scope` only for a member or a service account that asks about itself with a key. */
            steps: {
                /** @enum {string} */
                step: "organization" | "person" | "membership" | "role" | "scope";
                passed: boolean;
                /** @description For a person, with the next step if it did not pass. */
                detail: string;
            }[];
            /** @description The valid keys of the member or service account in this organization. */
            keys: {
                id: string;
                description: string;
                allowed: boolean;
            }[];
        };
        /** @description The factors that the organization requires of the sign-ins of its members. */
        FactorPolicy: {
            /**
             * @description `any`: a passkey or an authenticator app. `phishing-resistant`: a passkey.
             * @enum {string}
             */
            policy: "none" | "any" | "phishing-resistant";
            /** @description When the policy takes force. Null: the organization requires nothing. */
            from: string | null;
            /**
             * @description The stricter of the policy in force and the floor.
             * @enum {string}
             */
            in_force: "none" | "any" | "phishing-resistant";
            /** @description The policy that the operator requires of every organization. */
            floor: {
                /** @enum {string} */
                policy: "none" | "any" | "phishing-resistant";
                /** @description Null: at once. */
                from: string | null;
            };
            /** @description Whether members may let a browser be remembered, which is then not asked for a second factor. */
            remembered_devices: boolean;
        };
        /** @description A member who has no factor that the policy accepts. */
        UnreadyMember: {
            id: string;
            username: string;
            /**
             * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
             * @enum {string}
             */
            role: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            /** @description Whether the member has an authenticator app. */
            authenticator: boolean;
        };
        /** @description A credential that was created without a factor that the policy accepts. */
        UnreadyCredential: {
            id: string;
            /** @enum {string} */
            kind: "key" | "refresh_token";
            /** @description The description of the key, or the name of the refresh token. */
            name: string | null;
            /** @description The name of the user or of the service account. */
            holder: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            last_used_at: string | null;
        };
        /** @description The reset of a member's passkeys, authenticator app and recovery codes. */
        FactorReset: {
            user: {
                id: string;
                username: string;
            };
            requested_by: {
                id: string;
                username: string;
            };
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            requested_at: string;
            /**
             * Format: date-time
             * @description It takes force then, unless another admin confirms it before, or it is stopped.
             */
            in_force_at: string;
        };
        /** @description The keys that the organization allows. */
        KeyPolicy: {
            /**
             * @description `any`: keys with and without a scope. `scoped`: only keys with a scope.
             * @enum {string}
             */
            keys: "any" | "scoped";
        };
        /** @description An organization as the operator sees it. */
        OperatedOrganization: {
            id: string;
            name: string;
            personal: boolean;
            plan: string;
            /** @description The seats of the plan. Null if unlimited. */
            seats: number | null;
            suspended_at: string | null;
            suspended_reason: string | null;
            founder: {
                id: string;
                username: string;
            };
            /** @description The active admins that are not suspended, longest-serving first. */
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
             * @description The factors that the organization requires of the sign-ins of its members.
             * @enum {string}
             */
            factor_policy: "none" | "any" | "phishing-resistant";
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
        };
        /** @description An organization, as its members and clients see it. */
        OrganizationPage: {
            id: string;
            name: string;
            /**
             * @description The caller's role. Absent for a client.
             * @enum {string}
             */
            role?: "admin" | "member" | "viewer" | "custom";
            /** @description Of a custom role. */
            role_id?: string;
            /** @description Of a custom role. */
            role_name?: string;
            plan: string;
            personal: boolean;
            /** @description The number of active members. */
            members: number;
            deactivated_members: number;
            /** @description The number of active members that the plan allows. Null if unlimited. */
            seats: number | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            /** @description Since when the operator refuses every principal of the organization. Shown to clients. */
            suspended_at?: string | null;
            cloud_domain: string;
            /** @description The pattern of application URLs. */
            application_url: string;
            /** @description Shown to members, and to deactivated members as the person to ask. */
            technical_contact?: components["schemas"]["Contact"] | null;
            /** @description Shown to admins. */
            billing_contact?: components["schemas"]["Contact"] | null;
            /** @description Shown to admins. */
            address?: string | null;
        };
        /** @description The permissions of a custom role now. */
        RoleDefinition: {
            id: string;
            /** @description The current one. */
            revision: number;
            /** @description The permissions of the role at the API of the client. */
            permissions: string[];
        };
        /** @description A role: built in, or of the organization. */
        Role: {
            /** @description Of a built-in role, its name. */
            id: string;
            name: string;
            description: string;
            built_in: boolean;
            /** @description Raised with each change. Null: built in. */
            revision: number | null;
            /** @description The permissions at Muster's own API and at the APIs of the platform. */
            permissions: string[];
            /** @description How many members, service accounts and open invitations that the caller may list have the role. Counted up to 1,000 of each kind. */
            holders: number;
            /** @description Null: built in. */
            created_at: string | null;
            /** @description Null: built in. */
            changed_at: string | null;
        };
        /** @description A member, active or deactivated, a service account or an open invitation that has the role. */
        RoleHolder: {
            /** @enum {string} */
            kind: "user" | "service_account" | "invitation";
            id: string;
            /** @description A username, the name of a service account, or the address of an email invitation. Null: an invitation for nobody in particular. */
            name: string | null;
        };
        /** @description Permissions that belong together. */
        PermissionArea: {
            /** @description For a person. Of an API of the platform, its name. */
            area: string;
            /** @description The audience of the API of the platform. Null: Muster's own. */
            api: string | null;
            permissions: {
                name: string;
                /** @description In words, for people. */
                description: string;
                /** @description Whether a role of the organization can have it. Otherwise only the role admin can. */
                delegable: boolean;
            }[];
        };
        /** @description An application, a database, or a resource of a kind that the platform defines. */
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
            /** @description Null unless this is an application. */
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
        /** @description The headers `X-Muster-User`, `X-Muster-Organization`, … carry the same values. All of them are always present; a missing value is empty. */
        Identity: {
            user: string | null;
            service_account: string | null;
            organization: string | null;
            organization_name: string | null;
            role: ("admin" | "member" | "viewer" | "custom") | null;
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
            /** @description False: an application of somebody else, which people are asked for consent to. */
            first_party: boolean;
            /** @description If false, the client may omit the code_challenge, but must then send a nonce. */
            require_pkce: boolean;
            /** @description Receives a logout token when one of its sessions ends. */
            backchannel_logout_uri: string | null;
            /** @description The API that the client belongs to. Null: Muster's own. */
            api_id: string | null;
            /** @description The valid ones, at most two, the oldest first. Empty for a public client. */
            secrets: components["schemas"]["ClientSecret"][];
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            secret: string | null;
        };
        NewClientSecret: {
            id: string;
            secret: string;
        };
        RequestEvent: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
            organization_id: string | null;
        };
        FeedEvent: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
            /** @description The place in this feed: 1, 2, 3 and so on, without gaps. */
            position: number;
            /** @description The place after this event, for `after`. */
            cursor: string;
        };
        InstallationFeedEvent: {
            id: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            at: string;
            /** @description The event, for example `membership.ended`. */
            action: string;
            /** @enum {string} */
            outcome: "done" | "refused";
            actor: {
                id: string | null;
                name: string | null;
                kind: string;
                session_id: string | null;
                key_id: string | null;
                /** @description The client of the session, or the key, that the actor acted by. Null: the session of a browser, the operator or Muster itself. */
                via: {
                    /** @enum {string} */
                    kind: "client" | "key";
                    name: string;
                } | null;
            };
            target: {
                id: string;
                name: string | null;
            };
            details: {
                [key: string]: unknown;
            };
            address: string;
            /** @description The fields whose values the operator has erased: of the details, which no longer have them, or `address`, which is empty. Left out if there are none. */
            erased?: string[];
            request_id: string;
            /** @description The place in this feed: 1, 2, 3 and so on, without gaps. */
            position: number;
            /** @description The place after this event, for `after`. */
            cursor: string;
            organization_id: string | null;
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
            /** @description Success. */
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
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    /** @description An organization secret, to start as a member of that organization. */
                    secret?: string;
                    given_name?: string;
                    family_name?: string;
                    company?: string | null;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                    /** @description The current password. A token alone is not enough. An account without a password leaves it out, and requires a recent sign-in instead. */
                    current_password?: string;
                    new_password: string;
                    /** @description Also revoke all keys of the user. Without it, the response lists the keys, which stay valid. */
                    end_keys?: boolean;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                    /** @description The current password. A token alone is not enough. An account without a password leaves it out, and requires a recent sign-in instead. */
                    password?: string;
                    email: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
    listMySignIns: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                outcome?: "done" | "refused";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SignIn"][];
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
    createMyToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The audience of the API. */
                    resource: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        access_token: string;
                        /** @enum {string} */
                        token_type: "Bearer";
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                        scope: string;
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
            /** @description Success. */
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
            /** @description Success. */
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
    listMyApplications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Application"][];
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
    revokeMyApplication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the client. */
                client: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The number of sessions that ended. */
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
    listApplications: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MemberApplication"][];
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
    listMyFactors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Factors"];
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
    getConfirmationWays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfirmationWays"];
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
    confirmMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                } | {
                    /** @description A code of the authenticator app, or a recovery code. */
                    code: string;
                } | {
                    /** @description The response of the browser (`AuthenticationResponseJSON`). */
                    passkey: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {boolean} */
                        recent: true;
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
    requestTerminalConfirmation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The action of the refusal that asked for it. The page shows it to the user. */
                    action?: ("factors:change" | "password:change" | "email:change" | "keys:create" | "logins:approve" | "invitations:accept" | "members:promote" | "members:remove" | "members:sign-out" | "credentials:revoke" | "members:reset-factors" | "audit:export" | "factor-policy:change" | "key-policy:change") | null;
                };
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        user_code: string;
                        verification_uri: string;
                        verification_uri_complete: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        expires_at: string;
                        /** @description Seconds between two requests for the state. */
                        interval: number;
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
    getTerminalConfirmation: {
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        state: "pending" | "approved" | "denied" | "expired";
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
    reissueMyToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
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
            /** @description Success. */
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
    listUsers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The beginning of a username, an email address or an id. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["User"][];
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
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An id, a username or an email address. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The id to use in GET /v1/me/move?invitation=. */
                        id: string;
                        /** @enum {string} */
                        kind: "secret" | "link" | "email";
                        organization: {
                            name: string;
                        };
                        /**
                         * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                         * @enum {string}
                         */
                        role: "admin" | "member" | "viewer" | "custom";
                        /** @description Of a custom role. */
                        role_id?: string;
                        /** @description Of a custom role. */
                        role_name?: string;
                        /** @description A username. */
                        invited_by: string;
                        /** @description The full name of this person. Empty if they gave none. */
                        invited_by_name: string;
                        /** @description The invited address. Masked unless the caller is logged in with it. */
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
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. A move ends the access token of its request. A repetition with that token gets 401; with a newer token of the same person, it gets the same response. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    /** @description Required if the account has no username yet. */
                    username?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                /** @description The id of an invitation, from its preview. Tokens are never sent in a URL. */
                invitation?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationPage"];
                };
            };
            /** @description Success. */
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
                /** @description The name or id of an organization. */
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
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    from: string;
                    to: string;
                    /** @description Only return what would change. */
                    dry_run?: boolean;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                        /** @description All application URLs that change. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. A move ends the access token of its request. A repetition with that token gets 401; with a newer token of the same person, it gets the same response. */
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
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
    listOrganizations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The beginning of a name, or of an id. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["OrganizationPage"][];
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
    changePlanAsClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    plan: string;
                    /** @description For the audit log. */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        plan: string;
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
    readRoleDefinitions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Ids of custom roles. */
                    roles: string[];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RoleDefinition"][];
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Part of the address. Fewer than three characters match only its beginning. */
                q?: string;
                state?: "open" | "accepted" | "declined" | "revoked" | "expired";
                kind?: "secret" | "link" | "email";
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email?: string;
                    /** @description A list, or text separated by commas or newlines. */
                    emails?: string[] | string;
                    /**
                     * @description `admin`, `member`, `viewer`, or the name or the id of a custom role.
                     * @default member
                     */
                    role?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                                command?: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Part of a username, or, for admins, of an email address. Fewer than three characters match the beginning only. */
                q?: string;
                /** @description Without it, the list contains all members who have not left. */
                status?: "active" | "deactivated" | "left";
                /** @description `admin`, `member`, `viewer`, or the name or the id of a custom role. */
                role?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                            /** @description Counted up to 1,000. */
                            sessions: number;
                            keys: number;
                            invitations: number;
                        };
                        handed_over: {
                            id: string;
                            kind: string;
                            name: string;
                        }[];
                        /** @description Keys of service accounts that this person created. They are still valid. Replace and revoke them. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `admin`, `member`, `viewer`, or the name or the id of a custom role. */
                    role?: string;
                    given_name?: string;
                    family_name?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                        /**
                         * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                         * @enum {string}
                         */
                        role: "admin" | "member" | "viewer" | "custom";
                        /** @description Of a custom role. */
                        role_id?: string;
                        /** @description Of a custom role. */
                        role_name?: string;
                        /** @enum {string} */
                        status: "active" | "deactivated" | "left";
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        status_since: string;
                        /** @description The username of the admin who last changed the status. Shown to admins. */
                        status_by?: string | null;
                        /** @description Why the member was deactivated. Shown to admins. */
                        status_reason?: string | null;
                        /** @description When the member last used a session, accurate to about a minute. Null if never. Shown to admins. */
                        last_seen_at?: string | null;
                        /** @description Since when the operator refuses this person everywhere. Shown to admins. */
                        suspended_at?: string | null;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        joined_at: string;
                        /** @description The resources that passed to the admin, because the new role cannot remove them. */
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
    deactivateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description One line, shown to other admins. */
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description False if the member already had this status. */
                        changed: boolean;
                        ended: {
                            /** @description Counted up to 1,000. */
                            sessions: number;
                            keys: number;
                            invitations: number;
                        };
                        /** @description Keys of service accounts that this person created. They are still valid. Replace and revoke them. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description False if the member already had this status. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description The number of sessions that ended. */
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
    listPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["PermissionArea"][];
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
    listRoles: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Role"][];
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
    createRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description 1 to 40 visible characters, and unique in the organization without regard to case. */
                    name: string;
                    /** @description One line of at most 200 characters, or empty. */
                    description?: string;
                    /** @description Names of delegable permissions, such as `["resources:read", "apps:deploy"]`. `GET /v1/permissions` lists them. */
                    permissions: string[];
                };
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
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
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a role. */
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
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
    removeRole: {
        parameters: {
            query?: {
                /** @description The name or id of the role that its holders get. It cannot be admin. */
                move_to?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a role. */
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                        /** @description The number of holders that got the other role. */
                        moved: number;
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
    updateRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a role. */
                role: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description 1 to 40 visible characters, and unique in the organization without regard to case. */
                    name?: string;
                    /** @description One line of at most 200 characters, or empty. */
                    description?: string;
                    /** @description Names of delegable permissions, such as `["resources:read", "apps:deploy"]`. `GET /v1/permissions` lists them. */
                    permissions?: string[];
                    /** @description The revision that the caller has read. If the role has another one, the change is refused. */
                    revision?: number;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of a built-in role, its name. */
                        id: string;
                        name: string;
                        description: string;
                        built_in: boolean;
                        /** @description Raised with each change. Null: built in. */
                        revision: number | null;
                        /** @description The permissions at Muster's own API and at the APIs of the platform. */
                        permissions: string[];
                        /** @description How many members, service accounts and open invitations that the caller may list have the role. Counted up to 1,000 of each kind. */
                        holders: number;
                        /** @description Null: built in. */
                        created_at: string | null;
                        /** @description Null: built in. */
                        changed_at: string | null;
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
    listRoleHolders: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a role. */
                role: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RoleHolder"][];
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
    listFactorResets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FactorReset"][];
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
    getFactorReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorReset"];
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
    requestFactorReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorReset"];
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
    cancelFactorReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorReset"];
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
    confirmFactorReset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            id: string;
                            username: string;
                        };
                        requested_by: {
                            id: string;
                            username: string;
                        };
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        requested_at: string;
                        /**
                         * Format: date-time
                         * @description It takes force then, unless another admin confirms it before, or it is stopped.
                         */
                        in_force_at: string;
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The actor: a username, the name of a service account or a client, `operator`, or an id. A name matches everyone who has ever had it. */
                actor?: string;
                /** @description The target: as for `actor`, or a resource as KIND/NAME. */
                target?: string;
                /** @description An action such as `membership.ended`, or `membership` for all actions of that kind. */
                action?: string;
                from?: string;
                /** @description Exclusive. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                state?: "open" | "accepted" | "declined" | "revoked" | "expired";
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `secret` to paste at the command line, `link` to open in a browser.
                     * @default secret
                     * @enum {string}
                     */
                    kind?: "secret" | "link";
                    /**
                     * @description `admin`, `member`, `viewer`, or the name or the id of a custom role.
                     * @default member
                     */
                    role?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @enum {string} */
                        kind: "secret" | "link";
                        /**
                         * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                         * @enum {string}
                         */
                        role: "admin" | "member" | "viewer" | "custom";
                        /** @description Of a custom role. */
                        role_id?: string;
                        /** @description Of a custom role. */
                        role_name?: string;
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
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The purpose of the key: one line of at most 200 characters. */
                    description: string;
                    /** @description Permissions, such as `["resources:read", "resources:register"]`. `all`: everything that its holder may do. */
                    scope: "all" | string[];
                    /** @description 90 by default. Null: the key is valid until it is revoked. */
                    expires_in_days?: number | null;
                };
            };
        };
        responses: {
            /** @description Success. */
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description 0 if the key had already ended. */
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
                    /** @description The purpose of the key: one line of at most 200 characters. */
                    description: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description A username or a user id. With `holder=service_account`: the keys that this person could have copied. */
                created_by?: string;
                /** @description Only keys of users, or only keys of service accounts. */
                holder?: "user" | "service_account";
                /** @description Only keys without a scope, which may do everything that their holder may. */
                scope?: "all";
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description 0 if the key had already ended. */
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
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The purpose of the key: one line of at most 200 characters. */
                    description: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
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
                    /**
                     * @description `admin`, `member`, `viewer`, or the name or the id of a custom role.
                     * @default member
                     */
                    role?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a service account. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a service account. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a service account. */
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
                    /** @description `admin`, `member`, `viewer`, or the name or the id of a custom role. */
                    role?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        description: string;
                        /**
                         * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                         * @enum {string}
                         */
                        role: "admin" | "member" | "viewer" | "custom";
                        /** @description Of a custom role. */
                        role_id?: string;
                        /** @description Of a custom role. */
                        role_name?: string;
                        created_by: {
                            id: string;
                            username: string;
                        };
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        created_at: string;
                        /** @description The resources that passed to the admin, because the new role cannot remove them. */
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
    listServiceAccountKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a service account. */
                account: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description The name or id of a service account. */
                account: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The purpose of the key: one line of at most 200 characters. */
                    description: string;
                    /** @description Permissions, such as `["resources:read", "resources:register"]`. `all`: everything that its holder may do. */
                    scope: "all" | string[];
                    /** @description 90 by default. Null: the key is valid until it is revoked. */
                    expires_in_days?: number | null;
                };
            };
        };
        responses: {
            /** @description Success. */
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
    getFactorPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorPolicy"];
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
    updateFactorPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Absent: the policy and its time stay as they are.
                     * @enum {string}
                     */
                    policy?: "none" | "any" | "phishing-resistant";
                    /** @description Days until the policy takes force. 0 by default. */
                    grace_days?: number;
                    remembered_devices?: boolean;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FactorPolicy"];
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
    listUnreadyMembers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description Another policy than the one that the members must be ready for, to see who would not be ready. */
                policy?: "none" | "any" | "phishing-resistant";
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["UnreadyMember"][];
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
    listUnreadyCredentials: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["UnreadyCredential"][];
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
    revokeUnreadyCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
    revokeUnreadyCredential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
    explainAccess: {
        parameters: {
            query: {
                /** @description A username or a user id, or the name or id of a service account. */
                user: string;
                /** @description Of Muster's own API or of an API of the platform: `members:remove` or `apps:deploy`. */
                permission: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Access"];
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
    getKeyPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPolicy"];
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
    updateKeyPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `any`: keys with and without a scope. `scoped`: only keys with a scope.
                     * @enum {string}
                     */
                    keys: "any" | "scoped";
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description `any`: keys with and without a scope. `scoped`: only keys with a scope.
                         * @enum {string}
                         */
                        keys: "any" | "scoped";
                        /** @description The number of revoked keys. */
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
    listResources: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                kind?: string;
                /** @description A username, a user id, or the name or id of a service account. */
                owner?: string;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description `application`, `database`, or a kind that the platform defines. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description `application`, `database`, or a kind that the platform defines. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Defaults to the caller. Required for a platform client. */
                    owner?: string;
                } | null;
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
                /** @description `application`, `database`, or a kind that the platform defines. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
                /** @description `application`, `database`, or a kind that the platform defines. */
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username, a user id, or the name or id of a service account. */
                    owner: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username, a user id, or the name or id of a service account. */
                    owner: string;
                    /** @description The owner whose resources are transferred. The caller, unless another is named. */
                    from?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                /** @description A full host name, or its first label. */
                host: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Host"];
                };
            };
            /** @description Success. */
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
            /** @description Success. */
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
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
                    /** @description True unless given. */
                    first_party?: boolean;
                    require_pkce?: boolean;
                    backchannel_logout_uri?: string;
                    /** @description The audience of the API that introspects by this client. */
                    api?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
    updateClient: {
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
                    name?: string;
                    redirect_uris?: string[];
                    post_logout_redirect_uris?: string[];
                    scopes?: string[];
                    require_pkce?: boolean;
                    /** @description Null removes it. */
                    backchannel_logout_uri?: string | null;
                    /** @description The audience of its API, which cannot change. Another API needs another client. */
                    api?: string | null;
                };
            };
        };
        responses: {
            /** @description Success. */
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
    createClientSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewClientSecret"];
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
    revokeClientSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                secret: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
    listApis: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Api"][];
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
    applyApis: {
        parameters: {
            query?: {
                /** @description Changes nothing, and returns what would change. */
                dry_run?: string;
                /** @description Also removes permissions that something names. Roles lose them. */
                remove_used?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    apis: {
                        /** @description As people see it. */
                        name: string;
                        /** @description An absolute URI: the `aud` of its tokens, and the `resource` of requests for them. */
                        audience: string;
                        /** @description The name of each permission, with a description for people. */
                        permissions: {
                            [key: string]: string;
                        };
                        /** @description The permissions of the roles member and viewer: names, `apps:*` for all that begin so, or `*` for all. Admins may do everything. */
                        grant: {
                            member: string[];
                            viewer?: string[];
                        };
                        /** @description The longest life of its access tokens, in seconds. Without it, they live as long as those of Muster. */
                        longest_token_life?: number | null;
                        /** @description Whether the API also accepts tokens of Muster's own audience. Such a token works at Muster's own API too. */
                        accept_default_audience?: boolean;
                    }[];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changes: components["schemas"]["ApiChange"][];
                        uses: components["schemas"]["PermissionUse"][];
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
                /** @description Only the streams of the client with this id. */
                client?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
            /** @description Success. */
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
                             * @description When the key starts to sign. It is published earlier, so that every verifier has it by then.
                             */
                            signs_from: string;
                        }[];
                        /** @description Streams that do not deliver withdrawn keys. Their receivers refuse the tokens of the key once they read the JWKS again, which they may cache for 300 seconds. */
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
    listOperatorTokens: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["OperatorToken"][];
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
    createOperatorToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description As the audit log names the token: `operator:NAME`. */
                    name: string;
                    /** @description Without it, the token is valid until it is revoked. */
                    expires_in_days?: number;
                };
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        token: string;
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        created_at: string;
                        expires_at: string | null;
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
    revokeOperatorToken: {
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorToken"];
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
    listUsersAsOperator: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The beginning of a username, an email address or an id. Not together with `way_in`. */
                search?: string;
                /** @description Those whose only way in is a password: no passkey, and no provider that is on. */
                way_in?: "password";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["OperatedUser"][];
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
    getUserAsOperator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ViewedUser"];
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
    listOrganizationsAsOperator: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The beginning of a name, or of an id. */
                search?: string;
                /** @description Only suspended organizations. */
                suspended?: "true";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedOrganization"][];
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
    listInvitationsAsOperator: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The beginning of an email address or an id. Not together with `organization`. */
                search?: string;
                /** @description Only invitations of this organization: its name, a former name, or its id. */
                organization?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedInvitation"][];
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
    listEmails: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
                /** @description The beginning of an email address. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["TriedEmail"][];
                        next_cursor: string | null;
                        /** @description Emails without an attempt, to any address, counted up to 1,000. Normally one waits for less than a second. */
                        waiting: number;
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
    resendEmail: {
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        address: string;
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
    getRequestAsOperator: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The `next_cursor` of the previous page. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RequestEvent"][];
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
    getOrganizationAsOperator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    plan: string;
                    /** @description For the audit log. */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
    removeFactorPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description For the audit log. */
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Success. */
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
                        /** @description The seats of the plan. Null if unlimited. */
                        seats: number | null;
                        suspended_at: string | null;
                        suspended_reason: string | null;
                        founder: {
                            id: string;
                            username: string;
                        };
                        /** @description The active admins that are not suspended, longest-serving first. */
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
                         * @description The factors that the organization requires of the sign-ins of its members.
                         * @enum {string}
                         */
                        factor_policy: "none" | "any" | "phishing-resistant";
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description For the audit log. */
                    reason?: string;
                } | null;
            };
        };
        responses: {
            /** @description Success. */
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
                        /** @description The seats of the plan. Null if unlimited. */
                        seats: number | null;
                        suspended_at: string | null;
                        suspended_reason: string | null;
                        founder: {
                            id: string;
                            username: string;
                        };
                        /** @description The active admins that are not suspended, longest-serving first. */
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
                         * @description The factors that the organization requires of the sign-ins of its members.
                         * @enum {string}
                         */
                        factor_policy: "none" | "any" | "phishing-resistant";
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
                /** @description A repeated request with the same key returns the same response and has no second effect, for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A username or a user id. */
                    user: string;
                    /** @description For the audit log. */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Success. */
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
                        /**
                         * @description `custom`: a role of the organization, which `role_id` and `role_name` name.
                         * @enum {string}
                         */
                        role: "admin" | "member" | "viewer" | "custom";
                        /** @description Of a custom role. */
                        role_id?: string;
                        /** @description Of a custom role. */
                        role_name?: string;
                        /** @enum {string} */
                        status: "active" | "deactivated" | "left";
                        /**
                         * Format: date-time
                         * @description RFC 3339, UTC
                         */
                        status_since: string;
                        /** @description The username of the admin who last changed the status. Shown to admins. */
                        status_by?: string | null;
                        /** @description Why the member was deactivated. Shown to admins. */
                        status_reason?: string | null;
                        /** @description When the member last used a session, accurate to about a minute. Null if never. Shown to admins. */
                        last_seen_at?: string | null;
                        /** @description Since when the operator refuses this person everywhere. Shown to admins. */
                        suspended_at?: string | null;
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
                /** @description The name or id of an organization. */
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        member: components["schemas"]["Member"];
                        /** @description The number of sessions that ended. */
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
    suspendUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A username or a user id. */
                user: string;
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
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Null: the account has no username yet. */
                        username: string | null;
                        email: string;
                        suspended_at: string | null;
                        suspended_reason: string | null;
                        /** @description False if the person was already suspended, or was not suspended. */
                        changed: boolean;
                        /** @description The person's organization, if it has other members and no active admin now. Promote a member to give it one. */
                        organizations_without_admin: {
                            id: string;
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
    resumeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Null: the account has no username yet. */
                        username: string | null;
                        email: string;
                        suspended_at: string | null;
                        suspended_reason: string | null;
                        /** @description False if the person was already suspended, or was not suspended. */
                        changed: boolean;
                        /** @description The person's organization, if it has other members and no active admin now. Promote a member to give it one. */
                        organizations_without_admin: {
                            id: string;
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
    resetFactors: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A username or a user id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        email: string;
                        passkeys: number;
                        authenticator: boolean;
                        ended_sessions: number;
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
    getSecretStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretStatus"];
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
    rotateSecret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    compromised?: boolean;
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * @description settled: one secret is in use. ready: the settings have a new secret. rotating: values of the previous secret are still valid. renewing: a leaked secret has ended, and its invitations, codes and resets are being renewed.
                         * @enum {string}
                         */
                        state: "settled" | "ready" | "rotating" | "renewing";
                        /** @description Raised by each rotation. */
                        generation: number;
                        /** @description Whether the settings of the process that answers have a secret that has never been in use. */
                        has_new: boolean;
                        /** @description The last rotation. */
                        switched_at: string | null;
                        /** @description Values of the previous secret that can still be used, and when the last of them expires. Sealed values are sealed again in the background. */
                        left: {
                            /** @enum {string} */
                            what: "invitations" | "codes" | "resets" | "sealed";
                            count: number;
                            until: string | null;
                        }[];
                        /** @description The running server processes, and whether each has MUSTER_SECRET as this one does. */
                        processes: {
                            name: string;
                            ready: boolean;
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
    finishSecretRotation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretStatus"];
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
                /** @description `wait=N`: wait for up to N seconds, at most 30. Without it, the response is sent at once. At most four requests of a session wait; a fifth ends the oldest. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description True: something changed; `GET /v1/me` returns the current state. False: nothing changed in time; send the request again. */
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
                /** @description Only members of this organization pass. Its name or id. */
                organization?: string;
                /** @description Only people with this role pass. Defaults to `member`. An admin also has the rights of a member, and a member those of a viewer. With `any`, people with a custom role pass too, and the service decides by `X-Muster-Role`. */
                role?: "admin" | "member" | "viewer" | "any";
                /** @description The scope that the token must have, or a permission that the scope of a key must name. Defaults to `api`, the right to act as the person. */
                scope?: string;
                /** @description `true` also lets clients' own tokens pass. */
                clients?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
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
    readEvents: {
        parameters: {
            query?: {
                /** @description Returns the events after this place: `start`, the `next_after` or the `cursor` that the feed returned last, or `now`, which returns no events and the cursor of the newest one. */
                after?: string;
                limit?: number;
                /** @description If there are no events yet, wait for some for up to so many seconds. At most four requests of a credential wait; a fifth ends the oldest with `too_many_attempts`. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The name or id of an organization. */
                org: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FeedEvent"][];
                        /** @description Send this as `after` next, also if there were no events. */
                        next_after: string;
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
    readEventsAsOperator: {
        parameters: {
            query?: {
                /** @description Returns the events after this place: `start`, the `next_after` or the `cursor` that the feed returned last, or `now`, which returns no events and the cursor of the newest one. */
                after?: string;
                limit?: number;
                /** @description If there are no events yet, wait for some for up to so many seconds. At most four requests of a credential wait; a fifth ends the oldest with `too_many_attempts`. */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["InstallationFeedEvent"][];
                        /** @description Send this as `after` next, also if there were no events. */
                        next_after: string;
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
}
