import { type Authenticator, anAuthenticator } from '@muster/testkit/authenticator.ts'
import { type Answer, type Human, type Muster, PASSWORD } from '@muster/testkit/muster.ts'
import { visitorOf } from '../oauth/conversation.ts'
import { codeOf, hidden, secretIn } from './authenticator-app.ts'

/** The client of a compatibility folder, which cannot confirm. The folder can be deleted, so it is not imported. */
export const SCRIPTS_CLIENT_ID = 'featurebase-scripts'

export type Visitor = ReturnType<typeof visitorOf>

/** The request for a passkey in a page. */
export const passkeyIn = (html: string) => JSON.parse(/data-passkey="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? 'null')

/** People who sign in with a browser without JavaScript, and add factors there. */
export function signingIn(muster: Muster) {
  const here = () => ({ origin: muster.url, relyingParty: 'localhost' })
  return {
    here,
    password: PASSWORD,
    /** A browser without a session. */
    stranger: (): Visitor => visitorOf(muster),
    /** A browser in which the person has signed in by password. */
    async signIn(human: Human): Promise<Visitor> {
      const browser = visitorOf(muster)
      await browser.visit('/sign-in', { identifier: human.email, password: PASSWORD })
      return browser
    },
    /** Calls the API as the console does, with the cookie of a browser. */
    asConsole: ({ jar }: Visitor, method: string, path: string, body?: unknown): Promise<Answer> =>
      muster.call(method, path, { body, headers: { cookie: [...jar].map((pair) => pair.join('=')).join('; '), origin: muster.url } }),
    /** Adds an authenticator app, and returns its secret. */
    async addApp(browser: Visitor): Promise<string> {
      const { text } = await browser.visit('/account/add-authenticator')
      const secret = secretIn(text)
      await browser.visit('/account/add-authenticator', { secret: hidden(text, 'secret'), code: codeOf(secret) })
      return secret
    },
    async addPasskey(browser: Visitor): Promise<Authenticator> {
      const { challenge, user } = passkeyIn((await browser.visit('/account/add-passkey')).text)
      const authenticator = anAuthenticator()
      const response = authenticator.create({ ...here(), challenge, userHandle: Buffer.from(user.id, 'base64url') })
      await browser.visit('/account/add-passkey', { response, name: '' })
      return authenticator
    },
  }
}
