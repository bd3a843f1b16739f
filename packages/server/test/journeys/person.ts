import { type Muster, PASSWORD } from '@muster/testkit/muster.ts'
import type { Page } from 'playwright-core'

// Actions of a person in the browser, by the labels and buttons they see.

export interface Newcomer {
  email: string
  password?: string
  givenName?: string
  familyName?: string
}

/** The heading of the current page. */
export const heading = async (page: Page): Promise<string> => (await page.getByRole('heading', { level: 1 }).innerText()).trim()

export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

/** Fills in the open sign-up form, and enters the code from the email. */
export async function signUp(page: Page, muster: Muster, { email, password = PASSWORD, givenName = 'Given', familyName = 'Family' }: Newcomer): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByLabel('Given name').fill(givenName)
  await page.getByLabel('Family name').fill(familyName)
  await press(page, 'Send the code')
  await page.getByRole('heading', { name: 'Check your email for a code' }).waitFor()
  const { text } = await muster.mail.next(email)
  await page.getByLabel('Six-digit code').fill(/\b\d{6}\b/.exec(text)?.[0] ?? '')
  await press(page, 'Confirm')
}

/** Fills in the open sign-in form. */
export async function signIn(page: Page, identifier: string, password: string = PASSWORD): Promise<void> {
  await page.getByLabel('Email or username').fill(identifier)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await press(page, 'Sign in')
}

/** Checks that the approval page, which the link opened, shows the code of the terminal. */
export async function compareCode(page: Page, code: string): Promise<void> {
  await page.getByRole('heading', { name: /^(Let Muster CLI log in|Register as \w+)\?$/ }).waitFor()
  await page.getByText(code).waitFor()
}

/** Compares the code on the approval page and approves. */
export async function approve(page: Page, code: string): Promise<void> {
  await compareCode(page, code)
  await page.getByRole('button', { name: /^Approve/ }).click()
  await page.getByRole('heading', { name: 'Approved' }).waitFor()
}
