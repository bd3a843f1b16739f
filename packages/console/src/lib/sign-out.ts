/** By a form, as the portal does it: the answer is its page, and the cookie goes with it. */
export function signOut(): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = '/sign-out'
  document.body.append(form)
  form.submit()
}
