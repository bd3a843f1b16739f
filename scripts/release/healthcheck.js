// Ends with 0 while the server of this machine answers, for the health check of a container, which has no curl.
const { HOST = '0.0.0.0', PORT = '4000' } = process.env
const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[HOST] ?? HOST
const answers = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${PORT}/healthz`, { signal: AbortSignal.timeout(2_500) }).then(
  ({ ok }) => ok,
  () => false,
)
process.exitCode = answers ? 0 : 1
