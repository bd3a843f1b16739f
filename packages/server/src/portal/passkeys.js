// Asks the browser for a passkey. Sign-in works without this file, with a password.
// SimpleWebAuthn stands before this text in the same file.

const { startAuthentication, startRegistration, browserSupportsWebAuthn, browserSupportsWebAuthnAutofill } = SimpleWebAuthnBrowser

const explanations = {
  NotAllowedError: 'No passkey was used. Try again, or choose another way.',
  AbortError: '',
  InvalidStateError: 'Your account already has a passkey on this device.',
  NotSupportedError: 'This device cannot create a passkey.',
}

for (const form of document.querySelectorAll('[data-passkey]')) {
  if (!browserSupportsWebAuthn()) continue
  const optionsJSON = JSON.parse(form.dataset.passkey)
  const isNew = form.dataset.ceremony === 'create'
  const state = form.querySelector('[data-passkey-state]')
  form.hidden = false
  document.querySelector('[data-without-passkeys]')?.remove()

  const send = (credential) => {
    form.elements.response.value = JSON.stringify(credential)
    const remember = document.querySelector('input[name="remember"]:checked')
    if (remember) form.append(remember.cloneNode())
    form.submit()
  }
  const explain = (error) => {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('button[type="submit"]')) button.removeAttribute('aria-disabled')
    const cause = error.cause instanceof Error ? error.cause : error
    state.textContent = explanations[cause.name] ?? 'The passkey could not be used. Try again, or choose another way.'
  }

  form.addEventListener('submit', async (event) => {
    if (event.defaultPrevented) return // a second click
    event.preventDefault()
    state.textContent = ''
    try {
      send(await (isNew ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON })))
    } catch (error) {
      explain(error)
    }
  })

  // Offers passkeys among the suggestions of the field, without asking first.
  if (form.dataset.autofill !== undefined)
    browserSupportsWebAuthnAutofill()
      .then(async (supported) => {
        if (supported) send(await startAuthentication({ optionsJSON, useBrowserAutofill: true }))
      })
      .catch(() => {}) // nobody asked for it, so there is nothing to explain; the button asks again
}

// Tells the password manager which passkeys of this account are left, so that it offers no removed one (WebAuthn Signal API).
const signal = document.querySelector('[data-signal]')
if (signal && globalThis.PublicKeyCredential?.signalAllAcceptedCredentials) {
  const { rpId, userId, ids, name, displayName } = JSON.parse(signal.dataset.signal)
  // A password manager that does not know the account has nothing to do.
  PublicKeyCredential.signalAllAcceptedCredentials({ rpId, userId, allAcceptedCredentialIds: ids }).catch(() => {})
  PublicKeyCredential.signalCurrentUserDetails?.({ rpId, userId, name, displayName }).catch(() => {})
}
