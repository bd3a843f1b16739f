import { Socket } from 'node:net'

// Loaded before another program, so that its two host names lead to a server on this machine and every other name leads nowhere. Names and certificates are
// still verified.

const hosts = new Set(process.env.REDIRECT_HOSTS.split(','))
const port = Number(process.env.REDIRECT_PORT)
const connect = Socket.prototype.connect

Socket.prototype.connect = function redirected(...args) {
  const [first] = args
  const options = Array.isArray(first) ? first[0] : first
  if (typeof options !== 'object' || options === null || options.path) return connect.apply(this, args)
  if (!hosts.has(options.host)) {
    process.nextTick(() => this.destroy(new Error(`${options.host} is not to be reached from a test`)))
    return this
  }
  const changed = { ...options, host: '127.0.0.1', port }
  if (!Array.isArray(first)) return connect.call(this, changed, ...args.slice(1))
  const normalized = Object.assign(
    [changed, ...first.slice(1)],
    Object.fromEntries(Object.getOwnPropertySymbols(first).map((symbol) => [symbol, first[symbol]])),
  )
  return connect.call(this, normalized, ...args.slice(1))
}
