/** Submits a form as the portal does. The response is the signed-out page and deletes the cookie. */
export function signOut(): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = '/sign-out'
  document.body.append(form)
  form.submit()
}
