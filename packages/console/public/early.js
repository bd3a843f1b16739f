// Runs before the first paint, while the other scripts are loading.

// The theme that the user chose. Without one, the system theme applies.
try {
  const theme = localStorage.getItem('muster-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}

// The file of the page, and the first data. Otherwise a slow line would be idle twice: between the scripts and the file, and between the scripts and the data.
{
  const [, , page = ''] = location.pathname.split('/')
  const file = JSON.parse(document.currentScript?.dataset.files ?? '{}')[page]
  if (file) document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', crossOrigin: '', href: file }))

  /** By address. `lib/early.ts` takes the answers out. */
  const answers = new Map()
  window.earlyAnswers = answers
  const request = (path) => {
    const answer = fetch(path, { credentials: 'same-origin' })
    answer.catch(() => {}) // The console sends the request again.
    answers.set(new URL(path, location.origin).href, answer)
    return answer
  }
  const organization = { path: '', needs: 'organization:read' }
  const members = { path: '/members?limit=100', needs: 'members:read' }
  const dataOf = {
    users: location.pathname === '/console/users' && !location.search ? [members, organization] : [],
    settings: [organization],
    '': [organization],
  }
  request('/v1/me')
    .then((answer) => answer.clone().json())
    .then((me) => {
      if (!me.organization || !me.username) return
      for (const { path, needs } of dataOf[page] ?? []) {
        // A server of the version before names no permissions, and both are for everyone there.
        if (me.permissions?.includes(needs) ?? true) void request(`/v1/organizations/${me.organization.id}${path}`)
      }
    })
    .catch(() => {})
  setTimeout(() => answers.clear(), 20_000) // A later page must not get old data.
}
