// The part of smtp-server that the mail sink uses; the package has no types.
declare module 'smtp-server' {
  import type { Server } from 'node:net'
  import type { Readable } from 'node:stream'

  export interface SMTPServerSession {
    id: string
    /** The connection is encrypted. */
    secure: boolean
    envelope: { mailFrom: { address: string } | false; rcptTo: { address: string }[] }
  }
  export interface SMTPServerOptions {
    authOptional?: boolean
    disabledCommands?: string[]
    disableReverseLookup?: boolean
    logger?: boolean
    size?: number
    /** PEM, for STARTTLS. */
    cert?: string
    key?: string
    onAuth?(auth: unknown, session: SMTPServerSession, done: (error: Error) => void): void
    onData?(stream: Readable, session: SMTPServerSession, done: (error?: Error & { responseCode?: number }) => void): void
  }
  export class SMTPServer {
    constructor(options: SMTPServerOptions)
    server: Server
    /** The open connections. An undocumented property, unchanged for years. */
    connections: Set<{ id: string; _socket: { destroy(): void } }>
    listen(port: number, host: string, listening: () => void): Server
    close(closed: () => void): void
    on(event: 'error', heard: (error: Error) => void): this
  }
}
