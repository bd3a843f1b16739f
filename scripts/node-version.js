// Loaded before a script (node --import). It is plain JavaScript, because an older Node cannot parse TypeScript that would report the version.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Muster needs Node 22.18 or newer; this is ${process.versions.node}. Install a newer one, or run \`npm ci\` in a clone of the repository on Linux or Windows, which brings one along (not with --omit=optional).\n`,
  )
  process.exit(1)
}
