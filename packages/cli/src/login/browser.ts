/** Whether a browser would open where the person sits: not over SSH, not in CI, and on Linux only with a display. */
export function hasBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (env.SSH_CONNECTION || env.SSH_TTY || env.CI || env.BROWSER === 'none') return false
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME)
}

/** True when something was started. That it failed is no error: the address is on the screen. */
export async function openBrowser(url: string): Promise<boolean> {
  try {
    const { default: open } = await import('open')
    const child = await open(url)
    child.on('error', () => {})
    child.unref()
    return true
  } catch {
    return false
  }
}

/** A code for the camera of a telephone. */
export async function qrCode(url: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr')
  return renderUnicodeCompact(url, { border: 2 })
}
