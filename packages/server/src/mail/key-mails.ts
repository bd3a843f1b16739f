import { compose, instant, type Mail, type Sender } from './compose.ts'
import { shown } from './safe-text.ts'

export interface KeyExpiresMail extends Sender {
  key: { description: string; holderName: string; lastUsedAt: Date | null }
  expiresAt: Date
  /** False: a key of a service account. */
  isOwn: boolean
  organization: string
  url: string
  /** How people run the command here. */
  cli: string
}

/** A week before. */
export function keyExpiresMail({ issuer, key, expiresAt, isOwn, organization, url, cli }: KeyExpiresMail): Mail {
  const heading = isOwn ? 'Your API key expires soon' : 'An API key of a service account expires soon'
  return compose({
    issuer,
    subject: heading,
    heading,
    blocks: [
      {
        rows: [
          ['Key', shown(key.description)],
          ['Acts as', isOwn ? 'you' : shown(key.holderName)],
          ['Organization', shown(organization)],
          ['Expires', instant(expiresAt)],
          ['Last used', key.lastUsedAt === null ? 'never' : instant(key.lastUsedAt)],
        ],
      },
      { paragraph: 'From then on, every program that uses the key is refused. If one still does, create another key, put it in place, and revoke this one.' },
      { button: 'See the keys', url },
      { quiet: 'To create a key on the command line, run:' },
      { command: isOwn ? `${cli} key create DESCRIPTION` : `${cli} service-account key create ${key.holderName} DESCRIPTION` },
    ],
  })
}
