// Loaded before a script (node --import), in plain JavaScript: an older Node cannot even read the TypeScript that would complain.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Muster needs Node 22.18 or newer; this is ${process.versions.node}. On Linux and Windows \`npm ci\` brings one along (not with --omit=optional), elsewhere install it.\n`,
  )
  process.exit(1)
}
