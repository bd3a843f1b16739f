// Conveniences. Every page works without this file.

// Countdowns use the server's clock: the reader's may be wrong.
const ahead = Date.parse(document.documentElement.dataset.now ?? '') - Date.now() || 0
const now = () => Date.now() + ahead

function remaining(seconds) {
  if (seconds <= 0) return 'now'
  const days = Math.floor(seconds / 86400)
  const hours = Math.floor((seconds % 86400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const parts = days
    ? [`${days} d`, `${hours} h`]
    : hours
      ? [`${hours} h`, `${minutes} min`]
      : minutes
        ? [`${minutes} min`, `${seconds % 60} s`]
        : [`${seconds} s`]
  return `in ${parts.join(' ')}`
}

// A sign-in or sign-out may have led here, so open consoles of this browser check the session.
if ('BroadcastChannel' in window) {
  const consoles = new BroadcastChannel('muster')
  consoles.postMessage('look')
  consoles.close()
}

const ends = [...document.querySelectorAll('[data-until]')]
function tick() {
  for (const end of ends) {
    const left = Math.round((Date.parse(end.dataset.until) - now()) / 1000)
    end.textContent = remaining(left)
    // Reload once when the time is over. Only if it was not over before, or the page would reload for ever.
    const then = end.closest('[data-then]')?.dataset.then
    if (then && left <= -1 && end.dataset.running) location.assign(then)
    if (left > 0) end.dataset.running = 'yes'
  }
}
if (ends.length > 0) {
  tick()
  setInterval(tick, 1000)
}

// A second click does not send a form twice. Not `disabled`: the value of the button must be sent.
for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = 'yes'
    for (const button of form.querySelectorAll('button[type="submit"]')) button.setAttribute('aria-disabled', 'true')
  })
}
// The browser restored this page from its cache, so its forms can be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form')) {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('button[type="submit"]')) button.removeAttribute('aria-disabled')
  }
})

for (const toggle of document.querySelectorAll('[data-shows]')) {
  const input = document.getElementById(toggle.dataset.shows)
  const set = (shown) => {
    input.type = shown ? 'text' : 'password'
    toggle.setAttribute('aria-pressed', String(shown))
    toggle.firstChild.textContent = shown ? 'Hide' : 'Show'
  }
  toggle.hidden = false
  toggle.addEventListener('click', () => set(input.type === 'password'))
  // Submitted as a password field, so that the browser does not store it in its form history.
  input.form?.addEventListener('submit', () => set(false))
}

for (const count of document.querySelectorAll('[data-count-of]')) {
  const input = document.getElementById(count.dataset.countOf)
  const least = Number(count.dataset.least)
  const show = () => {
    const length = [...input.value].length
    count.textContent = length === 0 ? '' : length < least ? `${length} of at least ${least} characters` : `${length} characters`
  }
  input.addEventListener('input', show)
  show()
}

for (const input of document.querySelectorAll('[data-kind="mail-code"]')) {
  input.addEventListener('paste', (event) => {
    const digits = (event.clipboardData?.getData('text') ?? '').replace(/\D/g, '')
    if (digits.length !== 6 && digits.length !== 12) return
    event.preventDefault()
    input.value = digits
  })
}

for (const input of document.querySelectorAll('[data-kind="user-code"]')) {
  input.addEventListener('input', (event) => {
    if (event.inputType?.startsWith('delete') || input.selectionStart !== input.value.length) return
    const letters = input.value
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .slice(0, 10)
    const half = letters.length > 8 ? 5 : 4 // XXXX-XXXX, or XXXXX-XXXXX during a flood of requests
    input.value = letters.length > half ? `${letters.slice(0, half)}-${letters.slice(half)}` : letters
  })
}

for (const state of document.querySelectorAll('[data-state-of]')) {
  const input = document.getElementById(state.dataset.stateOf)
  const reasons = { name_invalid: 'This is not a valid username.', name_reserved: 'This name is reserved.', name_taken: 'This name is taken.' }
  let timer
  let asked = ''
  const say = (text, tone) => {
    state.textContent = text
    state.classList.toggle('good', tone === 'good')
    state.classList.toggle('bad', tone === 'bad')
  }
  const check = async () => {
    const name = input.value
    if (!/^[a-z0-9_]{3,30}$/.test(name)) {
      asked = ''
      return say(name.length < 3 && /^[a-z0-9_]*$/.test(name) ? '' : 'Only lowercase letters, digits and underscores.', 'bad')
    }
    asked = name
    try {
      const response = await fetch(`/v1/usernames/${encodeURIComponent(name)}`, { headers: { accept: 'application/json' } })
      if (!response.ok) return say('')
      const { available, reason } = await response.json()
      if (asked !== name) return
      say(available ? `${name} is available.` : (reasons[reason] ?? 'This name cannot be used.'), available ? 'good' : 'bad')
    } catch {
      say('') // the server checks the name again when the form is sent
    }
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(check, 250)
  })
  if (input.value && !input.hasAttribute('aria-invalid')) void check()
}

if (navigator.clipboard) {
  // Not inside the buttons: a live region in a button removes its text from the button's name.
  const said = document.createElement('p')
  said.className = 'unseen'
  said.setAttribute('role', 'status')
  document.querySelector('main').append(said)
  for (const copy of document.querySelectorAll('[data-copy]')) {
    const label = copy.querySelector('[data-label]')
    copy.hidden = false
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(copy.dataset.copy)
        label.textContent = 'Copied'
      } catch {
        label.textContent = 'Copy failed'
      }
      said.textContent = label.textContent
      setTimeout(() => {
        label.textContent = 'Copy'
        said.textContent = ''
      }, 2000)
    })
  }
}
