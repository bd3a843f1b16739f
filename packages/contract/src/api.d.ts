// Made by `npm run generate` from the routes. Do not edit.

export interface paths {
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who one is, in which organization, until when */
        get: {
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
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's names */
        patch: {
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
        post: {
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
                            access_token: string;
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
        get: {
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
        put?: never;
        post?: never;
        /** End all others */
        delete: {
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
        delete: {
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
        get: {
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
        delete: {
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
        get: {
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
        /** What a token leads to, without taking it; no login needed */
        post: {
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
                            kind: "secret" | "link" | "email";
                            organization: {
                                name: string;
                            };
                            /** @enum {string} */
                            role: "admin" | "member";
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
        post: {
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
                            access_token: string;
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
        get: {
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
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
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
        post: {
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
        post: {
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
                            access_token: string;
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
        post: {
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
                            access_token: string;
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
        get: {
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
        get: {
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
        put?: never;
        post?: never;
        /** Remove a member; what they held for this organization ends at once */
        delete: {
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
                                invitations: number;
                            };
                            handed_over: {
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
        options?: never;
        head?: never;
        /** Give or take the role admin */
        patch: {
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
                        role: "admin" | "member";
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
        get: {
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
        put?: never;
        /** Make a secret that lets one person in */
        post: {
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
                         * @default secret
                         * @enum {string}
                         */
                        kind?: "secret";
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
                            kind: "secret";
                            /** @enum {string} */
                            role: "admin" | "member";
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
        delete: {
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
        get: {
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
        put?: never;
        /** Register a client; its secret is shown once */
        post: {
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
        get: {
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
        put?: never;
        post?: never;
        /** Remove a client: it gets no tokens from here on */
        delete: {
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
        get: {
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
        /** Make new signing keys; the old ones stay published while tokens of theirs live */
        post: {
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
            code: "invalid_request" | "malformed_body" | "body_too_large" | "unsupported_media_type" | "not_found" | "method_not_allowed" | "idempotency_key_reused" | "cross_site_request" | "host_unknown" | "authentication_required" | "invalid_token" | "token_expired" | "token_revoked" | "user_deactivated" | "organization_suspended" | "membership_left" | "user_not_registered" | "insufficient_scope" | "forbidden" | "operator_required" | "operator_disabled" | "wrong_credentials" | "email_invalid" | "person_name_invalid" | "password_length" | "password_too_weak" | "code_wrong" | "code_expired" | "code_exhausted" | "sign_up_not_found" | "address_in_use" | "reset_link_invalid" | "already_registered" | "too_many_attempts" | "overloaded" | "unavailable" | "user_code_unknown" | "user_code_claimed" | "device_authorization_ended" | "name_invalid" | "name_reserved" | "name_taken" | "host_label_taken" | "host_label_invalid" | "organization_not_found" | "organization_renamed" | "organization_name_changed" | "rename_limit" | "personal_organization" | "plan_required" | "seat_limit" | "member_not_found" | "membership_ended" | "last_admin" | "self_action" | "move_blocked" | "already_member" | "member_deactivated" | "invitation_not_found" | "invitation_used" | "invitation_expired" | "invitation_revoked" | "invitation_declined" | "already_accepted" | "session_not_found" | "refresh_token_not_found" | "client_not_found" | "client_invalid" | "internal_error";
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
            joined_at: string;
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
            }[];
        };
        /** @description An organization secret. The secret itself is shown once, when it is made. */
        SecretInput: {
            id: string;
            /** @constant */
            kind: "secret";
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
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
        OrganizationPageInput: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "member";
            plan: string;
            personal: boolean;
            members: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            cloud_domain: string;
            /** @description What the address of an application looks like. */
            application_url: string;
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
            code: "invalid_request" | "malformed_body" | "body_too_large" | "unsupported_media_type" | "not_found" | "method_not_allowed" | "idempotency_key_reused" | "cross_site_request" | "host_unknown" | "authentication_required" | "invalid_token" | "token_expired" | "token_revoked" | "user_deactivated" | "organization_suspended" | "membership_left" | "user_not_registered" | "insufficient_scope" | "forbidden" | "operator_required" | "operator_disabled" | "wrong_credentials" | "email_invalid" | "person_name_invalid" | "password_length" | "password_too_weak" | "code_wrong" | "code_expired" | "code_exhausted" | "sign_up_not_found" | "address_in_use" | "reset_link_invalid" | "already_registered" | "too_many_attempts" | "overloaded" | "unavailable" | "user_code_unknown" | "user_code_claimed" | "device_authorization_ended" | "name_invalid" | "name_reserved" | "name_taken" | "host_label_taken" | "host_label_invalid" | "organization_not_found" | "organization_renamed" | "organization_name_changed" | "rename_limit" | "personal_organization" | "plan_required" | "seat_limit" | "member_not_found" | "membership_ended" | "last_admin" | "self_action" | "move_blocked" | "already_member" | "member_deactivated" | "invitation_not_found" | "invitation_used" | "invitation_expired" | "invitation_revoked" | "invitation_declined" | "already_accepted" | "session_not_found" | "refresh_token_not_found" | "client_not_found" | "client_invalid" | "internal_error";
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
            joined_at: string;
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
            }[];
        };
        /** @description An organization secret. The secret itself is shown once, when it is made. */
        Secret: {
            id: string;
            /** @constant */
            kind: "secret";
            /** @enum {string} */
            role: "admin" | "member";
            /** @enum {string} */
            state: "open" | "accepted" | "declined" | "revoked" | "expired";
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
        OrganizationPage: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "admin" | "member";
            plan: string;
            personal: boolean;
            members: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC
             */
            created_at: string;
            cloud_domain: string;
            /** @description What the address of an application looks like. */
            application_url: string;
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
export type operations = Record<string, never>;
